"""A model judged where it was not fitted: the test rows of a split, beside every baseline."""

from dataclasses import dataclass

import pandas as pd

from redlane.declarations.periods import Mask, Split
from redlane.evaluation.comparison import Comparison, Rows, compare
from redlane.evaluation.settings import EvaluationSettings
from redlane.features.catalogue import FeatureSettings, build
from redlane.model.model import Model
from redlane.pipeline import Scores, score
from redlane.profiles.build import Profiles


@dataclass(frozen=True)
class Judged:
    """The test rows with their features, the model's scores of them, and the comparison, aligned.

    ``past`` are the rows learnt from, training and tuning together.
    """

    test: Rows
    scores: Scores
    comparison: Comparison
    past: Rows


@dataclass(frozen=True)
class Judge:
    """Declarations with outcomes, what was known of them, and how models are to be judged.

    ``proxy`` marks a revenue that is a stand-in computed from other columns.
    """

    declarations: pd.DataFrame
    profiles: Profiles
    settings: EvaluationSettings
    proxy: bool = False

    def of(self, model: Model, features: FeatureSettings, split: Split) -> Judged:
        """Judge *model*, fitted on the morning of ``split.test_from``, on the test rows of *split*.

        Raises:
            RedlaneError: a feature or a baseline reads a column or profile that is not there.
        """
        frame = self.declarations
        test = rows_of(frame, split.test, self.profiles, features)
        scores = score(test.declarations, self.profiles, features, model)
        past = rows_of(frame, split.train | split.tune, self.profiles, features)
        comparison = compare(
            past,
            test,
            scores,
            earlier=frame[frame["registered_on"] < str(split.test_from)],
            profiles=self.profiles,
            settings=self.settings,
            proxy=self.proxy,
        )
        return Judged(test, scores, comparison, past)


def rows_of(declarations: pd.DataFrame, mask: Mask, profiles: Profiles, features: FeatureSettings) -> Rows:
    """The rows of *mask* with their features."""
    chosen = declarations[mask].reset_index(drop=True)
    return Rows(chosen, build(chosen, profiles, features))
