"""Novelty: what was never seen together before."""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import field_validator

from redlane.features.family import Computed, Family
from redlane.features.parties import group_of
from redlane.features.spec import Feature
from redlane.features.view import View
from redlane.profiles.keys import Key, check_key, key_name, key_phrase, key_words, source_columns
from redlane.profiles.needs import ProfileNeeds


class Novelty(Family):
    """First time two (or more) things are seen together: this importer with this good, seller, route, broker."""

    title: ClassVar[str] = "Novelty"
    family: Literal["novelty"] = "novelty"
    keys: tuple[Key, ...]

    @field_validator("keys")
    @classmethod
    def _known(cls, keys: tuple[Key, ...]) -> tuple[Key, ...]:
        for key in keys:
            check_key(key, "novelty")
        return keys

    def columns(self) -> tuple[str, ...]:
        """The columns of all keys."""
        return tuple(dict.fromkeys(name for key in self.keys for name in source_columns(key)))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Only the keys whose columns are there."""
        kept = tuple(key for key in self.keys if all(name in columns for name in source_columns(key)))
        return self.model_copy(update={"keys": kept}) if kept else None

    def needs(self) -> ProfileNeeds:
        """Activity of each key."""
        return ProfileNeeds(activity=self.keys)

    def features(self) -> tuple[Feature, ...]:
        """One flag per key."""
        return tuple(
            Feature(
                name=f"{key_name(key)}_is_new",
                meaning=f"1 when {key_words(key)} was never seen before, else 0",
                sentence=f"{key_phrase(key)} was never seen before",
                sentence_zero=f"{key_phrase(key)} was seen before",
                group=group_of(key),
                unit="0 or 1",
                family="novelty",
            )
            for key in self.keys
        )

    def compute(self, view: View) -> Computed:
        """1 where the key has no earlier declaration; NaN where part of the key is missing."""
        return {f"{key_name(key)}_is_new": self._is_new(view, key) for key in self.keys}

    @staticmethod
    def _is_new(view: View, key: Key) -> npt.NDArray[np.float64]:
        seen = view.activity(key)
        return np.where(seen.keys == 0, np.nan, seen.total("count") == 0)
