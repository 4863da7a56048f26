"""A feature family: what it reads, what it computes, and the sentences an officer reads."""

from abc import ABC, abstractmethod
from collections.abc import Container
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from redlane.features.spec import Feature
from redlane.features.view import View
from redlane.profiles.needs import ProfileNeeds
from redlane.settings import Settings

Computed = dict[str, npt.NDArray[np.float64] | npt.NDArray[np.object_]]
"""Arrays by name, each with one entry per declaration."""


class Family(Settings, ABC):
    """Features of one kind. Its fields are the keys of its entry in ``conf/features/``.

    Nothing here is fitted: the same declarations and profiles give the same numbers in training and scoring.
    """

    title: ClassVar[str]
    """The family's name for people."""

    family: str

    @abstractmethod
    def features(self) -> tuple[Feature, ...]:
        """What it adds to the catalogue, in order."""

    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The declared columns it reads."""

    def optional_columns(self) -> tuple[str, ...]:
        """Declared columns it reads where the declarations have them, and does without elsewhere."""
        return ()

    @abstractmethod
    def compute(self, view: View) -> Computed:
        """One array per feature: float64 with NaN, or text with None for a category."""

    def needs(self) -> ProfileNeeds:
        """The profiles it reads; none by default."""
        return ProfileNeeds()

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """The part of it that declarations with only these *columns* can feed; None where nothing is left."""
        return self if all(name in columns for name in self.columns()) else None

    def facts(self, view: View) -> Computed:
        """The peer numbers its sentences name, by field name; computed for explained rows only."""
        return {}

    def fact_names(self) -> tuple[str, ...]:
        """The fields :meth:`facts` offers."""
        return ()
