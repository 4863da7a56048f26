"""Amounts: the value, masses and quantity declared, and simple ratios of them."""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np

from redlane.features.family import Computed, Family
from redlane.features.spec import Feature, Group
from redlane.features.view import Numbers, View, ratio

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

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Only the amounts whose columns are there."""
        kept = tuple(
            amount for amount in self.amounts if all(name in columns for name in _AMOUNTS[amount][4])
        )
        return self.model_copy(update={"amounts": kept}) if kept else None

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
