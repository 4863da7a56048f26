"""Reference prices: snapshots of what goods of a kind cost (or weigh), republished from time to time.

Method: unit price analysis (Pak and Zdanowicz's price filter; WCO study of illicit financial flows). The unit
price is value divided by quantity, *then* its logarithm. A reference cell is a past window of the same good,
origin and mode; where it holds too few declarations the next coarser level serves. Mass per unit, net by gross
mass and the value itself are compared in the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, field_validator

from redlane.declarations.periods import Days
from redlane.hashing import Hashes
from redlane.profiles.asof import AsOfIndex, Positions
from redlane.profiles.keys import Key, check_key, source_columns
from redlane.settings import Settings

Numbers = npt.NDArray[np.float64]
Measure = Literal["price_per_kg", "price_per_unit", "mass_per_unit", "net_to_gross", "value"]


class Ratio(NamedTuple):
    """One declared amount by another, or alone; what it is called, and per what it is stated."""

    above: str
    below: str | None
    words: str

    def columns(self) -> tuple[str, ...]:
        """The declared amounts it is made of."""
        return (self.above,) if self.below is None else (self.above, self.below)


MEASURES: dict[Measure, Ratio] = {
    "price_per_kg": Ratio("customs_value", "net_mass", "prices per kg"),
    "price_per_unit": Ratio("customs_value", "quantity", "prices per unit"),
    "mass_per_unit": Ratio("net_mass", "quantity", "masses per unit"),
    "net_to_gross": Ratio("net_mass", "gross_mass", "net by gross masses"),
    "value": Ratio("customs_value", None, "values"),
}
"""What can be compared with its peers, always as the natural logarithm of the ratio."""

STATISTICS = ("n", "importers", "q1", "median", "q3", "mad", "medcouple")
"""What a snapshot says of a cell's logarithms: how many, of how many importers, quartiles, median absolute
deviation, skewness (NaN where there are too few for it)."""

PARTY = "importer_id"
"""Who must not define the norm it is compared with."""


class PriceReference(Settings):
    """Which reference prices to publish.

    ``levels`` go from the finest cell to the coarsest. A ``measure`` of the supplementary quantity keeps cells
    apart by its unit as well. An importer that makes at least ``dominant_share`` of a cell is compared with the
    others in it only; 0 compares everybody with everybody, as it must be where no importer is declared. Cells
    of an importer's own are never split. Without ``skewness`` no medcouple is published, which adjusted fences alone
    read and which takes a sixth of the time.
    """

    measure: Measure = "price_per_kg"
    levels: tuple[Key, ...] = (
        ("hs6", "origin_country", "transport_mode"),
        ("hs6", "origin_country"),
        ("hs6",),
        ("hs4",),
    )
    window_days: int = 365
    publish_every_days: int = 7
    minimum_count: int = 30
    dominant_share: float = Field(default=0.2, ge=0, le=1)
    skewness: bool = True

    @field_validator("levels")
    @classmethod
    def _known_keys(cls, levels: tuple[Key, ...]) -> tuple[Key, ...]:
        for level in levels:
            check_key(level, "reference prices")
        return levels

    def key(self, level: Key) -> Key:
        """The full key of a level's cells."""
        return (*level, "quantity_unit") if self.ratio.below == "quantity" else level

    def leaves_out(self, level: Key) -> bool:
        """Whether a dominant importer is left out of the cells of *level*."""
        return self.dominant_share > 0 and PARTY not in level

    @property
    def ratio(self) -> Ratio:
        """The declared amounts that are compared."""
        return MEASURES[self.measure]

    def columns(self) -> tuple[str, ...]:
        """The declared columns these prices are made from.

        >>> PriceReference(measure="net_to_gross", levels=(("hs6",),)).columns()
        ('net_mass', 'gross_mass', 'hs_code', 'importer_id')
        """
        parts = [name for level in self.levels for name in source_columns(self.key(level))]
        party = [PARTY] if self.dominant_share else []
        return tuple(dict.fromkeys([*self.ratio.columns(), *parts, *party]))

    def words(self) -> str:
        """The reference in words.

        >>> PriceReference(levels=(("hs6", "origin_country"), ("hs4",))).words()
        'prices per kg by hs6, origin_country; hs4'
        """
        return f"{self.ratio.words} by {'; '.join(', '.join(level) for level in self.levels)}"


_LEAST, _MOST = 1e-100, 1e100


def log_measure(declarations: pd.DataFrame, measure: Measure) -> Numbers:
    """Natural logarithm of *measure*, one per declaration; NaN where an amount is missing or not positive.

    Divides first: the ratio of two logarithms is no price. A ratio beyond 1e100 or below 1e-100, as a mass of
    5e-324 would give, is none either: NaN, never infinite.

    >>> frame = pd.DataFrame({"customs_value": [200.0, 0.0], "net_mass": [100.0, 5.0]})
    >>> np.exp(log_measure(frame, "price_per_kg")).tolist()
    [2.0, nan]
    """
    above, below = MEASURES[measure].above, MEASURES[measure].below
    top = declarations[above].to_numpy("float64")
    bottom = np.ones(len(top)) if below is None else declarations[below].to_numpy("float64")
    usable = (top > 0) & (bottom > 0)
    ratio = np.full(len(top), np.nan)
    with np.errstate(over="ignore", under="ignore"):
        np.divide(top, bottom, out=ratio, where=usable)
    usable &= (ratio > _LEAST) & (ratio < _MOST)
    ratio[~usable] = np.nan
    np.log(ratio, out=ratio, where=usable)
    return ratio


@dataclass(frozen=True)
class Snapshot:
    """Published statistics per key and day, of one level."""

    index: AsOfIndex
    values: Mapping[str, Numbers]

    def before(self, keys: Hashes, days: Days) -> dict[str, Numbers]:
        """The latest statistics of each key published strictly before each day; NaN where there are none."""
        start, end = self.index.before(keys, days)
        return self._at(end - 1, end > start)

    def on(self, keys: Hashes, days: Days) -> dict[str, Numbers]:
        """What was published of each key on exactly that day; NaN where nothing was.

        A key that a publication passes over, because too little is left in its window, has no statistics: those
        of an earlier publication are stale.
        """
        start, end = self.index.before(keys, days + 1)
        found = end > start
        found[found] = self.index.days[end[found] - 1] == days[found]
        return self._at(end - 1, found)

    def _at(self, row: Positions, found: npt.NDArray[np.bool_]) -> dict[str, Numbers]:
        result = {}
        for name, values in self.values.items():
            result[name] = np.full(len(row), np.nan)
            result[name][found] = values[row[found]]
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
