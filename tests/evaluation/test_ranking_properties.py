"""What must hold for every ranking of every sample."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from redlane.evaluation import EvaluationSettings, Truth, evaluate
from redlane.evaluation.judging import Judge
from redlane.evaluation.tables import measure_table

AT = EvaluationSettings(rates=(0.05, 0.25, 1.0), inspections=3, bootstrap_repeats=0)
MEASURED = ["ranking", "measure", "value", "best_ties", "worst_ties"]


@st.composite
def samples(draw):
    """A labelled sample with scores from a small set, so that ties, missing and infinite scores abound."""
    n = draw(st.integers(1, 40))
    irregular = draw(arrays.arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])))
    money = draw(arrays.arrays(np.float64, n, elements=st.integers(0, 50).map(float)))
    some = st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 2.0, np.inf, np.nan])
    score = draw(arrays.arrays(np.float64, n, elements=some))
    tie = np.array(draw(st.permutations(range(n))), dtype=np.uint64)
    day = draw(arrays.arrays(np.int64, n, elements=st.integers(0, 60)))
    return Truth(irregular, money * irregular, False, day, tie), score


def measured(score, truth):
    return measure_table("model", Judge(truth, AT).judge(score), AT, len(truth))


@settings(max_examples=40, deadline=None)
@given(samples())
def test_no_luck_with_ties_lies_outside_best_and_worst(case):
    truth, score = case
    rows = measured(score, truth).dropna(subset="value")
    assert (rows["best_ties"] >= rows["value"] - 1e-12).all()
    assert (rows["value"] >= rows["worst_ties"] - 1e-12).all()


@settings(max_examples=40, deadline=None)
@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(case, random):
    truth, score = case
    rows = np.arange(len(truth))
    random.shuffle(rows)
    moved = Truth(
        truth.irregular[rows], truth.revenue[rows], False, truth.registered_day[rows], truth.tie[rows]
    )
    one, other = measured(score, truth)[MEASURED], measured(score[rows], moved)[MEASURED]
    assert one.round(12).equals(other.round(12))


@settings(max_examples=40, deadline=None)
@given(samples())
def test_only_the_order_of_scores_matters_not_their_size(case):
    truth, score = case
    stretched = np.where(np.isfinite(score), np.exp(score) * 3 - 7, score)
    assert measured(score, truth).equals(measured(stretched, truth))


@settings(max_examples=40, deadline=None)
@given(samples())
def test_precision_recall_and_lift_count_the_same_findings(case):
    truth, score = case
    found, total = measured(score, truth), truth.irregular.sum()
    for _, rows in found[found["cut"] != ""].groupby("cut"):
        value, k = rows.set_index("measure")["value"], rows["k"].iloc[0]
        hits = value["precision"] * k
        assert hits == pytest.approx(round(hits))
        if total:
            assert value["recall"] * total == pytest.approx(hits)
            assert value["lift"] * total / len(truth) == pytest.approx(value["precision"])
            assert value["norm_precision"] == pytest.approx(value["norm_recall"])


@settings(max_examples=40, deadline=None)
@given(samples())
def test_inspecting_everything_finds_everything(case):
    truth, score = case
    found = evaluate({"model": score}, truth, AT)
    assert found.get("model", "precision", 1.0).value == pytest.approx(truth.irregular.mean())
    for measure, total in (("recall", truth.irregular.sum()), ("revenue", truth.revenue.sum())):
        assert not total or found.get("model", measure, 1.0).value == pytest.approx(1)


@settings(max_examples=40, deadline=None)
@given(samples())
def test_nothing_beats_the_oracle(case):
    truth, score = case
    rows = measured(score, truth)
    normalised = rows[rows["measure"].str.startswith("norm")].dropna(subset="value")
    assert (normalised["value"] <= 1 + 1e-12).all()
    perfect = measured(truth.revenue, truth)
    reached = perfect[perfect["measure"] == "norm_revenue"].dropna(subset="value")
    assert reached["value"].to_numpy() == pytest.approx(1)


@settings(max_examples=30, deadline=None)
@given(samples())
def test_equal_propensities_change_nothing(case):
    truth, score = case
    even = replace(truth, propensity=np.full(len(truth), 0.2))
    whole = evaluate({"model": score}, even, EvaluationSettings(rates=(1.0,), bootstrap_repeats=0))
    assert whole.get("model", "precision_ipw", 1.0).value == pytest.approx(truth.irregular.mean())
    assert whole.get("model", "effective_sample_size", 1.0).value == pytest.approx(len(truth))
