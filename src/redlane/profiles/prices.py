"""Reference prices: snapshots of what goods of a kind cost, republished from time to time.

Method: unit price analysis (Pak and Zdanowicz's price filter; WCO study of illicit financial flows). The unit
price is value divided by quantity, *then* its logarithm. A reference cell is a past window of the same good,
origin and mode; where it holds too few declarations the next coarser level serves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import field_validator

from redlane.declarations.periods import Days
from redlane.hashing import Hashes
from redlane.profiles.asof import AsOfIndex
from redlane.profiles.keys import Key, check_key
from redlane.settings import Settings

Numbers = npt.NDArray[np.float64]
Basis = Literal["net_mass", "quantity"]

STATISTICS = ("n", "q1", "median", "q3", "mad")
"""What a snapshot says of a cell's log unit prices; ``mad`` is the median absolute deviation."""


class PriceReference(Settings):
    """Which reference prices to publish.

    ``levels`` go from the finest cell to the coarsest. ``basis`` *quantity* compares prices per supplementary
    unit (cells are then also kept apart by unit), *net_mass* per kg.
    """

    basis: Basis = "net_mass"
    levels: tuple[Key, ...] = (
        ("hs6", "origin_country", "transport_mode"),
        ("hs6", "origin_country"),
        ("hs6",),
        ("hs4",),
    )
    window_days: int = 365
    publish_every_days: int = 7
    minimum_count: int = 30

    @field_validator("levels")
    @classmethod
    def _known_keys(cls, levels: tuple[Key, ...]) -> tuple[Key, ...]:
        for level in levels:
            check_key(level, "reference prices")
        return levels

    def key(self, level: Key) -> Key:
        """The full key of a level's cells."""
        return (*level, "quantity_unit") if self.basis == "quantity" else level


_CHEAPEST, _DEAREST = 1e-100, 1e100


def log_unit_price(declarations: pd.DataFrame, basis: Basis) -> Numbers:
    """Natural logarithm of value per *basis* unit; NaN where value or quantity is missing or not positive.

    A price beyond 1e100 or below 1e-100, as a mass of 5e-324 would give, is no price either: NaN, never infinite.

    >>> frame = pd.DataFrame({"customs_value": [200.0, 0.0], "net_mass": [100.0, 5.0]})
    >>> np.exp(log_unit_price(frame, "net_mass")).tolist()
    [2.0, nan]
    """
    value = declarations["customs_value"].to_numpy("float64")
    amount = declarations[basis].to_numpy("float64")
    usable = (value > 0) & (amount > 0)
    price = np.full(len(value), np.nan)
    with np.errstate(over="ignore", under="ignore"):
        np.divide(value, amount, out=price, where=usable)
    usable &= (price > _CHEAPEST) & (price < _DEAREST)
    price[~usable] = np.nan
    np.log(price, out=price, where=usable)
    return price


@dataclass(frozen=True)
class Snapshot:
    """Published statistics per key and day, of one level."""

    index: AsOfIndex
    values: Mapping[str, Numbers]

    def before(self, keys: Hashes, days: Days) -> dict[str, Numbers]:
        """The latest statistics of each key published strictly before each day; NaN where there are none."""
        start, end = self.index.before(keys, days)
        found = end > start
        result = {}
        for name, values in self.values.items():
            result[name] = np.full(len(keys), np.nan)
            result[name][found] = values[end[found] - 1]
        return result

    @classmethod
    def merge(cls, parts: "Sequence[Snapshot]") -> "Snapshot":
        """One snapshot table of several publication periods."""
        if len(parts) == 1:
            return parts[0]
        keys = np.concatenate([part.index.row_keys() for part in parts])
        index, order = AsOfIndex.of_rows(keys, np.concatenate([part.index.days for part in parts]))
        names = parts[0].values
        return cls(index, {n: np.concatenate([part.values[n] for part in parts])[order] for n in names})
