"""Rows come back from the spill once each, in order of rank, whatever the parts and buckets."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.engines.ahead import ahead
from redlane.engines.spill import Spill


@given(st.lists(st.integers(0, 9), max_size=8), st.integers(1, 12), st.randoms(use_true_random=False))
def test_every_row_comes_back_once_in_order_of_rank(tmp_path_factory, sizes, bucket_rows, random):
    spill, n = Spill(tmp_path_factory.mktemp("spill")), sum(sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
    for start, size in zip(starts, sizes, strict=False):
        spill.add(pa.table({"row": pa.array(np.arange(start, start + size))}))
    order = list(range(n))
    random.shuffle(order)
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(1, n + 1)
    buckets = list(spill.ordered(rank, bucket_rows))
    rows = [row for table, _ in buckets for row in table["row"].to_pylist()]
    assert rows == order
    assert [p for _, positions in buckets for p in positions.tolist()] == order
    assert all(table.num_rows == bucket_rows for table, _ in buckets[:-1])


def test_parts_are_removed_as_they_are_read(tmp_path):
    spill = Spill(tmp_path)
    spill.add(pa.table({"row": pa.array([1, 2, 3])}))
    assert len(list(spill.ordered(np.array([3, 1, 2]), 2))) == 2
    assert list(tmp_path.iterdir()) == []


def test_reading_ahead_keeps_order_and_raises_where_the_error_was():
    def items():
        yield 1
        yield 2
        raise ValueError("third")

    seen = []
    with pytest.raises(ValueError, match="third"):
        for item in ahead(items()):
            seen.append(item)
    assert seen == [1, 2]


def test_leaving_early_ends_the_second_thread():
    source = iter(range(1, 100))
    for item in ahead(source):
        if item == 3:
            break
    assert next(source) <= 6
