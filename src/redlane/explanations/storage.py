"""Reasons in files: a list of structs in Parquet, JSON text in CSV."""

import json

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from redlane.explanations.reasons import Reason, ReasonTable

REASONS_TYPE = pa.list_(
    pa.struct([("code", pa.string()), ("sentence", pa.string()), ("contribution", pa.float64())])
)
"""The type of the score file's column ``reasons``; null where a row was not explained."""


def to_arrow(table: ReasonTable) -> pa.Array:
    """The reasons of each row as one Arrow array of :data:`REASONS_TYPE`.

    >>> table = ReasonTable(np.array([0, 1]), np.array(["n"]), np.array(["seen 3 times"]), np.array([0.7]))
    >>> to_arrow(table).to_pylist()
    [[{'code': 'n', 'sentence': 'seen 3 times', 'contribution': 0.7}]]
    """
    columns = [
        pa.array(table.code, type=pa.string()),
        pa.array(table.sentence, type=pa.string()),
        pa.array(table.contribution, type=pa.float64()),
    ]
    structs = pa.StructArray.from_arrays(columns, fields=list(REASONS_TYPE.value_type))
    return pa.ListArray.from_arrays(pa.array(table.offsets, type=pa.int32()), structs).cast(REASONS_TYPE)


def spread(explained: pa.Array, rows: npt.NDArray[np.int64], n: int) -> pa.Array:
    """An array of *n* rows with *explained* at the places *rows* and null elsewhere.

    >>> spread(pa.array(["a", "b"]), np.array([2, 0]), n=3).to_pylist()
    ['b', None, 'a']
    """
    places = np.full(n, -1, dtype=np.int64)
    places[rows] = np.arange(len(explained))
    return explained.take(pa.array(places, mask=places < 0))


def to_json(lists: pa.Array) -> list[str | None]:
    """Each row's reasons, or red flags, as JSON text, with every digit of the numbers; None where null.

    >>> to_json(pa.array([[{"code": "n", "sentence": "é", "contribution": 0.1}], None], type=REASONS_TYPE))
    ['[{"code":"n","sentence":"é","contribution":0.1}]', None]
    """
    return [None if row is None else _json(row) for row in lists.to_pylist()]


def from_json(text: str) -> list[Reason]:
    """The reasons a JSON text holds; the inverse of :func:`to_json` for one row.

    >>> from_json('[{"code":"n","sentence":"seen","contribution":0.1}]')
    [Reason(code='n', sentence='seen', contribution=0.1)]
    """
    return [Reason(**entry) for entry in json.loads(text)]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
