"""Columns of numbers in Parquet files of the profiles store."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from redlane.declarations.periods import Days
from redlane.io.files import canonical_json, sha256_text


def write_columns(path: Path, columns: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> None:
    """Write arrays of one length; *metadata* are a few words kept in the file's schema."""
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    pq.write_table(table.replace_schema_metadata(dict(metadata or {})), path, compression="zstd")


def read_columns(path: Path) -> pa.Table:
    """The table at *path*, all of it."""
    return pq.read_table(path)


def part_file(stem: Path, part: str) -> Path:
    """The file of one part of a table whose files' names begin with *stem*.

    >>> part_file(Path("segment/prices_1"), "rows").as_posix()
    'segment/prices_1__rows.parquet'
    """
    return stem.with_name(f"{stem.name}__{part}.parquet")


def dates(days: Days) -> npt.NDArray[np.datetime64]:
    """Days since 1970 as dates.

    >>> dates(np.array([0, 31])).astype(str).tolist()
    ['1970-01-01', '1970-02-01']
    """
    result: npt.NDArray[np.datetime64] = days.astype("datetime64[D]")
    return result


def days_of(table: pa.Table, name: str = "known_on") -> Days:
    """A column of dates as days since 1970."""
    result: Days = table[name].cast(pa.int32()).to_numpy().astype(np.int64)
    return result


def numbers(table: pa.Table, name: str) -> npt.NDArray[Any]:
    """A column of 64-bit numbers without gaps.

    Raises:
        TypeError: it holds something else.
    """
    column = table[name]
    if column.type not in (pa.uint64(), pa.int64(), pa.float64()) or column.null_count:
        raise TypeError(f"{name} holds {column.type}")
    result: npt.NDArray[Any] = column.to_numpy()
    return result


def digest(plain: Any) -> str:
    """Eight hexadecimal digits that tell settings apart in a file's name.

    >>> digest({"a": 1}) == digest({"a": 1}) != digest({"a": 2})
    True
    """
    return sha256_text(canonical_json(plain))[:8]
