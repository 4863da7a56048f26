"""Probability against what was found."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from redlane.evaluation import EvaluationSettings, evaluate
from redlane.evaluation.calibration import brier, calibration_error, quantile_bins, reliability


def test_brier_score_agrees_with_scikit_learn(make_truth):
    truth, probability = make_truth(100), np.random.default_rng(0).random(100)
    assert brier(probability, truth.irregular) == pytest.approx(
        brier_score_loss(truth.irregular, probability)
    )


def test_calibration_error_by_hand():
    probability = np.array([0.1, 0.2, 0.3, 0.4, 0.8, 0.9])
    irregular = np.array([0.0, 0.0, 1.0, 0.0, 1.0, 1.0])
    # bins: (0.1, 0.2), (0.3, 0.4), (0.8, 0.9); gaps 0.15, 0.15, 0.15
    assert calibration_error(probability, irregular, 3) == pytest.approx(0.15)


def test_a_probability_on_the_edge_of_two_bins_belongs_to_the_lower():
    assert quantile_bins(np.array([0.1, 0.2, 0.3, 0.4, 0.5]), 2).tolist() == [0, 0, 0, 1, 1]


def test_bins_have_equal_counts_where_probabilities_differ():
    bins = quantile_bins(np.random.default_rng(0).random(1000), 10)
    assert np.bincount(bins).tolist() == [100] * 10


@pytest.mark.parametrize("probability", [np.full(50, 0.3), np.repeat([0.1, 0.2], 25), np.array([0.5])])
def test_equal_probabilities_share_a_bin(probability):
    bins = quantile_bins(probability, 10)
    for value in np.unique(probability):
        assert len(np.unique(bins[probability == value])) == 1
    assert set(bins) == set(range(bins.max() + 1))


def test_a_constant_at_the_base_rate_is_perfectly_calibrated_and_useless(make_truth):
    truth = make_truth(100)
    probability = np.full(100, truth.irregular.mean())
    assert calibration_error(probability, truth.irregular) == pytest.approx(0, abs=1e-12)


def test_reliability_counts_every_row_once(make_truth):
    truth, probability = make_truth(103), np.random.default_rng(0).random(103)
    table = reliability(probability, truth.irregular, 10)
    assert table["rows"].sum() == 103
    assert (table["irregular"] * table["rows"]).sum() == pytest.approx(truth.irregular.sum())


def test_both_measures_stand_beside_the_main_ranking_with_intervals(make_truth):
    truth, probability = make_truth(200), np.random.default_rng(0).random(200)
    rankings = {"model": probability, "random": truth.tie.astype(float)}
    found = evaluate(rankings, truth, EvaluationSettings(bootstrap_repeats=50), probability=probability)
    assert found.get("model", "brier").value == pytest.approx(brier(probability, truth.irregular))
    low, high = found.get("model", "brier")[1:]
    assert low < found.get("model", "brier").value < high
    assert found.measures.query("measure == 'calibration_error'")["ranking"].tolist() == ["model"]
