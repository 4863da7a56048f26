"""Two pictures of a study: how the best grew trial by trial, and which keys mattered."""

from collections.abc import Mapping, Sequence

import numpy as np

from redlane.evaluation.drawing import INK, MAIN, OTHERS, QUIET, Figure, canvas, frame, remark
from redlane.tuning.study import Tried


def history(tried: Sequence[Tried], objective: str) -> Figure:
    """Worth of each trial, the best so far, and the untuned recipe as a level line."""
    figure, (axes,) = canvas()
    frame(axes, title="What each trial was worth", x="trial", y=objective)
    whole = [each for each in tried if each.worth is not None]
    ended = [each for each in tried if each.worth is None and each.folds]
    axes.scatter(
        [each.slot for each in ended], [np.mean(each.folds) for each in ended], s=18, color=QUIET, marker="x"
    )
    axes.scatter([each.slot for each in whole], [each.worth for each in whole], s=26, color=MAIN, zorder=4)
    best = np.fmax.accumulate([np.nan if each.worth is None else each.worth for each in tried])
    axes.step([each.slot for each in tried], best, where="post", color=MAIN, linewidth=1.8)
    start = tried[0].worth
    if start is not None:
        axes.axhline(start, color=OTHERS[0], linewidth=1.4, linestyle=(0, (5, 1.6)))
    axes.xaxis.get_major_locator().set_params(integer=True)
    remark(axes, "dots: mean over folds; crosses: ended early; line: best so far; dashes: the untuned recipe")
    return figure


def importance(shares: Mapping[str, float]) -> Figure:
    """Share of the spread between trials that each key explains."""
    ordered = sorted(shares.items(), key=lambda item: item[1])
    figure, (axes,) = canvas(size=(8.0, 1.6 + 0.36 * len(ordered)))
    frame(axes, title="Which keys mattered", x="share of the spread between trials")
    places = np.arange(len(ordered))
    axes.barh(places, [share for _, share in ordered], color=MAIN, height=0.62)
    axes.set_yticks(places, [key for key, _ in ordered], fontsize=9.5, color=INK)
    axes.grid(axis="y", visible=False)
    remark(axes, "fANOVA over the complete trials; within this space and these folds only")
    return figure
