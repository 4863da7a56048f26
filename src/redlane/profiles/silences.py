"""Silences: importers that stopped declaring, counted by whom they shared sellers, declarants and goods with.

A firm that is wound up after a finding and rises under a new id (a phoenix) leaves its seller, its declarant and
its goods in place. What can be counted is the silent firm: how many importers linked to this seller have fallen
silent, when, and what inspections had found with them.

Silence is told from a party's own rhythm: one that declared every week is silent after a month, one that declared
twice a year is not. It becomes known on the day the patience ends, or on the first day of trade after it (before that,
nobody can tell a silent importer from a pause in all trade), and is forgotten when the importer returns or after
``remembered_days``; every change is an event of a ledger, so that look-ups are exact to the day.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator

from redlane.declarations.periods import Days
from redlane.hashing import MISSING, Hashes
from redlane.profiles.asof import AsOfIndex, Positions
from redlane.profiles.keys import Key, check_key, source_columns
from redlane.profiles.ledger import Amounts, Ledger
from redlane.profiles.links import Links
from redlane.profiles.spells import Spells
from redlane.settings import Settings

AMOUNTS = ("silent", "last_day", "inspected", "hits")
"""Of the importers silent now: how many, the sum of their last days, their inspections and findings."""


class Silence(Settings):
    """When an importer counts as fallen silent, and by which keys silent importers are counted."""

    keys: tuple[Key, ...] = (("seller_id",), ("seller_id", "declarant_id"), ("declarant_id", "hs4"))
    silent_days: int = Field(default=21, ge=1)
    """Days without a declaration, at least."""
    patience: int = Field(default=3, ge=1)
    """Silent after so many times the importer's mean interval between declarations, if that is longer."""
    remembered_days: int = Field(default=365, ge=1)
    """Days after which a silence counts no more."""
    minimum_count: int = Field(default=4, ge=2)
    """Declarations an importer must have made before."""

    @field_validator("keys")
    @classmethod
    def _known_keys(cls, keys: tuple[Key, ...]) -> tuple[Key, ...]:
        for key in keys:
            check_key(key, "silences")
        return keys

    def columns(self) -> tuple[str, ...]:
        """The importer and the parts of the keys."""
        return tuple(dict.fromkeys(["importer_id", *(c for key in self.keys for c in source_columns(key))]))


@dataclass(frozen=True)
class Intervals:
    """Silences sorted by importer: silent from the end of day ``begins`` up to day ``ends``, last seen on ``last``."""

    index: AsOfIndex
    ends: Days
    last: Days

    @classmethod
    def of_spells(cls, spells: Spells, need: Silence, trading: Days) -> "Intervals":
        """The silences known by the end of the last of the *trading* days."""
        same = np.append(spells.owners[1:] == spells.owners[:-1], False)
        following = np.where(same, np.append(spells.first[1:], 0), np.iinfo(np.int64).max)
        so_far, since = _so_far(spells)
        interval = need.patience * (spells.last - since) // np.maximum(so_far - 1, 1)
        begins = spells.last + np.maximum(need.silent_days, interval)
        ends = np.minimum(following, begins + need.remembered_days)
        never = np.iinfo(np.int64).max
        begins = np.append(trading, never)[np.searchsorted(trading, begins)]
        real = np.flatnonzero((so_far >= need.minimum_count) & (begins < ends))
        index = AsOfIndex.of_sorted(spells.owners[real], begins[real])
        return cls(index, ends[real], spells.last[real])

    def of_links(self, importers: Hashes, since: Days) -> tuple[Positions, Positions]:
        """For n links: positions of the link and of each silence of its importer that began on *since* or later."""
        start = self.index.since(importers, since)
        _, end = self.index.before(importers, np.full(len(importers), 1 << 40))
        counts = np.maximum(end - start, 0)
        return _ranges(start, counts)


def _so_far(spells: Spells) -> tuple[Amounts, Days]:
    """Declarations of the owner up to the end of each spell, and the first day it was seen."""
    starts = np.append(True, spells.owners[1:] != spells.owners[:-1]) if len(spells) else np.empty(0, bool)
    running = np.cumsum(spells.count)
    at = np.flatnonzero(starts)
    lengths = np.diff(np.append(at, len(spells)))
    before = np.repeat(running[at] - spells.count[at], lengths)
    return running - before, np.repeat(spells.first[at], lengths)


def _ranges(start: Positions, counts: Positions) -> tuple[Positions, Positions]:
    rows = np.repeat(np.arange(len(counts)), counts)
    offset = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    return rows, np.repeat(start, counts) + offset


def silence_ledger(links: Links, silences: Intervals, outcomes: Ledger) -> Ledger:
    """What changes, day by day, among the silent importers of each owner of *links*.

    A silence brings in the outcomes known by its day; what becomes known while it lasts is added on that day; at
    its end all of it is taken out again.
    """
    link, silence = silences.of_links(links.members, links.index.days)
    owner, importer = links.index.row_keys()[link], links.members[link]
    begins, ends, last = silences.index.days[silence], silences.ends[silence], silences.last[silence]
    known = outcomes.before(importer, begins + 1)
    over = outcomes.before(importer, ends)
    late, row = _ranges(known.end, over.end - known.end)
    nothing = np.zeros(len(late), np.int64)
    events = {
        "silent": (np.ones(len(link), np.int64), nothing, np.full(len(link), -1)),
        "last_day": (last, nothing, -last),
        "inspected": _amounts(outcomes, "inspected", known.total("inspected"), row, over.total("inspected")),
        "hits": _amounts(outcomes, "hits", known.total("hits"), row, over.total("hits")),
    }
    keys = np.concatenate([owner, owner[late], owner])
    days = np.concatenate([begins, outcomes.index.days[row], ends])
    return Ledger.of_events(keys, days, {name: np.concatenate(parts) for name, parts in events.items()})


def _amounts(
    outcomes: Ledger, name: str, first: Amounts, row: Positions, whole: Amounts
) -> tuple[Amounts, Amounts, Amounts]:
    return first, outcomes.amounts(name)[row], -whole


@dataclass(frozen=True)
class Silences:
    """Spells, outcomes and links of importers, and the days of any trade; the ledgers follow from them."""

    need: Silence
    spells: Spells
    outcomes: Ledger
    links: tuple[Links, ...]
    trading: Days

    def ledger(self, key: Key) -> Ledger:
        """The ledger of :data:`AMOUNTS` by *key*, made once."""
        return self._once(key, lambda: self.links[self.need.keys.index(key)])

    def own(self) -> Ledger:
        """The same by importer, of itself alone: what a look-up leaves out."""
        return self._once(None, self._themselves)

    def _themselves(self) -> Links:
        parties, at = np.unique(self.spells.owners, return_index=True)
        return Links(AsOfIndex.of_sorted(parties, self.spells.first[at]), parties)

    def _once(self, key: Key | None, links: Callable[[], Links]) -> Ledger:
        made: dict[Key | None, Ledger] = self.__dict__.setdefault("_ledgers", {})
        if key not in made:
            made[key] = silence_ledger(links(), self._intervals(), self.outcomes)
        return made[key]

    def _intervals(self) -> Intervals:
        found: Intervals | None = self.__dict__.get("_silences")
        if found is None:
            found = Intervals.of_spells(self.spells, self.need, self.trading)
            self.__dict__["_silences"] = found
        return found

    def before(
        self, key: Key, owners: Hashes, importers: Hashes, days: Days
    ) -> dict[str, npt.NDArray[np.float64]]:
        """:data:`AMOUNTS` of each owner's other importers silent by the end of the day before; NaN without owner.

        ``last_day`` is their mean last day, NaN where nobody is silent.
        """
        seen = self.ledger(key).before(owners, days)
        found = {name: seen.total(name) for name in AMOUNTS}
        self._leave_out_own(found, self.links[self.need.keys.index(key)], (owners, importers, days))
        silent = found.pop("silent").astype(np.float64)
        last = found.pop("last_day") / np.where(silent > 0, silent, np.nan)
        result = {"silent": silent, "last_day": last, **{n: v.astype(np.float64) for n, v in found.items()}}
        for values in result.values():
            values[owners == MISSING] = np.nan
        return result

    def _leave_out_own(
        self, found: dict[str, Amounts], links: Links, rows: tuple[Hashes, Hashes, Days]
    ) -> None:
        owners, importers, days = rows
        mine = self.own().before(importers, days)
        at = np.flatnonzero(mine.total("silent") > 0)
        linked = links.first_day(owners[at], importers[at])
        at = at[linked <= mine.total("last_day")[at]]
        for name, values in found.items():
            values[at] -= mine.total(name)[at]
