"""What every reader of declarations hands on: blocks of text and typed columns, with record numbers."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from redlane.io.structure import FaultyRecord


@dataclass(frozen=True)
class Block:
    """Consecutive records. ``columns`` holds the records told apart, ``numbers`` their record numbers.

    Record numbers count data records of the file from 1. ``faults`` holds the others, their ``position``
    counted within the block from 0; ``first`` is the record number of the block's first record.
    """

    columns: list[pa.Array]
    numbers: npt.NDArray[np.int64]
    faults: list[FaultyRecord]
    first: int
    records: int


class TableFile(Protocol):
    """A file of records that can be read several times, block by block."""

    headers: list[str]

    def blocks(self, columns: Sequence[int], null_values: Sequence[str]) -> Iterator[Block]:
        """The records, with the columns at these places among the headers; *null_values* become missing."""
        ...

    def where(self, record: FaultyRecord, column: int) -> str:
        """The cell of a faulty record at *column*, as far as it can be told; else ""."""
        ...


MOST_BYTES = 128 << 20
"""A group of blocks is closed early when its cells take more than this."""


def regroup(blocks: Iterator[Block], rows: int) -> Iterator[Block]:
    """The same records in blocks of *rows* records (fewer at the end, or where records are very long)."""
    waiting: list[Block] = []
    for block in blocks:
        waiting.append(block)
        if sum(part.records for part in waiting) >= rows:
            *whole, rest = _cut(merge(waiting), rows)
            yield from whole
            waiting = [rest] if rest.records else []
        if waiting and sum(_bytes(part) for part in waiting) > MOST_BYTES:
            yield merge(waiting)
            waiting = []
    if waiting:
        yield merge(waiting)


def merge(blocks: Sequence[Block]) -> Block:
    """Consecutive blocks as one."""
    if len(blocks) == 1:
        return blocks[0]
    first = blocks[0].first
    columns = [pa.concat_arrays(parts) for parts in zip(*(block.columns for block in blocks), strict=True)]
    faults = [fault for block in blocks for fault in _moved(block.faults, block.first - first)]
    numbers = np.concatenate([block.numbers for block in blocks])
    return Block(columns, numbers, faults, first, sum(block.records for block in blocks))


def _cut(block: Block, rows: int) -> Iterator[Block]:
    """Blocks of *rows* records, and what is left (perhaps nothing)."""
    positions = [fault.position for fault in block.faults]
    for start in range(0, block.records + 1, rows):
        records = min(rows, block.records - start)
        first, end = np.searchsorted(block.numbers, [block.first + start, block.first + start + records])
        some = slice(*(bisect_left(positions, place) for place in (start, start + records)))
        yield Block(
            [column.slice(first, end - first) for column in block.columns],
            block.numbers[first:end],
            _moved(block.faults[some], -start),
            block.first + start,
            records,
        )


def _moved(faults: list[FaultyRecord], by: int) -> list[FaultyRecord]:
    return [replace(fault, position=fault.position + by) for fault in faults] if by else faults


def _bytes(block: Block) -> int:
    return sum(column.nbytes for column in block.columns)
