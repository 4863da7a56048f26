"""What every reader of declarations hands on: blocks of text and typed columns, with record numbers."""

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
        while sum(part.records for part in waiting) >= rows:
            whole, rest = _split(merge(waiting), rows)
            yield whole
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
    faults = [
        replace(fault, position=fault.position + block.first - first)
        for block in blocks
        for fault in block.faults
    ]
    numbers = np.concatenate([block.numbers for block in blocks])
    return Block(columns, numbers, faults, first, sum(block.records for block in blocks))


def _split(block: Block, rows: int) -> tuple[Block, Block]:
    cut = int(np.searchsorted(block.numbers, block.first + rows))
    faults = [fault for fault in block.faults if fault.position < rows]
    later = [
        replace(fault, position=fault.position - rows) for fault in block.faults if fault.position >= rows
    ]
    head = Block([c.slice(0, cut) for c in block.columns], block.numbers[:cut], faults, block.first, rows)
    tail = [c.slice(cut) for c in block.columns]
    return head, Block(tail, block.numbers[cut:], later, block.first + rows, block.records - rows)


def _bytes(block: Block) -> int:
    return sum(column.nbytes for column in block.columns)
