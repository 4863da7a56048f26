"""Price mixtures: how sure it is, from a party's own earlier prices, that this one was lowered or raised."""

from collections.abc import Container
from typing import ClassVar, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field

from redlane.features.family import Computed, Family
from redlane.features.parties import Window, capital, days_of, window_words
from redlane.features.spec import Feature, Group
from redlane.features.view import Numbers, View
from redlane.profiles.keys import Key, key_name, key_phrase, key_words, source_columns
from redlane.profiles.mixture import EVIDENCE, Foretold, Verdict, judge
from redlane.profiles.mixture_kind import MixtureReference, MixturesSeen
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.prices import Measure

Part = Literal["low_odds", "high_odds", "low_rate", "high_rate"]
GAP = "gap"


class _Wording(NamedTuple):
    """One declared amount by another in words, and the groups of what is too low, and of what is too high."""

    one: str
    low: Group
    high: Group


_WORDING: dict[Measure, _Wording] = {
    "price_per_kg": _Wording("unit price per kg", "valuation", "over_invoicing"),
    "price_per_unit": _Wording("unit price per unit", "valuation", "over_invoicing"),
    "mass_per_unit": _Wording("mass per unit", "quantity", "quantity"),
    "net_to_gross": _Wording("net by gross mass", "quantity", "quantity"),
    "value": _Wording("customs value", "valuation", "over_invoicing"),
}

_MEANINGS: dict[Part, tuple[str, str]] = {
    "low_odds": ("log odds that this {one} is a lowered one and no honest one", "log odds"),
    "high_odds": ("log odds that this {one} is a raised one and no honest one", "log odds"),
    "low_rate": ("expected share of lowered {many}", "share"),
    "high_rate": ("expected share of raised {many}", "share"),
}


class PriceMixture(Family):
    """A price beside the party's own earlier ones: an honest level of each trade, and lowered or raised prices.

    Honest traders differ lastingly, trade by trade, and who lowers prices does so now and then, in all trades. What
    was declared before tells both apart (:mod:`redlane.profiles.mixture`):

    * log odds that this price was lowered, or raised, against being an honest one of this party;
    * the party's expected shares of lowered and of raised prices;
    * the gap of this price to the level of its trade, drawn towards the usual where little is known.

    Masses per unit and shares of net in gross mass are weighed in the same way. No outcome is needed.
    """

    title: ClassVar[str] = "Price mixture"
    family: Literal["price_mixture"] = "price_mixture"
    mixture: MixtureReference = MixtureReference()
    window: Window = 365
    parts: tuple[Part, ...] = Field(default=tuple(_MEANINGS), min_length=1)

    def columns(self) -> tuple[str, ...]:
        """Those of the expected prices, of the trade and of the keys."""
        return self.mixture.columns()

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Only the keys, and what prices are expected by, whose columns are there; nothing without either."""
        mixture = self.mixture
        keys = tuple(k for k in mixture.keys if all(name in columns for name in source_columns(k)))
        reference = mixture.reference.reduced_to(columns)
        if not keys or reference is None:
            return None
        smaller = mixture.model_copy(update={"keys": keys, "reference": reference})
        return self.model_copy(update={"mixture": smaller})

    def needs(self) -> ProfileNeeds:
        """The mixtures, and the expected prices they are made of."""
        return ProfileNeeds(expected=(self.mixture.reference,), mixtures=(self.mixture,))

    def features(self) -> tuple[Feature, ...]:
        """One per key and part, and the gap to the level of the trade."""
        parties = tuple(self._feature(key, part) for key in self.mixture.keys for part in self.parts)
        return (*parties, self._gap())

    def _name(self, key: Key, part: str) -> str:
        return f"{key_name(key)}_{self.mixture.reference.measure}_{part}"

    @property
    def _now(self) -> str:
        return f"{self.mixture.reference.measure}_of_usual"

    def _feature(self, key: Key, part: Part) -> Feature:
        wording, tail = _WORDING[self.mixture.reference.measure], window_words(self.window)
        many = self.mixture.reference.ratio.words
        meaning, unit = (text.format(one=wording.one, many=many) for text in _MEANINGS[part])
        side = part.split("_")[0]
        word = {"low": "lowered", "high": "raised"}[side]
        said = {name: self._name(key, name) for name in (f"{side}_part", "earlier")}
        return Feature(
            name=self._name(key, part),
            meaning=f"{capital(key_words(key))}: {meaning}, given earlier ones {tail}".strip(),
            sentence=f"this one is {{{self._now}:share}} of the usual; of {many} of {key_phrase(key)} {tail} "
            f"about {{{said[f'{side}_part']}:share}} look {word} ({{{said['earlier']}}} declarations)",
            group=wording.low if side == "low" else wording.high,
            unit=unit,
            family=f"own {many} of {key_words(key)}",
        )

    def _gap(self) -> Feature:
        wording, trade = _WORDING[self.mixture.reference.measure], self.mixture.trade
        many, tail = self.mixture.reference.ratio.words, window_words(self.mixture.reference.window_days)
        return Feature(
            name=self._name(trade, GAP),
            meaning=f"{capital(key_words(trade))}: logarithm of the {wording.one} over what is expected at its own "
            f"level, given earlier {many} {tail}",
            sentence=f"this one is {{{self._now}:share}} of the usual; {many} of {key_phrase(trade)} {tail} lie about "
            f"{{{self._name(trade, 'own')}:share}} of it ({{{self._name(trade, 'before')}}} declarations)",
            group=wording.low,
            unit="log",
            family=f"own {many} of {key_words(trade)}",
        )

    def compute(self, view: View) -> Computed:
        """NaN where the price or a reference for it is missing; without earlier declarations, what is usual."""
        away = self._deviation(view)
        foretold = self._foretold(view, away)
        computed: Computed = {}
        for key in self.mixture.keys:
            found = self._verdict(view, key, foretold, away)._asdict()
            computed |= {self._name(key, part): found[part] for part in self.parts}
        return {**computed, self._name(self.mixture.trade, GAP): away - foretold.level}

    def _deviation(self, view: View) -> Numbers:
        reference = self.mixture.reference
        usual: Numbers = view.profile("expected", reference)["expected"]
        return view.log_measure(reference.measure) - usual

    def _seen(self, view: View) -> MixturesSeen:
        seen: MixturesSeen = view.profile("mixtures", self.mixture)
        return seen

    def _foretold(self, view: View, away: Numbers) -> Foretold:
        return self.mixture.mixture.foretell(self._seen(view).trade(), away)

    def _verdict(self, view: View, key: Key, foretold: Foretold, away: Numbers) -> Verdict:
        party, window = self._seen(view).party(key), days_of(self.window)
        return judge(foretold, np.stack([party.total(name, window) for name in EVIDENCE]), away)

    def fact_names(self) -> tuple[str, ...]:
        """This price beside the usual; the level of its trade; what the parties' earlier prices look like."""
        parts = ("low_part", "high_part", "earlier")
        parties = [self._name(key, fact) for key in self.mixture.keys for fact in parts]
        return (self._now, *(self._name(self.mixture.trade, fact) for fact in ("own", "before")), *parties)

    def facts(self, view: View) -> Computed:
        """This price beside the usual; the level of its trade; what the parties' earlier prices look like."""
        away, trade = self._deviation(view), self.mixture.trade
        foretold = self._foretold(view, away)
        facts: Computed = {
            self._now: np.exp(away),
            self._name(trade, "own"): np.exp(foretold.level),
            self._name(trade, "before"): self._seen(view).trade().sum(axis=0).astype(np.float64),
        }
        for key in self.mixture.keys:
            verdict = self._verdict(view, key, foretold, away)
            earlier = self._seen(view).party(key).total("count", days_of(self.window))
            facts[self._name(key, "low_part")] = verdict.low_rate
            facts[self._name(key, "high_part")] = verdict.high_rate
            facts[self._name(key, "earlier")] = earlier.astype(np.float64)
        return facts
