"""What trials are judged on: declarations as they were known on the eve of the test period, features computed once.

The test period is not masked but absent, and so is every outcome that became known in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.folds import Fold, FoldSettings
from redlane.declarations.periods import Mask, day_number, days
from redlane.evaluation.baselines import unseen_tuple
from redlane.features.catalogue import FeatureSettings
from redlane.io.files import canonical_json
from redlane.model.training_data import TrainingData
from redlane.model.weighting import Weighting
from redlane.pipeline import training_data
from redlane.profiles.build import Profiles, build
from redlane.profiles.needs import ProfileNeeds

_OUTCOMES = ("irregular", "recovered_revenue", "outcome_known_on")
_KEPT = 3
"""Feature tables kept at a time; a search over features makes many."""


def eve_of(frame: pd.DataFrame, border: date) -> pd.DataFrame:
    """*frame* as known on the eve of *border*: later declarations are absent, later outcomes empty.

    >>> day = pd.Timestamp("2024-03-01")
    >>> rows = pd.DataFrame({"registered_on": [day, day, day + pd.Timedelta(days=9)], "irregular": [1.0, 0.0, 1.0],
    ...                      "outcome_known_on": [day + pd.Timedelta(days=n) for n in (2, 8, 10)]})
    >>> eve_of(rows, date(2024, 3, 8))["irregular"].tolist()
    [1.0, nan]
    """
    known = frame[(days(frame["registered_on"]) < day_number(border))].reset_index(drop=True)
    late = days(known["outcome_known_on"]) >= day_number(border)
    return known.assign(**{name: known[name].mask(late) for name in _OUTCOMES if name in known})


@dataclass
class Ground:
    """Declarations as known on the eve of ``before``, with the reference tables; features are made on demand.

    ``feed`` gives the features that the declarations can feed, red flags in place.
    """

    frame: pd.DataFrame
    references: Mapping[str, pd.DataFrame]
    before: date
    feed: Callable[[FeatureSettings], FeatureSettings]
    _profiles: Profiles | None = None
    _made: dict[str, tuple[FeatureSettings, TrainingData]] = field(default_factory=dict)
    _unseen: dict[int, Mask] = field(default_factory=dict)

    @cached_property
    def labelled(self) -> Mask:
        """Rows with a known outcome."""
        return self.frame["irregular"].notna().to_numpy(np.bool_)

    def folds(self, settings: FoldSettings) -> list[Fold]:
        """The folds, with masks over the whole frame.

        Raises:
            RedlaneError: a fold lacks rows.
        """
        registered, known = days(self.frame["registered_on"]), days(self.frame["outcome_known_on"])
        return settings.make(registered, known, self.labelled, self.before)

    def data(self, features: FeatureSettings) -> tuple[FeatureSettings, TrainingData]:
        """The labelled rows with *features* (as far as they can be fed), in the order of the frame, unweighted."""
        name = canonical_json(features.plain())
        if name not in self._made:
            fed = self.feed(features)
            while len(self._made) >= _KEPT:
                self._made.pop(next(iter(self._made)))
            self._made[name] = fed, training_data(self.frame, self._knowing(fed.needs()), fed, self.labelled)
        return self._made[name]

    def weights(self, weighting: Weighting) -> npt.NDArray[np.float64] | None:
        """One weight per labelled row, or None."""
        weights = weighting.weights(self.frame)
        return None if weights is None else weights[self.labelled]

    def part(self, mask: Mask) -> Mask:
        """*mask* over the labelled rows only."""
        return mask[self.labelled]

    def declarations(self, mask: Mask) -> pd.DataFrame:
        """The rows of *mask*."""
        return self.frame[mask].reset_index(drop=True)

    def unseen(self, fold: Fold) -> Mask:
        """Which test rows of *fold* have a goods tuple that no declaration before its test window had."""
        if fold.number not in self._unseen:
            earlier = self.frame[days(self.frame["registered_on"]) < day_number(fold.test_from)]
            self._unseen[fold.number] = unseen_tuple(earlier, self.declarations(fold.test))
        return self._unseen[fold.number]

    def _knowing(self, needs: ProfileNeeds) -> Profiles:
        """Profiles that hold *needs*; they are built once, and again only where a search asks for more."""
        if self._profiles is None or needs.missing_from(self._profiles.needs):
            known = [] if self._profiles is None else [self._profiles.needs]
            needs = ProfileNeeds.union([*known, needs])
            self._profiles = build(self.frame, needs, references=self.references)
        return self._profiles
