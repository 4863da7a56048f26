"""Shuffled outcomes: dealt anew within the week, each outcome whole."""

import numpy as np
import pandas as pd

from redlane.evaluation import EvaluationSettings, evaluate
from redlane.evaluation.probe import shuffle_outcomes, shuffled_within_weeks


def declarations(n=200):
    rng = np.random.default_rng(0)
    registered = pd.Timestamp("2020-01-06") + pd.to_timedelta(rng.integers(0, 28, n), unit="D")
    irregular = np.where(rng.random(n) < 0.2, np.nan, (rng.random(n) < 0.4).astype(float))
    frame = pd.DataFrame({"registered_on": registered, "irregular": irregular})
    frame["recovered_revenue"] = np.where(irregular == 1, np.arange(n), 0.0)
    frame["outcome_known_on"] = frame["registered_on"] + pd.to_timedelta(rng.integers(1, 40, n), unit="D")
    return frame


def test_each_week_keeps_its_outcomes_and_the_unlabelled_stay_unlabelled():
    before = declarations()
    after = shuffle_outcomes(before, seed=1)
    week = before["registered_on"].dt.to_period("W")
    assert after["irregular"].isna().equals(before["irregular"].isna())
    assert after["irregular"].groupby(week).sum().equals(before["irregular"].groupby(week).sum())
    assert not after["irregular"].equals(before["irregular"])


def test_revenue_stays_with_its_finding_and_no_outcome_is_known_too_early():
    after = shuffle_outcomes(declarations(), seed=1)
    assert (after.loc[after["irregular"] == 0, "recovered_revenue"] == 0).all()
    assert (after["outcome_known_on"] > after["registered_on"]).all()


def test_columns_that_are_not_outcomes_are_left_alone_and_absent_ones_stay_absent():
    before = declarations()[["registered_on", "irregular"]].assign(net_mass=1.0)
    after = shuffle_outcomes(before, seed=1)
    assert after.columns.tolist() == before.columns.tolist()
    assert after["registered_on"].equals(before["registered_on"])


def test_the_shuffle_is_a_seeded_permutation():
    day = np.random.default_rng(0).integers(0, 50, 300)
    first = shuffled_within_weeks(day, seed=2)
    assert sorted(first) == list(range(300))
    assert np.array_equal(first, shuffled_within_weeks(day, seed=2))
    assert not np.array_equal(first, shuffled_within_weeks(day, seed=3))


def test_a_score_that_found_everything_finds_nothing_in_shuffled_outcomes(make_truth):
    truth = make_truth(3000)
    score = truth.irregular.copy()
    shuffled = shuffled_within_weeks(truth.registered_day, seed=1)
    truth.irregular[:] = truth.irregular[shuffled]
    found = evaluate({"model": score}, truth, EvaluationSettings(bootstrap_repeats=200))
    low, high = found.get("model", "average_precision")[1:]
    assert low < found.base_rate.value < high
