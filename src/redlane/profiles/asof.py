"""The one as-of look-up: what was known strictly before the day of each declaration.

Everything historical goes through :class:`AsOfIndex`. It cannot be asked for anything known on the day itself
or later, so a profile that has seen its own label cannot be written down.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redlane.declarations.periods import Days
from redlane.hashing import MISSING, Hashes

Positions = npt.NDArray[np.int64]

_SPAN = np.int64(1 << 22)
"""More days than any table spans (eleven thousand years), so that key and day fit one sorted number."""


def run_starts(keys: Hashes) -> Positions:
    """Where each run of equal *keys* begins.

    >>> run_starts(np.array([7, 7, 9], np.uint64)).tolist(), run_starts(np.empty(0, np.uint64)).tolist()
    ([0, 2], [])
    """
    return np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.empty(0, np.int64)


@dataclass(frozen=True)
class AsOfIndex:
    """Rows sorted by key, then by the day they became known.

    ``keys`` are the distinct keys in ascending order, ``starts`` where each begins (one more than keys),
    ``days`` the day of each row.

    >>> index, order = AsOfIndex.of_rows(np.array([7, 7], dtype=np.uint64), np.array([10, 12]))
    >>> start, end = index.before(np.array([7, 7, 8], dtype=np.uint64), np.array([12, 13, 13]))
    >>> (end - start).tolist()
    [1, 2, 0]
    """

    keys: Hashes
    starts: Positions
    days: Days

    @classmethod
    def of_rows(cls, keys: Hashes, known_on: Days) -> "tuple[AsOfIndex, Positions]":
        """Index unsorted rows; also returns the order that sorts their values alike. Equal days stay in order."""
        order = np.lexsort((known_on, keys))
        return cls.of_sorted(keys[order], known_on[order]), order

    @classmethod
    def of_sorted(cls, keys: Hashes, known_on: Days) -> "AsOfIndex":
        """Index rows that are sorted by key and day already."""
        first = run_starts(keys)
        starts = np.append(first, len(keys)).astype(np.int64)
        return cls(keys[first], starts, known_on.astype(np.int64))

    def row_keys(self) -> Hashes:
        """The key of every row."""
        return np.repeat(self.keys, np.diff(self.starts))

    def locate(self, keys: Hashes) -> "Located":
        """Where each of n keys stands, to be asked for several days without looking for the key again.

        Queries are put in the order of their keys: they then walk through memory, which is several times quicker.
        """
        if not len(self.keys):
            return Located(np.zeros(len(keys), np.int64), np.arange(len(keys)))
        order = np.argsort(keys)
        wanted = keys[order]
        inside = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        known = (self.keys[inside] == wanted) & (wanted != MISSING)
        group = np.empty(len(keys), np.int64)
        group[order] = np.where(known, inside, len(self.keys))
        return Located(group, order)

    def before(
        self, keys: Hashes, days: Days, located: "Located | None" = None
    ) -> tuple[Positions, Positions]:
        """For each query the half-open range of rows of its key known strictly before its day."""
        found = located or self.locate(keys)
        start = self.starts[found.group]
        return start, np.maximum(start, self._search(found, days))

    def since(self, keys: Hashes, days: Days, located: "Located | None" = None) -> Positions:
        """For each query the first row of its key known on its day or later."""
        found = located or self.locate(keys)
        return np.maximum(self._search(found, days), self.starts[found.group])

    def _search(self, located: "Located", days: Days) -> Positions:
        wanted = located.group * _SPAN + self._day(days)
        places = np.empty(len(wanted), np.int64)
        places[located.order] = np.searchsorted(self._sorted(), wanted[located.order])
        return places

    def _day(self, days: Days) -> Days:
        return np.clip(days - self._first, 0, _SPAN - 1)

    @property
    def _first(self) -> int:
        return int(self.days.min()) - 1 if len(self.days) else 0

    def _sorted(self) -> Positions:
        cached: Positions | None = self.__dict__.get("_composite")
        if cached is None:
            ranks = np.repeat(np.arange(len(self.keys), dtype=np.int64), np.diff(self.starts))
            cached = ranks * _SPAN + self._day(self.days)
            self.__dict__["_composite"] = cached
        return cached


@dataclass(frozen=True)
class Located:
    """Where n keys stand in an index: ``group`` (n,) their place, and the ``order`` (n,) that sorts the queries."""

    group: Positions
    order: Positions
