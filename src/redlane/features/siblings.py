"""The sibling subheadings of each declaration's heading, as known before its day, with what they would pay."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from redlane.features.usual_rates import HS6, groups, own_usual_rate, usual_rate
from redlane.features.view import Numbers, View
from redlane.hashing import Hashes
from redlane.profiles.keys import Key
from redlane.profiles.links import Link

HS4: Key = ("hs4",)
SUBHEADINGS: Link = (HS4, HS6)

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Siblings:
    """Pairs of a declaration (``rows``, ascending) and a sibling subheading (``hs6``, a hash) of its own.

    ``gap`` is by how many percentage points the usual rate of the sibling is higher (or, negative, lower);
    ``own_rate`` (n,) is the usual rate of each declaration's own subheading.
    """

    rows: Rows
    hs6: Hashes
    gap: Numbers
    own_rate: Numbers

    @classmethod
    def of(cls, view: View, full_rates: tuple[str, ...]) -> "Siblings":
        """All siblings seen before each day, and what they pay more; those without a known rate have a gap of NaN."""
        found = _Found.of(view)
        owner_days = view.days[found.first][found.owner]
        rate = usual_rate(view, found.member, owner_days, full_rates)
        own_rate = own_usual_rate(view, full_rates)
        return cls(found.rows, found.member[found.pairs], rate[found.pairs] - own_rate[found.rows], own_rate)

    @classmethod
    def every(cls, view: View) -> "Siblings":
        """All siblings seen before each day, whatever they pay: no rates are looked up."""
        found = _Found.of(view)
        unknown = np.full(len(found.rows), np.nan)
        return cls(found.rows, found.member[found.pairs], unknown, np.full(len(view), np.nan))

    def dearer(self, least: float) -> "Siblings":
        """Only the siblings under which the duty would be at least *least* percentage points higher."""
        kept = np.flatnonzero(self.gap >= least)
        return Siblings(self.rows[kept], self.hs6[kept], self.gap[kept], self.own_rate)

    def total(self, values: Numbers) -> Numbers:
        """For each declaration the sum of *values* (one per pair); 0 where it has none."""
        return np.bincount(self.rows, values, minlength=len(self.own_rate)).astype(np.float64)

    def highest(self, values: Numbers) -> Numbers:
        """For each declaration the highest of *values* (one per pair, NaN left out); NaN where it has none."""
        highest = np.full(len(self.own_rate), -np.inf)
        known = np.flatnonzero(np.isfinite(values))
        np.maximum.at(highest, self.rows[known], values[known])
        return np.where(np.isfinite(highest), highest, np.nan)

    def at(self, best: Rows, values: Numbers) -> Numbers:
        """For each declaration the entry of *values* (one per pair) at its pair *best*; NaN where that is -1."""
        result = np.full(len(best), np.nan)
        found = np.flatnonzero(best >= 0)
        result[found] = values[best[found]]
        return result

    def best(self, values: Numbers) -> Rows:
        """The pair with the highest of *values* for each declaration, the first of equal ones; -1 where none."""
        order = np.lexsort((-np.nan_to_num(values, nan=-np.inf), self.rows))
        rows = self.rows[order]
        first = order[np.flatnonzero(np.append(True, rows[1:] != rows[:-1]))] if len(rows) else order
        best = np.full(len(self.own_rate), -1, np.int64)
        first = first[np.isfinite(values[first])]
        best[self.rows[first]] = first
        return best


class _Found(NamedTuple):
    """Subheadings (``member``) of each distinct heading and day (``owner``, whose first row is ``first``).

    ``rows`` and ``pairs`` are the declarations with each subheading but their own, by its place in ``member``.
    """

    first: Rows
    owner: Rows
    member: Hashes
    rows: Rows
    pairs: Rows

    @classmethod
    def of(cls, view: View) -> "_Found":
        heading = view.hashes(HS4)
        first, group = groups(heading, view.days)
        links = view.table("links", SUBHEADINGS)
        owner, member = links.before(heading[first], heading[first], view.days[first]).members()
        rows, pairs = _expanded(owner, len(first), group)
        other = member[pairs] != view.hashes(HS6)[rows]
        return cls(first, owner, member, rows[other], pairs[other])


def _expanded(owner: Rows, owners: int, group: Rows) -> tuple[Rows, Rows]:
    """Every row with every pair of its group: positions of rows and of pairs (sorted by owner)."""
    size = np.bincount(owner, minlength=owners)
    start = np.cumsum(size) - size
    counts = size[group]
    rows = np.repeat(np.arange(len(group)), counts)
    offset = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    return rows, start[group][rows] + offset
