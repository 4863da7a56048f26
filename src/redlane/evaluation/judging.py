"""Measure one ranking: as it is, on every resample of weeks, and with its ties at their best and worst."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from redlane.evaluation.bootstrap import draw_blocks, interval, mean_draws
from redlane.evaluation.calibration import (
    brier,
    calibration_error,
    calibration_error_draws,
    quantile_bins,
    require_probability,
)
from redlane.evaluation.measures import (
    CORRECTED,
    MONEY,
    Place,
    Ranked,
    Tally,
    measure,
    places,
    revenue_ceilings,
)
from redlane.evaluation.order import Order, extreme_order, inspection_order
from redlane.evaluation.result import Measured
from redlane.evaluation.selective import inverse
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.truth import Floats, Truth, blocks


@dataclass(frozen=True)
class Judged:
    """One ranking: its order, what each number means, the numbers, their draws and their luck with ties."""

    order: Order
    places: list[Place]
    value: Floats
    draws: Floats
    best: Floats
    worst: Floats


class Judge:
    """What all rankings share: blocks, draws, the oracle of revenue, the planted schemes."""

    def __init__(self, truth: Truth, settings: EvaluationSettings) -> None:
        self.truth, self.settings, self.cuts = truth, settings, settings.cuts
        self.block, starts = blocks(truth.registered_day, settings.block)
        self.drawn = draw_blocks(len(starts), settings.bootstrap_repeats, settings.seed)
        self.revenue, self.inverse = truth.paid(), inverse(truth.propensity)
        self.typologies, self.members = _typologies(truth)
        self.ceiling, self.ceilings = self._oracle()

    def judge(self, score: Floats) -> Judged:
        """Measure one ranking as it is, on every draw of weeks, and with its ties at their best and worst."""
        order = inspection_order(score, self.truth.tie)
        ranked, block = self._ranked(order), self.block[order.rows]
        draws = [
            measure(ranked, weeks[block], self.cuts, ceiling)
            for weeks, ceiling in zip(self.drawn, self.ceilings, strict=True)
        ]
        value = measure(ranked, np.ones(len(score)), self.cuts, self.ceiling)
        listed = places(ranked, self.cuts)
        best, worst = (self._extreme(score, listed, best=best) for best in (True, False))
        return Judged(order, listed, value, np.array(draws).reshape(len(draws), len(listed)), best, worst)

    def calibration(self, main: str, probability: Floats) -> pd.DataFrame:
        """Brier score and calibration error of the main ranking's probability, with intervals."""
        require_probability(probability)
        bins, gap = self.settings.calibration_bins, probability - self.truth.irregular
        error_draws = calibration_error_draws(gap, quantile_bins(probability, bins), self.block, self.drawn)
        found = {
            "brier": (brier(probability, self.truth.irregular), mean_draws(gap**2, self.block, self.drawn)),
            "calibration_error": (calibration_error(probability, self.truth.irregular, bins), error_draws),
        }
        rows = [
            {"ranking": main, "measure": name, **measured(value, draws, self.settings)._asdict()}
            for name, (value, draws) in found.items()
        ]
        return pd.DataFrame(rows).assign(
            rate=np.nan, best_ties=np.nan, worst_ties=np.nan, cut="", k=len(probability)
        )

    def _ranked(self, order: Order) -> Ranked:
        rows = order.rows
        return Ranked(
            order=order,
            irregular=Tally(self.truth.irregular[rows]),
            revenue=None if self.revenue is None else Tally(self.revenue[rows]),
            inverse_propensity=None if self.inverse is None else self.inverse[rows],
            kinds=tuple(Tally(member[rows]) for member in self.members),
        )

    def _oracle(self) -> tuple[Floats | None, Sequence[Floats | None]]:
        if self.revenue is None:
            return None, [None] * len(self.drawn)
        rows = np.argsort(-self.revenue, kind="stable")
        revenue, block = Tally(self.revenue[rows]), self.block[rows]
        whole = revenue_ceilings(revenue, np.ones(len(rows)), self.cuts)
        return whole, [revenue_ceilings(revenue, weeks[block], self.cuts) for weeks in self.drawn]

    def _extreme(self, score: Floats, listed: list[Place], *, best: bool) -> Floats:
        ones = np.ones(len(score))
        by_finding = self._ranked(extreme_order(score, self.truth.irregular, best=best))
        value = measure(by_finding, ones, self.cuts, self.ceiling)
        if self.revenue is not None:
            by_money = self._ranked(extreme_order(score, self.revenue, best=best))
            money = np.array([place.measure in MONEY for place in listed])
            value[money] = measure(by_money, ones, self.cuts, self.ceiling)[money]
        value[[place.measure in CORRECTED for place in listed]] = np.nan
        return value


def _typologies(truth: Truth) -> tuple[list[str], list[Floats]]:
    if truth.typology is None:
        return [], []
    known = pd.Series(truth.typology)
    names = sorted(str(name) for name in known.dropna().unique())
    return names, [np.asarray((known == name).fillna(False), dtype=np.float64) for name in names]


def measured(value: float, draws: Floats, settings: EvaluationSettings) -> Measured:
    """*value* with the interval of its *draws*."""
    low, high = interval(draws[:, None], settings.confidence)
    return Measured(value, float(low[0]), float(high[0]))
