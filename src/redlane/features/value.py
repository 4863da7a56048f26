"""Amounts and unit prices: the value declared, and how it compares with its peers."""

from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from redlane.features.family import Computed, Family
from redlane.features.spec import Feature, Group
from redlane.features.view import Numbers, View, ratio
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.prices import PriceReference, log_measure

Amount = Literal[
    "customs_value",
    "net_mass",
    "gross_mass",
    "quantity",
    "value_per_kg",
    "net_to_gross",
    "mass_per_unit",
    "roundness",
]

_AMOUNTS: dict[str, tuple[str, str, str, Group, tuple[str, ...]]] = {
    "customs_value": (
        "Customs value",
        "reference currency",
        "the customs value is {value}",
        "valuation",
        ("customs_value",),
    ),
    "net_mass": ("Net mass", "kg", "the net mass is {value} kg", "quantity", ("net_mass",)),
    "gross_mass": ("Gross mass", "kg", "the gross mass is {value} kg", "quantity", ("gross_mass",)),
    "quantity": ("Quantity", "supplementary unit", "the quantity is {value}", "quantity", ("quantity",)),
    "value_per_kg": (
        "Customs value per kg of net mass",
        "reference currency per kg",
        "the customs value per kg is {value}",
        "valuation",
        ("customs_value", "net_mass"),
    ),
    "net_to_gross": (
        "Net mass divided by gross mass",
        "share",
        "the net mass is {value:share} of the gross mass",
        "quantity",
        ("net_mass", "gross_mass"),
    ),
    "mass_per_unit": (
        "Net mass per supplementary unit",
        "kg per unit",
        "each unit weighs {value} kg",
        "quantity",
        ("net_mass", "quantity"),
    ),
    "roundness": (
        "How many zeros the value in whole units ends with",
        "digits",
        "the customs value ends with {value} zeros",
        "valuation",
        ("customs_value",),
    ),
}


class Amounts(Family):
    """Declared amounts and simple ratios of them."""

    title: ClassVar[str] = "Amounts"
    family: Literal["amounts"] = "amounts"
    amounts: tuple[Amount, ...]

    def columns(self) -> tuple[str, ...]:
        """The amounts read."""
        return tuple(dict.fromkeys(name for amount in self.amounts for name in _AMOUNTS[amount][4]))

    def features(self) -> tuple[Feature, ...]:
        """One per amount asked for."""
        return tuple(
            Feature(name, meaning, sentence, group, unit, family="amounts")
            for name in self.amounts
            for meaning, unit, sentence, group, _ in [_AMOUNTS[name]]
        )

    def compute(self, view: View) -> Computed:
        """NaN where a part is missing or the divisor is zero."""
        return {name: self._amount(view, name) for name in self.amounts}

    @staticmethod
    def _amount(view: View, name: Amount) -> Numbers:
        if name == "value_per_kg":
            return ratio(view.number("customs_value"), view.number("net_mass"))
        if name == "net_to_gross":
            return ratio(view.number("net_mass"), view.number("gross_mass"))
        if name == "mass_per_unit":
            return ratio(view.number("net_mass"), view.number("quantity"))
        if name == "roundness":
            return trailing_zeros(view.number("customs_value"))
        return view.number(name)


def trailing_zeros(values: Numbers) -> Numbers:
    """Zeros at the end of the whole part, 0 where there are cents, at most 6; NaN for missing or zero.

    >>> trailing_zeros(np.array([1500.0, 1500.5, 1e9, 0.0])).tolist()
    [2.0, 0.0, 6.0, nan]
    """
    zeros = np.zeros(len(values))
    for power in range(1, 7):
        zeros += np.mod(values, 10.0**power) == 0
    return np.where(np.isfinite(values) & (values != 0), zeros, np.nan)


class UnitPrice(Family):
    """The unit price against its reference cell (unit price analysis), in both directions.

    * log ratio: ln(unit price / median); robust z: that over max(1.4826 MAD, IQR / 1.349, ``scale_floor``);
    * under- and over-invoiced amount of the price filter matrix (Pak and Zdanowicz): what the value falls
      short of the first quartile, or exceeds the third, times the quantity;
    * the level of the cell that served (0 is the finest) and how many declarations it held.
    """

    title: ClassVar[str] = "Unit price"
    family: Literal["unit_price"] = "unit_price"
    reference: PriceReference = PriceReference()
    scale_floor: float = Field(default=0.05, gt=0)

    @property
    def _stem(self) -> str:
        return self.reference.measure

    def columns(self) -> tuple[str, ...]:
        """Value, quantity and the parts of the cells."""
        return self.reference.columns()

    def needs(self) -> ProfileNeeds:
        """The published reference prices."""
        return ProfileNeeds(prices=(self.reference,))

    def features(self) -> tuple[Feature, ...]:
        """Ratio, z, two amounts, level and count."""
        stem, per = self._stem, "kg" if self.reference.measure == "price_per_kg" else "unit"
        peers = (
            f"declared {{{stem}}} per {per}; the middle half of {{{stem}_n}} declarations of {{{stem}_cell}} "
            f"in the past {self.reference.window_days} days lies between {{{stem}_q1}} and {{{stem}_q3}}"
        ).replace("past 365 days", "past year")
        thin = f"only the level {{value}} of reference cells holds enough declarations to compare prices per {per}"
        described: tuple[tuple[str, str, str, str, Group], ...] = (
            (
                "log_ratio",
                "Natural logarithm of the unit price over the median of its cell",
                "log",
                peers,
                "valuation",
            ),
            ("z", "Robust z-score of the log unit price in its cell", "deviations", peers, "valuation"),
            (
                "under",
                "Value missing to the first quartile of the cell (price filter)",
                "reference currency",
                peers,
                "valuation",
            ),
            (
                "over",
                "Value above the third quartile of the cell (price filter)",
                "reference currency",
                peers,
                "over_invoicing",
            ),
            ("level", "Level of the reference cell, 0 is the finest", "level", thin, "valuation"),
            ("n", "Declarations in the reference cell", "declarations", peers, "valuation"),
        )
        return tuple(
            Feature(f"{stem}_{name}", meaning, sentence, group, unit, family=f"unit price per {per}")
            for name, meaning, unit, sentence, group in described
        )

    def compute(self, view: View) -> Computed:
        """NaN where there is no unit price or no cell with enough declarations."""
        price, cell = self._log_price(view), view.prices(self.reference)
        ratio_to_median = price - cell["median"]
        amount = view.number(self.reference.ratio.below or "customs_value")
        return {
            f"{self._stem}_log_ratio": ratio_to_median,
            f"{self._stem}_z": ratio_to_median / self._scale(cell),
            f"{self._stem}_under": np.maximum(0.0, np.exp(cell["q1"]) - np.exp(price)) * amount,
            f"{self._stem}_over": np.maximum(0.0, np.exp(price) - np.exp(cell["q3"])) * amount,
            f"{self._stem}_level": cell["level"],
            f"{self._stem}_n": cell["n"],
        }

    def _log_price(self, view: View) -> Numbers:
        columns = {name: view.column(name) for name in self.reference.ratio.columns()}
        return log_measure(pd.DataFrame(columns), self.reference.measure)

    def _scale(self, cell: dict[str, Numbers]) -> Numbers:
        """NaN for a degenerate cell, in which neither the deviation nor the quartiles spread at all."""
        spread = np.maximum(1.4826 * cell["mad"], (cell["q3"] - cell["q1"]) / 1.349)
        return np.where(spread > 0, np.maximum(spread, self.scale_floor), np.nan)

    def fact_names(self) -> tuple[str, ...]:
        """The price, and the cell it is compared with."""
        return tuple(f"{self._stem}{tail}" for tail in ("", "_q1", "_q3", "_cell"))

    def facts(self, view: View) -> Computed:
        """The price and the quartiles per unit, and the cell in words."""
        cell = view.prices(self.reference)
        return {
            self._stem: np.exp(self._log_price(view)),
            f"{self._stem}_q1": np.exp(cell["q1"]),
            f"{self._stem}_q3": np.exp(cell["q3"]),
            f"{self._stem}_cell": self._cell_words(view, cell["level"]),
        }

    def _cell_words(self, view: View, level: Numbers) -> np.ndarray:
        words = np.full(len(view), None, dtype=object)
        for number, key in enumerate(self.reference.levels):
            rows = np.flatnonzero(level == number)
            parts = [_part_words(view, part)[rows] for part in key]
            words[rows] = [" ".join(row) for row in zip(*parts, strict=True)]
        return words


def _part_words(view: View, part: str) -> np.ndarray:
    if part.startswith("hs"):
        return ("HS " + view.column("hs_code").str.slice(0, int(part[2:]))).astype("object").to_numpy()
    prefix = {"origin_country": "from ", "departure_country": "departed ", "transport_mode": "by mode "}
    text = prefix.get(part, f"{part.replace('_', ' ')} ") + view.column(part).astype("object").astype(str)
    return text.to_numpy("object")
