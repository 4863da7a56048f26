"""The digit book: digit tests of parties, published on a fixed grid of days from the counts seen so far."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from redlane.declarations.periods import Days
from redlane.hashing import MISSING, Hashes
from redlane.profiles.asof import AsOfIndex
from redlane.profiles.benford import chance, deviation, q_values
from redlane.profiles.digitcounts import DigitCounts, DigitReference, Goods
from redlane.profiles.grid import last_publication, stack
from redlane.profiles.prices import Numbers, Snapshot
from redlane.profiles.trading_days import merged, trading_days

STATISTICS = ("n", "mad", "excess", "p_value", "q_value")
"""What is published of an eligible party: amounts tested, their mean absolute deviation, that over what chance
alone leads one to expect, the Monte-Carlo p-value, and its adjustment over all parties of the publication."""


@dataclass(frozen=True)
class DigitBook:
    """Counts, and the tests published from ``since`` up to ``published`` (days; -1 where nothing was seen yet).

    ``trading`` are the days on which anything was declared.
    """

    reference: DigitReference
    counts: DigitCounts
    goods: Goods
    tests: Snapshot
    trading: Days
    since: int
    published: int

    def before(self, keys: Hashes, days: Days) -> dict[str, Numbers]:
        """The statistics of the latest publication that the store had reached before each day, and ``eligible``.

        ``eligible`` is 0 for a party which that publication does not test, NaN where there is no publication yet or
        no party is stated; the statistics are then NaN.
        """
        latest = self.latest(days)
        found = self.tests.on(keys, latest)
        current = np.isfinite(found.pop("day"))
        published = (latest >= self.since) & (keys != MISSING) & (self.published >= 0)
        return {**found, "eligible": np.where(published, current, np.nan)}

    def latest(self, days: Days) -> Days:
        """The last day of the grid that the store had reached before each day."""
        return last_publication(self.trading, days, self.reference.publish_every_days)

    @classmethod
    def merge(cls, parts: "Sequence[DigitBook]") -> "DigitBook":
        """One book of consecutive additions."""
        begun = [part for part in parts if part.published >= 0]
        return cls(
            parts[0].reference,
            DigitCounts.added([part.counts for part in parts]),
            Goods.added([part.goods for part in parts]),
            Snapshot.merge([part.tests for part in parts]),
            merged([part.trading for part in parts]),
            begun[0].since if begun else -1,
            max((part.published for part in begun), default=-1),
        )


def extend(
    reference: DigitReference, counts: DigitCounts, goods: Goods, registered: Days, earlier: DigitBook | None
) -> DigitBook:
    """The addition to *earlier* that the *counts* of declarations *registered* on these days bring."""
    held = earlier if earlier is not None and earlier.published >= 0 else None
    if not len(registered):
        return DigitBook(reference, counts, goods, _stack([]), trading_days(registered), -1, -1)
    since = held.since if held else int(registered.min())
    last = max(int(registered.max()), held.published if held else -1)
    all_counts = DigitCounts.added([held.counts, counts]) if held else counts
    all_goods = Goods.added([held.goods, goods]) if held else goods
    begin = held.published + 1 if held else since
    on = range(int(reference.period_end(np.array(begin))), last + 1, reference.publish_every_days)
    tests = _stack([publish(reference, all_counts, all_goods, day) for day in on])
    return DigitBook(reference, counts, goods, tests, trading_days(registered), since, last)


def window_start(reference: DigitReference, day: int) -> int:
    """The last period end that the window ending on publication *day* leaves out."""
    return day - reference.window_days // reference.publish_every_days * reference.publish_every_days


def publish(reference: DigitReference, counts: DigitCounts, goods: Goods, day: int) -> Snapshot:
    """The tests of every eligible party at the end of *day*, over the window of whole periods that ends then."""
    after = window_start(reference, day)
    window = counts.within(after, day)
    n = window.counts.sum(axis=1)
    wide = window.greatest >= window.least * 10.0**reference.orders_of_magnitude
    varied = goods.distinct(window.keys, after, day) >= reference.distinct_goods
    rows = np.flatnonzero((n >= reference.minimum_count) & (wide | varied))
    mad = deviation(window.counts[rows], reference.digits)
    by_chance = chance(mad, n[rows], reference.digits)
    days = np.full(len(rows), day, np.int64)
    found = (n[rows].astype(np.float64), mad, mad / by_chance.expected, by_chance.p_value)
    values = dict(zip(STATISTICS, (*found, q_values(by_chance.p_value)), strict=True))
    index = AsOfIndex.of_sorted(window.keys[rows], days)
    return Snapshot(index, {**values, "day": days.astype(np.float64)})


def _stack(publications: Sequence[Snapshot]) -> Snapshot:
    return Snapshot.merge([stack([], (*STATISTICS, "day")), *publications])
