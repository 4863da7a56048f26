"""Three pictures of an evaluation: what inspections gain, precision against recall, calibration.

Each function returns a matplotlib figure; :func:`redlane.evaluation.drawing.save` writes it as PNG or SVG.
"""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from redlane.evaluation.calibration import reliability
from redlane.evaluation.drawing import (
    INK,
    MAIN,
    QUIET,
    Figure,
    canvas,
    frame,
    label_ends,
    line,
    percent,
    remark,
)
from redlane.evaluation.order import Positions, inspection_order
from redlane.evaluation.shares import wilson_ends
from redlane.evaluation.truth import Floats, Truth

POINTS = 600
"""Points drawn per line: more cannot be told apart."""


def gain_curve(
    rankings: Mapping[str, Floats],
    truth: Truth,
    *,
    of: Literal["irregularities", "revenue"] = "irregularities",
    capacity: float | None = None,
    up_to: float = 0.3,
) -> Figure:
    """Share of all irregularities (or revenue) found, against the share of declarations inspected.

    The first ranking is the main one. *capacity*, a share, is marked with what the main ranking finds there.
    Shown are the first *up_to* (a share): no office inspects more, and further right all lines meet. The
    oracle, who knows the outcomes beforehand, is the upper limit.
    """
    revenue = truth.paid() if of == "revenue" else None
    amounts = truth.irregular if revenue is None else revenue
    right = min(1.0, max(up_to, 1.25 * (capacity or 0)))
    figure, (axes,) = canvas()
    ends = []
    for number, (name, score) in enumerate(rankings.items()):
        gain = _gain(amounts[inspection_order(score, truth.tie).rows])
        ends.append((name, _draw_gain(axes, gain, right, line(number)), line(number)["color"]))
    oracle = _gain(np.sort(amounts)[::-1])
    ends.append(("oracle", _draw_gain(axes, oracle, right, {"color": QUIET, "linewidth": 1.2}), "#6A6A6A"))
    what = _what(truth, revenue is not None)
    frame(axes, title=f"Share of {what} found", x="Share of declarations inspected")
    axes.set(xlim=(0, right), ylim=(0, 1.02))
    percent(axes.xaxis)
    percent(axes.yaxis)
    if capacity is not None:
        main, score = next(iter(rankings.items()))
        _mark_capacity(axes, capacity, _gain(amounts[inspection_order(score, truth.tie).rows]), main)
    label_ends(axes, ends, gap=0.052)
    return figure


def precision_recall(rankings: Mapping[str, Floats], truth: Truth) -> Figure:
    """Precision against recall as ever more declarations are inspected; the dotted line is the base rate.

    Names stand in order of average precision, which is the area under each line, and state it.
    """
    figure, (axes,) = canvas()
    ends = []
    for number, (name, score) in enumerate(rankings.items()):
        recall, precision, area = _recall_precision(score, truth)
        axes.plot(recall, precision, **line(number))
        ends.append((f"{name}  {area:.3f}", area, line(number)["color"]))
    base = float(truth.irregular.mean())
    axes.axhline(base, color=QUIET, linestyle=":", linewidth=1.2)
    frame(axes, title="Precision against recall", x="Recall", y="Precision")
    remark(axes, f"Beside each name: average precision. Dotted: the base rate, {100 * base:.1f} %")
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    percent(axes.xaxis)
    percent(axes.yaxis)
    _key(axes, ends)
    return figure


def calibration(probability: Floats, irregular: Floats, bins: int = 10) -> Figure:
    """Stated probability against the share found irregular, in bins of equal count.

    Bars are Wilson's 95 % intervals of each bin by itself. The lower panel counts the declarations that
    have each probability.
    """
    table = reliability(probability, irregular, bins)
    stated, found = (
        table["probability"].to_numpy(dtype=np.float64),
        table["irregular"].to_numpy(dtype=np.float64),
    )
    low, high = wilson(found, table["rows"].to_numpy(dtype=np.float64))
    top = min(1.0, 1.06 * max(float(probability.max()), float(high.max()), 0.02))
    figure, (axes, below) = canvas(heights=(3.4, 1), size=(6.2, 6.2))
    axes.plot([0, top], [0, top], color=QUIET, linestyle=":", linewidth=1.2)
    bars = {"fmt": "o", "color": MAIN, "markersize": 6, "elinewidth": 1.4, "capsize": 0, "clip_on": False}
    axes.errorbar(stated, found, yerr=[found - low, high - found], **bars)
    frame(axes, title="What was stated, and what was found", y="Share found irregular")
    remark(axes, "Dotted: as stated. Bars: 95 % interval of each bin of equally many declarations")
    axes.set(xlim=(0, top), ylim=(0, top))
    below.hist(probability, bins=np.linspace(0, top, 51).tolist(), color=MAIN, alpha=0.5)
    frame(below, x="Stated probability", y="Declarations")
    percent(axes.yaxis)
    percent(below.xaxis)
    return figure


def wilson(share: Floats, rows: Floats) -> tuple[Floats, Floats]:
    """Wilson's 95 % interval of a share of so many rows; see :func:`redlane.evaluation.shares.wilson_ends`."""
    return wilson_ends(share, rows)


def _what(truth: Truth, revenue: bool) -> str:
    if not revenue:
        return "irregularities"
    return "revenue (proxy)" if truth.revenue_is_proxy else "revenue"


def _gain(ordered: Floats) -> Floats:
    total = float(ordered.sum())
    return np.concatenate([[0.0], np.cumsum(ordered)]) / (total or 1.0)


def _draw_gain(axes: Any, gain: Floats, right: float, style: dict[str, Any]) -> float:
    share = np.linspace(0, 1, len(gain))
    grid = np.linspace(0, right, POINTS)
    heights = np.interp(grid, share, gain)
    axes.plot(grid, heights, **style)
    return float(heights[-1])


def _mark_capacity(axes: Any, capacity: float, gain: Floats, name: str) -> None:
    height = float(np.interp(capacity, np.linspace(0, 1, len(gain)), gain))
    axes.axvline(capacity, color=INK, linewidth=0.9, alpha=0.55, zorder=2)
    axes.plot([capacity], [height], "o", color=MAIN, markersize=6.5, zorder=6)
    remark(axes, f"At a capacity of {100 * capacity:g} % (upright line), {name} finds {100 * height:.0f} %")


def _recall_precision(score: Floats, truth: Truth) -> tuple[Floats, Floats, float]:
    hits = np.cumsum(truth.irregular[inspection_order(score, truth.tie).rows])
    precision, recall = hits / np.arange(1, len(hits) + 1), hits / (hits[-1] or 1.0)
    area = float(precision @ np.diff(recall, prepend=0.0))
    kept = _kept(recall)
    return recall[kept], precision[kept], area


def _kept(recall: Floats) -> Positions:
    # Precision of the first few rows is all or nothing: start where at least 20 were inspected.
    start = min(19, len(recall) - 1)
    return np.unique(np.linspace(start, len(recall) - 1, POINTS).astype(np.intp))


def _key(axes: Any, ends: list[tuple[str, float, str]]) -> None:
    for place, (name, _, colour) in enumerate(sorted(ends, key=lambda end: -end[1])):
        at = {"xycoords": "axes fraction", "va": "center", "annotation_clip": False}
        axes.annotate(name, (1.045, 0.97 - 0.058 * place), color=colour, fontsize=9.5, **at)
