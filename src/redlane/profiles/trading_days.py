"""Trading days: the days on which anything was declared, and how far a store was on the morning of a day.

A store learns of a day by the first declaration on or after it. What is published at the end of a day without trade is
therefore seen only once trade went on: on the morning after a pause of weeks, a store that received its deliveries day
by day is no further than the last day before the pause. A store built in one go must say the same of that morning.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from redlane.declarations.periods import Days
from redlane.profiles.parquet import dates, days_of, part_file, read_columns, write_columns

_PART, _COLUMN = "trading_days", "registered_on"


def trading_days(*days: Days) -> Days:
    """The distinct days of all declarations, in order.

    >>> trading_days(np.array([5, 3]), np.array([3])).tolist()
    [3, 5]
    """
    every = np.concatenate(days)
    if not len(every):
        return np.empty(0, np.int64)
    first = int(every.min())
    return np.flatnonzero(np.bincount(every - first)) + first


def merged(parts: Sequence[Days]) -> Days:
    """The trading days of all *parts*."""
    return parts[0] if len(parts) == 1 else trading_days(*parts)


def last_before(trading: Days, days: Days) -> Days:
    """The last trading day strictly before each of n days; where there is none, the day before the first one.

    >>> last_before(np.array([3, 5, 40]), np.array([2, 5, 6, 40, 90])).tolist()
    [2, 3, 5, 5, 40]
    """
    if not len(trading):
        return np.full(len(days), -1, np.int64)
    place = np.searchsorted(trading, days)
    return np.where(place > 0, trading[np.maximum(place - 1, 0)], trading[0] - 1)


def write_days(stem: Path, trading: Days) -> None:
    """Keep them in a file of their own."""
    write_columns(part_file(stem, _PART), {_COLUMN: dates(trading)})


def read_days(stem: Path) -> Days:
    """Read what :func:`write_days` wrote."""
    return days_of(read_columns(part_file(stem, _PART)), _COLUMN)
