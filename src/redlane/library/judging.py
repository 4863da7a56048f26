"""How good a model is, beside what could be had for less, and whether another one differs from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from redlane.errors import RedlaneError
from redlane.evaluation import splitting
from redlane.evaluation.comparison import Comparison, truth_of
from redlane.evaluation.evaluating import evaluate as judge
from redlane.evaluation.settings import EvaluationSettings
from redlane.library.choosing import chosen
from redlane.library.data import Declarations, Declared, frame_of
from redlane.library.learning import Learned
from redlane.library.showing import Picture, page, table
from redlane.pipeline import Scores, score
from redlane.profiles.build import Profiles
from redlane.stages import flagging, learning

Evaluation = str | EvaluationSettings
"""A file of ``conf/evaluation``, or settings."""


@dataclass(frozen=True)
class Judgement:
    """A model judged on its test rows, beside the baselines, on all rows and on those whose goods are new.

    ``test`` are the rows judged, ``features`` and ``scores`` what the model saw and said of them.
    """

    learned: Learned
    comparison: Comparison
    test: pd.DataFrame
    features: pd.DataFrame
    scores: Scores

    @property
    def flags(self) -> pd.DataFrame:
        """Hit rates of the red flags with their intervals, one line a flag; empty where there are none."""
        return self.comparison.flags

    @property
    def numbers(self) -> dict[str, Any]:
        """Every measure with its interval: slice -> ranking -> measure -> [value, low, high]."""
        return learning.numbers(self.comparison)

    def table(self, rate: float = 0.05) -> pd.DataFrame:
        """One line a ranking, inspecting the share *rate* of all rows; intervals in brackets.

        Raises:
            RedlaneError: the evaluation was not asked for that rate.
        """
        return self.comparison.whole.table(rate)

    def gain_curve(self, capacity: float | None = 0.05) -> Picture:
        """What is found as ever more is inspected; the upright line is the *capacity*."""
        from redlane.evaluation.plots import gain_curve

        return Picture(gain_curve(self.comparison.rankings, self.comparison.truth, capacity=capacity))

    def __repr__(self) -> str:
        found = self.comparison.whole.get("redlane", "average_precision")
        return f"Judgement(average precision {found.value:.3f}, {found.low:.3f} to {found.high:.3f})"

    def _repr_html_(self) -> str:
        """The tables and cautions that the stage *evaluate* shows."""
        told = [*learning.tables(self.comparison), *flagging.flag_tables(self.comparison.flags)]
        shown = [table(each.frame, each.title, each.note) for each in told]
        return page(repr(self.learned), shown, learning.cautions("", self.comparison))


def evaluate(
    learned: Learned, declarations: Declared, profiles: Profiles, evaluation: Evaluation = "default"
) -> Judgement:
    """Judge *learned* on the test rows of its own split.

    Raises:
        RedlaneError: a column or a profile that a feature or a baseline reads is not there.
    """
    stand = splitting.Judge(
        frame_of(declarations), profiles, chosen("evaluation", evaluation), _proxy(declarations)
    )
    found = stand.of(learned.model, learned.features, learned.split)
    flags = flagging.judged_flags(
        stand.declarations, learned.split.test, found.test, profiles, learned.features, stand.settings
    )
    comparison = replace(found.comparison, flags=flags)
    return Judgement(learned, comparison, found.test.declarations, found.test.features, found.scores)


def compare(
    models: Mapping[str, Learned],
    declarations: Declared,
    profiles: Profiles,
    evaluation: Evaluation = "default",
) -> pd.DataFrame:
    """The first of *models* minus each other, on the same test rows and the same draws of weeks.

    A line a model and measure: ``value`` with ``low`` and ``high``. An interval that holds 0 does not tell the two
    apart. Each model may read features of its own.

    Raises:
        RedlaneError: fewer than two models, or they were not to be tested on the same rows.
    """
    if len(models) < 2:
        raise RedlaneError(f"a comparison needs two models or more, not {len(models)}")
    tests = [learned.split.test for learned in models.values()]
    if any((test != tests[0]).any() for test in tests[1:]):
        raise RedlaneError("the models were split differently: fit them on one split to compare them")
    frame = frame_of(declarations)
    test = frame[tests[0]].reset_index(drop=True)
    rankings = {
        name: score(test, profiles, learned.features, learned.model).margin
        for name, learned in models.items()
    }
    judged = judge(rankings, truth_of(test, _proxy(declarations)), chosen("evaluation", evaluation))
    return judged.difference.rename(columns={"ranking": "model", "baseline": "minus"})


def _proxy(declarations: Declared) -> bool:
    return isinstance(declarations, Declarations) and declarations.format.revenue_proxy != "none"
