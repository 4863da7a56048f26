"""Rows set aside on disk between the two passes over a file, and given back in another order.

Scoring must see every row before it can assign lanes, and the score file is in order of rank. Memory holds a
few numbers per row; the rows themselves wait here. They are dealt out to buckets of consecutive ranks, and
each bucket is small enough to sort.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Positions = npt.NDArray[np.int64]

BUCKET_ROWS = 65_536
"""Rows per bucket, which is also the row group of the score file: it must not depend on batches or threads."""


class Spill:
    """Tables of one schema, kept in *folder* in the order they were added; it is made if it is not there.

    Whoever names the folder removes it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._parts: list[tuple[Path, int]] = []

    def add(self, table: pa.Table) -> None:
        """Set a table aside."""
        path = self._folder / f"part_{len(self._parts):06d}.arrow"
        with (
            pa.OSFile(str(path), "wb") as sink,
            pa.ipc.new_file(sink, table.schema, options=_options()) as writer,
        ):
            writer.write_table(table)
        self._parts.append((path, table.num_rows))

    def ordered(
        self, rank: Positions, bucket_rows: int = BUCKET_ROWS
    ) -> "Iterator[tuple[pa.Table, Positions]]":
        """Give all rows back in ascending *rank* (1 to n over the rows as added), a bucket at a time.

        Each table comes with the positions its rows had when they were added.
        """
        positions = np.argsort(rank, kind="stable")
        for number, path in enumerate(self._deal(rank, bucket_rows)):
            bucket = positions[number * bucket_rows : (number + 1) * bucket_rows]
            table = _read(path)
            path.unlink()
            yield table.take(pa.array(np.argsort(np.argsort(bucket)))), bucket

    def _deal(self, rank: Positions, bucket_rows: int) -> list[Path]:
        count = -(-len(rank) // bucket_rows)
        paths = [self._folder / f"bucket_{number:06d}.arrow" for number in range(count)]
        with ExitStack() as stack:
            writers: dict[int, pa.ipc.RecordBatchFileWriter] = {}
            start = 0
            for path, rows in self._parts:
                table = _read(path)
                bucket = (rank[start : start + rows] - 1) // bucket_rows
                start += rows
                for number in np.unique(bucket).tolist():
                    if number not in writers:
                        sink = stack.enter_context(pa.OSFile(str(paths[number]), "wb"))
                        new = pa.ipc.new_file(sink, table.schema, options=_options())
                        writers[number] = stack.enter_context(new)
                    writers[number].write_table(table.take(pa.array(np.flatnonzero(bucket == number))))
                path.unlink()
        return paths


def _read(path: Path) -> pa.Table:
    with pa.OSFile(str(path), "rb") as source:
        return pa.ipc.open_file(source).read_all()


def _options() -> pa.ipc.IpcWriteOptions:
    return pa.ipc.IpcWriteOptions(compression="lz4")
