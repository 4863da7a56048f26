"""Publishing on a grid of days: which days, how far along it a store was on a morning, and tables of several days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from redlane.declarations.periods import Days
from redlane.hashing import Hashes
from redlane.profiles.asof import AsOfIndex
from redlane.profiles.prices import Numbers, Snapshot
from redlane.profiles.trading_days import last_before


def publication_days(first: int, last: int, every: int) -> range:
    """The days after *first* and up to *last* that lie on the grid of *every* so many days.

    >>> list(publication_days(3, 21, every=7))
    [6, 13, 20]
    """
    return range(first + 1 + (-(first + 2)) % every, last + 1, every)


def last_publication(trading: Days, days: Days, every: int) -> Days:
    """The last day of the grid that the store had reached before each day: see :mod:`trading_days`."""
    day = last_before(trading, days)
    on: Days = day - (day + 1) % every
    return on


@dataclass(frozen=True)
class Published:
    """What is published at the end of one day, by key."""

    keys: Hashes
    day: int
    values: Mapping[str, Numbers]


def stack(tables: Sequence[Published], names: Sequence[str]) -> Snapshot:
    """One snapshot of the values *names* of the tables of several days."""
    if not tables:
        nothing = AsOfIndex.of_sorted(np.empty(0, np.uint64), np.empty(0, np.int64))
        return Snapshot(nothing, {name: np.empty(0) for name in names})
    days = np.repeat([table.day for table in tables], [len(table.keys) for table in tables])
    index, order = AsOfIndex.of_rows(np.concatenate([table.keys for table in tables]), days)
    return Snapshot(index, {n: np.concatenate([table.values[n] for table in tables])[order] for n in names})
