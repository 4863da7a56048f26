"""A study's task: where the search begins, the folds, and what a trial's values are worth on them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from redlane.declarations.folds import Fold
from redlane.declarations.periods import Periods, Split
from redlane.tuning.applying import Basis, FeaturesOf, applied
from redlane.tuning.judging import Bench
from redlane.tuning.settings import Windows
from redlane.tuning.space import SearchSpace


@dataclass(frozen=True)
class Task:
    """What is tuned. ``split`` is that of the training the search begins with: its test period is never used."""

    bench: Bench
    basis: Basis
    space: SearchSpace
    windows: Windows
    split: Split
    features_of: FeaturesOf

    @cached_property
    def folds(self) -> list[Fold]:
        """The folds of the settings the search begins with; test windows are the same in every trial.

        Raises:
            RedlaneError: a fold lacks rows.
        """
        return self.folds_of(self.basis.periods)

    @cached_property
    def start(self) -> dict[str, Any]:
        """What the basis says for each key of the search, where it says one thing; checked.

        Raises:
            RedlaneError: a key of the search is no setting, or names a family that is not there.
        """
        found = {key: self.basis.value(key) for key in self.space.entries if key != "features"}
        start = {key: value for key, value in found.items() if value is not None}
        applied(self.basis, start, self.features_of)
        return start

    def folds_of(self, periods: Periods) -> list[Fold]:
        """The folds under *periods*."""
        return self.bench.ground.folds(self.windows.settings(periods, self.split))

    def changed(self, values: Mapping[str, Any]) -> Basis:
        """The settings that a trial's *values* mean."""
        return applied(self.basis, values, self.features_of)

    def judge(self, values: Mapping[str, Any]) -> Iterator[float]:
        """The worth of *values* on each fold in turn.

        Raises:
            RedlaneError: the settings are refused, or cannot be learnt with.
        """
        changed = self.changed(values)
        folds = self.folds_of(changed.periods)
        for fold, margin in zip(folds, self.bench.margins(changed, folds), strict=True):
            yield self.bench.worth(fold, margin)
