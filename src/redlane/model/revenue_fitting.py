"""Fit the second head: how much is recovered when something is found. The same for every kind of model."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from redlane.model.growing import Grower, Table
from redlane.model.revenue import RevenueHead
from redlane.model.settings import RevenueSettings
from redlane.model.training_data import TrainingData

Floats = npt.NDArray[np.float64]


def fit_revenue(
    grower: Grower, training: TrainingData, tuning: TrainingData, settings: RevenueSettings
) -> RevenueHead | None:
    """The head, learnt from findings of *training* with a known amount; None where they are too few."""
    findings = _with_amount(training, settings)
    if findings is None or len(findings) < settings.min_findings:
        return None
    unit = float(_amounts(findings).mean())
    if unit <= 0:
        return None
    later = _with_amount(tuning, settings)
    enough = later is not None and len(later) >= max(settings.min_findings // 4, 1)
    parameters = {
        **settings.parameters(),
        "objective": settings.objective,
        "metric": settings.objective,
        "tweedie_variance_power": settings.tweedie_variance_power,
    }
    table = grower.table(findings, _amounts(findings) / unit)
    watch = grower.table(later, _amounts(later) / unit) if later is not None and enough else None
    head = RevenueHead(grower.grow(parameters, settings, table, watch), unit)
    return RevenueHead(head.trees, unit * _level(head, [table] if watch is None else [table, watch]))


def _level(head: RevenueHead, tables: Sequence[Table]) -> float:
    """What the head must be multiplied by to expect, over all findings, what was recovered.

    Boosting shrinks amounts towards their typical size and loses the balance between predicted and observed
    sums (Wüthrich, Buser: Data analytics for non-life insurance pricing, 2021); this puts it back.
    """
    sums = np.zeros(2)
    for table in tables:
        weight = np.ones(len(table.target)) if table.weight is None else table.weight
        sums += weight @ table.target, weight @ np.exp(head.trees.raw(table.columns))
    return float(sums[0] / sums[1])


def _with_amount(data: TrainingData, settings: RevenueSettings) -> TrainingData | None:
    """The rows where something was found and the amount is known; amounts below 0 (repayments) count as 0."""
    if data.revenue is None:
        return None
    least = 0.0 if settings.objective == "gamma" else -np.inf
    return data.take((data.irregular > 0) & np.isfinite(data.revenue) & (data.revenue > least))


def _amounts(findings: TrainingData) -> Floats:
    amounts = findings.revenue if findings.revenue is not None else np.zeros(len(findings))
    return np.maximum(amounts, 0.0)
