"""Charts as SVG text, drawn once in Python: they need no script, print as they are, and say in words what they show.

Colours are classes of the style sheet (a strict policy allows no style of an element's own); every text is escaped.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from redlane.io.containers import printable

Number = float | None

LEFT, RIGHT, TOP, BASE, WIDTH, HEIGHT = 46.0, 472.0, 10.0, 208.0, 494.0, 244.0
"""Edges of the plot and size of a chart, in its own units."""

CLASSES = 5
"""Classes of value of a swarm: lowest to highest."""


@dataclass(frozen=True)
class Axis:
    """From *low* to *high*; ticks are percentages, or plain numbers."""

    label: str
    high: float
    low: float = 0.0
    percent: bool = True
    point: str = "."


@dataclass(frozen=True)
class Line:
    """A named line; None in *y* breaks it. ``look`` numbers its colour and dashes: 0 is the one that matters."""

    name: str
    x: Sequence[Number]
    y: Sequence[Number]
    look: int = 0


@dataclass(frozen=True)
class Band:
    """An area between two lines over the same places."""

    x: Sequence[Number]
    low: Sequence[Number]
    high: Sequence[Number]


@dataclass(frozen=True)
class Dots:
    """Points with an upright interval each: (x, y, low, high)."""

    points: Sequence[tuple[float, float, float, float]]


def line_chart(
    words: tuple[str, str], axes: tuple[Axis, Axis], lines: Sequence[Line], *, band: Band | None = None,
    dots: Dots | None = None, mark: float | None = None,
) -> Markup:  # fmt: skip
    """A chart of lines; *words* are its title and what it shows; *mark* is an upright line at one place of x."""
    across, up = axes
    x, y = _scale(across, LEFT, RIGHT), _scale(up, BASE, TOP)
    parts = [*_frame(across, up)]
    if band is not None:
        parts.append(_area(band, x, y))
    if mark is not None:
        parts.append(f'<line class="capacity" x1="{x(mark):.1f}" x2="{x(mark):.1f}" y1="{TOP}" y2="{BASE}"/>')
    for line in reversed(lines):
        parts.append(
            f'<path class="line l{line.look}" d="{_path(line.x, line.y, x, y)}">{_title(line.name)}</path>'
        )
    parts += [_dot(point, x, y) for point in (dots.points if dots else ())]
    return _svg(words, (WIDTH, HEIGHT), parts)


def swarm(
    words: tuple[str, str], moved: Sequence[float], classes: Sequence[int], ends: tuple[float, float]
) -> Markup:
    """One row of a swarm: a point per declaration along what a feature added, coloured by class of value."""
    wide, high, step = 640.0, 30.0, 3.0
    x = _scale(Axis("", ends[1], ends[0]), 4.0, wide - 4.0)
    filled: dict[int, int] = {}
    drawn: dict[int, list[str]] = {}
    for value, one in sorted(zip(moved, classes, strict=True)):
        place = round(x(value) / step)
        number = filled[place] = filled.get(place, 0) + 1
        away = (number // 2) * step * (1 if number % 2 else -1)
        drawn.setdefault(one, []).append(
            f"M{place * step:.1f} {high / 2 + max(-high / 2 + 2, min(high / 2 - 2, away)):.1f}h0"
        )
    zero = f'<line class="axis" x1="{x(0):.1f}" x2="{x(0):.1f}" y1="0" y2="{high}"/>'
    points = [f'<path class="dot v{one}" d="{"".join(marks)}"/>' for one, marks in sorted(drawn.items())]
    return _svg(words, (wide, high), [zero, *points], "swarm")


def dependence(words: tuple[str, str], axes: tuple[Axis, Axis], shown: dict[str, Any]) -> Markup:
    """What one feature adds along its values: points of rows, the median and the middle half by class of value."""
    across, up = axes
    x, y = _scale(across, LEFT, RIGHT), _scale(up, BASE, TOP)
    along = [each["value"] for each in shown["line"]]
    band = Band(along, [each["low"] for each in shown["line"]], [each["high"] for each in shown["line"]])
    marks = "".join(f"M{x(value):.1f} {_inside(y(moved)):.1f}h0" for value, moved in shown["points"])
    middle = _path(along, [each["middle"] for each in shown["line"]], x, y)
    return _svg(
        words,
        (WIDTH, HEIGHT),
        [
            *_frame(across, up),
            f'<line class="zero" x1="{LEFT}" x2="{RIGHT}" y1="{y(0):.1f}" y2="{y(0):.1f}"/>',
            f'<path class="dot v9" d="{marks}"/>',
            _area(band, x, y),
            f'<path class="line l0" d="{middle}"/>',
        ],
    )


def label_chart(words: tuple[str, str], rows: Sequence[tuple[str, dict[str, Any]]], axis: Axis) -> Markup:
    """What each value of a category adds: median and middle half, one row per value."""
    line, left = 19.0, 150.0
    base = TOP + line * len(rows)
    x = _scale(axis, left, RIGHT)
    parts = [f'<line class="zero" x1="{x(0):.1f}" x2="{x(0):.1f}" y1="{TOP}" y2="{base}"/>']
    for place, (label, row) in enumerate(rows):
        at = TOP + line * (place + 0.5)
        shown = _cut(printable(label), 24)
        parts.append(
            f'<text class="tick" x="{left - 8}" y="{at + 4:.1f}" text-anchor="end">{escape(shown)}</text>'
        )
        parts.append(
            f'<line class="whisker" x1="{x(row["low"]):.1f}" x2="{x(row["high"]):.1f}" y1="{at:.1f}" y2="{at:.1f}"/>'
        )
        parts.append(f'<circle class="point" cx="{x(row["middle"]):.1f}" cy="{at:.1f}" r="3.4"/>')
    parts += _ticks_across(axis, base, left)
    return _svg(words, (WIDTH, base + 36), parts)


def month_chart(words: tuple[str, str], months: Sequence[dict[str, Any]]) -> Markup:
    """Declarations by month as bars, those with a known outcome darker."""
    tallest = max((row["declarations"] for row in months), default=1) or 1
    up = Axis("", float(tallest), percent=False)
    y = _scale(up, BASE, TOP)
    wide = (RIGHT - LEFT) / max(1, len(months))
    parts = [*_ticks_up(up)]
    every = max(1, -(-len(months) // 6))
    for place, row in enumerate(months):
        left = LEFT + place * wide
        for look, count in (("whole", row["declarations"]), ("labelled", row["labelled"])):
            top = y(count)
            parts.append(
                f'<rect class="{look}" x="{left + 1:.1f}" width="{max(0.5, wide - 2):.1f}" y="{top:.1f}" '
                f'height="{BASE - top:.1f}"/>'
            )
        if place % every == 0:
            parts.append(
                f'<text class="tick" x="{left + wide / 2:.1f}" y="{BASE + 15}" text-anchor="middle">'
                f"{escape(row['month'])}</text>"
            )
    return _svg(words, (WIDTH, BASE + 22), parts)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from *low* to *high*, at most *most* of them.

    >>> ticks(0, 1), ticks(-0.3, 0.8, 4), ticks(0, 7)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.0, 0.5], [0.0, 2.0, 4.0, 6.0])
    """
    if not high > low:
        return [low]
    rough = (high - low) / max(1, most - 1)
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(place * step, 12) + 0.0 for place in range(first, last + 1)]


def _scale(axis: Axis, start: float, end: float) -> Any:
    span = (axis.high - axis.low) or 1.0
    return lambda value: start + (end - start) * (value - axis.low) / span


def _inside(y: float) -> float:
    return max(TOP, min(BASE, y))


def _path(xs: Sequence[Number], ys: Sequence[Number], x: Any, y: Any) -> str:
    """Places outside the plot are left out; a missing one begins a new stroke."""
    strokes, pen = [], "M"
    for across, up in zip(xs, ys, strict=True):
        if across is None or up is None or x(across) > RIGHT + 0.5:
            pen = "M"
            continue
        strokes.append(f"{pen}{x(across):.1f} {_inside(y(up)):.1f}")
        pen = "L"
    return "".join(strokes)


def _area(band: Band, x: Any, y: Any) -> str:
    kept = [
        (a, low, high)
        for a, low, high in zip(band.x, band.low, band.high, strict=True)
        if a is not None and low is not None and high is not None and x(a) <= RIGHT + 0.5
    ]
    if not kept:
        return ""
    there = [f"{x(a):.1f} {_inside(y(high)):.1f}" for a, _, high in kept]
    back = [f"{x(a):.1f} {_inside(y(low)):.1f}" for a, low, _ in reversed(kept)]
    return f'<path class="band" d="M{"L".join([*there, *back])}Z"/>'


def _dot(point: tuple[float, float, float, float], x: Any, y: Any) -> str:
    across, up, low, high = point
    return (
        f'<line class="whisker" x1="{x(across):.1f}" x2="{x(across):.1f}" y1="{_inside(y(low)):.1f}" '
        f'y2="{_inside(y(high)):.1f}"/><circle class="point" cx="{x(across):.1f}" cy="{_inside(y(up)):.1f}" r="3.6"/>'
    )


def _frame(across: Axis, up: Axis) -> list[str]:
    return [*_ticks_up(up), *_ticks_across(across, BASE, LEFT)]


def _ticks_up(axis: Axis) -> list[str]:
    y = _scale(axis, BASE, TOP)
    parts = []
    for value in ticks(axis.low, axis.high, 6):
        at = y(value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(
            f'<text class="tick" x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{_tick(value, axis)}</text>'
        )
    return parts


def _ticks_across(axis: Axis, base: float, left: float) -> list[str]:
    x = _scale(axis, left, RIGHT)
    parts = [f'<line class="axis" x1="{left}" x2="{RIGHT}" y1="{base}" y2="{base}"/>']
    for value in ticks(axis.low, axis.high, 6):
        at = x(value)
        parts.append(
            f'<text class="tick" x="{at:.1f}" y="{base + 15}" text-anchor="middle">{_tick(value, axis)}</text>'
        )
    middle = (left + RIGHT) / 2
    label = (
        f'<text class="tick" x="{middle}" y="{base + 31}" text-anchor="middle">{escape(axis.label)}</text>'
    )
    return [*parts, label]


def _tick(value: float, axis: Axis) -> str:
    return _amount(value, axis.percent).replace("-", "−").replace(".", axis.point)


def _amount(value: float, percent: bool) -> str:
    if percent:
        return f"{value * 100:g} %"
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 10 * size or (abs(value) >= size and sign != "k"):
            return f"{value / size:g} {sign}"
    return f"{value:g}"


def _title(name: str) -> str:
    return f"<title>{escape(printable(name))}</title>"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _svg(
    words: tuple[str, str], size: tuple[float, float], parts: Iterable[str], look: str = "chart"
) -> Markup:
    title, told = (escape(printable(each)) for each in words)
    head = f'<svg class="{look}" viewBox="0 0 {size[0]:g} {size[1]:g}" role="img">'
    return Markup(f"{head}<title>{title}</title><desc>{told}</desc>{''.join(parts)}</svg>")  # noqa: S704 - escaped above
