"""Parquet and Arrow files as the same blocks of columns that delimited text gives.

Whole numbers, decimals without decimals, truth values, dictionaries and every kind of text become text;
floating numbers and times stay typed, so that nothing is rounded on the way.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from redlane.errors import RedlaneError
from redlane.io.arrow_messages import CELL_BYTES, check_stream
from redlane.io.containers import Limits, Source, printable
from redlane.io.structure import Fault, FaultyRecord
from redlane.io.tables import Block

_ROWS = 50_000
_BATCH_BYTES = 256 << 20


class ColumnarFile:
    """A Parquet file, an Arrow file or an Arrow stream; ``headers`` are its column names.

    Raises:
        RedlaneError: it is truncated, damaged, or holds more than *limits* allow.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source, self._limits = source, limits
        self._parquet = source.container == "parquet"
        with source.open() as file, self._damage():
            if self._parquet:
                schema = self._checked_parquet(file).schema_arrow
            else:
                check_stream(file, source, limits)
                schema = _stream(file, source).schema
            self.headers = [name.strip() for name in schema.names]

    def blocks(self, columns: Sequence[int], null_values: Sequence[str]) -> Iterator[Block]:
        """The records, with the columns at these places; cells equal to one of *null_values* are missing.

        Raises:
            RedlaneError: the file turns out to be truncated or damaged, or a column has an unusable type.
        """
        done = 0
        nulls = pa.array(list(null_values), type=pa.string())
        with self._source.open() as file, self._damage():
            for batch in self._batches(file, columns):
                block = self._block(batch, columns, nulls, done)
                done += block.records
                yield block

    def where(self, record: FaultyRecord, column: int) -> str:
        """Of a faulty record here only its text is known."""
        return ""

    def _batches(self, file: IO[bytes], columns: Sequence[int]) -> Iterator[list[pa.Array]]:
        if self._parquet:
            yield from self._parquet_batches(file, columns)
            return
        for batch in _stream(file, self._source):
            picked = [batch.column(at) for at in columns]
            for column in picked:
                column.validate(full=True)
            for start in range(0, batch.num_rows, _ROWS):
                yield [column.slice(start, _ROWS) for column in picked]

    def _parquet_batches(self, file: IO[bytes], columns: Sequence[int]) -> Iterator[list[pa.Array]]:
        reader = self._checked_parquet(file)
        names = [reader.schema_arrow.names[at] for at in columns]
        facts = reader.metadata
        unpacked = sum(facts.row_group(group).total_byte_size for group in range(facts.num_row_groups))
        rows = max(1, min(_ROWS, _BATCH_BYTES // (1 + unpacked // max(1, facts.num_rows))))
        for batch in reader.iter_batches(batch_size=rows, columns=names, use_threads=False):
            picked = [batch.column(name) for name in names]
            for column in picked:
                column.validate(full=True)
            yield picked

    def _checked_parquet(self, file: IO[bytes]) -> pq.ParquetFile:
        """The file opened with text as dictionaries, so that one long repeated text stays one text."""
        name, size = self._source.shown, self._source.fingerprint.size
        schema = pq.ParquetFile(file, pre_buffer=False).schema_arrow
        texts = [
            field.name
            for field in schema
            if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        ]
        file.seek(0)
        reader = pq.ParquetFile(file, pre_buffer=False, read_dictionary=texts)
        facts, allowed = reader.metadata, self._limits.allowed_bytes(size)
        unpacked = sum(facts.row_group(group).total_byte_size for group in range(facts.num_row_groups))
        grown = facts.num_rows * max(1, facts.num_columns) * CELL_BYTES
        if max(unpacked, grown) > allowed or facts.num_rows > self._limits.rows:
            raise RedlaneError(
                f"{name} says it holds {facts.num_rows:,} records and {unpacked:,} bytes in {size:,} on disk: refused"
                " as a possible compression bomb; raise `limits` in the declarations format if it is genuine"
            )
        return reader

    def _block(self, batch: list[pa.Array], columns: Sequence[int], nulls: pa.Array, done: int) -> Block:
        count = len(batch[0])
        cells = [self._cells(column, at, nulls) for column, at in zip(batch, columns, strict=True)]
        faults = _faults(cells, count, self._limits.record_bytes)
        good = np.ones(count, dtype=bool)
        good[[fault.position for fault in faults]] = False
        if faults:
            cells = [column.filter(pa.array(good)) for column in cells]
        return Block(cells, np.flatnonzero(good) + (done + 1), faults, done + 1, count)

    def _cells(self, column: pa.Array, at: int, nulls: pa.Array) -> pa.Array:
        try:
            return _as_cells(column, nulls)
        except (pa.ArrowException, TypeError) as error:
            raise RedlaneError(
                f"{self._source.shown}: column '{printable(self.headers[at])}' is of type {column.type}, which cannot"
                f" be read as declarations ({str(error).splitlines()[0]}); store it as text, numbers or dates"
            ) from None

    @contextmanager
    def _damage(self) -> Iterator[None]:
        try:
            yield
        except (
            pa.ArrowException,
            OSError,
            EOFError,
            UnicodeError,
            KeyError,
            OverflowError,
            MemoryError,
        ) as error:
            cause = printable(" ".join(str(error).split()))[:200].rstrip(".")
            kind = {"parquet": "Parquet", "arrow file": "Arrow"}.get(self._source.container, "Arrow stream")
            raise RedlaneError(
                f"{self._source.shown} is a damaged or truncated {kind} file: {cause}"
            ) from None


def _stream(file: IO[bytes], source: Source) -> pa.RecordBatchStreamReader:
    """An Arrow file is a stream between two magic words."""
    file.seek(8 if source.container == "arrow file" else 0)
    return pa.ipc.open_stream(file)


def _as_cells(column: pa.Array, nulls: pa.Array) -> pa.Array:
    """Text, float64 or timestamp[us] of a column of any flat type."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        _check_size(column)
        return _as_cells(column.dictionary_decode(), nulls)
    if pa.types.is_float64(kind) or pa.types.is_null(kind):
        return column if pa.types.is_float64(kind) else column.cast(pa.string())
    if pa.types.is_floating(kind) or (pa.types.is_decimal(kind) and kind.scale != 0):
        return column.cast(pa.string()).cast(pa.float64())
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("us"))
    if pa.types.is_timestamp(kind):
        local = pc.local_timestamp(column) if kind.tz else column
        return local.cast(pa.timestamp("us"), safe=False)
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind) or _is_text(kind):
        text = column.cast(pa.string())
        return pc.if_else(pc.is_in(text, nulls), pa.scalar(None, pa.string()), text) if len(nulls) else text
    raise TypeError("nested and unusual types are not supported")


def _is_text(kind: pa.DataType) -> bool:
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(check(kind) for check in (*texts, pa.types.is_string_view, pa.types.is_fixed_size_binary))


def _check_size(column: pa.DictionaryArray) -> None:
    kind = column.type.value_type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return
    sizes = pc.binary_length(column.dictionary).take(column.indices)
    if (pc.sum(sizes).as_py() or 0) > _BATCH_BYTES:
        raise TypeError(f"its texts grow to more than {_BATCH_BYTES:,} bytes in {len(column):,} records")


def _faults(cells: list[pa.Array], count: int, record_bytes: int) -> list[FaultyRecord]:
    """Records with a NUL byte or too much text, as the same data would show in delimited text."""
    texts = [column for column in cells if pa.types.is_string(column.type)]
    sizes = np.zeros(count, dtype=np.int64)
    nul = np.zeros(count, dtype=bool)
    for column in texts:
        sizes += pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
        if _holds_nul(column):
            nul |= pc.fill_null(pc.match_substring(column, "\0"), False).to_numpy(zero_copy_only=False)
    found: list[FaultyRecord] = []
    for position in np.flatnonzero(nul | (sizes > record_bytes)).tolist():
        kind: Fault = "record-too-long" if sizes[position] > record_bytes else "nul-byte"
        found.append(FaultyRecord(position, kind, _record_text(texts, position)))
    return found


def _holds_nul(column: pa.Array) -> bool:
    data = column.buffers()[2]
    return data is not None and b"\0" in memoryview(data).tobytes()


def _record_text(texts: Sequence[pa.Array], position: int) -> str:
    return " | ".join((column[position].as_py() or "")[:200] for column in texts)
