"""Repeats: the same consignment declared again, the same price again and again, values rounder than chance."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from redlane.features.family import Computed, Family
from redlane.features.spec import Feature
from redlane.features.view import Numbers, View, ratio
from redlane.hashing import MISSING, combine
from redlane.profiles.key_parts import hash_numbers
from redlane.profiles.keys import Key, source_columns
from redlane.profiles.needs import ProfileNeeds

_IMPORTER: Key = ("importer_id",)
_SAME: Key = ("importer_id", "seller_id", "hs6", "mass_and_value")
_SAME_PLACE: Key = (*_SAME, "office", "declarant_id")
_GOODS: Key = ("importer_id", "hs6")
_SAME_PRICE: Key = (*_GOODS, "unit_price")


class Repeats(Family):
    """Near-duplicates, unchanging prices and round values.

    * repeats: earlier declarations of the same importer, seller and subheading with exactly the same net mass and
      value in the ``window`` days before; and those of them at another office or by another declarant;
    * same price: share of the importer's declarations of the subheading in the past year at the same price per kg
      (to about six digits); missing below ``minimum`` of them;
    * round values: (k - n p) / sqrt(n p (1 - p)), where k of the importer's n values of the past year are multiples
      of ``round_to`` and p is the share of such values among all declarations.

    Red flags: multiple invoicing, round values. Values in another currency than the invoice's are seldom round:
    then the last says nothing.
    """

    title: ClassVar[str] = "Repeats"
    family: Literal["repeats"] = "repeats"
    window: int = Field(default=30, ge=1)
    minimum: int = Field(default=5, ge=1)
    round_to: int = Field(default=1000, ge=1)

    @property
    def _round(self) -> str:
        return f"value_multiple_of_{self.round_to}"

    def columns(self) -> tuple[str, ...]:
        """Parties, classification, mass and value."""
        return source_columns((*_SAME_PLACE, *_SAME_PRICE))

    def needs(self) -> ProfileNeeds:
        """Activity of the keys that are counted, and of what they are counted among."""
        round_values = ((self._round,), (*_IMPORTER, self._round))
        return ProfileNeeds(
            activity=((), _IMPORTER, _GOODS, _SAME, _SAME_PLACE, _SAME_PRICE, *round_values),
        )

    def features(self) -> tuple[Feature, ...]:
        """Two of repeats, one of prices, one of round values."""
        same = "the same importer, seller and subheading with the same net mass and value"
        days = f"in the {self.window} days before"
        declared = "net mass {net_mass} kg and customs value {customs_value}"
        return (
            Feature(
                f"repeats_{self.window}d",
                f"Earlier declarations of {same} {days}",
                f"this importer and seller declared HS {{hs6}} with {declared} {{value}} times {days}",
                "behaviour",
                "declarations",
                family="repeats",
                sentence_zero=f"this importer and seller did not declare HS {{hs6}} with {declared} {days}",
            ),
            Feature(
                f"repeats_elsewhere_{self.window}d",
                f"Those of them at another office or by another declarant {days}",
                f"at another office or by another declarant, this importer and seller declared HS {{hs6}} with "
                f"{declared} {{value}} times {days}",
                "behaviour",
                "declarations",
                family="repeats",
                sentence_zero=f"no other office or declarant saw HS {{hs6}} of this importer and seller with "
                f"{declared} {days}",
            ),
            Feature(
                "importer_same_price_365d",
                "Share of the importer's declarations of the subheading in the past year at the same price per kg",
                "{value:share} of this importer's {importer_same_price_n} declarations of HS {hs6} in the past year "
                "had the same price per kg",
                "valuation",
                "share",
                family="repeats",
            ),
            Feature(
                "importer_round_values_365d",
                f"Multiples of {self.round_to} among the importer's values of the past year, in standard deviations "
                f"above what is usual",
                f"{{importer_round_values_k}} of this importer's {{importer_round_values_n}} values of the past year "
                f"are multiples of {self.round_to} (all declarations: {{round_values_usual:share}})",
                "valuation",
                "deviations",
                family="repeats",
            ),
        )

    def compute(self, view: View) -> Computed:
        """See :meth:`features`."""
        repeats, elsewhere = self._repeats(view)
        same, n = self._same_price(view)
        k, values, usual = self._round_values(view)
        spread = np.sqrt(values * usual * (1.0 - usual))
        return {
            f"repeats_{self.window}d": repeats,
            f"repeats_elsewhere_{self.window}d": elsewhere,
            "importer_same_price_365d": np.where(n >= self.minimum, ratio(same, n), np.nan),
            "importer_round_values_365d": np.where(
                values >= self.minimum, ratio(k - values * usual, spread), np.nan
            ),
        }

    def _repeats(self, view: View) -> tuple[Numbers, Numbers]:
        count = view.activity(_SAME).total("count", self.window).astype(np.float64)
        elsewhere, rows = np.zeros(len(view)), np.flatnonzero(count > 0)
        seen = view.table("activity", _SAME_PLACE).before(view.hashes(_SAME_PLACE)[rows], view.days[rows])
        elsewhere[rows] = count[rows] - seen.total("count", self.window)
        count[view.hashes(_SAME) == MISSING] = np.nan
        elsewhere[view.hashes(_SAME_PLACE) == MISSING] = np.nan
        return count, elsewhere

    def _same_price(self, view: View) -> tuple[Numbers, Numbers]:
        """How often at this price, of how many; NaN where this declaration has no price."""
        same = view.activity(_SAME_PRICE).total("count", 365).astype(np.float64)
        same[view.hashes(_SAME_PRICE) == MISSING] = np.nan
        return same, view.activity(_GOODS).total("count", 365).astype(np.float64)

    def _round_values(self, view: View) -> tuple[Numbers, Numbers, Numbers]:
        """Round values and all values of the importer, and the usual share of round ones."""
        round_value = np.repeat(hash_numbers(np.ones(1)), len(view))
        mine = view.table("activity", (*_IMPORTER, self._round))
        k = mine.before(combine([view.hashes(_IMPORTER), round_value]), view.days).total("count", 365)
        n = view.activity(_IMPORTER).total("count", 365).astype(np.float64)
        everywhere = view.table("activity", (self._round,)).before(round_value, view.days).total("count", 365)
        usual = ratio(everywhere, view.activity(()).total("count", 365))
        return k.astype(np.float64), n, usual

    def fact_names(self) -> tuple[str, ...]:
        """The counts behind the shares."""
        return (
            "importer_same_price_n",
            "importer_round_values_k",
            "importer_round_values_n",
            "round_values_usual",
        )

    def facts(self, view: View) -> Computed:
        """The counts behind the shares."""
        _, n = self._same_price(view)
        return dict(zip(self.fact_names(), (n, *self._round_values(view)), strict=True))
