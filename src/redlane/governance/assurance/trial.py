"""What every test of explanations reads: top-ranked test rows, what moved their scores, models trained again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from redlane.errors import RedlaneError
from redlane.evaluation.bootstrap import draw_blocks, interval, mean_draws
from redlane.evaluation.order import inspection_order
from redlane.evaluation.probe import shuffled_within_weeks
from redlane.evaluation.truth import Booleans, Floats, blocks
from redlane.explanations.without import without
from redlane.features.spec import Feature
from redlane.governance.assurance.curves import Curves, curves
from redlane.governance.assurance.facts import Facts, Places
from redlane.governance.check import NotApplicableError
from redlane.governance.settings import AssuranceSettings
from redlane.governance.study import Study
from redlane.model.model import Model
from redlane.model.training_data import TrainingData

CONSTANT = Feature("assurance_constant", "A constant, put in for a test", "{value}", "behaviour")
"""A feature without information: whatever it is given as a contribution is made up."""

PERMUTED_ROUNDS = 100
"""Most rounds of the model trained on labels dealt anew: it could grow for ever, learning luck by heart."""


@dataclass(frozen=True)
class Previous:
    """An earlier bundle: its name, its model and features, and how these are computed from declarations."""

    name: str
    model: Model
    specs: Sequence[Feature]
    compute: Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Trial:
    """A study with a model, the rows its explanations are tested on, and the previous bundle where there is one."""

    study: Study
    settings: AssuranceSettings
    previous: Previous | None = None
    no_previous: str = "No previous bundle was given."

    @cached_property
    def rows(self) -> Places:
        """The test rows looked at: a draw from the top-ranked ones, in the order of the file."""
        margin = self.study.margin
        top = inspection_order(margin, self.study.truth.tie).rows
        top = top[: max(1, round(self.settings.top_share * len(margin)))]
        chosen = self.rng(0).permutation(len(top))[: self.settings.rows]
        return np.sort(top[chosen])

    @cached_property
    def features(self) -> pd.DataFrame:
        """The features of the rows looked at."""
        return self.study.test.features.iloc[self.rows].reset_index(drop=True)

    @cached_property
    def margin(self) -> Floats:
        """The margins of the rows looked at."""
        return self.study.margin[self.rows]

    @cached_property
    def contributions(self) -> Floats:
        """What each feature adds to them, the base value last.

        Raises:
            NotApplicableError: a model of this kind has no contributions.
        """
        return contributions_of(self.study.fitted, self.features)

    @cached_property
    def facts(self) -> Facts:
        """The same by fact."""
        return Facts.of(self.contributions, self.study.specs)

    @cached_property
    def curves(self) -> Curves:
        """What the model says as facts are taken away, and put in.

        Raises:
            NotApplicableError: a model of this kind has no contributions.
        """
        model, specs = self.study.fitted, self.study.specs

        def ask(gone: Booleans) -> Floats:
            steps, rows, facts = gone.shape
            lines = np.tile(np.arange(rows), steps)
            return model.margin(without(self.features, specs, lines, gone.reshape(-1, facts))).reshape(
                steps, rows
            )

        return curves(ask, self.facts, self.settings, self.rng(1))

    @cached_property
    def reseeded(self) -> Model:
        """The same recipe with another seed, and with a constant put among the features."""
        self._require_retraining()
        chosen = self.study.recipe.model
        learnt = [_with_constant(data) for data in self.study.periods]
        other = chosen.model_copy(update={"seed": (chosen.seed + self.settings.seed) % 2**31})
        return self.study.retrained((*self.study.specs, CONSTANT), other, (learnt[0], learnt[1]))

    @cached_property
    def reseeded_contributions(self) -> Floats:
        """What each feature adds to the margins of that model, the constant before the base value."""
        return contributions_of(self.reseeded, with_constant(self.features))

    @cached_property
    def permuted(self) -> Model:
        """The same recipe on outcomes dealt anew within each week: what it learns is luck."""
        self._require_retraining()
        chosen = self.study.recipe.model
        most = min(getattr(chosen, "rounds", PERMUTED_ROUNDS), PERMUTED_ROUNDS)
        short = {"rounds": most, "early_stopping_rounds": 0, "refit": False}
        known = {key: value for key, value in short.items() if key in type(chosen).model_fields}
        first, second = (self._dealt(data, draw) for draw, data in enumerate(self.study.periods))
        return self.study.retrained(None, chosen.model_copy(update=known), (first, second))

    @cached_property
    def permuted_contributions(self) -> Floats:
        """What each feature adds to the margins of that model, the base value last."""
        return contributions_of(self.permuted, self.features)

    def _dealt(self, data: TrainingData, draw: int) -> TrainingData:
        """The rows with the outcomes, and what they brought, of others of their week."""
        day = np.zeros(len(data), np.int64) if data.day is None else data.day
        rows = shuffled_within_weeks(day, self.settings.seed + draw)
        revenue = None if data.revenue is None else data.revenue[rows]
        return replace(data, irregular=data.irregular[rows], revenue=revenue)

    def _require_retraining(self) -> None:
        if not self.settings.retrain:
            raise NotApplicableError("Nothing was trained again (governance.assurance.retrain).")

    def rng(self, draw: int) -> np.random.Generator:
        """A generator of its own for each use, numbered *draw*."""
        return np.random.Generator(np.random.PCG64([self.settings.seed, draw]))

    def interval(self, values: Floats) -> tuple[float, float]:
        """The interval of the mean of *values*, one per row looked at, weeks drawn with replacement."""
        low, high = interval(self.draws(values)[:, None], self.study.evaluation.confidence)
        return float(low[0]), float(high[0])

    def draws(self, values: Floats) -> Floats:
        """The mean of *values* in each resample of the weeks, the same resamples for all values."""
        how = self.study.evaluation
        block, starts = blocks(self.study.truth.registered_day[self.rows], how.block)
        return mean_draws(values, block, draw_blocks(len(starts), how.bootstrap_repeats, how.seed))


def contributions_of(model: Model, features: pd.DataFrame) -> Floats:
    """The model's contributions; sums that do not fit are the matter of a test of its own.

    Raises:
        NotApplicableError: a model of this kind has none, or they do not add up.
    """
    try:
        return model.contributions(features)
    except (NotImplementedError, RedlaneError) as reason:
        raise NotApplicableError(f"The model gives no contributions: {reason}.") from None


def with_constant(features: pd.DataFrame) -> pd.DataFrame:
    """The features and the constant."""
    constant = pd.Series(1.0, index=features.index, name=CONSTANT.name)
    return pd.concat([features, constant], axis=1)


def _with_constant(data: TrainingData) -> TrainingData:
    return replace(data, features=with_constant(data.features))
