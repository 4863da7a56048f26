"""The price book: the prices seen, and the reference prices published from them on a fixed grid of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from redlane.declarations.periods import Days
from redlane.hashing import Hashes, combine
from redlane.profiles.expected import ExpectedReference
from redlane.profiles.grid import last_publication, publication_days
from redlane.profiles.keys import KeyHashes
from redlane.profiles.prices import PARTY, STATISTICS, Numbers, PriceReference, Snapshot, log_measure
from redlane.profiles.publishing import Sheet, publish
from redlane.profiles.trading_days import trading_days


@dataclass(frozen=True)
class PriceRows:
    """The prices snapshots are made of: one row per declaration with a price. ``keys`` has one hash per level.

    ``importers`` are missing throughout where no importer is left out.
    """

    days: Days
    log_price: Numbers
    importers: Hashes
    keys: tuple[Hashes, ...]

    @classmethod
    def of_declarations(
        cls, declarations: pd.DataFrame, registered: Days, hashes: KeyHashes, reference: PriceReference
    ) -> "PriceRows":
        """Take the declarations that have a unit price, in an order that does not depend on the file's."""
        price = log_measure(declarations, reference.measure)
        keys = [hashes.of(reference.key(level)) for level in reference.levels]
        return cls.of(registered, price, importers_of(hashes, reference, len(price)), keys)

    @classmethod
    def of(cls, days: Days, log_price: Numbers, importers: Hashes, keys: Sequence[Hashes]) -> "PriceRows":
        """Those with a price, by day, first key, price and importer: the other keys must follow from the first."""
        kept = np.flatnonzero(np.isfinite(log_price))
        by = (log_price[kept], keys[0][kept], days[kept])
        kept = kept[np.lexsort((importers[kept], *by) if importers.any() else by)]
        return cls(days[kept], log_price[kept], importers[kept], tuple(key[kept] for key in keys))

    @classmethod
    def none(cls, keys: int) -> "PriceRows":
        """No prices at all, by so many *keys*."""
        nobody = np.empty(0, np.uint64)
        return cls(np.empty(0, np.int64), np.empty(0), nobody, tuple(nobody for _ in range(keys)))

    @classmethod
    def merge(cls, parts: "Sequence[PriceRows]") -> "PriceRows":
        """All rows of all parts."""
        levels = range(len(parts[0].keys))
        return cls(
            np.concatenate([part.days for part in parts]),
            np.concatenate([part.log_price for part in parts]),
            np.concatenate([part.importers for part in parts]),
            tuple(np.concatenate([part.keys[level] for part in parts]) for level in levels),
        )

    @cached_property
    def trading_days(self) -> Days:
        """The days on which there were prices."""
        return trading_days(self.days)

    def after(self, day: int) -> "PriceRows":
        """The rows later than *day*."""
        late = self.days > day
        keys = tuple(keys[late] for keys in self.keys)
        return PriceRows(self.days[late], self.log_price[late], self.importers[late], keys)


class Due(NamedTuple):
    """What newly registered prices make due: publications ``on`` these days, of the rows ``seen``, up to ``published``.

    ``published`` is -1 where nothing was ever seen.
    """

    seen: PriceRows
    on: range
    published: int

    @classmethod
    def of(
        cls,
        rows: PriceRows,
        reference: PriceReference | ExpectedReference,
        held: tuple[PriceRows, int] | None,
    ) -> "Due":
        """Due by *rows*, beside the rows *held* and the last day published of them."""
        before = held[1] if held else -1
        if not len(rows.days):
            return cls(rows, range(0), before)
        after, last = before if before >= 0 else int(rows.days.min()) - 1, int(rows.days.max())
        seen = PriceRows.merge([held[0].after(after + 1 - reference.window_days), rows]) if held else rows
        return cls(seen, publication_days(after, last, reference.publish_every_days), max(last, after))


@dataclass(frozen=True)
class PriceBook:
    """Prices seen and prices published, two snapshot tables per level of ``reference``.

    ``snapshots`` are by cell, ``apart`` by cell and importer, without the rows of an importer that makes a large
    part of the cell. ``published`` is the last day for which prices have been published; a declaration that
    arrives later with an earlier date enters the next publications, never those already made.
    """

    reference: PriceReference
    rows: PriceRows
    snapshots: tuple[Snapshot, ...]
    apart: tuple[Snapshot, ...]
    published: int

    @classmethod
    def extend(
        cls, rows: PriceRows, reference: PriceReference, earlier: "PriceBook | None" = None
    ) -> "PriceBook":
        """The addition to *earlier* that *rows* bring: publications up to the last day of *rows*."""
        due = Due.of(rows, reference, (earlier.rows, earlier.published) if earlier else None)
        tables = [_published(due.seen, level, due.on, reference) for level in range(len(reference.levels))]
        snapshots, apart = zip(*tables, strict=True)
        return cls(reference, rows, tuple(snapshots), tuple(apart), due.published)

    @classmethod
    def merge(cls, parts: "Sequence[PriceBook]") -> "PriceBook":
        """One book of consecutive additions."""
        levels = range(len(parts[0].reference.levels))
        return cls(
            parts[0].reference,
            PriceRows.merge([part.rows for part in parts]),
            tuple(Snapshot.merge([part.snapshots[level] for part in parts]) for level in levels),
            tuple(Snapshot.merge([part.apart[level] for part in parts]) for level in levels),
            max(part.published for part in parts),
        )

    def before(self, hashes: KeyHashes, days: Days) -> dict[str, Numbers]:
        """For each of n declarations the statistics of the finest level with enough declarations.

        Adds ``level``: 0 for the finest, NaN (as all the rest) where no level has ``minimum_count``.
        """
        found = {name: np.full(len(days), np.nan) for name in (*STATISTICS, "level")}
        importers = importers_of(hashes, self.reference, len(days))
        left = np.arange(len(days))
        for number, level in enumerate(self.reference.levels):
            keys = hashes.of(self.reference.key(level))[left]
            seen = self.cell(number, keys, days[left], importers[left])
            enough = np.isfinite(seen["median"])
            for name in STATISTICS:
                found[name][left[enough]] = seen[name][enough]
            found["level"][left[enough]] = number
            left = left[~enough]
        return found

    def cell(
        self, level: int, keys: Hashes, days: Days, importers: Hashes | None = None
    ) -> dict[str, Numbers]:
        """The statistics of any cells of one level (a number from 0), as published before each of n days.

        *keys* are hashes of the level's key, the unit of quantity included where the measure has one. Where
        *importers* are given, the cell is seen without the rows of an importer that makes a large part of it.
        NaN where the latest publication strictly before the day has no such cell, or too few other rows.
        """
        on = self.last_publication(days)
        seen = self.snapshots[level].on(keys, on)
        if importers is None or not len(self.apart[level].index.days):
            return seen
        known = np.flatnonzero(np.isfinite(seen["n"]))
        others = self.apart[level].on(combine([keys[known], importers[known]]), on[known])
        dominant = np.isfinite(others["n"])
        for name in STATISTICS:
            seen[name][known[dominant]] = others[name][dominant]
        return seen

    def last_publication(self, days: Days) -> Days:
        """The last day on which prices were published before each day: see :mod:`redlane.profiles.grid`."""
        return last_publication(self.rows.trading_days, days, self.reference.publish_every_days)


def importers_of(hashes: KeyHashes, reference: PriceReference, count: int) -> Hashes:
    """The importer of each of *count* declarations; missing where no importer is ever left out."""
    return hashes.of((PARTY,)) if reference.dominant_share else np.zeros(count, np.uint64)


def _published(
    rows: PriceRows, level: int, on: Sequence[int], reference: PriceReference
) -> tuple[Snapshot, Snapshot]:
    sheet = Sheet.of(rows.keys[level], rows.days, rows.log_price, rows.importers, reference.minimum_count)
    return publish(sheet, on, reference, reference.leaves_out(reference.levels[level]))
