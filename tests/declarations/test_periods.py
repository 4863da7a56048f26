"""Periods follow one another in time, and nothing is used before it was known."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.declarations.periods import NEVER, Periods, day_date, day_number, days
from redlane.errors import RedlaneError

FIRST = day_number(date(2024, 1, 1))
REGISTERED = FIRST + np.arange(366)
ALL = np.ones(366, np.bool_)


@given(st.integers(0, 60), st.integers(0, 40), st.integers(10, 60), st.integers(10, 60), st.integers(0, 90))
def test_periods_never_overlap_and_never_know_too_much(burn_in, maturity, tune, test, delay):
    periods = Periods(burn_in_days=burn_in, maturity_days=maturity, tune_days=tune, test_days=test)
    known = REGISTERED + delay
    try:
        split = periods.split(REGISTERED, known, ALL)
    except RedlaneError:
        return
    border = day_number(split.test_from)
    assert not (split.train & split.tune).any() and not (split.tune & split.test).any()
    assert (
        REGISTERED[split.train].max() < REGISTERED[split.tune].min() < border <= REGISTERED[split.test].min()
    )
    used = split.train | split.tune
    assert (known[used] < border).all()
    assert (REGISTERED[used] < border - maturity).all()
    assert REGISTERED[split.train].min() >= FIRST + burn_in
    assert split.test.sum() == test


def test_young_declarations_are_left_out_before_the_test_and_at_the_end():
    split = Periods(maturity_days=30, tune_days=40, test_days=50).split(REGISTERED, REGISTERED + 1, ALL)
    assert REGISTERED[split.test].max() == REGISTERED[-1] - 30
    assert REGISTERED[split.tune].max() == REGISTERED[split.test].min() - 31
    assert split.tune.sum() == 40


def test_slow_findings_would_bias_the_youngest_rows():
    """Why maturity matters: findings are known after 40 days, clean results after 5."""
    irregular = np.arange(366) % 4 == 0
    known = REGISTERED + np.where(irregular, 40, 5)
    naive = Periods(tune_days=40, test_days=60).split(REGISTERED, known, ALL)
    mature = Periods(tune_days=40, test_days=60, maturity_days=40).split(REGISTERED, known, ALL)
    assert irregular[naive.tune].mean() < 0.05
    assert irregular[mature.tune].mean() == pytest.approx(0.25, abs=0.03)


def test_rows_without_outcome_teach_and_test_nothing():
    labelled = np.arange(366) % 2 == 0
    split = Periods(tune_days=40, test_days=50).split(REGISTERED, REGISTERED + 1, labelled)
    assert not ((split.train | split.tune | split.test) & ~labelled).any()


def test_explicit_dates_are_kept():
    split = Periods(
        tune_from=date(2024, 6, 1), test_from=date(2024, 9, 1), test_until=date(2024, 9, 30)
    ).split(REGISTERED, REGISTERED + 1, ALL)
    assert (split.tune_from, split.test_from, split.test.sum()) == (date(2024, 6, 1), date(2024, 9, 1), 30)


@pytest.mark.parametrize(
    "periods",
    [
        Periods(burn_in_days=365),
        Periods(tune_from=date(2024, 10, 1), test_from=date(2024, 9, 1)),
        Periods(test_from=date(2025, 6, 1)),
    ],
)
def test_borders_out_of_order_are_refused_with_their_dates(periods):
    with pytest.raises(RedlaneError, match=r"out of order.*20\d\d-"):
        periods.split(REGISTERED, REGISTERED + 1, ALL)


def test_a_period_without_outcomes_is_refused_by_name():
    with pytest.raises(RedlaneError, match="the tune period holds no declaration"):
        Periods(tune_days=20, test_days=50).split(REGISTERED, REGISTERED + 45, ALL)


def test_days_and_dates_are_inverse():
    assert day_date(FIRST) == date(2024, 1, 1)
    assert days(pd.Series(pd.to_datetime(["2024-01-01", None]))).tolist() == [FIRST, NEVER]
