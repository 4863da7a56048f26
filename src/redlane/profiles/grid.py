"""The grid of days at whose end prices are published, and how far along it a store was on the morning of a day."""

from redlane.declarations.periods import Days
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
