"""Publishing: the statistics of every cell at the end of one day, of all its rows and without a dominant importer.

An importer that makes a large part of a cell defines its own norm: its undervalued goods look usual, and those
of honest competitors dear. Where an importer holds at least ``dominant_share`` of a cell, the cell is therefore
published a second time, without that importer's rows, for that importer alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redlane.declarations.periods import Days
from redlane.hashing import MISSING, Hashes, combine
from redlane.profiles.asof import run_starts
from redlane.profiles.grid import Published, stack
from redlane.profiles.medcouple import medcouple
from redlane.profiles.prices import STATISTICS, PriceReference, Snapshot
from redlane.profiles.robust import Numbers, Places, Runs, median_absolute_deviation, quantile


@dataclass(frozen=True)
class Sheet:
    """The rows of one level, by cell and then by value, without those of cells that never hold enough.

    ``starts`` has one entry more than ``cells``. ``pair`` is for each row the place of its cell and importer in
    ``pair_cell`` and ``pair_key``; the last place of all stands for rows without importer.
    """

    cells: Hashes
    starts: Places
    days: npt.NDArray[np.int32]
    values: Numbers
    pair: Places
    pair_cell: Places
    pair_key: Hashes

    @classmethod
    def of(cls, keys: Hashes, days: Days, values: Numbers, importers: Hashes, least: int) -> "Sheet":
        """Sort the rows once for all days on which they are published; *least* rows make a cell."""
        kept = np.lexsort((values, keys))
        begins = run_starts(keys[kept])
        cells, counts = keys[kept[begins]], np.diff(np.append(begins, len(keys)))
        useful = (counts >= least) & (cells != MISSING)
        kept = kept[np.repeat(useful, counts)]
        cells, counts = cells[useful], counts[useful]
        cell = np.repeat(np.arange(len(cells)), counts)
        pair, pair_cell, pair_key = _pairs(cells, cell, importers[kept])
        starts = np.append(0, np.cumsum(counts))
        return cls(cells, starts, days[kept].astype(np.int32), values[kept], pair, pair_cell, pair_key)


def _pairs(cells: Hashes, cell: Places, importers: Hashes) -> tuple[Places, Places, Hashes]:
    known, who = np.unique(importers, return_inverse=True)
    both, pair = np.unique(cell * max(1, len(known)) + who, return_inverse=True)
    pair_cell, pair_who = np.divmod(both, max(1, len(known)))
    named = known[pair_who] != MISSING
    place = np.where(named, np.cumsum(named) - 1, named.sum())
    return place[pair], pair_cell[named], combine([cells[pair_cell[named]], known[pair_who[named]]])


def publish(
    sheet: Sheet, on: Sequence[int], reference: PriceReference, apart: bool
) -> tuple[Snapshot, Snapshot]:
    """Publish at the end of each day of *on* the cells with enough rows; if *apart*, also without who dominates.

    The second table is by cell and importer. Where too few rows remain it says so by their number ``n`` and no
    statistics, so that a look-up goes on to the next level and does not take the importer's own norm.
    """
    days = [_Day.of(sheet, day, reference) for day in on]
    whole = [day.whole() for day in days]
    others = [day.without_dominant(reference.dominant_share) for day in days] if apart else []
    return stack(whole, STATISTICS), stack(others, STATISTICS)


@dataclass(frozen=True)
class _Day:
    """The rows of a sheet that lie in the window ending with one day."""

    sheet: Sheet
    day: int
    least: int
    runs: Runs
    pair: Places
    pair_count: Places
    importers: Numbers
    skewness: bool

    @classmethod
    def of(cls, sheet: Sheet, day: int, reference: PriceReference) -> "_Day":
        inside = np.flatnonzero((sheet.days <= day) & (sheet.days > day - reference.window_days))
        ends = np.searchsorted(inside, sheet.starts)
        pair = sheet.pair[inside]
        count = np.bincount(pair, minlength=len(sheet.pair_cell) + 1)[:-1]
        importers = np.bincount(sheet.pair_cell[count > 0], minlength=len(sheet.cells)).astype(np.float64)
        if not len(sheet.pair_cell):
            importers[:] = np.nan
        runs = Runs(sheet.values[inside], ends[:-1], np.diff(ends))
        return cls(sheet, day, reference.minimum_count, runs, pair, count, importers, reference.skewness)

    def whole(self) -> Published:
        """Cells with enough rows."""
        chosen = np.flatnonzero(self.runs.counts >= self.least)
        values = statistics(self.runs.take(chosen), self.importers[chosen], self.skewness)
        return Published(self.sheet.cells[chosen], self.day, values)

    def without_dominant(self, share: float) -> Published:
        """The same cells without the rows of each importer that makes at least *share* of one."""
        held = self.runs.counts[self.sheet.pair_cell]
        pairs = np.flatnonzero((self.pair_count >= share * held) & (held >= self.least))
        left = (held - self.pair_count)[pairs]
        chosen = np.flatnonzero(left >= self.least)
        importers = self.importers[self.sheet.pair_cell[pairs[chosen]]] - 1
        served = statistics(self._others(pairs[chosen], left[chosen]), importers, self.skewness)
        values = {name: np.full(len(pairs), np.nan) for name in STATISTICS}
        for name, found in served.items():
            values[name][chosen] = found
        values["n"] = left.astype(np.float64)
        return Published(self.sheet.pair_key[pairs], self.day, values)

    def _others(self, pairs: Places, left: Places) -> Runs:
        """For each pair of cell and importer the cell's values of all other rows."""
        cell = self.sheet.pair_cell[pairs]
        starts, counts = self.runs.starts[cell], self.runs.counts[cell]
        begin = np.cumsum(counts) - counts
        place = np.arange(counts.sum()) + np.repeat(starts - begin, counts)
        kept = place[self.pair[place] != np.repeat(pairs, counts)]
        return Runs(self.runs.values[kept], np.cumsum(left) - left, left)


def statistics(runs: Runs, importers: Numbers, skewness: bool = True) -> dict[str, Numbers]:
    """The published statistics of each run, by name; *importers* are counted beforehand, NaN where none is known.

    Without *skewness* the medcouple is NaN.
    """
    median = quantile(runs, 0.5)
    return {
        "n": runs.counts.astype(np.float64),
        "importers": importers,
        "q1": quantile(runs, 0.25),
        "median": median,
        "q3": quantile(runs, 0.75),
        "mad": median_absolute_deviation(runs, median),
        "medcouple": medcouple(runs) if skewness else np.full(len(runs), np.nan),
    }
