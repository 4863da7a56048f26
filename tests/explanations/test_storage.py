"""Reasons survive Parquet and JSON with every digit, and stay aligned with their rows."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from redlane.explanations import Reason, ReasonTable
from redlane.explanations.storage import REASONS_TYPE, from_json, spread, to_arrow, to_json

TABLE = ReasonTable(
    offsets=np.array([0, 2, 2, 3]),
    code=np.array(["a", "b", "a"], dtype=object),
    sentence=np.array(['says "hé", twice', "=1+1", "</script>"], dtype=object),
    contribution=np.array([0.1 + 0.2, 1 / 3, 5e-324]),
)


def test_parquet_gives_the_same_reasons_back(tmp_path):
    array = to_arrow(TABLE)
    assert array.type == REASONS_TYPE
    pq.write_table(pa.table({"reasons": array}), tmp_path / "x.parquet")
    back = pq.read_table(tmp_path / "x.parquet")["reasons"].to_pylist()
    assert [[Reason(**reason) for reason in row] for row in back] == TABLE.rows()


def test_json_gives_the_same_reasons_back():
    texts = to_json(to_arrow(TABLE))
    assert [from_json(text) for text in texts] == TABLE.rows()
    assert all("\n" not in text and json.loads(text) is not None for text in texts)


def test_rows_not_explained_are_null_not_empty():
    array = spread(to_arrow(TABLE), np.array([4, 0, 1]), n=5)
    assert array.type == REASONS_TYPE
    assert [None if row is None else len(row) for row in array.to_pylist()] == [0, 1, None, None, 2]
    assert to_json(array)[2] is None


def test_an_empty_table_can_be_written_and_spread():
    empty = ReasonTable.join([])
    assert to_arrow(empty).to_pylist() == []
    assert spread(to_arrow(empty), np.empty(0, dtype=np.int64), n=2).to_pylist() == [None, None]
