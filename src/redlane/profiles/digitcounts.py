"""What digit tests count: how often each party's amounts have each digit, and which goods it declared.

Counts add up by party and publication period; no rows are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator, model_validator

from redlane.declarations.columns import column, require_declared
from redlane.declarations.periods import Days
from redlane.hashing import MISSING, Hashes
from redlane.profiles.benford import Digits, category, expected, hundredths
from redlane.profiles.keys import Key, check_key, source_columns
from redlane.profiles.ledger import Amounts
from redlane.profiles.prices import Numbers
from redlane.settings import Settings


class DigitReference(Settings):
    """Which digits of which amounts to test, of whom, and who is eligible.

    A party is eligible with ``minimum_count`` amounts in the window that reach over ``orders_of_magnitude`` powers
    of ten or concern ``distinct_goods`` HS subheadings: amounts of one kind of goods have digits of their own. Where
    values are capped by a threshold (a de-minimis limit), ``leave_out_below`` leaves out what lies below; it is a
    power of ten, as any other border would itself bend the digits. The window counts in whole periods between
    publications (365 days are 13 periods of 28).
    """

    party: Key = ("importer_id",)
    amount: str = "customs_value"
    digits: Digits = "first"
    window_days: int = Field(default=365, ge=1)
    publish_every_days: int = Field(default=28, ge=1)
    minimum_count: int = Field(default=100, ge=20)
    orders_of_magnitude: float = Field(default=3, ge=0)
    distinct_goods: int = Field(default=10, ge=1)
    leave_out_below: float = Field(default=0, ge=0)

    @field_validator("party")
    @classmethod
    def _known_key(cls, party: Key) -> Key:
        check_key(party, "digit tests")
        return party

    @field_validator("amount")
    @classmethod
    def _number(cls, amount: str) -> str:
        require_declared([amount], "digit tests")
        if column(amount).kind != "number":
            raise ValueError("digit tests need a column of numbers, such as customs_value")
        return amount

    @field_validator("leave_out_below")
    @classmethod
    def _power_of_ten(cls, border: float) -> float:
        if border and float(np.log10(border)) % 1:
            raise ValueError("a power of ten is needed (100, 1000 …): any other border bends the digits")
        return border

    @model_validator(mode="after")
    def _whole_periods(self) -> "DigitReference":
        if self.window_days < self.publish_every_days:
            raise ValueError("window_days must be at least publish_every_days")
        return self

    def columns(self) -> tuple[str, ...]:
        """The declared columns that are read.

        >>> DigitReference().columns()
        ('importer_id', 'customs_value', 'hs_code')
        """
        return tuple(dict.fromkeys([*source_columns(self.party), self.amount, "hs_code"]))

    def period_end(self, days: Days) -> Days:
        """The publication day that ends the period of each day: a fixed grid of days.

        >>> DigitReference(publish_every_days=7).period_end(np.array([6, 7, 13])).tolist()
        [6, 13, 13]
        """
        return days + (-(days + 1)) % self.publish_every_days


@dataclass(frozen=True)
class DigitCounts:
    """Per party and period: how many amounts of each digit, the least and the greatest (hundredths)."""

    keys: Hashes
    periods: Days
    counts: Amounts
    least: Amounts
    greatest: Amounts

    @classmethod
    def added(cls, parts: "Sequence[DigitCounts]") -> "DigitCounts":
        """All parts, each party and period once, in their order; any order of parts gives the same."""
        keys, periods = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("keys", "periods")
        )
        order = np.lexsort((periods, keys))
        first = _starts(keys[order], periods[order])
        counts, least, greatest = (
            np.concatenate([getattr(part, name) for part in parts])[order]
            for name in ("counts", "least", "greatest")
        )
        if not len(first):
            return cls(keys, periods, counts, least, greatest)
        return cls(
            keys[order][first],
            periods[order][first],
            np.add.reduceat(counts, first, axis=0),
            np.minimum.reduceat(least, first),
            np.maximum.reduceat(greatest, first),
        )

    def within(self, after: int, until: int) -> "DigitCounts":
        """The sums over the periods that end after *after* and by *until*, one row per party."""
        rows = np.flatnonzero((self.periods > after) & (self.periods <= until))
        ends = np.full(len(rows), until, np.int64)
        part = DigitCounts(self.keys[rows], ends, self.counts[rows], self.least[rows], self.greatest[rows])
        return DigitCounts.added([part])


@dataclass(frozen=True)
class Goods:
    """Which subheadings each party declared in which period, each once."""

    keys: Hashes
    goods: Hashes
    periods: Days

    @classmethod
    def added(cls, parts: "Sequence[Goods]") -> "Goods":
        """All parts, without repetition, in order."""
        keys, goods, periods = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("keys", "goods", "periods")
        )
        order = np.lexsort((periods, goods, keys))
        first = _starts(keys[order], goods[order], periods[order])
        return cls(keys[order][first], goods[order][first], periods[order][first])

    def distinct(self, parties: Hashes, after: int, until: int) -> Amounts:
        """How many subheadings each of the sorted *parties* declared in these periods."""
        rows = np.flatnonzero((self.periods > after) & (self.periods <= until))
        keys, goods = self.keys[rows], self.goods[rows]
        keys = keys[_starts(keys, goods)]
        left, right = (np.searchsorted(keys, parties, side=side) for side in ("left", "right"))
        distinct: Amounts = (right - left).astype(np.int64)
        return distinct


def seen(
    reference: DigitReference, values: Numbers, registered: Days, keys: Hashes, goods: Hashes
) -> tuple[DigitCounts, Goods]:
    """Count the digits of declared *values* by party and period; missing parties and amounts are left out."""
    cents = hundredths(values)
    place = category(cents, reference.digits)
    taken = np.flatnonzero(
        (place >= 0) & (keys != MISSING) & (cents >= round(reference.leave_out_below * 100))
    )
    keys, place, cents, goods = keys[taken], place[taken], cents[taken], goods[taken]
    periods = reference.period_end(registered[taken])
    order = np.lexsort((periods, keys))
    first = _starts(keys[order], periods[order])
    group = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(order))))
    width = len(expected(reference.digits))
    counts = np.bincount(group * width + place[order], minlength=len(first) * width).reshape(-1, width)
    counted = DigitCounts(
        keys[order][first],
        periods[order][first],
        counts.astype(np.int64),
        np.minimum.reduceat(cents[order], first) if len(first) else cents,
        np.maximum.reduceat(cents[order], first) if len(first) else cents,
    )
    stated = np.flatnonzero(goods != MISSING)
    return counted, Goods.added([Goods(keys[stated], goods[stated], periods[stated])])


def _starts(*sorted_columns: npt.NDArray[np.uint64] | Days) -> npt.NDArray[np.intp]:
    """Where a new combination of the sorted columns begins."""
    change = np.zeros(max(len(sorted_columns[0]) - 1, 0), np.bool_)
    for values in sorted_columns:
        change |= values[1:] != values[:-1]
    starts: npt.NDArray[np.intp] = np.flatnonzero(np.append(True, change))
    return starts[: len(sorted_columns[0])]
