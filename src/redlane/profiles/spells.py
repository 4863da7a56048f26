"""Spells: from when until when a pair of parties traded without a long break, however many declarations that took.

Two declarations belong to one spell when at most *gap* days lie between them. Spells say exactly whether there was a
declaration in the *gap* days up to any past day, and need no declarations to be kept for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from redlane.declarations.periods import Days
from redlane.hashing import MISSING, Hashes, combine
from redlane.profiles.asof import Positions
from redlane.profiles.ledger import Amounts
from redlane.profiles.parquet import dates, days_of, numbers, read_columns, write_columns

_SPAN = np.int64(1 << 22)


@dataclass(frozen=True)
class Spells:
    """Spells sorted by owner, member and first day. A party's own spells are those of the party with itself.

    >>> party, days = np.array([7, 7, 7], np.uint64), np.array([1, 5, 30])
    >>> spells = Spells.of_events(party, party, days, gap=10)
    >>> spells.first.tolist(), spells.last.tolist(), spells.count.tolist()
    ([1, 30], [5, 30], [2, 1])
    """

    owners: Hashes
    members: Hashes
    first: Days
    last: Days
    count: Amounts

    @classmethod
    def of_events(cls, owners: Hashes, members: Hashes, days: Days, gap: int) -> "Spells":
        """The spells of n declarations; those with a missing party are left out."""
        kept = np.flatnonzero((owners != MISSING) & (members != MISSING))
        ones = np.ones(len(kept), np.int64)
        return cls(owners[kept], members[kept], days[kept], days[kept], ones)._joined(gap)

    @classmethod
    def merge(cls, parts: "Sequence[Spells]", gap: int) -> "Spells":
        """The spells of all parts; any grouping and order of parts gives the same."""
        if len(parts) == 1:
            return parts[0]
        together = cls(
            np.concatenate([part.owners for part in parts]),
            np.concatenate([part.members for part in parts]),
            np.concatenate([part.first for part in parts]),
            np.concatenate([part.last for part in parts]),
            np.concatenate([part.count for part in parts]),
        )
        return together._joined(gap)

    def active(self, day: int, gap: int) -> Positions:
        """Positions of the spells with a declaration in the *gap* days up to and including *day*."""
        return np.flatnonzero((self.first <= day) & (self.last > day - gap))

    def _joined(self, gap: int) -> "Spells":
        if not len(self):
            return self
        spells, changes = self._sorted()
        group = np.cumsum(changes) - 1
        start = int(spells.first.min()) - gap - 1
        latest = np.maximum.accumulate(group * _SPAN + (spells.last - start)) - group * _SPAN + start
        opens = changes | np.append(True, spells.first[1:] > latest[:-1] + gap)
        at = np.flatnonzero(opens)
        ends = np.append(at[1:], len(spells)) - 1
        count = np.add.reduceat(spells.count, at)
        return Spells(spells.owners[at], spells.members[at], spells.first[at], latest[ends], count)

    def _sorted(self) -> "tuple[Spells, Positions]":
        """Sorted, and where a new pair begins; sorting by the pair's hash first is several times quicker."""
        pairs = combine([self.owners, self.members])
        distinct, at, code = np.unique(pairs, return_index=True, return_inverse=True)
        rank = np.empty(len(distinct), np.int64)
        rank[np.lexsort((self.members[at], self.owners[at]))] = np.arange(len(distinct))
        start = int(self.first.min())
        order = np.argsort(rank[code] * _SPAN + (self.first - start), kind="stable")
        place = rank[code][order]
        return self.take(order), np.append(True, place[1:] != place[:-1])

    def take(self, rows: Positions) -> "Spells":
        """The spells at *rows*, in that order."""
        return Spells(
            self.owners[rows], self.members[rows], self.first[rows], self.last[rows], self.count[rows]
        )

    def __len__(self) -> int:
        return len(self.first)

    def write(self, path: Path) -> None:
        """Write a Parquet file."""
        columns = {"owner": self.owners, "member": self.members, "count": self.count}
        days = {"first": dates(self.first), "last": dates(self.last)}
        write_columns(path, {**columns, **days})

    @classmethod
    def read(cls, path: Path) -> "Spells":
        """Read what :meth:`write` wrote."""
        table = read_columns(path)
        ends = numbers(table, "owner"), numbers(table, "member")
        return cls(*ends, days_of(table, "first"), days_of(table, "last"), numbers(table, "count"))
