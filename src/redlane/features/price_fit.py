"""How well a price fits a subheading: the likelihood of a price per kg beside what is expected of the goods."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from redlane.features.siblings import Rows, Siblings
from redlane.features.view import Numbers, View
from redlane.hashing import Hashes, combine
from redlane.profiles.expected import ExpectedReference
from redlane.profiles.expected_kind import ExpectedBook

_FREEDOM = 4.0
"""Degrees of freedom of prices about what is expected: their tails are heavier than normal."""


@dataclass(frozen=True)
class Usual:
    """What is expected of log prices, and their standard deviation about it; NaN where nothing is expected."""

    level: Numbers
    deviation: Numbers

    def log_density(self, log_price: Numbers) -> Numbers:
        """Logarithm of the t-density of each price, but for a constant."""
        z = (log_price - self.level) / self.deviation
        return -0.5 * (_FREEDOM + 1.0) * np.log1p(z * z / _FREEDOM) - np.log(self.deviation)


class PriceFit:
    """Prices of declarations in view against what is expected of any subheading of the same origin and mode."""

    def __init__(self, view: View, reference: ExpectedReference) -> None:
        self._view, self._reference = view, reference
        self.log_price: Numbers = view.log_measure(reference.measure)

    @cached_property
    def own(self) -> Usual:
        """What is expected of each declaration's own subheading."""
        found = self._view.profile("expected", self._reference)
        return Usual(found["expected"], found["deviation"])

    def of(self, siblings: Siblings) -> Numbers:
        """For each pair: ln of the density under the sibling over that under the declared subheading."""
        price, own = self.log_price, self.own
        other = self.usual(siblings.hs6, siblings.rows).log_density(price[siblings.rows])
        return other - own.log_density(price)[siblings.rows]

    def usual(self, hs6: Hashes, rows: Rows) -> Usual:
        """What would be expected of the declarations at *rows* if their goods were of the subheadings *hs6*."""
        book: ExpectedBook = self._view.table("expected", self._reference)
        keys = [
            combine([hs6 if part == "hs6" else self._view.hashes((part,))[rows] for part in key])
            for key in self._reference.every_key()[1:]
        ]
        found = book.at(keys, self._view.days[rows])
        return Usual(found["expected"], found["deviation"])
