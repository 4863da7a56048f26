"""Each measure against a calculation by hand, against scikit-learn, and against its own definition."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from redlane.evaluation import EvaluationSettings, Truth, evaluate
from redlane.evaluation.settings import Cut

TEN = {  # ten rows already in inspection order, two per week
    "irregular": np.array([1, 0, 1, 1, 0, 0, 0, 0, 0, 1], dtype=float),
    "revenue": np.array([10, 0, 50, 5, 0, 0, 0, 0, 0, 35], dtype=float),
    "score": np.arange(10, 0, -1, dtype=float),
}


def ten(**changes):
    days, ties = np.repeat(np.arange(5) * 7 + 4, 2), np.arange(10).astype(np.uint64)
    return Truth(TEN["irregular"], TEN["revenue"], False, days, ties, **changes)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("precision", 3 / 4),
        ("recall", 3 / 4),
        ("lift", (3 / 4) / (4 / 10)),
        ("norm_precision", 3 / 4),
        ("norm_recall", 3 / 4),
        ("revenue", 65 / 100),
        ("average_revenue", 65 / 4),
        ("norm_revenue", 65 / 100),  # the four largest revenues are all there is
    ],
)
def test_ten_rows_by_hand_at_forty_per_cent(measure, expected):
    found = evaluate({"model": TEN["score"]}, ten(), EvaluationSettings(rates=(0.4,)))
    assert found.get("model", measure, 0.4).value == pytest.approx(expected)


def test_ten_rows_by_hand_over_the_whole_order():
    found = evaluate({"model": TEN["score"]}, ten(), EvaluationSettings(rates=(0.4,)))
    assert found.get("model", "average_precision").value == pytest.approx((1 + 2 / 3 + 3 / 4 + 4 / 10) / 4)
    assert found.get("model", "roc_auc").value == pytest.approx((6 + 5 + 5 + 0) / 24)


def test_revenue_is_held_against_the_most_that_so_few_inspections_could_bring():
    found = evaluate({"model": TEN["score"]}, ten(), EvaluationSettings(rates=(0.2,)))
    assert found.get("model", "norm_revenue", 0.2).value == pytest.approx(10 / (50 + 35))


def test_oracle_normalisation_follows_the_published_worked_example():
    # 2 % irregular, 5 % inspected: at best 0.4 of the inspected can be irregular; 0.39 is 0.975 of that.
    n, k = 10_000, 500
    irregular = np.zeros(n)
    irregular[:195] = 1
    irregular[k : k + 5] = 1
    truth = Truth(irregular, None, False, np.arange(n) // 100, np.arange(n).astype(np.uint64))
    found = evaluate({"model": -np.arange(n, dtype=float)}, truth, EvaluationSettings(bootstrap_repeats=0))
    assert found.get("model", "precision", 0.05).value == pytest.approx(0.39)
    assert found.get("model", "norm_precision", 0.05).value == pytest.approx(0.975)


@pytest.mark.parametrize("seed", range(5))
def test_normalised_precision_equals_normalised_recall_and_their_common_formula(seed, make_truth):
    truth = make_truth(137, seed)
    score = np.random.default_rng(seed).normal(size=137)
    found = evaluate({"model": score}, truth, EvaluationSettings(rates=(0.02, 0.3, 0.9), bootstrap_repeats=0))
    for rate in (0.02, 0.3, 0.9):
        precision, recall = (
            found.get("model", f"norm_{name}", rate).value for name in ("precision", "recall")
        )
        k = Cut(rate=rate).size(137)
        hits = round(found.get("model", "precision", rate).value * k)
        assert precision == pytest.approx(recall)
        assert precision == pytest.approx(hits / min(k, truth.irregular.sum()))


@pytest.mark.parametrize("seed", range(5))
def test_whole_order_measures_agree_with_scikit_learn_where_nothing_is_tied(seed, make_truth):
    truth = make_truth(200, seed)
    score = np.random.default_rng(seed + 50).normal(size=200) + truth.irregular
    found = evaluate({"model": score}, truth, EvaluationSettings(bootstrap_repeats=0))
    expected = average_precision_score(truth.irregular, score)
    assert found.get("model", "average_precision").value == pytest.approx(expected)
    assert found.get("model", "roc_auc").value == pytest.approx(roc_auc_score(truth.irregular, score))


def test_ties_count_half_in_the_area_under_the_curve_as_in_scikit_learn(make_truth):
    truth = make_truth(300)
    score = np.random.default_rng(9).integers(0, 6, 300).astype(float)
    found = evaluate({"model": score}, truth, EvaluationSettings(bootstrap_repeats=0))
    assert found.get("model", "roc_auc").value == pytest.approx(roc_auc_score(truth.irregular, score))


def test_average_precision_is_that_of_the_order_in_which_ties_are_inspected(make_truth):
    truth = make_truth(300)
    score = np.random.default_rng(9).integers(0, 6, 300).astype(float)
    place = np.empty(300)
    place[np.lexsort((truth.tie, -score))] = np.arange(300)
    found = evaluate({"model": score}, truth, EvaluationSettings(bootstrap_repeats=0))
    expected = average_precision_score(truth.irregular, -place)
    assert found.get("model", "average_precision").value == pytest.approx(expected)


def test_best_and_worst_order_of_one_big_tie():
    found = evaluate({"nothing known": np.zeros(10)}, ten(), EvaluationSettings(rates=(0.2,)))
    rows = found.measures.set_index("measure")
    assert rows.loc["precision", ["best_ties", "worst_ties"]].tolist() == [1.0, 0.0]
    assert rows.loc["revenue", ["best_ties", "worst_ties"]].tolist() == [0.85, 0.0]
    assert rows.loc["roc_auc", ["value", "best_ties", "worst_ties"]].tolist() == [0.5, 1.0, 0.0]


def test_no_more_and_no_fewer_than_k_are_inspected_however_many_are_tied():
    found = evaluate({"nothing known": np.zeros(10)}, ten(), EvaluationSettings(rates=(0.35,)))
    row = found.measures[found.measures["measure"] == "recall"].iloc[0]
    assert row["k"] == 4
    assert row["value"] == 3 / 4  # ties in ascending order of their hash: the first four rows


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_measures_without_both_outcomes_are_missing_rather_than_zero(outcome):
    truth = Truth(np.full(4, outcome), None, False, np.arange(4) * 7, np.arange(4).astype(np.uint64))
    found = evaluate({"model": np.arange(4.0)}, truth, EvaluationSettings(rates=(0.5,), bootstrap_repeats=20))
    assert np.isnan(found.get("model", "roc_auc").value)
    assert np.isnan(found.get("model", "recall", 0.5).value) == (outcome == 0)
    assert found.get("model", "precision", 0.5).value == outcome


def test_a_row_without_a_score_comes_after_the_lowest_score():
    score = np.array([np.nan, -np.inf, 1.0])
    truth = Truth(np.array([0.0, 1, 1]), None, False, np.arange(3), np.arange(3).astype(np.uint64))
    found = evaluate({"model": score}, truth, EvaluationSettings(rates=(0.5,)))
    assert found.get("model", "precision", 0.5).value == 1.0
    assert found.get("model", "roc_auc").value == 1.0
