"""Price mixtures: how sure it is, from a party's own earlier prices, that this one was lowered or raised."""

from collections.abc import Container
from typing import ClassVar, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field

from redlane.features.family import Computed, Family
from redlane.features.mixture import Shape, Verdict, mixture
from redlane.features.parties import Window, capital, days_of, window_words
from redlane.features.spec import Feature, Group
from redlane.features.view import Numbers, View
from redlane.profiles.deviations import DeviationReference, DeviationsSeen
from redlane.profiles.keys import Key, key_name, key_phrase, key_words, source_columns
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.prices import log_measure

Part = Literal["low_odds", "high_odds", "low_rate", "high_rate", "gap"]

_BORDERS = (-1.2, -0.85, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.85, 1.2)


class _Words(NamedTuple):
    meaning: str
    unit: str
    group: Group


_WORDS: dict[Part, _Words] = {
    "low_odds": _Words(
        "log odds that this price is a lowered one and no honest one", "log odds", "valuation"
    ),
    "high_odds": _Words(
        "log odds that this price is a raised one and no honest one", "log odds", "over_invoicing"
    ),
    "low_rate": _Words("expected share of lowered prices", "share", "valuation"),
    "high_rate": _Words("expected share of raised prices", "share", "over_invoicing"),
    "gap": _Words("logarithm of the price over what is expected at its own level", "log", "valuation"),
}


class PriceMixture(Family):
    """A price beside the party's own earlier ones: an honest level of its own, and lowered or raised prices.

    Honest traders differ lastingly, and who lowers prices does so now and then. The counts of a party's earlier
    deviations from the reference prices tell both apart (:mod:`redlane.features.mixture`):

    * log odds that this price was lowered, or raised, against being an honest one of this party;
    * the party's expected shares of lowered and of raised prices;
    * the gap of this price to the party's own level, drawn towards the usual where little is known.

    ``spread`` is how honest prices vary about a party's level, ``level_spread`` how levels vary, ``departure`` how far
    a lowered or raised price lies from the honest one on average; all are natural logarithms. No outcome is needed.
    """

    title: ClassVar[str] = "Price mixture"
    family: Literal["price_mixture"] = "price_mixture"
    deviations: DeviationReference = DeviationReference(borders=_BORDERS)
    window: Window = 365
    spread: float = Field(default=0.33, gt=0.02, le=2)
    level_spread: float = Field(default=0.25, gt=0.02, le=2)
    departure: float = Field(default=0.6, gt=0.05, le=3)
    parts: tuple[Part, ...] = Field(default=tuple(_WORDS), min_length=1)

    def columns(self) -> tuple[str, ...]:
        """Those of the reference prices and of the keys."""
        keys = [name for key in self.deviations.keys for name in source_columns(key)]
        return tuple(dict.fromkeys([*self.deviations.reference.columns(), *keys]))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Only the keys whose columns are there."""
        keys = tuple(k for k in self.deviations.keys if all(name in columns for name in source_columns(k)))
        if not keys or not all(name in columns for name in self.deviations.reference.columns()):
            return None
        return self.model_copy(update={"deviations": self.deviations.model_copy(update={"keys": keys})})

    def needs(self) -> ProfileNeeds:
        """The counts of deviations, and the reference prices they are made of."""
        return ProfileNeeds(prices=(self.deviations.reference,), deviations=(self.deviations,))

    def features(self) -> tuple[Feature, ...]:
        """One per key and part."""
        return tuple(self._feature(key, part) for key in self.deviations.keys for part in self.parts)

    def _name(self, key: Key, part: str) -> str:
        return f"{key_name(key)}_{self.deviations.reference.measure}_{part}"

    def _feature(self, key: Key, part: Part) -> Feature:
        words, tail = _WORDS[part], window_words(self.window)
        noun = self.deviations.reference.ratio.words
        said = {name: self._name(key, name) for name in ("now", "own", "before")}
        return Feature(
            name=self._name(key, part),
            meaning=f"{capital(key_words(key))}: {words.meaning}, given earlier {noun} {tail}".strip(),
            sentence=f"this one is {{{said['now']}:share}} of the usual; {noun} of {key_phrase(key)} {tail} lie about "
            f"{{{said['own']}:share}} of it ({{{said['before']}}} declarations)",
            group=words.group,
            unit=words.unit,
            family=f"own {noun} of {key_words(key)}",
        )

    def compute(self, view: View) -> Computed:
        """NaN where the price or a reference for it is missing; without earlier declarations, what is usual."""
        away = self._deviation(view)
        computed: Computed = {}
        for key in self.deviations.keys:
            found = self._judged(view, key, away)
            made = {**found._asdict(), "gap": away - found.level}
            computed |= {self._name(key, part): made[part] for part in self.parts}
        return computed

    def _deviation(self, view: View) -> Numbers:
        reference = self.deviations.reference
        amounts = {name: view.column(name) for name in reference.ratio.columns()}
        first = next(iter(amounts.values())).to_frame()
        return log_measure(first.assign(**amounts), reference.measure) - view.prices(reference)["median"]

    def _judged(self, view: View, key: Key, away: Numbers) -> Verdict:
        seen: DeviationsSeen = view.profile("deviations", self.deviations)
        mine, window = seen.of(key), days_of(self.window)
        counts = np.stack([mine.total(name, window) for name in self.deviations.between()])
        shape = Shape(self.spread, self.level_spread, self.departure)
        return mixture(shape, self.deviations.borders).judge(counts, away)

    def fact_names(self) -> tuple[str, ...]:
        """This price and the party's level beside the usual, and how many declarations say so."""
        return tuple(
            self._name(key, fact) for key in self.deviations.keys for fact in ("now", "own", "before")
        )

    def facts(self, view: View) -> Computed:
        """This price and the party's level beside the usual, and how many declarations say so."""
        away, facts = self._deviation(view), {}
        seen: DeviationsSeen = view.profile("deviations", self.deviations)
        for key in self.deviations.keys:
            facts[self._name(key, "now")] = np.exp(away)
            facts[self._name(key, "own")] = np.exp(self._judged(view, key, away).level)
            before = seen.of(key).total("count", days_of(self.window))
            facts[self._name(key, "before")] = before.astype(np.float64)
        return facts
