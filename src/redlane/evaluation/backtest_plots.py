"""Two plots of a backtest: fold by fold beside the baselines, and the learning curves."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from redlane.evaluation.comparison import MODEL
from redlane.evaluation.drawing import INK, MAIN, Figure, canvas, frame, label_ends, line, remark
from redlane.evaluation.walk_forward import Walked

_MEASURE = "average_precision"


def folds_over_time(walked: Sequence[Walked]) -> Figure:
    """Average precision of the model and of every baseline in each fold; bars are the model's intervals."""
    figure, (axes,) = canvas()
    names = [
        name for name in walked[0].comparison.rankings if all(name in w.comparison.rankings for w in walked)
    ]
    place = np.arange(len(walked))
    ends = []
    for number, name in enumerate(names):
        found = [each.comparison.whole.get(name, _MEASURE) for each in walked]
        style = line(number)
        axes.plot(place, [each.value for each in found], marker="o", markersize=4, **style)
        if name == MODEL:
            axes.vlines(place, [f.low for f in found], [f.high for f in found], color=MAIN, linewidth=1.4)
        ends.append((name, found[-1].value, style["color"]))
    base = [each.comparison.whole.base_rate.value for each in walked]
    axes.plot(place, base, color=INK, linewidth=1, linestyle=":")
    axes.set_xticks(place, [f"{each.fold.test_from}\nto {each.fold.test_until}" for each in walked])
    axes.set_ylim(bottom=0)
    frame(axes, title="Average precision, fold by fold", x="test period")
    remark(axes, "Upright bars: the model's intervals. Dotted: the base rate")
    label_ends(axes, ends, 0.055 * axes.get_ylim()[1])
    return figure


def curves(table: pd.DataFrame) -> Figure:
    """Average precision over the length of history, and over the share of outcomes on record, with intervals."""
    from matplotlib.figure import Figure as Drawn

    shown = table[table["measure"] == _MEASURE]
    figure: Any = Drawn(figsize=(9.0, 3.8), layout="constrained")
    axes: Any = figure.subplots(1, 2, sharey=True)
    words = (
        ("history", "days of training rows", "History"),
        ("labels", "share of outcomes on record", "Outcomes"),
    )
    for panel, (curve, x, title) in zip(axes, words, strict=True):
        points = shown[shown["curve"] == curve].sort_values("at")
        panel.fill_between(points["at"], points["low"], points["high"], color=MAIN, alpha=0.14, linewidth=0)
        panel.plot(points["at"], points["value"], marker="o", markersize=5, color=MAIN, linewidth=2)
        for at, value, rows in points[["at", "value", "train_rows"]].to_numpy():
            panel.annotate(
                f"{int(rows):,}",
                (at, value),
                xytext=(0, 8),
                textcoords="offset points",
                fontsize=8,
                ha="center",
            )
        panel.set_ylim(bottom=0)
        frame(panel, title=title, x=x, y="average precision" if curve == "history" else "")
    remark(axes[0], "Shaded: intervals. Numbers: training rows of all folds")
    return figure
