"""Calibration: rises everywhere, stays a probability, comes back exactly, and helps on later rows."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.errors import RedlaneError
from redlane.model.calibration import Calibration, fit_calibration


def sigmoid(log_odds):
    return 1 / (1 + np.exp(-log_odds))


def simulated(count, seed, overconfidence=2.0, shift=1.0):
    """Margins that exaggerate: the truth is margin / overconfidence - shift."""
    random = np.random.default_rng(seed)
    truth = random.normal(-2, 1.5, count)
    return overconfidence * (truth + shift), (random.random(count) < sigmoid(truth)).astype(float)


def calibration_error(probability, irregular, bins=20):
    groups = np.array_split(np.argsort(probability), bins)
    return sum(abs(probability[g].mean() - irregular[g].mean()) * len(g) for g in groups) / len(probability)


def both_outcomes(rows):
    return len({outcome for _, outcome in rows}) == 2


margins = st.floats(-40, 40, allow_nan=False)
labelled = st.lists(st.tuples(margins, st.integers(0, 1)), min_size=2, max_size=80).filter(both_outcomes)


@settings(deadline=None)
@given(labelled, st.integers(1, 5), st.booleans())
def test_any_curve_rises_everywhere_and_stays_a_probability(rows, min_count, weighted):
    margin, irregular = np.array(rows, dtype=float).T
    weight = 1 + np.arange(len(margin)) % 3.0 if weighted else None
    curve = fit_calibration(margin, irregular, weight, min_count)
    grid = np.unique(np.concatenate([np.linspace(-60, 60, 1001), curve.margins]))
    grid = grid[np.append(True, np.diff(grid) > 1e-6)]
    probability = curve.probability(grid)
    assert (np.diff(probability) > 0).all()
    assert probability.min() > 0 and probability.max() < 1


@settings(deadline=None)
@given(labelled, st.lists(margins, min_size=1))
def test_json_gives_the_same_curve_to_the_last_bit(rows, points):
    curve = fit_calibration(*np.array(rows, dtype=float).T, None, 2)
    again = Calibration.read(json.loads(json.dumps(curve.plain())))
    assert again == curve
    assert np.array_equal(again.probability(np.array(points)), curve.probability(np.array(points)))


@settings(deadline=None)
@given(labelled, st.randoms())
def test_row_order_does_not_matter_to_the_knots(rows, random):
    shuffled = random.sample(rows, len(rows))
    curves = [fit_calibration(*np.array(some, dtype=float).T, None, 2) for some in (rows, shuffled)]
    assert np.allclose(curves[0].margins, curves[1].margins)


@pytest.mark.parametrize("count", [400, 4000])
def test_later_rows_are_better_calibrated_than_before(count):
    curve = fit_calibration(*simulated(count, 1), None, 15)
    margin, irregular = simulated(20_000, 2)
    before, after = sigmoid(margin), curve.probability(margin)
    assert calibration_error(after, irregular) < 0.4 * calibration_error(before, irregular)
    assert after.mean() == pytest.approx(irregular.mean(), abs=0.03)


def test_a_curve_no_straight_line_fits_is_followed():
    random = np.random.default_rng(3)
    margin = random.uniform(-3, 3, 8000)
    truth = np.where(margin < 0, 0.1, 0.6) + 0.02 * margin
    curve = fit_calibration(margin, (random.random(8000) < truth).astype(float), None, 15)
    points = np.array([-2.0, 2.0])
    assert np.allclose(curve.probability(points), [0.06, 0.64], atol=0.05)


def test_weights_count_rows_as_so_many():
    margin, irregular = simulated(3000, 4)
    twice = fit_calibration(np.repeat(margin, 2), np.repeat(irregular, 2), None, 30)
    weighted = fit_calibration(margin, irregular, np.full(3000, 2.0), 15)
    assert np.allclose(twice.log_odds, weighted.log_odds)


def test_two_rows_already_give_a_curve():
    curve = fit_calibration(np.array([-1.0, 1.0]), np.array([0.0, 1.0]), None, 15)
    assert len(curve.margins) == 1
    assert 0.05 < curve.probability(np.array([-1.0]))[0] < 0.5 < curve.probability(np.array([1.0]))[0] < 0.95


def test_margins_that_mislead_still_give_a_rising_curve_at_the_right_level():
    margin, irregular = simulated(2000, 5)
    curve = fit_calibration(-margin, irregular, None, 15)
    assert curve.slope_above > 0
    assert curve.probability(-margin).mean() == pytest.approx(irregular.mean(), abs=0.03)


@pytest.mark.parametrize("irregular", [[], [0.0, 0.0], [1.0, 1.0, 1.0]])
def test_one_outcome_is_not_enough(irregular):
    with pytest.raises(RedlaneError, match="calibration needs both outcomes: make it longer"):
        fit_calibration(np.arange(len(irregular), dtype=float), np.array(irregular), None, 15)


def test_extreme_margins_never_round_to_certainty():
    curve = Calibration((0.0,), (0.0,), 1.0, 1.0)
    probability = curve.probability(np.array([-1e300, -50.0, -30.0, 30.0, 50.0, 1e300]))
    assert (np.diff(probability) > 0).all()
    assert probability.min() > 0 and probability.max() < 1


@pytest.mark.parametrize(
    "plain",
    [
        {"margins": [0, 1], "log_odds": [1, 0], "slope_below": 1, "slope_above": 1},
        {"margins": [0], "log_odds": [0], "slope_below": 0, "slope_above": 1},
        {"margins": [0], "log_odds": [float("nan")], "slope_below": 1, "slope_above": 1},
        {"margins": [], "log_odds": [], "slope_below": 1, "slope_above": 1},
        {"margins": [0], "log_odds": [0, 1], "slope_below": 1, "slope_above": 1},
        {"margins": [0], "log_odds": [0], "slope_below": 1},
        {"margins": "ab", "log_odds": [0], "slope_below": 1, "slope_above": 1},
    ],
)
def test_a_curve_that_does_not_rise_is_refused(plain):
    with pytest.raises(RedlaneError, match="calibration curve"):
        Calibration.read(plain)
