"""How well a price fits a subheading: the likelihood of a price per kg under the published cells of goods."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from redlane.declarations.periods import Days
from redlane.features.siblings import Rows, Siblings
from redlane.features.usual_rates import HS6
from redlane.features.view import Numbers, View
from redlane.hashing import Hashes, combine
from redlane.profiles.keys import Key
from redlane.profiles.prices import PARTY, PriceReference

_BY_ORIGIN: Key = ("hs6", "origin_country")
_FREEDOM = 4.0
"""Degrees of freedom of prices within a cell: their tails are heavier than normal."""
_LEAST_SCALE = 0.05
"""No cell is taken to be narrower than this (logarithms)."""


@dataclass(frozen=True)
class Cells:
    """Median and robust deviation of log prices, for each query; NaN where no cell holds enough declarations."""

    median: Numbers
    scale: Numbers

    def log_density(self, log_price: Numbers) -> Numbers:
        """Logarithm of the t-density of each price, but for a constant."""
        z = (log_price - self.median) / self.scale
        return -0.5 * (_FREEDOM + 1.0) * np.log1p(z * z / _FREEDOM) - np.log(self.scale)


class PriceFit:
    """Prices of declarations in view against the cells of any subheading: of the same origin, else of all origins."""

    def __init__(self, view: View, reference: PriceReference) -> None:
        self._view, self._reference = view, reference
        self.log_price: Numbers = view.log_measure(reference.measure)

    @cached_property
    def own(self) -> Cells:
        """The cell of each declaration's own subheading."""
        return self.cells(self._view.hashes(HS6), np.arange(len(self._view)))

    def of(self, siblings: Siblings) -> Numbers:
        """For each pair: ln of the density under the sibling over that under the declared subheading."""
        price, own = self.log_price, self.own
        other = self.cells(siblings.hs6, siblings.rows).log_density(price[siblings.rows])
        return other - own.log_density(price)[siblings.rows]

    def cells(self, hs6: Hashes, rows: Rows) -> Cells:
        """The cells of subheadings *hs6* that serve for the declarations at *rows*."""
        origin, days = self._view.hashes(("origin_country",))[rows], self._view.days[rows]
        importers = self._view.hashes((PARTY,))[rows] if self._reference.dominant_share else None
        fine = self._cells(_BY_ORIGIN, combine([hs6, origin]), days, importers)
        coarse = self._cells(HS6, hs6, days, importers)
        serves = np.isfinite(fine.median)
        return Cells(np.where(serves, fine.median, coarse.median), np.where(serves, fine.scale, coarse.scale))

    def _cells(self, level: Key, keys: Hashes, days: Days, importers: Hashes | None) -> Cells:
        if level not in self._reference.levels:
            return Cells(np.full(len(keys), np.nan), np.full(len(keys), np.nan))
        book = self._view.table("prices", self._reference)
        cell = book.cell(self._reference.levels.index(level), keys, days, importers)
        enough = cell["n"] >= self._reference.minimum_count
        spread = np.maximum(1.4826 * cell["mad"], (cell["q3"] - cell["q1"]) / 1.349)
        return Cells(
            np.where(enough, cell["median"], np.nan),
            np.where(enough, np.maximum(spread, _LEAST_SCALE), np.nan),
        )
