"""The price book: the prices seen, and the reference prices published from them on a fixed grid of days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.periods import Days
from redlane.hashing import MISSING, Hashes
from redlane.profiles.asof import AsOfIndex
from redlane.profiles.keys import KeyHashes
from redlane.profiles.prices import STATISTICS, Numbers, PriceReference, Snapshot, log_measure


@dataclass(frozen=True)
class PriceRows:
    """The prices snapshots are made of: one row per declaration with a price. ``keys`` has one hash per level."""

    days: Days
    log_price: Numbers
    keys: tuple[Hashes, ...]

    @classmethod
    def of_declarations(
        cls, declarations: pd.DataFrame, registered: Days, hashes: KeyHashes, reference: PriceReference
    ) -> "PriceRows":
        """Take the declarations that have a unit price, in an order that does not depend on the file's."""
        price = log_measure(declarations, reference.measure)
        kept = np.flatnonzero(np.isfinite(price))
        finest = hashes.of(reference.key(reference.levels[0]))
        kept = kept[np.lexsort((price[kept], finest[kept], registered[kept]))]
        keys = tuple(hashes.of(reference.key(level))[kept] for level in reference.levels)
        return cls(registered[kept], price[kept], keys)

    @classmethod
    def none(cls, reference: PriceReference) -> "PriceRows":
        """No prices at all."""
        return cls(
            np.empty(0, np.int64), np.empty(0), tuple(np.empty(0, np.uint64) for _ in reference.levels)
        )

    @classmethod
    def merge(cls, parts: "Sequence[PriceRows]") -> "PriceRows":
        """All rows of all parts."""
        levels = range(len(parts[0].keys))
        return cls(
            np.concatenate([part.days for part in parts]),
            np.concatenate([part.log_price for part in parts]),
            tuple(np.concatenate([part.keys[level] for part in parts]) for level in levels),
        )


@dataclass(frozen=True)
class PriceBook:
    """Prices seen and prices published, one snapshot table per level of ``reference``.

    ``published`` is the last day for which prices have been published; a declaration that arrives later with
    an earlier date enters the next publications, never those already made.
    """

    reference: PriceReference
    rows: PriceRows
    snapshots: tuple[Snapshot, ...]
    published: int

    @classmethod
    def extend(
        cls, rows: PriceRows, reference: PriceReference, earlier: "PriceBook | None" = None
    ) -> "PriceBook":
        """The addition to *earlier* that *rows* bring: publications up to the last day of *rows*."""
        if not len(rows.days):
            last = earlier.published if earlier else -1
            return cls(reference, rows, tuple(_stack([]) for _ in reference.levels), last)
        last = int(rows.days.max())
        published = earlier.published if earlier and earlier.published >= 0 else int(rows.days.min()) - 1
        on = publication_days(published, last, reference)
        everything = PriceRows.merge([earlier.rows, rows]) if earlier else rows
        return cls(reference, rows, tuple(publish(everything, on, reference)), max(last, published))

    @classmethod
    def merge(cls, parts: "Sequence[PriceBook]") -> "PriceBook":
        """One book of consecutive additions."""
        levels = range(len(parts[0].reference.levels))
        snapshots = tuple(Snapshot.merge([part.snapshots[level] for part in parts]) for level in levels)
        rows = PriceRows.merge([part.rows for part in parts])
        return cls(parts[0].reference, rows, snapshots, max(part.published for part in parts))

    def before(self, hashes: KeyHashes, days: Days) -> dict[str, Numbers]:
        """For each of n declarations the statistics of the finest level with enough declarations.

        Adds ``level``: 0 for the finest, NaN (as all the rest) where no level has ``minimum_count``.
        """
        found = {name: np.full(len(days), np.nan) for name in (*STATISTICS, "level")}
        open_rows = np.arange(len(days))
        for number, (level, snapshot) in enumerate(zip(self.reference.levels, self.snapshots, strict=True)):
            key = hashes.of(self.reference.key(level))[open_rows]
            seen = snapshot.before(key, days[open_rows])
            enough = seen["n"] >= self.reference.minimum_count
            for name in STATISTICS:
                found[name][open_rows[enough]] = seen[name][enough]
            found["level"][open_rows[enough]] = number
            open_rows = open_rows[~enough]
        return found


def publication_days(first: int, last: int, reference: PriceReference) -> range:
    """The days after *first* and up to *last* at whose end prices are published: a fixed grid of days.

    >>> list(publication_days(3, 21, PriceReference(publish_every_days=7)))
    [6, 13, 20]
    """
    step = reference.publish_every_days
    return range(first + 1 + (-(first + 2)) % step, last + 1, step)


def publish(rows: PriceRows, on: Sequence[int], reference: PriceReference) -> Iterator[Snapshot]:
    """Publish each level's statistics at the end of each day of *on*, over the window ending with that day.

    Cells below ``minimum_count`` are published too: the look-up decides which level serves.
    """
    for keys in rows.keys:
        order = np.lexsort((rows.log_price, keys))
        columns = (keys[order], rows.days[order], rows.log_price[order])
        tables = [_published(columns, day, reference.window_days) for day in on]
        yield _stack([table for table in tables if table is not None])


def _published(columns: tuple[Hashes, Days, Numbers], day: int, window: int) -> "_Table | None":
    keys, days, prices = columns
    inside = np.flatnonzero((days <= day) & (days > day - window) & (keys != MISSING))
    if not len(inside):
        return None
    keys, prices = keys[inside], prices[inside]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    counts = np.diff(np.append(starts, len(keys)))
    median = _quantile(prices, starts, counts, 0.5)
    deviation = _sorted_within(np.abs(prices - np.repeat(median, counts)), counts)
    return _Table(
        keys[starts],
        np.full(len(starts), day, np.int64),
        {
            "n": counts.astype(np.float64),
            "q1": _quantile(prices, starts, counts, 0.25),
            "median": median,
            "q3": _quantile(prices, starts, counts, 0.75),
            "mad": _quantile(deviation, starts, counts, 0.5),
        },
    )


@dataclass(frozen=True)
class _Table:
    keys: Hashes
    days: Days
    values: dict[str, Numbers]


def _stack(tables: Sequence[_Table]) -> Snapshot:
    if not tables:
        nothing = AsOfIndex.of_sorted(np.empty(0, np.uint64), np.empty(0, np.int64))
        return Snapshot(nothing, {name: np.empty(0) for name in STATISTICS})
    keys = np.concatenate([table.keys for table in tables])
    index, order = AsOfIndex.of_rows(keys, np.concatenate([table.days for table in tables]))
    return Snapshot(
        index, {name: np.concatenate([table.values[name] for table in tables])[order] for name in STATISTICS}
    )


def _sorted_within(deviation: Numbers, counts: npt.NDArray[np.int64]) -> Numbers:
    """Sort each run of non-negative values, rounded to 2**-34: one sort of whole numbers, many times faster."""
    group = np.repeat(np.arange(len(counts), dtype=np.int64), counts) << 40
    ranked = group | (np.minimum(deviation, 63.0) * 2.0**34).astype(np.int64)
    ranked.sort()
    return (ranked - group) * 2.0**-34


def _quantile(
    values: Numbers, starts: npt.NDArray[np.int64], counts: npt.NDArray[np.int64], q: float
) -> Numbers:
    """Linear-interpolation quantile of each run of sorted values (numpy's default method)."""
    position = (counts - 1) * q
    below = np.floor(position).astype(np.int64)
    above = np.minimum(below + 1, counts - 1)
    share = position - below
    low, high = values[starts + below], values[starts + above]
    result: Numbers = low + (high - low) * share
    return result
