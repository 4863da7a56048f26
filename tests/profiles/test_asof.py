"""The as-of look-up sees what was known strictly before, and nothing else."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from redlane.profiles.asof import AsOfIndex

ROWS = st.lists(st.tuples(st.integers(1, 5), st.integers(-3, 30)), max_size=40)


def _arrays(pairs):
    keys = np.array([key for key, _ in pairs], dtype=np.uint64)
    return keys, np.array([day for _, day in pairs], dtype=np.int64)


@given(ROWS, ROWS)
def test_before_counts_exactly_the_rows_of_the_key_with_an_earlier_day(rows, queries):
    index, _ = AsOfIndex.of_rows(*_arrays(rows))
    start, end = index.before(*_arrays(queries))
    expected = [sum(k == key and d < day for k, d in rows) for key, day in queries]
    assert (end - start).tolist() == expected


@given(ROWS, ROWS, st.integers(1, 10))
def test_since_opens_a_window_that_ends_the_day_before(rows, queries, window):
    index, _ = AsOfIndex.of_rows(*_arrays(rows))
    keys, days = _arrays(queries)
    _, end = index.before(keys, days)
    first = np.minimum(index.since(keys, days - window), end)
    expected = [sum(k == key and day - window <= d < day for k, d in rows) for key, day in queries]
    assert (end - first).tolist() == expected


def test_a_missing_key_finds_nothing_even_if_rows_carry_it():
    index, _ = AsOfIndex.of_rows(np.zeros(3, np.uint64), np.arange(3))
    start, end = index.before(np.zeros(1, np.uint64), np.array([9]))
    assert start[0] == end[0]


def test_an_empty_table_knows_nothing():
    index, _ = AsOfIndex.of_rows(np.empty(0, np.uint64), np.empty(0, np.int64))
    start, end = index.before(np.array([7], np.uint64), np.array([3]))
    assert (start[0], end[0]) == (0, 0)


def test_a_query_before_all_data_and_one_far_after():
    index, _ = AsOfIndex.of_rows(np.array([7, 7], np.uint64), np.array([100, 200]))
    start, end = index.before(np.array([7, 7], np.uint64), np.array([-5000, 2_000_000]))
    assert (end - start).tolist() == [0, 2]
