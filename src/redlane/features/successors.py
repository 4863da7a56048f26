"""New importers that take up where a silent one left off: same seller, same declarant, same goods.

A phoenix is a firm that stops after a finding and goes on under a new id. Its owner changes the name and seldom the
business, so it is sought among young importers by what they share with importers lately fallen silent. Honest
businesses are renamed too: what inspections had found with the silent ones tells the two apart (RF17 of the red flags).
"""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

from redlane.features.family import Computed, Family
from redlane.features.parties import base_rate, capital
from redlane.features.spec import Feature
from redlane.features.view import Numbers, View
from redlane.profiles.keys import Key, key_name, key_phrase, key_words, source_columns
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.silences import Silence

IMPORTER: Key = ("importer_id",)
Mask = npt.NDArray[np.bool_]


class Successors(Family):
    """By each key of ``silence``: silent importers, what was found with them, and how closely this one follows.

    ``predecessors_n`` and ``predecessors_hit_rate`` speak of young importers only (first seen at most ``new_days``
    before, today included): an old firm succeeds nobody, so they are 0 and the prior for it. ``succession_gap`` is
    the importer's first day less the mean last day of the silent ones, negative where they overlapped.
    ``successor_risk`` is the highest predecessors' hit rate over all keys.
    """

    title: ClassVar[str] = "Successors"
    family: Literal["successors"] = "successors"
    silence: Silence = Silence()
    new_days: int = Field(default=180, ge=1)
    prior_weight: float = Field(default=5.0, gt=0)

    def columns(self) -> tuple[str, ...]:
        """The importer and the parts of the keys."""
        return self.silence.columns()

    def needs(self) -> ProfileNeeds:
        """Silent importers, when the importer was first seen, and the overall hit rate."""
        return ProfileNeeds(activity=(IMPORTER,), outcomes=((),), silences=(self.silence,))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Without the keys that *columns* lack."""
        keys = tuple(k for k in self.silence.keys if all(name in columns for name in source_columns(k)))
        if not keys or "importer_id" not in columns:
            return None
        if keys == self.silence.keys:
            return self
        return self.model_copy(update={"silence": self.silence.model_copy(update={"keys": keys})})

    def features(self) -> tuple[Feature, ...]:
        """Three by key, and the risk over all."""
        return (*(feature for key in self.silence.keys for feature in self._of(key)), self._risk())

    def _of(self, key: Key) -> tuple[Feature, ...]:
        name, words, phrase = key_name(key), key_words(key), key_phrase(key)
        young = f"an importer at most {self.new_days} days old"
        return (
            Feature(
                f"{name}_predecessors_n",
                f"{capital(words)}: other importers that fell silent lately, for {young}; else 0",
                f"{{{name}_silent}} other importers of {phrase} fell silent in the past "
                f"{self.silence.remembered_days} days",
                "identity",
                "importers",
                family="successors",
            ),
            Feature(
                f"{name}_predecessors_hit_rate",
                f"{capital(words)}: share of inspections of those silent importers that found an irregularity, "
                f"smoothed with weight {self.prior_weight:g}",
                f"this importer is new, and {{{name}_silent_hits}} of {{{name}_silent_inspected}} inspections of "
                f"importers of {phrase} that fell silent found an irregularity (all declarations: "
                "{base_rate:share})",
                "identity",
                "share",
                direction=1,
                family="successors",
            ),
            Feature(
                f"{name}_succession_gap",
                f"{capital(words)}: days from the mean last day of those silent importers to the first day of this one",
                f"this importer was first seen {{value}} days after importers of {phrase} were last seen",
                "identity",
                "days",
                family="successors",
            ),
        )

    def _risk(self) -> Feature:
        return Feature(
            "successor_risk",
            "Highest hit rate, over all keys, of silent importers that a new importer may succeed",
            "this importer is new and shares seller, declarant or goods with silent ones; with them the smoothed "
            "hit rate was {value:share} (all declarations: {base_rate:share})",
            "identity",
            "share",
            direction=1,
            family="successors",
            sentence_zero="no finding is known of the importers this one may succeed",
        )

    def compute(self, view: View) -> Computed:
        """NaN where a part of the key or the importer is missing; the gap also where nobody is silent."""
        young, first, prior = self._young(view), self._first(view), base_rate(view)
        found: Computed = {}
        rates = []
        for key in self.silence.keys:
            name, silent = key_name(key), self._silent(view, key)
            for values in silent.values():
                values[np.isnan(first)] = np.nan
            count, hits, inspected = (
                np.where(young | np.isnan(silent[a]), silent[a], 0.0) for a in ("silent", "hits", "inspected")
            )
            rates.append((hits + self.prior_weight * prior) / (inspected + self.prior_weight))
            found[f"{name}_predecessors_n"] = count
            found[f"{name}_predecessors_hit_rate"] = rates[-1]
            found[f"{name}_succession_gap"] = np.where(young, first - silent["last_day"], np.nan)
        found["successor_risk"] = np.fmax.reduce(rates)
        return found

    def _silent(self, view: View, key: Key) -> dict[str, Numbers]:
        silent: dict[str, Numbers] = view.profile("silences", self.silence).of(key)
        return silent

    def _first(self, view: View) -> Numbers:
        """The day the importer was first seen: today for one never seen before, NaN for one not stated."""
        seen = view.activity(IMPORTER)
        first = seen.first_day()
        return np.where(seen.keys == 0, np.nan, np.where(np.isnan(first), view.days, first))

    def _young(self, view: View) -> Mask:
        return np.asarray(view.days - self._first(view) <= self.new_days)

    def fact_names(self) -> tuple[str, ...]:
        """Silent importers, their inspections and findings, by key."""
        return tuple(f"{key_name(key)}_{fact}" for key in self.silence.keys for fact in _FACTS)

    def facts(self, view: View) -> Computed:
        """Silent importers, their inspections and findings, by key."""
        silent = {key: self._silent(view, key) for key in self.silence.keys}
        return {f"{key_name(key)}_{fact}": silent[key][a] for key in silent for fact, a in _FACTS.items()}


_FACTS = {"silent": "silent", "silent_inspected": "inspected", "silent_hits": "hits"}
