"""The curves of an evaluation as plain numbers on a few hundred places: what a report draws without the rows."""

from collections.abc import Callable
from typing import Any

import numpy as np

from redlane.evaluation.bootstrap import draw_blocks, interval
from redlane.evaluation.calibration import reliability
from redlane.evaluation.comparison import BY_REVENUE, Comparison
from redlane.evaluation.order import inspection_order
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.shares import wilson_ends
from redlane.evaluation.truth import Booleans, Floats, Truth, blocks

SHARES = np.unique(np.concatenate([np.linspace(0, 0.1, 41), np.linspace(0, 1, 101)]).round(6))
"""Shares of the declarations inspected, closer together where capacities lie."""

FIRST = 20
"""Inspections from which on precision is drawn: before, it is all or nothing."""

_DIGITS = 5


def curves(comparison: Comparison, settings: EvaluationSettings) -> dict[str, Any]:
    """Gain, precision and recall, revenue, workload and reliability, all rows and (gain alone) the honest slice.

    ``shares`` are the places along the x axis of every curve but precision-recall. The main ranking has a band:
    the interval of each place by itself, from the resampled weeks.
    """
    truth, whole = comparison.truth, np.ones(len(comparison.truth), dtype=np.bool_)
    drawn = {
        "shares": SHARES.tolist(),
        "gain": _gains(comparison, truth.irregular, whole, settings),
        "precision_recall": {
            name: _precision_recall(score, truth) for name, score in comparison.rankings.items()
        },
        "reliability": _reliability(comparison.probability, truth.irregular, settings),
        "workload": _workload(comparison),
    }
    if (revenue := truth.paid()) is not None and revenue.sum() > 0:
        drawn["revenue"] = _gains(comparison, revenue, whole, settings)
    if comparison.unseen is not None:
        drawn["gain_unseen"] = _gains(comparison, truth.irregular, comparison.unseen_rows, settings)
    return drawn


def _gains(
    comparison: Comparison, amounts: Floats, rows: Booleans, settings: EvaluationSettings
) -> dict[str, Any]:
    """The share of *amounts* that each ranking takes at each place of :data:`SHARES`, and the main one's band."""
    truth, amounts = comparison.truth.where(rows), amounts[rows]
    orders = {
        name: inspection_order(score[rows], truth.tie).rows for name, score in comparison.rankings.items()
    }
    ones = np.ones(len(amounts))
    lines = {name: _short(_gain(ones, amounts[order])) for name, order in orders.items()}
    main = orders[comparison.whole.main]
    block, starts = blocks(truth.registered_day, settings.block)
    drawn = draw_blocks(len(starts), settings.bootstrap_repeats, settings.seed)
    draws = np.array([_gain(weeks[block[main]], amounts[main]) for weeks in drawn]).reshape(-1, len(SHARES))
    low, high = interval(draws, settings.confidence)
    return {"lines": lines, "low": _short(low), "high": _short(high)}


def _gain(weight: Floats, amounts: Floats) -> Floats:
    """The share of the amounts among the first so many weighted rows; NaN where there is nothing to find.

    >>> _gain(np.ones(4), np.array([1.0, 0.0, 1.0, 0.0]))[[0, -1]].tolist()
    [0.0, 1.0]
    """
    rows, taken = np.cumsum(weight), np.cumsum(weight * amounts)
    if not taken[-1]:
        return np.full(len(SHARES), np.nan)
    return np.asarray(
        np.interp(SHARES, np.append(0.0, rows) / rows[-1], np.append(0.0, taken) / taken[-1]),
        dtype=np.float64,
    )


def _precision_recall(score: Floats, truth: Truth) -> list[list[float | None]]:
    hits = np.cumsum(truth.irregular[inspection_order(score, truth.tie).rows])
    last = len(hits) - 1
    kept = np.unique(np.linspace(min(FIRST - 1, last), last, 150).astype(np.intp))
    return [_short(hits[kept] / (hits[-1] or np.nan)), _short(hits[kept] / (kept + 1))]


def _reliability(
    probability: Floats, irregular: Floats, settings: EvaluationSettings
) -> list[dict[str, Any]]:
    table = reliability(probability, irregular, settings.calibration_bins)
    low, high = wilson_ends(table["irregular"].to_numpy("float64"), table["rows"].to_numpy("float64"))
    rows = table.assign(low=low, high=high).to_dict("records")
    return [{str(key): round(float(value), _DIGITS) for key, value in row.items()} for row in rows]


def _workload(comparison: Comparison) -> dict[str, Any]:
    """What inspecting each share would have found beside what was expected, in amounts; ranked by the main ranking.

    ``findings`` and ``revenue`` are those of the labelled test rows, ``expected_findings`` and ``expected_revenue``
    the sums of what the model stated for them.
    """
    truth = comparison.truth
    order = inspection_order(comparison.rankings[comparison.whole.main], truth.tie).rows
    sums = _running(order)
    stated = comparison.rankings.get(BY_REVENUE)
    revenue = truth.paid()
    return {
        "rows": len(truth),
        "weeks": round((int(truth.registered_day.max()) - int(truth.registered_day.min()) + 1) / 7, 3),
        "findings": sums(truth.irregular),
        "expected_findings": sums(comparison.probability),
        "revenue": None if revenue is None else sums(revenue),
        "expected_revenue": None if stated is None else sums(np.nan_to_num(stated)),
        "revenue_is_proxy": truth.revenue_is_proxy,
    }


def _running(order: np.ndarray[Any, Any]) -> Callable[[Floats], list[float | None]]:
    places = SHARES * len(order)

    def sums(amounts: Floats) -> list[float | None]:
        running = np.append(0.0, np.cumsum(amounts[order]))
        return _short(np.interp(places, np.arange(len(running)), running), 7)

    return sums


def _short(values: Floats, digits: int = _DIGITS) -> list[float | None]:
    return [float(f"{value:.{digits}g}") if np.isfinite(value) else None for value in values.tolist()]
