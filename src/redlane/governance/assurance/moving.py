"""Tests of whether the facts named really move the score: taken away they lower it, put in they raise it."""

from collections.abc import Mapping

import numpy as np

from redlane.evaluation.bootstrap import interval
from redlane.evaluation.truth import Floats
from redlane.governance.assurance.curves import GLOBAL, LEAST, OWN, RANDOM
from redlane.governance.assurance.trial import Trial
from redlane.governance.check import Check, NotApplicableError, Verdict
from redlane.governance.finding import Outcome

FIRST = Check(
    "XA04",
    "Without its first reason the score falls",
    "The fact named first is set to missing in each row looked at; the mean fall of the margin is held "
    "against the fall when a fact drawn by lot is.",
    "Where a random fact does nearly as much, the first reason is not what the score rests on.",
    "Do not show reasons of this model; look at the deletion curves.",
    "The fact named first is one the score rests on.",
)


def first(trial: Trial) -> Verdict:
    """The fall by the first reason in units of that of a random fact."""
    own, lot = (trial.curves.deletion[name][:, 0] for name in (OWN, RANDOM))
    value, bound = _ratio(own.mean(), lot.mean()), trial.settings.deletion_ratio
    ends = interval(_ratios(trial.draws(own), trial.draws(lot))[:, None], trial.study.evaluation.confidence)
    sentence = (
        f"Without the fact named first the margin falls by {own.mean():.3f} on average, without one drawn by "
        f"lot by {lot.mean():.3f}: {_times(value)}."
    )
    return Verdict(
        "passed" if value >= bound else "failed", sentence, value, float(ends[0][0]), float(ends[1][0]), bound
    )


DELETION = Check(
    "XA05",
    "Taken away in the row's own order, facts lower the score fastest",
    "Facts are set to missing one after the other; the mean fall over the first steps (the area under the "
    "curve) in each row's own order is held against one order for all rows (by mean contribution), against "
    "lots, and against the least first.",
    "Where one list for all does as well, the reasons of a row say nothing about that row.",
    "Show the overall importance instead of reasons for each row, or simplify the model.",
    "The reasons belong to the row: no list that is the same for all rows would do as well.",
)


def deletion(trial: Trial) -> Verdict:
    """The area of the own order less that of the global one."""
    return _area(trial, trial.curves.deletion, "falls", "failed")


INSERTION = Check(
    "XA06",
    "Put in in the row's own order, facts raise the score fastest",
    "Facts are given to a row of missing values one after the other; the mean rise over the first steps in "
    "the row's own order is held against one order for all rows and against lots.",
    "Where one list for all does as well, the facts named are not enough to bring the score about.",
    "Read the reasons as what holds a score up, not as what alone would cause it.",
    "The facts named bring the score about.",
)


def insertion(trial: Trial) -> Verdict:
    """The same for facts put in; worse than the global order is a warning, for facts work together."""
    return _area(trial, trial.curves.insertion, "rises", "warning")


CORRELATION = Check(
    "XA07",
    "Contributions are as large as the falls they stand for",
    "Over the rows looked at, the contribution of the fact named first is correlated with the fall of the "
    "margin without it. It fails where the interval of the correlation holds 0, and is looked at below a bound.",
    "A low correlation means that sizes of contributions cannot be compared between declarations.",
    "Show the order of the reasons only, without bars or numbers.",
    "A larger bar in the waterfall stands for a larger part of the score.",
)


def correlation(trial: Trial) -> Verdict:
    """Pearson's correlation of first contributions and falls."""
    named, fall = trial.facts.sums.max(axis=1), trial.curves.deletion[OWN][:, 0]
    if min(named.std(), fall.std()) == 0:
        raise NotApplicableError("All first contributions, or all falls, are the same.")
    value, bound = float(np.corrcoef(named, fall)[0, 1]), trial.settings.correlation_warning
    low, high = (float(end[0]) for end in _interval_of_correlation(trial, named, fall))
    none = (low if np.isfinite(low) else value) <= 0
    outcome: Outcome = "failed" if none else "passed" if value >= bound else "warning"
    sentence = (
        f"The correlation of the first contribution with the fall is {value:.2f} ({low:.2f} to {high:.2f}) over "
        f"{len(fall):,} rows."
    )
    return Verdict(outcome, sentence, value, low, high, bound)


def _interval_of_correlation(trial: Trial, one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """From the moments of both in each resample of the weeks."""
    x, y, xy, xx, yy = (trial.draws(part) for part in (one, other, one * other, one * one, other * other))
    spread = np.sqrt(np.maximum(xx - x * x, 0) * np.maximum(yy - y * y, 0))
    drawn = np.divide(xy - x * y, spread, out=np.full(len(spread), np.nan), where=spread > 0)
    return interval(drawn[:, None], trial.study.evaluation.confidence)


def _area(trial: Trial, curves: Mapping[str, Floats], verb: str, worse: Outcome) -> Verdict:
    areas = {name: curve.mean(axis=1) for name, curve in curves.items()}
    apart = areas[OWN] - areas[GLOBAL]
    low, high = trial.interval(apart)
    steps = next(iter(curves.values())).shape[1]
    others = [("one order for all", GLOBAL), ("lots", RANDOM), ("the least first", LEAST)]
    words = ", ".join(f"{areas[name].mean():+.3f} by {said}" for said, name in others if name in areas)
    sentence = (
        f"Over {steps} steps the margin {verb} by {areas[OWN].mean():.3f} on average in the row's own order; "
        f"the change is {words}."
    )
    value = float(apart.mean())
    beaten = areas[OWN].mean() <= areas[RANDOM].mean()
    outcome: Outcome = "failed" if beaten else "passed" if value > 0 else worse
    return Verdict(outcome, sentence, value, low, high, 0.0)


def _ratio(own: float, lot: float) -> float:
    return float(own / lot) if lot > 0 else np.inf if own > 0 else 0.0


def _ratios(own: Floats, lot: Floats) -> Floats:
    """The ratio in each resample; none where lots do not lower the margin."""
    return np.where(lot > 0, own / np.where(lot > 0, lot, 1.0), np.nan)


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times as much" if np.isfinite(ratio) else "facts drawn by lot do not lower it at all"
