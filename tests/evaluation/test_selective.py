"""Outcomes known only for the inspected: what weighting by 1 / propensity can and cannot mend."""

import numpy as np
import pytest

from redlane.evaluation import EvaluationSettings, Truth, evaluate
from redlane.evaluation.selective import inverse, ipw_precision


def test_by_hand():
    # inspected: one row standing for 1 (irregular), one standing for 10 (regular)
    selected, irregular = np.ones(3, dtype=bool), np.array([1.0, 0.0, np.nan])
    precision, size = ipw_precision(selected, irregular, np.array([1.0, 0.1, 0.5]))
    assert precision == pytest.approx(1 / 11)
    assert size == pytest.approx(121 / 101)


def test_nothing_inspected_gives_nothing():
    precision, size = ipw_precision(np.array([True]), np.array([np.nan]), np.array([0.5]))
    assert np.isnan([precision, size]).all()


@pytest.mark.parametrize("rate", [0.05, 0.2])
def test_weighting_recovers_the_precision_among_all_declarations(rate):
    rng = np.random.default_rng(0)
    n = 200_000
    score, habit = rng.normal(size=n), rng.normal(size=n)  # the old rules know what the score does not
    irregular = (rng.random(n) < 1 / (1 + np.exp(2 - score - habit))).astype(float)
    propensity = np.clip(1 / (1 + np.exp(1 - 2 * habit)), 0.05, 1)
    top = np.argsort(-score)[: int(rate * n)]
    true = irregular[top].mean()
    seen = rng.random(n) < propensity
    truth = Truth(
        irregular[seen],
        None,
        False,
        rng.integers(0, 70, seen.sum()),
        rng.permutation(seen.sum()).astype(np.uint64),
        propensity=propensity[seen],
    )
    found = evaluate({"m": score[seen]}, truth, EvaluationSettings(rates=(rate,), bootstrap_repeats=0))
    assert found.get("m", "precision", rate).value > true + 0.05
    assert found.get("m", "precision_ipw", rate).value == pytest.approx(true, abs=0.015)
    chosen = np.isin(np.arange(n), top)
    direct = ipw_precision(chosen, np.where(seen, irregular, np.nan), propensity)
    assert direct[0] == pytest.approx(true, abs=0.015)
    assert 30 < found.get("m", "effective_sample_size", rate).value < chosen.sum()


def test_rows_of_unknown_propensity_stand_for_nobody():
    assert inverse(np.array([0.5, np.nan])).tolist() == [2.0, 0.0]
    assert inverse(np.array([np.nan, np.nan])) is None
    assert inverse(None) is None
