"""What an evaluation offers to people and programs, and what it refuses."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from redlane.errors import RedlaneError
from redlane.evaluation import EvaluationSettings, evaluate

SETTINGS = EvaluationSettings(rates=(0.05, 0.2), inspections=30, bootstrap_repeats=40)


@pytest.fixture
def judged(make_truth):
    truth, rng = make_truth(400), np.random.default_rng(0)
    scheme = np.where(truth.irregular == 1, rng.choice(["phoenix", "splitting"], 400), "honest")
    truth = replace(truth, typology=scheme.astype(object), revenue_is_proxy=True)
    rankings = {"model": truth.irregular + rng.normal(size=400), "random": rng.random(400)}
    return truth, rankings, evaluate(rankings, truth, SETTINGS, probability=rng.random(400))


def test_the_table_has_one_line_per_ranking_with_intervals(judged):
    table = judged[2].table(0.05)
    assert table["ranking"].tolist() == ["model", "random"]
    assert "revenue (proxy)" in table.columns
    assert table["precision"].str.fullmatch(r"\d\.\d{3} \(\d\.\d{3}–\d\.\d{3}\)").all()


def test_the_table_can_be_asked_for_by_rate_by_label_or_left_to_the_stated_number(judged):
    assert judged[2].table(0.2).equals(judged[2].table("20 %"))
    assert judged[2].table().equals(judged[2].table("30 inspections"))


def test_a_cut_that_was_not_judged_is_refused_with_those_that_were(judged):
    with pytest.raises(RedlaneError, match=r"not done at 0\.5; it has 5 %, 20 %, 30 inspections"):
        judged[2].table(0.5)
    with pytest.raises(RedlaneError, match="no 'luck' of 'model'"):
        judged[2].get("model", "luck")


def test_plain_data_survives_strict_json(judged):
    plain = judged[2].plain()
    again = json.loads(json.dumps(plain, allow_nan=False))
    assert again == plain
    assert again["per_week"][0]["week"] == "2020-01-06"
    assert again["base_rate"]["value"] == pytest.approx(judged[0].irregular.mean())


def test_columns_are_those_promised(judged):
    measures = ["ranking", "measure", "rate", "value", "low", "high", "best_ties", "worst_ties", "cut", "k"]
    assert judged[2].measures.columns.tolist() == measures
    assert {"ranking", "baseline", "measure", "rate", "value", "low", "high"} <= {*judged[2].difference}
    assert {"ranking", "typology", "n", "rate", "recall", "low", "high"} <= {*judged[2].per_typology}


def test_recall_by_typology_counts_the_planted_rows_taken(judged):
    truth, rankings, found = judged
    top = np.argsort(-rankings["model"])[:80]
    rows = found.per_typology.query("ranking == 'model' and cut == '20 %'").set_index("typology")
    for scheme in ("phoenix", "splitting", "honest"):
        planted = truth.typology == scheme
        assert rows.loc[scheme, "n"] == planted.sum()
        assert rows.loc[scheme, "recall"] == pytest.approx(planted[top].sum() / planted.sum())
        assert rows.loc[scheme, "low"] <= rows.loc[scheme, "recall"] <= rows.loc[scheme, "high"]


def test_unknown_typologies_are_left_out(make_truth):
    truth = make_truth(30)
    scheme = np.array([None, np.nan, "phoenix"] * 10, dtype=object)
    found = evaluate({"model": truth.irregular}, replace(truth, typology=scheme), SETTINGS)
    assert set(found.per_typology["typology"]) == {"phoenix"}


def test_the_main_ranking_is_compared_with_every_other(judged):
    found = judged[2]
    row = found.difference.query("measure == 'precision' and cut == '20 %'").iloc[0]
    model, other = (found.get(name, "precision", 0.2).value for name in ("model", "random"))
    assert (row["ranking"], row["baseline"]) == ("model", "random")
    assert row["value"] == pytest.approx(model - other)


def test_a_ranking_alone_has_no_differences(make_truth):
    truth = make_truth(30)
    found = evaluate({"model": truth.irregular}, truth, SETTINGS)
    assert found.difference.empty
    assert "baseline" in found.difference.columns


def test_a_sample_without_revenue_has_no_revenue_measures(make_truth):
    truth = replace(make_truth(30), revenue=None)
    found = evaluate({"model": truth.irregular, "random": truth.tie.astype(float)}, truth, SETTINGS)
    assert not found.measures["measure"].str.contains("revenue").any()
    assert not found.revenue_is_proxy


def test_slices_are_judged_like_any_other_sample(make_truth):
    truth = make_truth(100)
    mask = np.arange(100) % 3 == 0
    found = evaluate({"model": truth.tie[mask].astype(float)}, truth.where(mask), SETTINGS)
    assert found.n == 34
    assert found.base_rate.value == truth.irregular[mask].mean()


def test_reader_is_told_what_to_know_before_quoting(make_truth):
    truth = make_truth(60, weeks=4)
    revenue = np.where(np.arange(60) < 30, np.nan, truth.revenue)
    propensity = np.where(np.arange(60) < 10, np.nan, 0.5)
    truth = replace(truth, revenue=revenue, revenue_is_proxy=True, propensity=propensity)
    notes = " ".join(evaluate({"model": truth.irregular}, truth, SETTINGS).notes)
    for fact in (
        "Only 4 weeks",
        "Revenue is a proxy",
        f"{int(truth.irregular[:30].sum())} irregular",
        "10 rows",
    ):
        assert fact in notes


@pytest.mark.parametrize(
    ("rankings", "sentence"),
    [({}, "at least one ranking"), ({"short": np.zeros(3)}, r"'short' has shape \(3,\), not \(20,\)")],
)
def test_unusable_rankings_are_refused(make_truth, rankings, sentence):
    with pytest.raises(RedlaneError, match=sentence):
        evaluate(rankings, make_truth(20), SETTINGS)


@pytest.mark.parametrize("value", [1.2, -0.1, np.nan])
def test_impossible_probabilities_are_refused(make_truth, value):
    truth = make_truth(20)
    with pytest.raises(RedlaneError, match="must lie from 0 to 1"):
        evaluate({"model": truth.irregular}, truth, SETTINGS, probability=np.full(20, value))


def test_nothing_warns_even_where_nothing_can_be_computed(recwarn):
    from redlane.evaluation import Truth

    truth = Truth(np.zeros(3), np.full(3, np.nan), False, np.arange(3) * 7, np.arange(3).astype(np.uint64))
    found = evaluate({"model": np.full(3, np.nan), "other": np.zeros(3)}, truth, SETTINGS)
    found.table()
    assert not recwarn.list
    assert pd.isna(found.get("model", "revenue", 0.2).value)
