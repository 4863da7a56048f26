"""Ledgers: whole-number amounts per key and day that add up in any order.

Amounts are integers (counts, cents, grams, hundredths of a percent): with floating-point sums a merge of parts
differs from the whole in the last digits. A window is the difference of two running sums: where the running sum
over all keys passes 64 bits it wraps round, and the difference is still right as long as each key's own sum fits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redlane.declarations.periods import Days
from redlane.errors import RedlaneError
from redlane.hashing import Hashes
from redlane.profiles.asof import AsOfIndex, Located, Positions

Amounts = npt.NDArray[np.int64]

LARGEST = 2.0**62
"""The most that the amounts of a ledger may add up to, signs aside: half of what 64 bits hold."""


@dataclass(frozen=True)
class Ledger:
    """Amounts per key and day. ``running[name]`` has one entry more than rows: the sum of all rows before.

    >>> key, day = np.array([5, 5, 5], dtype=np.uint64), np.array([1, 1, 4])
    >>> ledger = Ledger.of_events(key, day, {"count": np.array([1, 1, 1])})
    >>> seen = ledger.before(np.array([5], dtype=np.uint64), np.array([4]))
    >>> seen.total("count").tolist(), seen.last_day().tolist()
    ([2], [1.0])
    """

    index: AsOfIndex
    running: Mapping[str, Amounts]

    @classmethod
    def of_events(cls, keys: Hashes, known_on: Days, amounts: Mapping[str, Amounts]) -> "Ledger":
        """Add up single events (one per declaration) by key and day. Events with a missing key are left out.

        Raises:
            RedlaneError: amounts add up to more than :data:`LARGEST`; a sum is never cut off or wrapped round.
        """
        for name, values in amounts.items():
            check_amounts(name, values)
        kept = np.flatnonzero(keys != 0)
        _, order = AsOfIndex.of_rows(keys[kept], known_on[kept])
        order = kept[order]
        sorted_keys, days = keys[order], known_on[order]
        change = (sorted_keys[1:] != sorted_keys[:-1]) | (days[1:] != days[:-1])
        first = np.flatnonzero(np.append(True, change)) if len(order) else np.empty(0, np.int64)
        sums = {
            name: np.add.reduceat(values[order].astype(np.int64), first)
            if len(order)
            else np.empty(0, np.int64)
            for name, values in amounts.items()
        }
        return cls.of_sorted(sorted_keys[first], days[first], sums)

    @classmethod
    def of_sorted(cls, keys: Hashes, known_on: Days, amounts: Mapping[str, Amounts]) -> "Ledger":
        """Wrap rows that are sorted and distinct by key and day already."""
        running = {name: np.concatenate([[0], np.cumsum(values)]) for name, values in amounts.items()}
        return cls(AsOfIndex.of_sorted(keys, known_on), running)

    @classmethod
    def merge(cls, parts: "Sequence[Ledger]") -> "Ledger":
        """One ledger of all parts; any grouping and order of parts gives the same numbers."""
        if len(parts) == 1:
            return parts[0]
        keys = np.concatenate([part.index.row_keys() for part in parts])
        known_on = np.concatenate([part.index.days for part in parts])
        names = parts[0].running
        amounts = {name: np.concatenate([part.amounts(name) for part in parts]) for name in names}
        return cls.of_events(keys, known_on, amounts)

    def amounts(self, name: str) -> Amounts:
        """The amounts of each row."""
        return np.diff(self.running[name])

    def before(self, keys: Hashes, days: Days) -> "Seen":
        """What the ledger knew of each key strictly before each day."""
        located = self.index.locate(keys)
        start, end = self.index.before(keys, days, located)
        return Seen(self, keys, days, start, end, located)

    def __len__(self) -> int:
        return len(self.index.days)


def check_amounts(name: str, amounts: npt.NDArray[np.int64] | npt.NDArray[np.float64]) -> None:
    """Refuse *amounts* whose sum no ledger could hold.

    Raises:
        RedlaneError: naming the amounts.

    >>> check_amounts("value_cents", np.array([3e18, 3e18]))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    redlane.errors.RedlaneError: profiles cannot add up value_cents: together 6e+18, more than 4.6e+18; look for ...
    """
    total = float(np.abs(amounts.astype(np.float64)).sum())
    if total > LARGEST:
        raise RedlaneError(
            f"profiles cannot add up {name}: together {total:.2g}, more than {LARGEST:.2g}; look for impossible"
            " values, set a smaller `largest_number`, or state them in a larger unit"
        )


@dataclass(frozen=True)
class Seen:
    """The part of a ledger visible to each of n queries."""

    ledger: Ledger
    keys: Hashes
    days: Days
    start: Positions
    end: Positions
    located: Located | None = None

    def total(self, name: str, window: int | None = None) -> Amounts:
        """Sum over the days before, or over the *window* days just before (the day itself excluded)."""
        start = self.start if window is None else self._since(window)
        running = self.ledger.running[name]
        return running[self.end] - running[start]

    def first_day(self) -> npt.NDArray[np.float64]:
        """The first day the key was seen; NaN if never."""
        return self._day_at(self.start)

    def last_day(self) -> npt.NDArray[np.float64]:
        """The last day the key was seen; NaN if never."""
        return self._day_at(self.end - 1)

    def _day_at(self, position: Positions) -> npt.NDArray[np.float64]:
        result = np.full(len(self.days), np.nan)
        seen = self.end > self.start
        result[seen] = self.ledger.index.days[position[seen]]
        return result

    def _since(self, window: int) -> Positions:
        cache: dict[int, Positions] = self.__dict__.setdefault("_windows", {})
        if window not in cache:
            since = self.ledger.index.since(self.keys, self.days - window, self.located)
            cache[window] = np.minimum(since, self.end)
        return cache[window]
