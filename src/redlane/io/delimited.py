"""Delimited text as blocks of columns: delimiter found from the header, records told apart strictly."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from redlane.errors import RedlaneError
from redlane.io.containers import Limits, Source, container_of, printable, refuse_foreign
from redlane.io.encodings import AUTOMATIC, to_utf8
from redlane.io.lines import line_blocks
from redlane.io.structure import Examined, FaultyRecord, Shape, examine, tell_cells
from redlane.io.tables import Block

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Dialect:
    """How the text is written, as far as it must be told and cannot be found."""

    encoding: str = AUTOMATIC
    quoted: bool = True
    multiline: bool = False


class DelimitedFile:
    """A delimited text file, plain or compressed; ``headers`` are its labels, stripped of outer spaces.

    Raises:
        RedlaneError: the text is not in the stated encoding, is of another kind, or has no usable header.
    """

    def __init__(
        self, source: Source, limits: Limits, dialect: Dialect, score: Callable[[list[str]], int]
    ) -> None:
        """Read the header. *score* says how many of some labels are known: the best delimiter wins."""
        self._source, self._limits, self._dialect = source, limits, dialect
        line = _header_line(next(self._text(), b""), source.shown, limits)
        shapes = [Shape(d, 0, limits.record_bytes, dialect.quoted, dialect.multiline) for d in DELIMITERS]
        told = [(shape, tell_cells(line, shape)) for shape in shapes]
        best, cells = max(told, key=lambda pair: (score(_stripped(pair[1])), len(pair[1] or [])))
        if cells is None:
            raise RedlaneError(
                f"{source.shown}: the quotes of its header do not balance: {printable(line[:200])}"
            )
        self.headers = _stripped(cells)
        self._shape = replace(best, width=len(cells))
        self._whole: dict[int, int] = {}

    def blocks(self, columns: Sequence[int], null_values: Sequence[str]) -> Iterator[Block]:
        """The records, with the columns at these places; cells equal to one of *null_values* are missing.

        Raises:
            RedlaneError: the file turns out to be truncated, damaged, wrongly encoded or too large.
        """
        read = _CellReader(columns, len(self.headers), null_values, self._shape)
        done, faulty = 0, 0
        for found in self._examined():
            self._check_counts(done + found.records, faulty + len(found.faults))
            cells = read(found.clean)
            if any(len(column) != len(found.positions) for column in cells):
                raise RuntimeError(f"{self._source.shown}: the readers disagree on the records after {done}")
            yield Block(cells, found.positions + (done + 1), found.faults, done + 1, found.records)
            done, faulty = done + found.records, faulty + len(found.faults)

    def _check_counts(self, records: int, faulty: int) -> None:
        if records > self._limits.rows:
            raise RedlaneError(
                f"{self._source.shown} holds more than {self._limits.rows:,} records (limits.rows)"
            )
        if faulty > self._limits.faulty_records:
            raise RedlaneError(
                f"{self._source.shown}: {faulty:,} of its first {records:,} records cannot be told apart into"
                f" {self._shape.width} cells; is it the table its header promises? (limits.faulty_records)"
            )

    def where(self, record: FaultyRecord, column: int) -> str:
        """The cell of a faulty record at *column*, as far as it can be told; else ""."""
        cells = tell_cells(record.text, self._shape) or record.text.split(self._shape.delimiter)
        return cells[column] if column < len(cells) else ""

    def _examined(self) -> Iterator[Examined]:
        rest, blocks = b"", _with_last(self._records())
        for number, (block, last) in enumerate(blocks):
            block = rest + block
            if count := self._whole.get(number):
                yield Examined(block, np.arange(count), [], count)
                continue
            found = examine(block, self._shape, last)
            if not rest and found.is_whole(block):
                self._whole[number] = found.records
            rest = found.rest
            yield found

    def _records(self) -> Iterator[bytes]:
        """The blocks after the header line."""
        blocks = self._text()
        first = next(blocks).lstrip(b"\r\n")
        ends = [at for at in (first.find(b"\n"), first.find(b"\r")) if at >= 0]
        yield first[min(ends) :] if ends else b""
        yield from blocks

    def _text(self) -> Iterator[bytes]:
        chunks = self._source.chunks(self._limits)
        utf8 = to_utf8(_nothing_nested(chunks, self._source), self._dialect.encoding, self._source.shown)
        return line_blocks(utf8, self._limits.record_bytes)


class _CellReader:
    """Hands clean records to Arrow's reader, every cell as text."""

    def __init__(self, columns: Sequence[int], width: int, null_values: Sequence[str], shape: Shape) -> None:
        names = [str(place) for place in range(width)]
        wanted = [str(place) for place in columns]
        self._wanted = wanted
        self._names = names
        self._parse = pa_csv.ParseOptions(
            delimiter=shape.delimiter,
            quote_char='"' if shape.quoted else False,
            newlines_in_values=shape.quoted,
        )
        self._convert = pa_csv.ConvertOptions(
            column_types=dict.fromkeys(wanted, pa.string()),
            include_columns=wanted,
            null_values=list(null_values),
            strings_can_be_null=bool(null_values),
            check_utf8=False,
        )

    def __call__(self, clean: bytes) -> list[pa.Array]:
        if not clean:
            return [pa.array([], type=pa.string()) for _ in self._wanted]
        options = pa_csv.ReadOptions(column_names=self._names, use_threads=False, block_size=len(clean) + 1)
        table = pa_csv.read_csv(
            pa.BufferReader(clean),
            read_options=options,
            parse_options=self._parse,
            convert_options=self._convert,
        )
        return [column.combine_chunks() for column in table.columns]


def _header_line(block: bytes, name: str, limits: Limits) -> str:
    block = block.lstrip(b"\r\n")
    if not block:
        raise RedlaneError(f"{name} holds no text: expected a header line and declarations")
    line = min(block.split(b"\n", 1)[0], block.split(b"\r", 1)[0], key=len)
    if b"\0" in line:
        raise RedlaneError(
            f"{name}: its header holds NUL bytes, so it is not delimited text; if it is UTF-16 without a"
            " byte-order mark, name the encoding in the declarations format, e.g. `encoding: utf-16-le`"
        )
    if len(line) > limits.record_bytes:
        raise RedlaneError(
            f"{name}: its first line is longer than {limits.record_bytes:,} bytes: not a header"
        )
    return line.decode()


def _nothing_nested(chunks: Iterator[bytes], source: Source) -> Iterator[bytes]:
    first = next(chunks, b"")
    if source.container:
        if not first:
            raise RedlaneError(f"{source.shown} is a {source.container} file with nothing in it")
        if inner := container_of(first):
            raise RedlaneError(f"{source.shown} is a {inner} file inside {source.container}: unpack it once")
        if first[257:262] == b"ustar":
            raise RedlaneError(f"{source.shown} is a tar archive inside {source.container}: unpack it first")
        refuse_foreign(first[:64], source.shown)
    yield first
    yield from chunks


def _stripped(cells: list[str] | None) -> list[str]:
    return [cell.strip() for cell in cells or []]


def _with_last(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    waiting = next(blocks, None)
    while waiting is not None:
        following = next(blocks, None)
        yield waiting, following is None
        waiting = following
