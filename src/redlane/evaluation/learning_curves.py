"""Learning curves: what a longer history, or more outcomes, would bring, on the same test rows as the backtest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from redlane.declarations.folds import Fold
from redlane.declarations.identity import tie_hash
from redlane.declarations.periods import Mask, day_number, days
from redlane.evaluation.comparison import MODEL, truth_of
from redlane.evaluation.evaluating import evaluate
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.splitting import Judge
from redlane.evaluation.walk_forward import joined, places
from redlane.hashing import Hashes, combine, hash64
from redlane.pipeline import Recipe, fit, score
from redlane.profiles.build import Profiles, build
from redlane.profiles.delivery import References
from redlane.progress import track
from redlane.settings import Settings

Curve = Literal["history", "labels"]

LEAST = 50
"""A point with fewer training or tuning rows in any fold is left out."""


class CurveSettings(Settings):
    """Points of the learning curves. Each point costs one training a fold.

    >>> CurveSettings().label_shares
    (0.1, 0.25, 0.5, 1.0)
    """

    history_days: tuple[Annotated[int, Field(ge=1)], ...] = (90, 180, 365)
    """Days of training rows before the tuning rows; longer than the history there is: all of it."""
    label_shares: tuple[Annotated[float, Field(gt=0, le=1)], ...] = (0.1, 0.25, 0.5, 1.0)
    """Shares of the inspected rows whose outcome is on record; the others count as never inspected, in profiles too."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Which outcomes are on record; a smaller share is always part of a larger one."""


@dataclass(frozen=True)
class Ground:
    """What a curve is drawn on: who judges, the recipe, the folds, and reference tables for profiles built anew."""

    judge: Judge
    recipe: Recipe
    folds: Sequence[Fold]
    references: References


def learning_curves(ground: Ground, settings: CurveSettings) -> pd.DataFrame:
    """One line a point and measure: curve, at (days, or a share), train_rows over all folds, value, low, high.

    A point that leaves a fold with fewer than :data:`LEAST` training or tuning rows, or with one outcome only, is left
    out.

    Raises:
        RedlaneError: a column or a profile that a feature reads is not there.
    """
    points: list[tuple[Curve, float]] = [("history", each) for each in sorted(settings.history_days)]
    points += [("labels", each) for each in sorted(settings.label_shares)]
    lines: list[pd.DataFrame] = []
    for curve, at in track(points, "drawing learning curves", len(points)):
        lines.extend(_point(ground, settings, curve, at))
    columns = ["curve", "at", "train_rows", "measure", "rate", "value", "low", "high"]
    return pd.concat(lines, ignore_index=True)[columns] if lines else pd.DataFrame(columns=columns)


def kept_labels(ids: Hashes, share: float, seed: int) -> Mask:
    """Which rows keep their outcome: about *share* of them, the same rows whatever else there is.

    >>> ids = hash64([str(number) for number in range(1000)])
    >>> half, tenth = kept_labels(ids, 0.5, 0), kept_labels(ids, 0.1, 0)
    >>> bool((tenth & ~half).any()), bool(450 < half.sum() < 550)
    (False, True)
    """
    drawn = combine([np.maximum(ids, np.uint64(1)), np.full(len(ids), hash64([f"labels {seed}"])[0])])
    return np.asarray(drawn.astype(np.float64) / 2.0**64 < share) | (share >= 1)


def _point(ground: Ground, settings: CurveSettings, curve: Curve, at: float) -> Iterator[pd.DataFrame]:
    judge, frame = ground.judge, ground.judge.declarations
    kept = np.ones(len(frame), np.bool_)
    profiles = judge.profiles
    if curve == "labels" and at < 1:
        kept = kept_labels(tie_hash(frame), at, settings.seed)
        profiles = _with_labels(ground, kept)
    folds = [
        _shortened(frame, fold, int(at)) if curve == "history" else _thinned(fold, kept)
        for fold in ground.folds
    ]
    if not all(_learnable(frame, fold) for fold in folds):
        return
    rows = sum(fold.rows["train"] for fold in folds)
    yield _measured(ground, folds, profiles).assign(curve=curve, at=float(at), train_rows=rows)


def _learnable(frame: pd.DataFrame, fold: Fold) -> bool:
    """Whether training and tuning rows are a few, and of both outcomes."""
    irregular = frame["irregular"].to_numpy("float64")
    return all(
        mask.sum() >= LEAST and 0 < irregular[mask].sum() < mask.sum() for mask in (fold.train, fold.tune)
    )


def _measured(ground: Ground, folds: Sequence[Fold], profiles: Profiles) -> pd.DataFrame:
    judge, scores, truths = ground.judge, [], []
    for fold in folds:
        model = fit(judge.declarations, profiles, fold.split, ground.recipe)
        test = judge.declarations[fold.test].reset_index(drop=True)
        scores.append(places(score(test, profiles, ground.recipe.features, model).margin))
        truths.append(truth_of(test, judge.proxy))
    found = evaluate({MODEL: np.concatenate(scores)}, joined(truths), _plainly(judge.settings))
    return found.measures[["measure", "rate", "value", "low", "high"]]


def _with_labels(ground: Ground, kept: Mask) -> Profiles:
    """Profiles that know only the outcomes *kept*."""
    frame = ground.judge.declarations
    fewer = frame.assign(irregular=frame["irregular"].where(kept))
    return build(fewer, ground.judge.profiles.needs, references=ground.references)


def _shortened(frame: pd.DataFrame, fold: Fold, history: int) -> Fold:
    since = day_number(fold.tune_from) - history
    return replace(fold, train=fold.train & (days(frame["registered_on"]) >= since))


def _thinned(fold: Fold, kept: Mask) -> Fold:
    return replace(fold, train=fold.train & kept, tune=fold.tune & kept)


def _plainly(settings: EvaluationSettings) -> EvaluationSettings:
    return settings.model_copy(update={"subgroups": ()})
