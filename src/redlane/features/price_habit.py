"""Price habits: how far a party's earlier declarations lay from the usual prices, on either side."""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from redlane.features.family import Computed, Family
from redlane.features.parties import Window, capital, days_of, window_words
from redlane.features.spec import Feature, Group
from redlane.features.view import Numbers, View, ratio
from redlane.profiles.deviations import STEPS, DeviationReference, DeviationsSeen
from redlane.profiles.keys import Key, key_name, key_phrase, key_words, source_columns
from redlane.profiles.ledger import Seen
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.prices import Measure

Part = Literal["mean", "spread", "low_share", "high_share"]

_NOUNS: dict[Measure, str] = {
    "price_per_kg": "prices per kg",
    "price_per_unit": "prices per unit",
    "mass_per_unit": "masses per unit",
    "net_to_gross": "shares of net in gross mass",
    "value": "values",
}


class PriceHabit(Family):
    """What a party's earlier declarations state beside the reference prices of their own days.

    * mean and spread of the logarithm of price over median, NaN below ``minimum`` earlier declarations;
    * share of clearly low and of clearly high ones (beyond ``deviations.border``), smoothed towards everybody's
      with weight ``prior_weight``: over-invoicing is looked for as undervaluation is.

    No outcome is needed: a party that was never inspected has its habits all the same.
    """

    title: ClassVar[str] = "Price habit"
    family: Literal["price_habit"] = "price_habit"
    deviations: DeviationReference = DeviationReference()
    window: Window = 365
    minimum: int = Field(default=5, ge=2)
    prior_weight: float = Field(default=10.0, gt=0)
    parts: tuple[Part, ...] = Field(default=("mean", "spread", "low_share", "high_share"), min_length=1)

    def columns(self) -> tuple[str, ...]:
        """Those of the reference prices and of the keys."""
        keys = [name for key in self.deviations.keys for name in source_columns(key)]
        return tuple(dict.fromkeys([*self.deviations.reference.columns(), *keys]))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Only the keys whose columns are there."""
        keys = tuple(k for k in self.deviations.keys if all(name in columns for name in source_columns(k)))
        if not keys or not all(name in columns for name in self.deviations.reference.columns()):
            return None
        fewer = self.deviations.model_copy(update={"keys": keys})
        return self.model_copy(update={"deviations": fewer})

    def needs(self) -> ProfileNeeds:
        """The deviations, and the reference prices they are made of."""
        return ProfileNeeds(prices=(self.deviations.reference,), deviations=(self.deviations,))

    def features(self) -> tuple[Feature, ...]:
        """One per key and part."""
        return tuple(self._feature(key, part) for key in self.deviations.keys for part in self.parts)

    def _name(self, key: Key, part: str) -> str:
        return f"{key_name(key)}_{self.deviations.reference.measure}_{part}"

    def _feature(self, key: Key, part: Part) -> Feature:
        noun, tail, phrase = self._noun, window_words(self.window), key_phrase(key)
        low, high = np.exp(-self.deviations.border), np.exp(self.deviations.border)
        meaning, unit, sentence = {
            "mean": (
                f"mean logarithm of {noun} over the usual",
                "log",
                f"{noun} of {phrase} {tail} are on average {{{self._name(key, 'typical')}:share}} of the usual",
            ),
            "spread": (
                f"standard deviation of the logarithm of {noun} over the usual",
                "log",
                f"{noun} of {phrase} {tail} vary about the usual by a factor of {{{self._name(key, 'factor')}}}",
            ),
            "low_share": (
                f"smoothed share of {noun} of at most {low:.0%} of the usual",
                "share",
                f"{{{self._name(key, 'low_n')}}} of {{{self._name(key, 'n')}}} earlier {noun} of {phrase} {tail} are "
                f"at most {low:.0%} of the usual",
            ),
            "high_share": (
                f"smoothed share of {noun} of at least {high:.0%} of the usual",
                "share",
                f"{{{self._name(key, 'high_n')}}} of {{{self._name(key, 'n')}}} earlier {noun} of {phrase} {tail} are "
                f"at least {high:.0%} of the usual",
            ),
        }[part]
        return Feature(
            name=self._name(key, part),
            meaning=f"{capital(key_words(key))}: {meaning} {tail}".strip(),
            sentence=sentence,
            group=self._group(part),
            unit=unit,
            family=f"{noun} of {key_words(key)}",
        )

    @property
    def _noun(self) -> str:
        return _NOUNS[self.deviations.reference.measure]

    def _group(self, part: Part) -> Group:
        if "mass" in self.deviations.reference.measure or "gross" in self.deviations.reference.measure:
            return "quantity"
        return "over_invoicing" if part == "high_share" else "valuation"

    def compute(self, view: View) -> Computed:
        """See the class."""
        seen: DeviationsSeen = view.profile("deviations", self.deviations)
        usual = seen.of(())
        return {
            self._name(key, part): values
            for key in self.deviations.keys
            for part, values in self._measures(seen.of(key), usual).items()
            if part in self.parts
        }

    def _measures(self, seen: Seen, usual: Seen) -> dict[str, Numbers]:
        window = days_of(self.window)
        count = seen.total("count", window)
        mean, spread = _moments(seen, window, self.minimum)
        shares = {
            f"{side}_share": (
                seen.total(side, window)
                + self.prior_weight * ratio(usual.total(side, window), usual.total("count", window))
            )
            / (count + self.prior_weight)
            for side in ("low", "high")
        }
        return {"mean": mean, "spread": spread, **shares}

    def fact_names(self) -> tuple[str, ...]:
        """Counts on either side, the typical ratio, and the factor of the spread."""
        tails = ("n", "low_n", "high_n", "typical", "factor")
        return tuple(self._name(key, tail) for key in self.deviations.keys for tail in tails)

    def facts(self, view: View) -> Computed:
        """Counts on either side, the typical ratio, and the factor of the spread."""
        seen: DeviationsSeen = view.profile("deviations", self.deviations)
        facts: Computed = {}
        for key in self.deviations.keys:
            mine, window = seen.of(key), days_of(self.window)
            mean, spread = _moments(mine, window, self.minimum)
            for tail, amount in (("n", "count"), ("low_n", "low"), ("high_n", "high")):
                facts[self._name(key, tail)] = mine.total(amount, window).astype(np.float64)
            facts[self._name(key, "typical")] = np.exp(mean)
            facts[self._name(key, "factor")] = np.exp(spread)
        return facts


def _moments(seen: Seen, window: int | None, minimum: int) -> tuple[Numbers, Numbers]:
    """Mean and standard deviation in logarithms; NaN below *minimum*."""
    count = seen.total("count", window)
    n = np.where(count >= minimum, count, np.nan)
    mean = seen.total("steps", window) / n
    variance = np.maximum(seen.total("squares", window) / n - mean**2, 0.0)
    return mean / STEPS, np.sqrt(variance) / STEPS
