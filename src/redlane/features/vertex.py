"""What a party's values look like, and how this one compares: the statistics of a vertex of the trade network."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from redlane.features.family import Computed, Family
from redlane.features.parties import capital, group_of
from redlane.features.spec import Feature
from redlane.features.view import Numbers, View, ratio
from redlane.profiles.keys import Key, check_key, key_name, key_phrase, key_words, source_columns
from redlane.profiles.moments import MomentsSeen, log_value
from redlane.profiles.needs import ProfileNeeds


class Vertex(Family):
    """Mean, spread and skewness of a key's log values, and this value's distance from the mean in spreads.

    From the power sums of a ledger, as of the day before. NaN where the key has fewer than ``minimum_count``
    declarations with a value; spreads below ``spread_floor`` count as that.

    >>> [feature.name for feature in Vertex(key=("seller_id",)).features()][-1]
    'seller_value_distance'
    """

    title: ClassVar[str] = "Values of a party"
    family: Literal["vertex"] = "vertex"
    key: Key
    window: int | None = None
    minimum_count: int = Field(default=5, ge=3)
    spread_floor: float = Field(default=0.05, gt=0)

    @field_validator("key")
    @classmethod
    def _known(cls, key: Key) -> Key:
        check_key(key, "vertex")
        return key

    def columns(self) -> tuple[str, ...]:
        """The key's parts and the value."""
        return tuple(dict.fromkeys((*source_columns(self.key), "customs_value")))

    def needs(self) -> ProfileNeeds:
        """Power sums by the key."""
        return ProfileNeeds(moments=(self.key,))

    def features(self) -> tuple[Feature, ...]:
        """Three statistics and the distance."""
        phrase = key_phrase(self.key)
        return (
            self._feature("log_value_mean", "mean natural logarithm of value", f"mean log value of {phrase}"),
            self._feature(
                "log_value_spread", "standard deviation of log value", f"spread of log value of {phrase}"
            ),
            self._feature(
                "log_value_skewness", "skewness of log value", f"skewness of log value of {phrase}"
            ),
            self._feature(
                "value_distance",
                "log value less the mean, in standard deviations",
                f"its value lies so many standard deviations from the mean of {phrase}",
            ),
        )

    def _feature(self, name: str, meaning: str, sentence: str) -> Feature:
        return Feature(
            f"{key_name(self.key)}_{name}",
            f"{capital(key_words(self.key))}: {meaning} of earlier declarations",
            f"{sentence}: {{value}}",
            group_of(self.key),
            "standard deviations" if name == "value_distance" else "1" if "skew" in name else "log value",
            family="values of a party",
        )

    def compute(self, view: View) -> Computed:
        """See :meth:`features`."""
        seen = MomentsSeen.of(view.profile("moments", self.key), self.window)
        few = seen.count < self.minimum_count
        distance = ratio(log_value(view.number("customs_value")) - seen.mean, self._scale(seen))
        statistics = {
            "log_value_mean": seen.mean,
            "log_value_spread": seen.spread,
            "log_value_skewness": seen.skewness,
            "value_distance": distance,
        }
        return {
            f"{key_name(self.key)}_{n}": np.where(few, np.nan, values) for n, values in statistics.items()
        }

    def _scale(self, seen: MomentsSeen) -> Numbers:
        return np.maximum(seen.spread, self.spread_floor)
