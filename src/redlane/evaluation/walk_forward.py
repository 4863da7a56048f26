"""Walk forward: train, leave a gap for outcomes not yet known, test, and again some weeks later.

One set of profiles serves every fold: a look-up sees nothing of a declaration's own day or later, so that building
profiles anew for each fold would give the same features.

Margins of two models are not on one scale. Results are pooled by each row's place within its own fold: inspecting 5 %
of the pool means inspecting 5 % of every fold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from redlane.declarations.folds import Fold
from redlane.errors import RedlaneError
from redlane.evaluation.comparison import MODEL, Comparison
from redlane.evaluation.evaluating import evaluate
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.splitting import Judge
from redlane.evaluation.truth import Floats, Truth
from redlane.pipeline import Recipe, fit
from redlane.progress import track


@dataclass(frozen=True)
class Walked:
    """One fold with the comparison on its test rows."""

    fold: Fold
    comparison: Comparison


def walk(judge: Judge, recipe: Recipe, folds: Sequence[Fold]) -> list[Walked]:
    """Fit and judge the *recipe* on every fold, earliest first.

    Raises:
        RedlaneError: a fold cannot be learnt from, or a feature reads a column or profile that is not there.
    """
    walked = []
    for fold in track(folds, "walking forward", len(folds)):
        model = fit(judge.declarations, judge.profiles, fold.split, recipe)
        walked.append(Walked(fold, judge.of(model, recipe.features, fold.split).comparison))
    return walked


def pooled(walked: Sequence[Walked], settings: EvaluationSettings) -> Comparison:
    """All test rows of all folds as one comparison, beside every baseline that each fold has.

    Raises:
        RedlaneError: there is no fold, or two folds test the same rows, which would count them twice.
    """
    if not walked:
        raise RedlaneError("there is no fold to pool")
    refuse_overlap([each.fold for each in walked])
    parts = [each.comparison for each in walked]
    shared = [name for name in parts[0].rankings if all(name in part.rankings for part in parts)]
    rankings = {name: np.concatenate([places(part.rankings[name]) for part in parts]) for name in shared}
    truth = joined([part.truth for part in parts])
    probability = np.concatenate([part.probability for part in parts])
    unseen = np.concatenate([part.unseen_rows for part in parts])
    whole = evaluate(rankings, truth, settings, probability=probability)
    apart = None
    if unseen.any() and not unseen.all():
        chosen = {name: values[unseen] for name, values in rankings.items()}
        apart = evaluate(chosen, truth.where(unseen), settings, probability=probability[unseen])
    return Comparison(whole, apart, rankings, probability, truth, unseen)


def places(scores: Floats) -> Floats:
    """Each score's place among all, from 0 to 1, the highest score 1; equal scores share theirs, NaN stays NaN.

    >>> places(np.array([-3.0, 0.5, 0.5, np.nan])).round(3).tolist()
    [0.333, 0.833, 0.833, nan]
    """
    return np.asarray(pd.Series(scores).rank(pct=True), np.float64)


def joined(truths: Sequence[Truth]) -> Truth:
    """One truth of all rows; what one fold does not know is not known of the whole."""

    def together(name: str) -> object:
        parts = [getattr(truth, name) for truth in truths]
        if any(part is None for part in parts):
            return None
        return any(parts) if isinstance(parts[0], bool) else np.concatenate(parts)

    values: Mapping[str, object] = {field.name: together(field.name) for field in fields(Truth)}
    return Truth(**values)  # type: ignore[arg-type]


def fold_table(walked: Sequence[Walked], rate: float) -> pd.DataFrame:
    """One line a fold and ranking: periods, rows, and measures with their intervals, inspecting the share *rate*."""
    lines = []
    for each in walked:
        measures = each.comparison.whole.measures
        kept = measures[(measures["rate"] == rate) | measures["rate"].isna()]
        facts: dict[str, Any] = {
            "fold": each.fold.number,
            "test_from": each.fold.test_from,
            "test_until": each.fold.test_until,
            **{f"{part}_rows": rows for part, rows in each.fold.rows.items()},
            "base_rate": each.comparison.whole.base_rate.value,
        }
        lines.append(kept[["ranking", "measure", "rate", "value", "low", "high"]].assign(**facts))
    table = pd.concat(lines, ignore_index=True)
    first = ["fold", "test_from", "test_until", "train_rows", "tune_rows", "test_rows", "base_rate"]
    return table[[*first, "ranking", "measure", "rate", "value", "low", "high"]]


def spread(walked: Sequence[Walked], measure: str, rate: float | None = None) -> tuple[float, float]:
    """The model's lowest and highest value of *measure* among the folds."""
    values = [each.comparison.whole.get(MODEL, measure, rate).value for each in walked]
    return min(values), max(values)


def refuse_overlap(folds: Sequence[Fold]) -> None:
    """Refuse folds that test the same row twice.

    Raises:
        RedlaneError: saying how many rows, and which setting to change.
    """
    times = np.sum([fold.test for fold in folds], axis=0)
    if (times > 1).any():
        raise RedlaneError(
            f"{int((times > 1).sum()):,} rows are tested in more than one fold and would count twice: let "
            f"folds.step_days be no shorter than folds.test_days"
        )
