"""A study: one training as checks see it, with every feature computed once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from redlane.declarations.periods import Mask, Split
from redlane.evaluation.comparison import Rows, truth_of
from redlane.evaluation.judging import Judge
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.truth import Floats, Truth
from redlane.features.spec import Feature
from redlane.governance.check import NotApplicableError
from redlane.model.fitting import fit_model
from redlane.model.model import Model
from redlane.model.settings import ModelSettings
from redlane.model.training_data import TrainingData
from redlane.pipeline import Recipe, labelled_data
from redlane.profiles.delivery import References


@dataclass(frozen=True)
class Study:
    """Declarations, their periods, the features of the labelled rows, the recipe, and the model if there is one.

    ``past`` are the rows of training and tuning together, in the order of *declarations*; ``test`` those of the test
    period. ``references`` are the tables the profiles were built from beside the declarations.
    """

    declarations: pd.DataFrame
    split: Split
    past: Rows
    test: Rows
    recipe: Recipe
    evaluation: EvaluationSettings
    model: Model | None = None
    references: References = field(default_factory=dict)
    proxy: bool = False

    @property
    def fitted(self) -> Model:
        """The model.

        Raises:
            NotApplicableError: nothing is trained yet.
        """
        if self.model is None:
            raise NotApplicableError("No model is trained yet.")
        return self.model

    @property
    def specs(self) -> tuple[Feature, ...]:
        """The features, in the model's order."""
        return self.recipe.features.features()

    @cached_property
    def margin(self) -> Floats:
        """The model's margin on the test rows.

        Raises:
            NotApplicableError: nothing is trained yet.
        """
        return self.fitted.margin(self.test.features)

    @cached_property
    def truth(self) -> Truth:
        """What the inspections of the test rows found."""
        return truth_of(self.test.declarations, self.proxy)

    @cached_property
    def judge(self) -> Judge:
        """Judges rankings of the test rows, all on the same draws of weeks."""
        return Judge(self.truth, self.evaluation)

    @cached_property
    def periods(self) -> tuple[TrainingData, TrainingData]:
        """The rows that were learnt from: training, and tuning."""
        known = self.split.train | self.split.tune
        weight = self.recipe.weighting.weights(self.declarations)
        past = labelled_data(
            self.past.declarations, self.past.features, None if weight is None else weight[known]
        )
        return past.take(self.split.train[known]), past.take(self.split.tune[known])

    def retrained(
        self,
        features: Sequence[Feature] | None = None,
        settings: ModelSettings | None = None,
        periods: tuple[TrainingData, TrainingData] | None = None,
    ) -> Model:
        """A model by the same recipe but for what is given; without a revenue head, which orders nothing here."""
        specs = self.specs if features is None else tuple(features)
        names = [spec.name for spec in specs]
        learnt = [replace(data, features=data.features[names]) for data in periods or self.periods]
        chosen = (settings or self.recipe.model).model_copy(update={"revenue": None})
        return fit_model(learnt[0], learnt[1], specs, chosen)


def weeks_of(rows: Rows) -> int:
    """How many calendar weeks the rows lie in."""
    days = rows.declarations["registered_on"].to_numpy("datetime64[D]").astype(np.int64)
    return len(np.unique((days + 3) // 7))


def share(mask: Mask) -> float:
    """The share of rows where *mask* holds; 0 without rows."""
    return float(mask.mean()) if len(mask) else 0.0
