"""Groups that share a capacity: a day, an office, an office's day, or the whole file."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.errors import RedlaneError
from redlane.hashing import Hashes, combine, hash64
from redlane.lanes.capacity import Counts
from redlane.lanes.queue import LaneQueue
from redlane.lanes.settings import LaneSettings

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Groups:
    """``code`` (n,): each row's group. ``key`` (g,): a hash of seed, day and office name.

    Codes follow the order of the rows and mean nothing by themselves; whatever must not depend on that order
    (the lot) uses the key.
    """

    code: npt.NDArray[np.int32]
    key: Hashes

    @property
    def sizes(self) -> Counts:
        """Rows per group."""
        return self.count(self.code)

    def count(self, codes: npt.NDArray[np.int32]) -> Counts:
        """How often each group occurs among *codes*."""
        return np.bincount(codes, minlength=len(self.key)).astype(np.int64)

    def together(self, rows: Rows) -> Rows:
        """The same *rows* group by group, in the order they had within each."""
        if len(self.key) <= 1:
            return rows
        narrow = np.uint16 if len(self.key) < 2**16 else np.int32  # 16 bits sort in one pass
        return rows[np.argsort(self.code[rows].astype(narrow), kind="stable")]

    def first(self, rows: Rows, quota: Counts) -> Rows:
        """The first ``quota[g]`` of each group among *rows*, which must come group by group."""
        codes = self.code[rows]
        counts = self.count(codes)
        starts = np.cumsum(counts) - counts
        place = np.arange(len(rows)) - starts[codes]
        return rows[place < quota[codes]]


def group_rows(queue: LaneQueue, settings: LaneSettings) -> Groups:
    """Group the rows of *queue* as ``per`` and ``by`` of the settings say.

    Raises:
        RedlaneError: lanes are set by office and the queue has no offices.
    """
    code = np.zeros(len(queue), dtype=np.int32)
    key = hash64([f"group {settings.seed}"])
    if settings.per == "day":
        code, distinct = _factorize(queue.day)
        key = combine([key.repeat(len(distinct)), hash64([str(day) for day in distinct])])
    if settings.by == "office":
        if queue.office is None:
            raise RedlaneError("lanes are set by office, but the queue has no offices")
        names = hash64([*queue.office_names, ""])  # the last, hence place -1, is the missing office
        code, distinct = _factorize(code * np.int64(len(names)) + queue.office % len(names))
        key = combine([key[distinct // len(names)], names[distinct % len(names)]])
    return Groups(code, key)


def _factorize(values: Rows) -> tuple[npt.NDArray[np.int32], Rows]:
    codes, distinct = pd.factorize(values)
    return codes.astype(np.int32), np.asarray(distinct)
