"""How the plots of this room look: canvas, colours, labels beside lines.

Colours are Okabe and Ito's, which colour-blind readers can tell apart; dashes tell them apart in grey. The
main ranking is drawn solid and heavier, the others step back.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from redlane.evaluation.truth import Floats
from redlane.io.files import atomic_path

MAIN, INK, QUIET = "#0072B2", "#2B2B2B", "#8A8A8A"
OTHERS = ("#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F", "#5D3A9B")
DASHES: tuple[Any, ...] = ((0, (5, 1.6)), (0, (1.2, 1.2)), (0, (6, 1.6, 1.2, 1.6)))

Figure = Any
"""A ``matplotlib.figure.Figure``; matplotlib is imported only when something is drawn."""


def save(figure: Figure, path: Path) -> Path:
    """Write *figure* as PNG or SVG, by the ending of *path*; the same figure gives the same bytes.

    Raises:
        RedlaneError: the folder cannot be written to.
    """
    import matplotlib

    kind = path.suffix.removeprefix(".") or "png"
    unsigned: dict[str, None] = {"Date": None} if kind == "svg" else {"Software": None}
    with atomic_path(path) as beside, matplotlib.rc_context({"svg.hashsalt": "redlane"}):
        figure.savefig(beside, format=kind, dpi=144, metadata=unsigned, facecolor="white")
    return path


def canvas(heights: Sequence[float] = (1,), size: tuple[float, float] = (8.0, 4.8)) -> tuple[Figure, Any]:
    """An empty figure of *size* inches without any window system, and its axes, one above the other."""
    from matplotlib.figure import Figure as Drawn

    figure: Any = Drawn(figsize=size, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.1)
    grid: Any = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)
    return figure, grid[:, 0]


def frame(axes: Any, *, title: str = "", x: str = "", y: str = "") -> None:
    """Title to the left (long ones in lines, with room for a remark under them), quiet axes, a light grid."""
    axes.set_title(title, loc="left", fontsize=12.5, color=INK, pad=22 if title else 0, wrap=True)
    axes.set_xlabel(x, fontsize=10.5, color=INK)
    axes.set_ylabel(y, fontsize=10.5, color=INK)
    axes.tick_params(labelsize=9.5, colors=INK, length=0, pad=7)
    axes.grid(color="#E6E6E6", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#B0B0B0")


def percent(axis: Any) -> None:
    """Tick labels of *axis* as per cent."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g} %"))


def line(number: int) -> dict[str, Any]:
    """Style of ranking *number*: 0 is the main one."""
    if number == 0:
        return {"color": MAIN, "linewidth": 2.8, "zorder": 5}
    colour = OTHERS[(number - 1) % len(OTHERS)]
    return {"color": colour, "linewidth": 1.5, "linestyle": DASHES[(number - 1) % len(DASHES)], "zorder": 3}


def label_ends(axes: Any, ends: Sequence[tuple[str, float, str]], gap: float) -> None:
    """Write each name beside the right end of its line; *ends* are (name, height, colour).

    Names closer together than *gap* (in data units) move apart, with a thin line to where they belong.
    """
    heights = np.array([height for _, height, _ in ends])
    right = axes.get_xlim()[1]
    bottom, top = axes.get_ylim()
    for (name, height, colour), place in zip(ends, apart(heights, gap, bottom, top), strict=True):
        axes.annotate(
            name,
            xy=(right, min(height, top)),
            xytext=(1.045, (place - bottom) / (top - bottom)),
            textcoords=axes.transAxes,
            color=colour,
            fontsize=9.5,
            va="center",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.7, "shrinkA": 1, "shrinkB": 1},
        )


def apart(heights: Floats, gap: float, bottom: float, top: float) -> Floats:
    """Places near *heights*, in the same order, at least *gap* apart and within bottom and top if they fit.

    >>> apart(np.array([0.5, 0.52, 0.1]), 0.1, 0.0, 1.0).round(2).tolist()
    [0.46, 0.56, 0.1]
    """
    order, steps = np.argsort(heights, kind="stable"), np.arange(len(heights))
    step = min(gap, (top - bottom) / max(len(heights) - 1, 1))
    # Without the steps the places must only ascend: midway between the two nearest ascending sequences.
    level = heights[order] - step * steps
    level = (np.maximum.accumulate(level) + np.minimum.accumulate(level[::-1])[::-1]) / 2
    places = np.clip(level, bottom, top - step * (len(heights) - 1)) + step * steps
    result = np.empty_like(places)
    result[order] = places
    return result


def remark(axes: Any, text: str) -> None:
    """A small line of text between title and plot."""
    axes.annotate(text, (0, 1), xycoords="axes fraction", xytext=(0, 7), textcoords="offset points", **note())


def note() -> dict[str, Any]:
    """Style of small remarks."""
    return {"fontsize": 9.5, "color": "#6A6A6A"}
