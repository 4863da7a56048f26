"""Reasons are the facts that raised a score: strongest first, once each, summing to what they did."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from redlane.explanations import ExplanationSettings, Reason, ReasonTable, group_contributions, reasons
from redlane.explanations.siblings import reason_keys
from redlane.features.spec import GROUPS, Feature

PRICE = "declared {price} per kg; the middle half of {price_n} declarations lies between {q1} and {q3}"
SPECS = (
    Feature("count", "Declarations", "{value} declarations so far", "behaviour", family="importer"),
    Feature("count_90d", "Declarations", "{value} declarations in 90 days", "behaviour", family="importer"),
    Feature("rate", "Hit rate", "hit rate {value:share}", "behaviour", family="importer"),
    Feature("price_z", "Robust z of the price", PRICE, "valuation", family="price"),
    Feature("price_over", "Amount above", PRICE, "over_invoicing", family="price"),
    Feature(
        "is_new", "1 when new", "never seen before", "identity", sentence_zero="seen before", family="new"
    ),
    Feature("mode", "Mode of transport", "the mode is {value}", "origin", kind="category", family="codes"),
)
F = len(SPECS)
ALL = ExplanationSettings(top=50, minimum_share=0)


def make_rows(n):
    features = pd.DataFrame(
        {
            "count": np.arange(n, dtype=float),
            "count_90d": np.arange(n) / 2,
            "rate": np.linspace(0, 1, n),
            "price_z": np.full(n, -3.21),
            "price_over": np.zeros(n),
            "is_new": np.arange(n) % 2.0,
            "mode": ["sea"] * n,
        }
    )
    facts = pd.DataFrame({"price": np.full(n, 2.1), "price_n": 412, "q1": 7.9, "q3": 10.3})
    return features, facts.iloc[:n]


def explained(contributions, settings=ALL):
    table = np.atleast_2d(np.asarray(contributions, dtype=float))
    return reasons(table, *make_rows(len(table)), SPECS, settings)


TABLES = st.integers(0, 12).flatmap(
    lambda n: arrays(np.float64, (n, F + 1), elements=st.floats(-5, 5, allow_subnormal=False))
)


@given(TABLES)
def test_reasons_raise_the_score_strongest_first_and_name_each_fact_once(table):
    keys = {SPECS[place].name: k for k, places in enumerate(reason_keys(SPECS)) for place in places}
    for row in explained(table).rows():
        said = [reason.contribution for reason in row]
        assert all(contribution > 0 for contribution in said)
        assert said == sorted(said, reverse=True)
        facts = [keys[reason.code] for reason in row]
        assert len(facts) == len(set(facts))


@given(TABLES)
def test_the_contribution_of_a_reason_is_the_sum_of_its_siblings(table):
    for values, row in zip(table, explained(table).rows(), strict=True):
        sums = [sum(values[place] for place in places) for places in reason_keys(SPECS)]
        assert [reason.contribution for reason in row] == sorted([s for s in sums if s > 0], reverse=True)


@given(TABLES, st.integers(1, 13))
def test_batches_change_no_reason(table, size):
    features, facts = make_rows(len(table))
    settings = ExplanationSettings()
    parts = [
        reasons(table[i : i + size], features.iloc[i : i + size], facts.iloc[i : i + size], SPECS, settings)
        for i in range(0, len(table), size)
    ]
    assert ReasonTable.join(parts).rows() == reasons(table, features, facts, SPECS, settings).rows()


def test_few_reasons_and_none_too_weak():
    strong = explained([5, 0, 3, 2, 0, 1, 0.5, -9], ExplanationSettings(top=3, minimum_share=0))
    assert [reason.code for reason in strong.rows()[0]] == ["count", "rate", "price_z"]
    weak = explained([96, 0, 3, 1, 0, 0, 0, -9], ExplanationSettings(top=4, minimum_share=0.02))
    assert [reason.code for reason in weak.rows()[0]] == ["count", "rate"]


def test_equal_reasons_come_in_catalogue_order():
    assert [reason.code for reason in explained([0, 0, 1, 0, 0, 1, 1, 0]).rows()[0]] == [
        "rate",
        "is_new",
        "mode",
    ]


def test_many_equal_reasons_come_in_catalogue_order_too():
    specs = [Feature(f"x{i:02}", "", f"fact {i}", "behaviour") for i in range(60)]
    features = pd.DataFrame(1.0, index=range(20), columns=[spec.name for spec in specs])
    table = np.random.default_rng(0).choice([0.0, 0.25, 0.5], size=(20, 61))
    found = reasons(table, features, features, specs, ExplanationSettings(minimum_share=0)).rows()
    for values, row in zip(table, found, strict=True):
        assert [reason.code for reason in row] == [f"x{i:02}" for i in np.flatnonzero(values[:60] == 0.5)[:4]]


def test_windows_of_one_history_make_one_reason_and_the_strongest_speaks():
    (reason,) = explained([0.5, 2.0, 0, 0, 0, 0, 0, 0]).rows()[0]
    assert reason == Reason("count_90d", "0 declarations in 90 days", 2.5)


def test_siblings_that_cancel_are_no_reason():
    assert explained([2.0, -2.5, 0, 0, 0, 0, 0, 0]).rows() == [[]]


def test_a_price_is_told_with_its_peers():
    (reason,) = explained([0, 0, 0, 0.4, 0.1, 0, 0, 0]).rows()[0]
    assert (
        reason.sentence
        == "declared 2.10 per kg; the middle half of 412 declarations lies between 7.90 and 10.3"
    )
    assert reason.contribution == 0.5


def test_flags_say_what_is_true():
    flag = np.zeros((2, F + 1))
    flag[:, 5] = 1
    assert [row[0].sentence for row in explained(flag).rows()] == ["seen before", "never seen before"]


def test_missing_values_say_that_they_are_missing():
    features, facts = make_rows(1)
    features = features.assign(price_z=np.nan, mode=pd.Series([None], dtype=object))
    table = np.array([[0, 0, 0, 2.0, 0, 0, 1.0, 0]])
    assert [reason.sentence for reason in reasons(table, features, facts, SPECS, ALL).rows()[0]] == [
        "cannot be computed for this declaration: Robust z of the price",
        "not stated in this declaration: Mode of transport",
    ]


def test_a_missing_peer_number_is_unknown_and_the_rest_stands():
    features, facts = make_rows(1)
    table = np.array([[0, 0, 0, 2.0, 0, 0, 0, 0]])
    (reason,) = reasons(table, features, facts.assign(q1=np.nan), SPECS, ALL).rows()[0]
    assert reason.sentence.endswith("lies between unknown and 10.3")


def test_sentences_written_again_from_stored_numbers_are_the_same(tmp_path):
    features, facts = make_rows(30)
    table = np.sin(np.arange(30 * (F + 1))).reshape(30, F + 1)
    features.to_parquet(tmp_path / "features.parquet")
    facts.to_parquet(tmp_path / "facts.parquet")
    again = reasons(
        table,
        pd.read_parquet(tmp_path / "features.parquet"),
        pd.read_parquet(tmp_path / "facts.parquet"),
        SPECS,
        ALL,
    )
    assert again.rows() == reasons(table, features, facts, SPECS, ALL).rows()


def test_the_index_of_the_frames_does_not_matter():
    features, facts = make_rows(6)
    table = np.cos(np.arange(6 * (F + 1))).reshape(6, F + 1)
    moved = reasons(
        table, features.set_index(np.arange(50, 56)), facts.set_index(np.arange(9, 3, -1)), SPECS, ALL
    )
    assert moved.rows() == reasons(table, features, facts, SPECS, ALL).rows()


@given(TABLES)
def test_groups_and_base_value_sum_to_the_margin(table):
    groups = group_contributions(table, SPECS)
    assert list(groups.columns) == list(GROUPS)
    np.testing.assert_allclose(groups.sum(axis=1) + table[:, -1], table.sum(axis=1), atol=1e-12)


def test_no_rows_give_no_reasons():
    assert len(explained(np.empty((0, F + 1)))) == 0


@pytest.mark.slow
def test_fifty_thousand_rows_take_seconds():
    from time import process_time

    table = np.sin(np.arange(50_000 * (F + 1))).reshape(50_000, F + 1)
    features, facts = make_rows(50_000)
    start = process_time()
    assert len(reasons(table, features, facts, SPECS, ExplanationSettings())) == 50_000
    assert process_time() - start < 10


def test_a_rate_of_nothing_is_not_told_as_a_rate():
    spec = Feature(
        "rate",
        "Hit rate",
        "{hits} of {n} inspections",
        "behaviour",
        counts="n",
        sentence_none="never inspected",
    )
    features = pd.DataFrame({"rate": [0.2, 0.2, np.nan]})
    facts = pd.DataFrame({"hits": [1.0, 0.0, 0.0], "n": [5.0, 0.0, 0.0]})
    told = reasons(np.array([[0.5, 0.0]] * 3), features, facts, [spec], ExplanationSettings()).rows()
    assert [row[0].sentence for row in told] == [
        "1 of 5 inspections",
        "never inspected",
        "cannot be computed for this declaration: Hit rate",
    ]
