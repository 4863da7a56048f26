"""Tables written as a stream, whole or not at all: Parquet or CSV, by the file's suffix.

The bytes depend on the rows alone, not on the pieces they arrive in. Floating numbers are written so that
reading them gives the same number again; text is quoted, so that a line break inside it stays inside.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from redlane.errors import RedlaneError
from redlane.io.containers import shown
from redlane.io.files import atomic_path

ROW_GROUP = 65_536
"""Rows per Parquet row group, and per piece of CSV."""

SUFFIXES = (".parquet", ".csv")
"""The kinds of table that can be written."""

_FORMULA = r"\A[=+\-@\t\r\n＝＋－＠]"

Write = Callable[[pd.DataFrame | pa.Table], None]


@contextmanager
def table_writer(path: Path, *, spreadsheet: bool = False) -> Iterator[Write]:
    """Give a function that appends a frame or an Arrow table; when the block ends well, *path* appears in one step.

    The first frame (which may have no rows) sets columns and types; the index is not written. Days
    (``datetime64`` at midnight) are written as dates, missing values as nulls or empty cells. With
    *spreadsheet*, text that a spreadsheet would run as a formula gets an apostrophe before it; without,
    every text is written as it stands.

    Raises:
        RedlaneError: the suffix is neither .parquet nor .csv, nothing was written, or the disk refuses.
        pyarrow.ArrowException: a later frame does not fit the first one's columns.
    """
    kind = require_table_suffix(path)
    with atomic_path(path) as temporary:
        pieces = _Pieces(temporary, kind, spreadsheet)
        try:
            yield pieces.write
            pieces.finish(path)
        finally:
            pieces.close()


def write_table(path: Path, frame: pd.DataFrame, *, spreadsheet: bool = False) -> None:
    """Write one whole *frame*; see :func:`table_writer`."""
    with table_writer(path, spreadsheet=spreadsheet) as write:
        write(frame)


def require_table_suffix(path: Path) -> str:
    """The suffix of *path*, if it is one of :data:`SUFFIXES`.

    Raises:
        RedlaneError: it is not.

    >>> require_table_suffix(Path("scores.parquet"))
    '.parquet'
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise RedlaneError(
            f"{shown(path)}: a table is written as {' or '.join(SUFFIXES)}; give it such a suffix"
        )
    return suffix


def neutralised(texts: pa.Array) -> pa.Array:
    """*texts* with an apostrophe before every one that a spreadsheet would take for a formula.

    >>> neutralised(pa.array(["=1+1", "A-1", None])).to_pylist()
    ["'=1+1", 'A-1', None]
    """
    return pc.if_else(
        pc.match_substring_regex(texts, _FORMULA), pc.binary_join_element_wise("'", texts, ""), texts
    )


class _Pieces:
    """Gathers rows into pieces of one size, so that the file does not tell how they came."""

    def __init__(self, path: Path, kind: str, spreadsheet: bool) -> None:
        self._path, self._kind, self._spreadsheet = path, kind, spreadsheet
        self._schema: pa.Schema | None = None
        self._writer: pq.ParquetWriter | pa_csv.CSVWriter | None = None
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def write(self, frame: pd.DataFrame | pa.Table) -> None:
        """Append *frame*."""
        table = frame if isinstance(frame, pa.Table) else pa.Table.from_pandas(frame, preserve_index=False)
        table = self._typed(table.replace_schema_metadata(None))
        if self._writer is None:
            self._writer = self._open(table.schema)
        self._waiting.append(table)
        self._rows += len(table)
        if self._rows >= ROW_GROUP:
            self._flush(whole_only=True)

    def finish(self, path: Path) -> None:
        """Write what is left."""
        if self._writer is None:
            raise RedlaneError(f"{shown(path)}: nothing was written to it, not even its columns")
        self._flush(whole_only=False)

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()

    def _open(self, schema: pa.Schema) -> pq.ParquetWriter | pa_csv.CSVWriter:
        if self._kind == ".parquet":
            return pq.ParquetWriter(self._path, schema, compression="zstd")
        return pa_csv.CSVWriter(self._path, schema, write_options=pa_csv.WriteOptions(batch_size=ROW_GROUP))

    def _flush(self, whole_only: bool) -> None:
        table, start = pa.concat_tables(self._waiting), 0
        while len(table) - start >= ROW_GROUP or (not whole_only and start < len(table)):
            self._put(table.slice(start, ROW_GROUP))
            start += ROW_GROUP
        self._waiting = [table.slice(start)] if start < len(table) else []
        self._rows = max(0, len(table) - start)

    def _put(self, table: pa.Table) -> None:
        if isinstance(self._writer, pq.ParquetWriter):
            self._writer.write_table(table.combine_chunks(), row_group_size=ROW_GROUP)
        elif self._writer is not None:
            self._writer.write_table(table)

    def _typed(self, table: pa.Table) -> pa.Table:
        columns = [_plain(column) for column in table.columns]
        names = table.column_names
        if self._spreadsheet:
            columns = [neutralised(c) if pa.types.is_string(c.type) else c for c in columns]
            names = neutralised(pa.array(names, type=pa.string())).to_pylist()
        typed = pa.table(columns, names=names)
        self._schema = self._schema or typed.schema
        return typed if typed.schema == self._schema else typed.cast(self._schema)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """One type for each kind of column, whatever the version of pandas and the rows at hand."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_null(kind) or pa.types.is_large_string(kind):
        return column.cast(pa.string())
    if pa.types.is_timestamp(kind):
        days = column.cast(pa.date32(), safe=False)
        same = pc.all(pc.equal(days.cast(kind), column)).as_py()
        return days if same is not False else column
    return column
