"""Pace: whether a party suddenly declares more, or wakes after a silence."""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from redlane.errors import RedlaneError
from redlane.features.family import Computed, Family
from redlane.features.parties import capital, group_of
from redlane.features.spec import Feature
from redlane.features.view import Numbers, View
from redlane.profiles.keys import Key, check_key, key_name, key_phrase, key_words, source_columns
from redlane.profiles.ledger import Seen
from redlane.profiles.needs import ProfileNeeds

_AMOUNT = {"count": "count", "value": "value_cents"}
_UNITS = {"count": "declarations", "value": "customs value"}


class Pace(Family):
    """Recent activity against the same party's usual pace, and bursts after a silence.

    * pace over w days: ln((r + a) / (e + a)). r is what the key declared in the w days before, e what it declared
      per w days in the rest of the ``usual`` window (from its first day on), and a one usual declaration, so that
      nobody's second declaration is a spike. Missing without any declaration before the w days.
    * burst after silence: declarations of the last ``burst`` days where there were none in the ``silence`` days
      before those, though some earlier; 0 where there was no such silence, missing without anything earlier.

    Red flags: volume spike, bursts of short-lived firms.
    """

    title: ClassVar[str] = "Pace"
    family: Literal["pace"] = "pace"
    keys: tuple[Key, ...] = Field(min_length=1)
    windows: tuple[int, ...] = (7, 30)
    measures: tuple[Literal["count", "value"], ...] = ("count",)
    usual: int = Field(default=365, ge=2)
    burst: int = Field(default=7, ge=1)
    silence: int | None = Field(default=60, ge=1)

    @field_validator("keys")
    @classmethod
    def _known(cls, keys: tuple[Key, ...]) -> tuple[Key, ...]:
        for key in keys:
            check_key(key, "pace")
        return keys

    @model_validator(mode="after")
    def _windows_inside(self) -> "Pace":
        if any(not 0 < window < self.usual for window in self.windows):
            raise RedlaneError(
                f"pace: every window must be shorter than the usual {self.usual} days, and positive"
            )
        return self

    def columns(self) -> tuple[str, ...]:
        """The columns of all keys; values come with them where asked for."""
        value = ["customs_value"] if "value" in self.measures else []
        return tuple(dict.fromkeys([*(n for key in self.keys for n in source_columns(key)), *value]))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Only the keys whose columns are there; no values where they are not declared."""
        kept = tuple(key for key in self.keys if all(name in columns for name in source_columns(key)))
        held = tuple(m for m in self.measures if m == "count" or "customs_value" in columns)
        return self.model_copy(update={"keys": kept, "measures": held}) if kept and held else None

    def needs(self) -> ProfileNeeds:
        """Activity of each key."""
        return ProfileNeeds(activity=self.keys)

    def features(self) -> tuple[Feature, ...]:
        """For each key the paces, then the burst."""
        return tuple(feature for key in self.keys for feature in self._of_key(key))

    def _of_key(self, key: Key) -> list[Feature]:
        paces = [self._pace_feature(key, m, w) for m in self.measures for w in self.windows]
        return [*paces, self._burst_feature(key)] if self.silence else paces

    def _pace_feature(self, key: Key, measure: str, window: int) -> Feature:
        stem = _stem(key, measure, window)
        days = "on the day before" if window == 1 else f"in the {window} days before"
        return Feature(
            name=stem,
            meaning=f"{capital(key_words(key))}: {_UNITS[measure]} {days} against the usual pace (logarithm of the "
            f"ratio)",
            sentence=f"{key_phrase(key)}: {_UNITS[measure]} {days}: {{{stem}_recent}}; usual in as many days: "
            f"{{{stem}_usual}}",
            group=group_of(key),
            unit="log",
            family="pace",
        )

    def _burst_feature(self, key: Key) -> Feature:
        return Feature(
            name=f"{key_name(key)}_burst_{self.burst}d",
            meaning=f"{capital(key_words(key))}: declarations in the {self.burst} days before, after {self.silence} "
            f"days without any; 0 where there was no such silence",
            sentence=f"{key_phrase(key)} was silent for {self.silence} days and then made {{value}} declarations in "
            f"{self.burst} days",
            sentence_zero=f"{key_phrase(key)} was not silent for {self.silence} days before the past {self.burst}",
            group=group_of(key),
            unit="declarations",
            family="pace",
        )

    def compute(self, view: View) -> Computed:
        """See :meth:`features`."""
        computed: Computed = {}
        for key in self.keys:
            for measure in self.measures:
                for window in self.windows:
                    computed[_stem(key, measure, window)] = self._pace(view, key, measure, window)[0]
            if self.silence:
                computed[f"{key_name(key)}_burst_{self.burst}d"] = self._burst(
                    view.activity(key), self.silence
                )
        return computed

    def _pace(self, view: View, key: Key, measure: str, window: int) -> tuple[Numbers, Numbers, Numbers]:
        """The logarithm, what is recent and what is usual in as many days."""
        seen = view.activity(key)
        recent = seen.total(_AMOUNT[measure], window).astype(np.float64)
        rest = seen.total(_AMOUNT[measure], self.usual) - recent
        count = seen.total("count", self.usual) - seen.total("count", window)
        days = np.minimum(view.days - seen.first_day(), self.usual) - window
        usable = (count > 0) & (days > 0) & (rest > 0) & (recent >= 0)
        usual = np.divide(rest * float(window), days, out=np.full(len(days), np.nan), where=usable)
        one = np.divide(rest, count, out=np.full(len(days), np.nan), where=usable)
        scale = 1.0 if measure == "count" else 100.0
        return np.log((recent + one) / (usual + one)), recent / scale, usual / scale

    def _burst(self, seen: Seen, silence: int) -> Numbers:
        recent = seen.total("count", self.burst)
        lately, ever = seen.total("count", self.burst + silence), seen.total("count")
        return np.where(ever > recent, np.where(lately == recent, recent, 0.0), np.nan)

    def fact_names(self) -> tuple[str, ...]:
        """What is recent and what is usual."""
        stems = [_stem(key, m, w) for key in self.keys for m in self.measures for w in self.windows]
        return tuple(f"{stem}_{end}" for stem in stems for end in ("recent", "usual"))

    def facts(self, view: View) -> Computed:
        """What is recent and what is usual, in declarations or in the reference currency."""
        facts: Computed = {}
        for key in self.keys:
            for measure in self.measures:
                for window in self.windows:
                    stem = _stem(key, measure, window)
                    _, facts[f"{stem}_recent"], facts[f"{stem}_usual"] = self._pace(
                        view, key, measure, window
                    )
        return facts


def _stem(key: Key, measure: str, window: int) -> str:
    return f"{key_name(key)}_{'value_' if measure == 'value' else ''}pace_{window}d"
