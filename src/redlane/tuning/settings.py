"""How trials are judged and when they end early."""

from typing import Annotated, Literal

from pydantic import Field

from redlane.declarations.folds import Count, FoldSettings
from redlane.declarations.periods import Periods, Split
from redlane.evaluation.settings import Rate
from redlane.settings import Settings


class Objective(Settings):
    """What a trial's worth is: one measure of the ranking, on each fold's test rows; the mean over folds counts."""

    measure: Literal["average_precision", "precision", "recall", "revenue"] = "average_precision"
    """precision, recall and revenue are those at ``capacity``."""
    capacity: Rate = 0.05
    """Share of the declarations that is inspected."""
    rows: Literal["all", "unseen"] = "all"
    """unseen: only rows whose exact goods tuple no earlier declaration had, where repeats reward memory."""

    @property
    def label(self) -> str:
        """The objective in words.

        >>> Objective(measure="precision", rows="unseen").label
        'precision at 5 %, rows with an unseen goods tuple'
        """
        at = "" if self.measure == "average_precision" else f" at {self.capacity * 100:g} %"
        return f"{self.measure.replace('_', ' ')}{at}" + (
            "" if self.rows == "all" else ", rows with an unseen goods tuple"
        )


class Windows(Settings):
    """Where the folds lie; how long they burn in and tune is what the periods of the training say."""

    count: Count | None = 4
    """How many folds; null: as many as the history before the test period holds."""
    test_days: Count = 45
    step_days: Count | None = None
    """Days from one test window to the next; null: ``test_days``."""
    window: Literal["expanding", "sliding"] = "expanding"
    window_days: Count | None = None
    maturity_days: Annotated[int, Field(ge=0)] = 30
    """The gap before each test window and after the last; that of the periods where it is longer."""
    min_rows: Count = 100

    def settings(self, periods: Periods, split: Split) -> FoldSettings:
        """The folds that resemble the training of *periods*, which divides the data as *split* says."""
        before_test = (split.test_from - split.tune_from).days - periods.maturity_days
        return FoldSettings(
            count=self.count,
            test_days=self.test_days,
            step_days=self.step_days,
            tune_days=before_test if periods.tune_from else periods.tune_days,
            window=self.window,
            window_days=self.window_days,
            maturity_days=max(self.maturity_days, periods.maturity_days),
            burn_in_days=periods.burn_in_days,
            min_rows=self.min_rows,
        )


class Search(Settings):
    """How the space is searched: Optuna's TPE sampler, and a pruner over the folds."""

    pruner: Literal["median", "hyperband", "none"] = "median"
    """When a trial ends before its last fold: below the median of earlier ones, by Hyperband's brackets, never."""
    random_trials: Annotated[int, Field(ge=1)] = 10
    """Trials drawn at random before the sampler begins to learn, and before the median prunes."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 20240101
