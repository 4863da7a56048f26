"""Ledgers add up: any grouping and order of parts gives the same whole numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.errors import RedlaneError
from redlane.profiles.build import build
from redlane.profiles.ledger import LARGEST, Ledger
from redlane.profiles.needs import ProfileNeeds

EVENTS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 20), st.integers(-(10**12), 10**12)), max_size=60
)


def _ledger(events):
    keys = np.array([key for key, _, _ in events], dtype=np.uint64)
    days = np.array([day for _, day, _ in events], dtype=np.int64)
    cents = np.array([amount for _, _, amount in events], dtype=np.int64)
    return Ledger.of_events(keys, days, {"count": np.ones(len(events), np.int64), "cents": cents})


def _queries():
    keys, days = np.meshgrid(np.arange(1, 6, dtype=np.uint64), np.arange(0, 25, 3))
    return keys.ravel(), days.ravel()


@given(EVENTS, st.integers(1, 30))
def test_totals_are_sums_over_the_days_before(events, window):
    keys, days = _queries()
    seen = _ledger(events).before(keys, days)
    every = [
        sum(a for k, d, a in events if k == key and d < day) for key, day in zip(keys, days, strict=True)
    ]
    recent = [
        sum(a for k, d, a in events if k == key and day - window <= d < day)
        for key, day in zip(keys, days, strict=True)
    ]
    assert seen.total("cents").tolist() == every
    assert seen.total("cents", window).tolist() == recent


@given(EVENTS, st.randoms(use_true_random=False))
def test_parts_in_any_order_make_the_same_ledger(events, random):
    shuffled = list(events)
    random.shuffle(shuffled)
    cut = len(shuffled) // 3
    parts = [_ledger(shuffled[:cut]), _ledger(shuffled[cut : 2 * cut]), _ledger(shuffled[2 * cut :])]
    random.shuffle(parts)
    whole, merged = _ledger(events), Ledger.merge(parts)
    assert merged.index.row_keys().tolist() == whole.index.row_keys().tolist()
    assert merged.index.days.tolist() == whole.index.days.tolist()
    for name in ("count", "cents"):
        assert merged.amounts(name).tolist() == whole.amounts(name).tolist()


def test_first_and_last_day_and_never():
    seen = _ledger([(1, 3, 1), (1, 9, 1)]).before(np.array([1, 1, 2], np.uint64), np.array([9, 10, 10]))
    assert seen.first_day().tolist()[:2] == [3.0, 3.0]
    assert seen.last_day().tolist()[:2] == [3.0, 9.0]
    assert np.isnan(seen.first_day()[2])


def test_events_of_a_missing_key_are_left_out():
    assert len(_ledger([(0, 1, 5), (0, 2, 5)])) == 0


def test_an_unknown_amount_is_an_error():
    with pytest.raises(KeyError):
        _ledger([(1, 1, 1)]).before(np.array([1], np.uint64), np.array([2])).total("kilos")


def test_a_sum_that_a_ledger_cannot_hold_is_refused_and_never_wraps_round():
    half = int(LARGEST) // 2
    keys, days = np.array([1, 1, 1], np.uint64), np.array([1, 1, 2])
    with pytest.raises(RedlaneError, match="cents: together"):
        Ledger.of_events(keys, days, {"cents": np.array([half, half, half])})
    part = Ledger.of_events(keys[:1], days[:1], {"cents": np.array([half])})
    with pytest.raises(RedlaneError, match="cents: together"):
        Ledger.merge([part, part, part])
    seen = Ledger.merge([part, part]).before(np.array([1], np.uint64), np.array([2]))
    assert seen.total("cents").tolist() == [2 * half]


@pytest.mark.parametrize(("column", "amount"), [("customs_value", "value_cents"), ("net_mass", "mass_grams")])
@pytest.mark.parametrize(("value", "rows"), [(1e14, 1000), (1e300, 1)])
def test_the_largest_numbers_a_file_may_hold_are_added_up_or_refused(column, amount, value, rows):
    needs = ProfileNeeds(activity=(("office",),), outcomes=(), prices=())
    frame = pd.DataFrame(
        {"registered_on": pd.Timestamp("2024-01-01"), "office": "A", column: np.full(rows, value)}
    )
    with pytest.raises(RedlaneError, match=f"cannot add up {amount}"):
        build(frame, needs)
    few = build(frame.head(1).assign(**{column: 1e14}), needs).activity[("office",)]
    assert few.amounts(amount).tolist() == [10**17 if amount == "mass_grams" else 10**16]
