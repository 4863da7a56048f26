"""Power sums give the mean, spread and skewness that the values themselves give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.profiles.ledger import LARGEST, Ledger
from redlane.profiles.moments import MomentsSeen, power_sums

KEY, LATER = np.array([3], np.uint64), np.array([99])


def seen(values):
    keys, days = np.full(len(values), 3, np.uint64), np.arange(len(values))
    return MomentsSeen.of(Ledger.of_events(keys, days, power_sums(np.array(values))).before(KEY, LATER))


@given(st.lists(st.floats(0.01, 1e9), min_size=3, max_size=50))
def test_moments_are_those_of_the_log_values(values):
    logs, found = np.rint(np.log(values) * 256) / 256, seen(values)
    assert found.mean[0] == pytest.approx(logs.mean(), abs=1e-6)
    assert found.spread[0] == pytest.approx(logs.std(ddof=1), abs=1e-4)
    if logs.std() > 0.01:
        third = ((logs - logs.mean()) ** 3).mean() / logs.std() ** 3
        assert found.skewness[0] == pytest.approx(third, abs=1e-4)
    elif logs.std() == 0:
        assert np.isnan(found.skewness[0])


def test_what_has_no_value_counts_as_nothing():
    found = seen([np.nan, 0.0, -5.0, 1e300])
    assert found.count[0] == 0 and np.isnan([found.mean[0], found.spread[0], found.skewness[0]]).all()


def test_ten_million_large_declarations_fit_a_ledger():
    assert float(power_sums(np.array([1e12]))["cubes"][0]) * 1e7 < LARGEST
