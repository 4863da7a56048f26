"""Pictures of analyses, in the style of :mod:`redlane.evaluation.drawing`: diverging bars, funnels, intervals.

What is too low and what is too high stand side by side on one scale: over-invoicing is as much a finding as
undervaluation.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from redlane.evaluation.drawing import INK, MAIN, QUIET, Figure, canvas, frame, remark
from redlane.words.numbers import decimals
from redlane.words.saying import Say

Floats = npt.NDArray[np.float64]

LOW, HIGH = MAIN, "#D55E00"
"""Colours of what is too low and too high: blue and vermilion, told apart by colour-blind readers too."""

ENGLISH = Say("en", "analysis", "plot")

_LONGEST = 46


def png(figure: Figure) -> bytes:
    """*figure* as a PNG; the same figure gives the same bytes."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=144, metadata={"Software": None}, facecolor="white")
    return buffer.getvalue()


def diverging(
    names: Sequence[str], low: Floats, high: Floats, *, sides: tuple[str, str], title: str, unit: str,
    say: Say = ENGLISH,
) -> Figure:  # fmt: skip
    """Bars to the left for *low* and to the right for *high* amounts (both non-negative), one row per name.

    Both sides have the same scale; the first name is at the top.
    """
    figure, (axes,) = canvas(size=(8.4, _height(len(names))))
    place = np.arange(len(names))[::-1]
    low, high = np.nan_to_num(low), np.nan_to_num(high)
    axes.barh(place, -low, color=LOW, height=0.72)
    axes.barh(place, high, color=HIGH, height=0.72)
    axes.axvline(0, color=INK, linewidth=0.9)
    widest = 1.08 * max(float(low.max(initial=0)), float(high.max(initial=0)), 1e-9)
    frame(axes, title=title, x=unit)
    axes.set(xlim=(-widest, widest), ylim=(-0.6, len(names) - 0.4))
    axes.set_yticks(place, [plain(name) for name in names])
    axes.grid(visible=False, axis="y")
    _amounts(axes.xaxis, say)
    for side, at, align, colour in ((sides[0], 0.25, "center", LOW), (sides[1], 0.75, "center", HIGH)):
        style: dict[str, Any] = {"ha": align, "color": colour, "fontsize": 10.5}
        axes.annotate(
            side, (at, 1), xycoords="axes fraction", xytext=(0, 7), textcoords="offset points", **style
        )
    return figure


def bars(names: Sequence[str], values: Floats, *, title: str, unit: str, say: Say = ENGLISH) -> Figure:
    """Bars to the right, the first name at the top."""
    figure, (axes,) = canvas(size=(8.4, _height(len(names))))
    place = np.arange(len(names))[::-1]
    axes.barh(place, np.nan_to_num(values), color=MAIN, height=0.72)
    frame(axes, title=title, x=unit)
    axes.set(ylim=(-0.6, len(names) - 0.4))
    axes.set_xlim(left=0)
    axes.set_yticks(place, [plain(name) for name in names])
    axes.grid(visible=False, axis="y")
    _amounts(axes.xaxis, say)
    return figure


def intervals(
    names: Sequence[str], values: Floats, low: Floats, high: Floats, *, base: float, title: str, unit: str,
    say: Say = ENGLISH,
) -> Figure:  # fmt: skip
    """A dot with its interval per name (shares), and an upright line at the *base* rate of all."""
    figure, (axes,) = canvas(size=(8.4, _height(len(names))))
    place = np.arange(len(names))[::-1]
    around = [np.nan_to_num(values - low), np.nan_to_num(high - values)]
    bar = {"fmt": "o", "color": MAIN, "markersize": 5.5, "elinewidth": 1.4}
    axes.errorbar(values, place, xerr=np.clip(around, 0, None), **bar)
    frame(axes, title=title, x=unit)
    if np.isfinite(base):
        axes.axvline(base, color=INK, linewidth=0.9, alpha=0.6)
        remark(axes, say.on("plot", "base", base=say.share(base)))
    axes.set(ylim=(-0.6, len(names) - 0.4))
    axes.set_xlim(left=0)
    axes.set_yticks(place, [plain(name) for name in names])
    axes.grid(visible=False, axis="y")
    _ticks(axes.xaxis, lambda value: decimals(f"{100 * value:g} %", say.language))
    return figure


def funnel(
    n: Floats, deviation: Floats, found: npt.NDArray[np.bool_], floor: float, say: Say = ENGLISH
) -> Figure:
    """Deviation of digits against the number of amounts, with what chance alone gives; *found* ones stand out.

    *floor* is the deviation to be expected of one amount: it falls with the root of their number.
    """
    figure, (axes,) = canvas(size=(8.4, 4.8))
    grid = np.geomspace(0.9 * n.min(), 1.15 * n.max(), 200)
    axes.plot(grid, floor / np.sqrt(grid), color=INK, linewidth=1.2)
    axes.plot(n[~found], deviation[~found], "o", color=QUIET, markersize=4.5, alpha=0.7, markeredgewidth=0)
    axes.plot(n[found], deviation[found], "D", color=HIGH, markersize=5.5, markeredgewidth=0)
    title, x, y = (say.on("plot", key) for key in ("funnel", "tested", "deviation"))
    frame(axes, title=title, x=x, y=y)
    remark(axes, say.on("plot", "chance", q=say.fixed(0.05, 2)))
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    _amounts(axes.xaxis, say)
    _ticks(axes.yaxis, lambda value: decimals(f"{value:g}", say.language))
    axes.xaxis.set_minor_formatter("")
    return figure


def plain(name: str) -> str:
    """A name for a plot: cut when long, and never taken for mathematical notation.

    >>> plain("A" * 60)[-3:], plain("cost $5$")
    ('AA…', 'cost \\\\$5\\\\$')
    """
    printable = "".join(character if character.isprintable() else " " for character in str(name))
    short = printable if len(printable) <= _LONGEST else printable[: _LONGEST - 1] + "…"
    return short.replace("$", r"\$")


def _height(rows: int) -> float:
    return 1.5 + 0.3 * max(rows, 3)


def _amounts(axis: Any, say: Say) -> None:
    """Tick labels as amounts without their sign: to the left is not negative, it is too low."""
    _ticks(axis, lambda value: say.amount(abs(value)))


def _ticks(axis: Any, told: Callable[[float], str]) -> None:
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: told(value)))
