"""Curves as plain numbers: the same as the measures they show, thinned, without a hole that JSON cannot hold."""

import json

import numpy as np
import pytest

from redlane.evaluation import EvaluationSettings
from redlane.evaluation.comparison import BY_REVENUE, MODEL, Comparison
from redlane.evaluation.curves import SHARES, curves
from redlane.evaluation.evaluating import evaluate

SETTINGS = EvaluationSettings(rates=(0.05, 0.1), bootstrap_repeats=50)


@pytest.fixture
def comparison(make_truth):
    truth = make_truth(800, seed=4)
    rng = np.random.default_rng(1)
    score = truth.irregular + rng.normal(0, 1, 800)
    rankings = {MODEL: score, "random": rng.random(800), BY_REVENUE: truth.revenue * rng.random(800)}
    probability = 1 / (1 + np.exp(1 - score))
    whole = evaluate(rankings, truth, SETTINGS, probability=probability)
    return Comparison(whole, whole, rankings, probability, truth, np.arange(800) % 2 == 0)


def test_gain_passes_through_recall_at_every_rate_with_its_interval(comparison):
    drawn = curves(comparison, SETTINGS)["gain"]
    at = int(np.flatnonzero(SHARES == 0.05)[0])
    for name in comparison.rankings:
        assert drawn["lines"][name][at] == pytest.approx(
            comparison.whole.get(name, "recall", 0.05).value, abs=1e-4
        )
    recall = comparison.whole.get(MODEL, "recall", 0.05)
    assert (drawn["low"][at], drawn["high"][at]) == pytest.approx((recall.low, recall.high), abs=0.01)


def test_the_main_ranking_comes_first_and_every_line_ends_where_all_is_found(comparison):
    drawn = curves(comparison, SETTINGS)
    for name in ("gain", "revenue", "gain_unseen"):
        lines = drawn[name]["lines"]
        assert next(iter(lines)) == MODEL
        assert all((line[0], line[-1]) == (0.0, 1.0) for line in lines.values())


def test_the_workload_counts_what_was_found_and_what_was_stated(comparison):
    work, truth = curves(comparison, SETTINGS)["workload"], comparison.truth
    assert work["findings"][-1] == truth.irregular.sum()
    assert work["expected_findings"][-1] == pytest.approx(comparison.probability.sum(), rel=1e-6)
    assert work["revenue"][-1] == pytest.approx(truth.revenue.sum(), rel=1e-6)
    top = np.argsort(-comparison.rankings[MODEL])[:40]
    assert work["findings"][int(np.flatnonzero(SHARES == 0.05)[0])] == truth.irregular[top].sum()


def test_everything_is_json_even_where_nothing_was_found(make_truth):
    truth = make_truth(60)
    truth = type(truth)(np.zeros(60), None, False, truth.registered_day, truth.tie)
    score = np.linspace(0, 1, 60)
    whole = evaluate({MODEL: score}, truth, SETTINGS, probability=score)
    drawn = curves(Comparison(whole, None, {MODEL: score}, score, truth, np.ones(60, bool)), SETTINGS)
    assert set(drawn["gain"]["lines"][MODEL]) == {None}
    assert "revenue" not in drawn and "gain_unseen" not in drawn
    json.dumps(drawn, allow_nan=False)
