"""Robust statistics of many cells at once are those of each cell by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.profiles.medcouple import LEAST, medcouple
from redlane.profiles.robust import Runs, median_absolute_deviation, quantile

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False) | st.integers(-3, 3).map(float)
CELLS = st.lists(st.lists(NUMBERS, min_size=1, max_size=40), min_size=1, max_size=6)


def exact_medcouple(values):
    """Brys, Hubert and Struyf (2004), section 2: the median of the kernel over all pairs, ties by their rank."""
    x, median = np.sort(values), np.median(values)
    high, low = x[x >= median], x[x <= median]
    above, below = (high - median)[:, None], (median - low)[None, :]
    with np.errstate(invalid="ignore"):
        kernel = (above - below) / (above + below)
    ties = int((x == median).sum())
    rank = np.arange(ties)
    kernel[:ties, len(low) - ties :] = np.sign(rank[:, None] - rank[::-1][None, :])
    return np.median(kernel)


@given(CELLS, st.sampled_from([0.1, 0.25, 0.5, 0.75, 1.0]))
@settings(max_examples=50)
def test_quantiles_are_numpys(cells, q):
    found = quantile(Runs.of([np.array(cell) for cell in cells]), q)
    assert found == pytest.approx([np.quantile(cell, q) for cell in cells], rel=1e-12, abs=1e-9)


@given(CELLS)
@settings(max_examples=80)
def test_the_median_absolute_deviation_is_exact(cells):
    runs = Runs.of([np.array(cell) for cell in cells])
    found = median_absolute_deviation(runs, quantile(runs, 0.5))
    expected = [np.median(np.abs(np.array(cell) - np.median(cell))) for cell in cells]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("count", [LEAST, 81, 200, 1000])
@pytest.mark.parametrize("shape", ["normal", "lognormal", "student"])
def test_the_medcouple_of_quantiles_is_close_to_that_of_all_pairs(count, shape):
    rng = np.random.default_rng(count)
    draw = {
        "normal": lambda: rng.normal(size=count),
        "lognormal": lambda: rng.lognormal(size=count),
        "student": lambda: rng.standard_t(2, size=count),
    }[shape]
    cells = [draw() for _ in range(60 if count < 500 else 15)]
    error = medcouple(Runs.of(cells)) - [exact_medcouple(cell) for cell in cells]
    assert np.quantile(np.abs(error), 0.9) < 0.035
    assert np.abs(error).max() < 0.08 and abs(error.mean()) < 0.015


def test_skewness_has_a_sign_and_bounds():
    rng = np.random.default_rng(0)
    right = rng.lognormal(0, 1, 500)
    assert medcouple(Runs.of([right]))[0] == pytest.approx(-medcouple(Runs.of([-right]))[0])
    assert 0.2 < medcouple(Runs.of([right]))[0] <= 1


def test_outliers_do_not_move_it():
    """Breakdown point 25 %: ten wild values in two hundred change little."""
    usual = np.random.default_rng(0).normal(size=200)
    wild = np.where(np.arange(200) < 10, 1e9, usual)
    assert abs(np.diff(medcouple(Runs.of([usual, wild])))[0]) < 0.15


def test_small_and_constant_cells_have_no_skewness_to_speak_of():
    found = medcouple(Runs.of([np.arange(LEAST - 1.0), np.full(LEAST, 3.0)]))
    assert np.isnan(found[0]) and found[1] == 0


def test_no_runs_are_no_trouble():
    nothing = Runs(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))
    assert len(medcouple(nothing)) == len(median_absolute_deviation(nothing, np.empty(0))) == 0
