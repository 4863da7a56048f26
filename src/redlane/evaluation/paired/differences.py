"""How much better one model is than another on the same rows, and whether that is more than luck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from redlane.errors import RedlaneError
from redlane.evaluation.bootstrap import draw_blocks, mean_draws
from redlane.evaluation.calibration import calibration_error_draws, quantile_bins, require_probability
from redlane.evaluation.order import Order, Positions, inspection_order
from redlane.evaluation.paired.intervals import Difference, coin_floor, paired
from redlane.evaluation.paired.resampling import Along, measures
from redlane.evaluation.paired.settings import ComparisonSettings
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.truth import Booleans, Floats, Truth, blocks, require_lengths

LOWER_IS_BETTER = ("brier", "calibration_error")

BETTER, WORSE, LUCK, SAME, TOO_FEW = "better", "worse", "luck", "same", "too_few"
"""What can be said of a difference: it is not distinguishable from *luck*, say."""

_Draws = Mapping[tuple[str, str], Floats]


@dataclass(frozen=True)
class Contender:
    """One model on the rows compared: its margin ranks them, its probability is judged for calibration."""

    name: str
    margin: Floats
    probability: Floats

    def where(self, rows: Booleans) -> "Contender":
        """The same on some of the rows."""
        return Contender(self.name, self.margin[rows], self.probability[rows])


@dataclass(frozen=True)
class Contest:
    """Models on the same rows.

    Attributes:
        values: one row per ranking (models, then baselines), measure and cut: ranking, measure, cut, value, low, high.
        differences: one row per model but the first, measure and cut: bundle, against (the first), measure, cut,
            value, low, high, detectable, verdict (a word of this module), decides.
        n: rows; base: share of them found irregular.
        weeks: blocks resampled.
        confidence: level of the intervals; *decisive* is that of the differences that decide, wider where several
            models are held against the first.
        selected: the rows each model would inspect at the capacity that decides, best first.
    """

    values: pd.DataFrame
    differences: pd.DataFrame
    n: int
    base: float
    weeks: int
    confidence: float
    decisive: float
    selected: Mapping[str, Positions]

    def deciding(self) -> pd.DataFrame:
        """The differences that decide, one row per model but the first."""
        return self.differences[self.differences["decides"]]


def contest(
    contenders: Sequence[Contender],
    truth: Truth,
    settings: EvaluationSettings,
    how: ComparisonSettings,
    beside: Mapping[str, Floats] | None = None,
) -> Contest:
    """Hold every model against the first, on the same resampled weeks; rankings *beside* are measured as well.

    One measure decides (``how.primary`` at ``how.rate``); where several models are held against the first, its
    intervals are widened (Bonferroni), so that with none of them better the chance of any false call stays what
    ``settings.confidence`` leaves. The other measures are shown at that confidence each and decide nothing.

    Raises:
        RedlaneError: there are fewer than two models, two have one name, lengths differ, or revenue decides and is
            not recorded.
    """
    _require(contenders, truth, how)
    court = _Court(truth, settings, how)
    orders = {each.name: inspection_order(each.margin, truth.tie) for each in contenders}
    found = {each.name: court.hear(orders[each.name], each.probability) for each in contenders}
    others = {name: court.hear(inspection_order(score, truth.tie)) for name, score in (beside or {}).items()}
    decisive = 1 - (1 - settings.confidence) / (len(contenders) - 1)
    first, *rest = found
    lines = [
        line
        for name in rest
        for line in court.differences(
            (name, orders[name], found[name]), (first, orders[first], found[first]), decisive
        )
    ]
    size = how.cut.size(len(truth))
    return Contest(
        values=pd.DataFrame([line for each in ({**found, **others}).items() for line in court.values(*each)]),
        differences=pd.DataFrame(lines),
        n=len(truth),
        base=float(truth.irregular.mean()),
        weeks=court.weeks,
        confidence=settings.confidence,
        decisive=decisive,
        selected={name: order.rows[:size] for name, order in orders.items()},
    )


class _Court:
    """What all models of a contest share: rows, weeks, draws (the first of them: every week once), capacities."""

    def __init__(self, truth: Truth, settings: EvaluationSettings, how: ComparisonSettings) -> None:
        self.truth, self.settings, self.how = truth, settings, how
        self.block, starts = blocks(truth.registered_day, settings.block)
        self.weeks = len(starts)
        drawn = draw_blocks(self.weeks, settings.bootstrap_repeats, settings.seed)
        self.drawn = np.vstack([np.ones(self.weeks), drawn])
        self.cuts = sorted({*settings.cuts, how.cut}, key=lambda cut: cut.share(len(truth)))
        self.paid = truth.paid()

    def hear(self, order: Order, probability: Floats | None = None) -> _Draws:
        """Every measure of one ranking on every draw."""
        found = measures(Along.of(order, self.block, self.truth.irregular, self.paid), self.drawn, self.cuts)
        if probability is None:
            return found
        gap = probability - self.truth.irregular
        bins = quantile_bins(probability, self.settings.calibration_bins)
        return {
            **found,
            ("brier", ""): mean_draws(gap**2, self.block, self.drawn),
            ("calibration_error", ""): calibration_error_draws(gap, bins, self.block, self.drawn),
        }

    def values(self, name: str, found: _Draws) -> list[dict[str, object]]:
        """The measures of one ranking with their intervals."""
        lines = []
        for (measure, cut), draws in found.items():
            seen = self._interval(draws, self.settings.confidence)
            low, high = np.clip([seen.low, seen.high], 0, 1).tolist()  # every measure is a share
            ends = {"value": seen.value, "low": low, "high": high}
            lines.append({"ranking": name, "measure": measure, "cut": cut, **ends})
        return lines

    def differences(
        self, one: tuple[str, Order, _Draws], first: tuple[str, Order, _Draws], decisive: float
    ) -> list[dict[str, object]]:
        """One model minus the first, in every measure."""
        lines: list[dict[str, object]] = []
        for (measure, cut), draws in one[2].items():
            decides = measure == self.how.primary and cut in ("", self.how.cut.label)
            apart = draws - first[2][measure, cut]
            floor = self._floor(measure, cut, one[1], first[1])
            seen = self._interval(apart, decisive if decides else self.settings.confidence, floor)
            names = {"bundle": one[0], "against": first[0], "measure": measure, "cut": cut}
            verdict = self._verdict(seen.sign, measure, apart)
            lines.append({**names, **vars(seen), "verdict": verdict, "decides": decides})
        return lines

    def _interval(self, draws: Floats, confidence: float, floor: float = 0.0) -> Difference:
        return paired(float(draws[0]), draws[1:], self.weeks, confidence, floor)

    def _floor(self, measure: str, label: str, one: Order, other: Order) -> float:
        """See :func:`coin_floor`; for measures at a cut only."""
        sizes = [cut.size(len(self.truth)) for cut in self.cuts if cut.label == label]
        if not sizes:
            return 0.0
        size = sizes[0]
        amounts = self.truth.irregular if measure != "revenue" or self.paid is None else self.paid
        total = size if measure == "precision" else float(amounts.sum())
        return coin_floor(one.rows[:size], other.rows[:size], amounts, total)

    def _verdict(self, sign: int, measure: str, apart: Floats) -> str:
        if not np.nan_to_num(apart).any():
            return SAME
        if self.weeks < self.how.least_blocks or len(apart) < 2:
            return TOO_FEW
        better = -sign if measure in LOWER_IS_BETTER else sign
        return {1: BETTER, 0: LUCK, -1: WORSE}[better]


def _require(contenders: Sequence[Contender], truth: Truth, how: ComparisonSettings) -> None:
    names = [each.name for each in contenders]
    if len(names) < 2:
        raise RedlaneError(f"a comparison needs at least two models, found {len(names)}")
    if len(set(names)) < len(names):
        raise RedlaneError(f"two models of a comparison have the same name: {', '.join(names)}")
    for each in contenders:
        require_lengths({each.name: each.margin}, len(truth))
        require_probability(each.probability)
    if how.primary == "revenue" and truth.revenue is None:
        raise RedlaneError(
            "revenue is to decide, but no recovered revenue is recorded; choose comparison.primary=precision"
        )
