"""The charts of a model report: which numbers go into which plot, and what each says in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from redlane.features.spec import Feature
from redlane.reports.charts import (
    Axis,
    Band,
    Dots,
    Line,
    dependence,
    label_chart,
    line_chart,
    month_chart,
    swarm,
)
from redlane.reports.document import percent, rounded, slug
from redlane.reports.model_tables import workload

Plain = Mapping[str, Any]
Words = Mapping[str, str]

_SHOWN = 0.5
"""Gain is drawn up to this share inspected: further right no office works."""


def charts(told: Mapping[str, Any], specs: Mapping[str, Feature], words: Words) -> dict[str, Any]:
    """Every chart that the documents allow, by name."""
    made: dict[str, Any] = {}
    if data := told["data"]:
        made["months"] = month_chart(_words(words, "months", n=len(data["months"])), data["months"])
    if evaluation := told["evaluation"]:
        made |= _evaluated(evaluation, told["explanations"], words)
    if explanations := told["explanations"]:
        made["swarms"] = _swarms(explanations, specs, words)
        made["dependences"] = [
            (one["feature"], _dependence(one, specs[one["feature"]], words))
            for one in explanations["dependences"]
        ]
    return made


def ranking_name(name: str, words: Words) -> str:
    """A ranking in the language of the report; those of one's own keep their name.

    >>> ranking_name("value rank", {"ranking.value_rank": "the dearest first"})
    'the dearest first'
    """
    return words.get(f"ranking.{slug(name)}", name)


def _axis(words: Words, label: str, high: float, low: float = 0.0, percent: bool = True) -> Axis:
    return Axis(label, high, low, percent, words["ui.point"])


def _pointed(number: str, words: Words) -> str:
    return number.replace(".", words["ui.point"])


def _words(words: Words, key: str, **values: object) -> tuple[str, str]:
    return words[f"chart.{key}"], words[f"chart.{key}_told"].format(**values)


def _evaluated(evaluation: Plain, explanations: Plain | None, words: Words) -> dict[str, Any]:
    curves, whole = evaluation["curves"], evaluation["slices"]["whole"]
    looks = {name: look for look, name in enumerate(curves["gain"]["lines"])}
    made: dict[str, Any] = {
        "legend": [(ranking_name(name, words), look % 8) for name, look in looks.items()],
        "gain": _gain(curves, "gain", looks, words),
        "precision_recall": _precision_recall(curves, looks, whole, words),
        "reliability": _reliability(curves["reliability"], words),
        "reliability_rows": curves["reliability"],
        "weeks": _weeks(whole, words),
    }
    for name in ("revenue", "gain_unseen"):
        made[name] = _gain(curves, name, looks, words) if name in curves else None
    return made | _workload(workload(curves, evaluation["hours"], explanations), words)


def _gain(curves: Plain, which: str, looks: Mapping[str, int], words: Words) -> Markup:
    drawn, shares = curves[which], curves["shares"]
    lines = [
        Line(ranking_name(name, words), shares, values, looks[name] % 8)
        for name, values in drawn["lines"].items()
    ]
    at = _at(shares, 0.05)
    first = lines[0]
    told = _words(
        words, which, ranking=first.name, share=_pointed(percent(first.y[at] or 0), words), rate="5 %"
    )
    axes = _axis(words, words["chart.inspected"], _SHOWN), _axis(words, "", 1.0)
    return line_chart(told, axes, lines, band=Band(shares, drawn["low"], drawn["high"]), mark=0.05)


def _at(shares: Sequence[float], rate: float) -> int:
    return min(range(len(shares)), key=lambda place: abs(shares[place] - rate))


def _precision_recall(curves: Plain, looks: Mapping[str, int], whole: Plain, words: Words) -> Markup:
    lines = [
        Line(ranking_name(name, words), recall, precision, looks[name] % 8)
        for name, (recall, precision) in curves["precision_recall"].items()
    ]
    told = _words(words, "precision_recall", base=_pointed(percent(whole["base_rate"]["value"]), words))
    return line_chart(told, (_axis(words, words["gauge.recall"], 1.0), _axis(words, "", 1.0)), lines)


def _reliability(rows: Sequence[Plain], words: Words) -> Markup:
    top = min(1.0, 1.08 * max([0.02, *(max(row["high"], row["probability"]) for row in rows)]))
    told = _words(words, "reliability", n=len(rows))
    same = Line(words["chart.as_stated"], [0, top], [0, top], 9)
    points = [(row["probability"], row["irregular"], row["low"], row["high"]) for row in rows]
    axes = _axis(words, words["chart.stated"], top), _axis(words, "", top)
    return line_chart(told, axes, [same], dots=Dots(points))


def _weeks(whole: Plain, words: Words) -> Markup | None:
    rates = sorted({row["rate"] for row in whole["per_week"]})
    if not rates:
        return None
    rate = 0.05 if 0.05 in rates else rates[-1]
    rows = [row for row in whole["per_week"] if row["rate"] == rate]
    place = list(range(1, len(rows) + 1))
    base = whole["base_rate"]["value"]
    found = [row["precision"] for row in rows]
    top = max([0.1, base, *(value for value in found if value is not None)])
    lines = [
        Line(words["gauge.precision"], place, found, 8),
        Line(words["chart.moving"], place, [row["precision_13"] for row in rows], 0),
        Line(words["gauge.base_rate"], [1, len(rows)], [base, base], 9),
    ]
    told = _words(words, "weeks", rate=_pointed(percent(rate), words), n=len(rows))
    axes = (
        _axis(words, words["chart.week"], max(2, len(rows)), 1, percent=False),
        _axis(words, "", min(1.0, 1.1 * top)),
    )
    return line_chart(told, axes, lines)


def _workload(work: Plain, words: Words) -> dict[str, Markup]:
    shares = [share for share in work["shares"] if share <= _SHOWN]
    n, weeks = len(shares), work["weeks"] or 1.0

    def a_week(name: str) -> list[float]:
        return [(value or 0.0) / weeks for value in work[name][:n]]

    made = {"hours": _amount_chart("hours", shares, {"line.hours": (work["hours"][:n], 0)}, words)}
    findings = {"line.found": (a_week("findings"), 0), "line.expected": (a_week("expected_findings"), 9)}
    made["findings"] = _amount_chart("findings", shares, findings, words)
    if work["revenue"] is not None:
        money = {"line.found": (a_week("revenue"), 0)}
        if work["expected_revenue"] is not None:
            money["line.expected"] = (a_week("expected_revenue"), 9)
        made["money"] = _amount_chart("money", shares, money, words)
    return made


def _amount_chart(
    key: str, shares: Sequence[float], lines: Mapping[str, tuple[Sequence[float], int]], words: Words
) -> Markup:
    top = max([1e-9, *(max(values) for values, _ in lines.values())])
    drawn = [Line(words[f"chart.{name}"], shares, values, look) for name, (values, look) in lines.items()]
    at = _at(shares, 0.05)
    told = _words(words, key, value=_pointed(rounded(drawn[0].y[at]), words), rate="5 %")
    axes = _axis(words, words["chart.inspected"], _SHOWN), _axis(words, "", 1.05 * top, percent=False)
    return line_chart(told, axes, drawn, mark=0.05)


def _swarms(explanations: Plain, specs: Mapping[str, Feature], words: Words) -> list[tuple[Plain, Markup]]:
    every = explanations["swarms"]
    reach = [value for one in every for value in one["moved"]]
    ends = (min([-0.1, *reach]), max([0.1, *reach]))
    return [
        (
            one,
            swarm(
                _words(
                    words,
                    "swarm",
                    feature=specs[one["feature"]].meaning,
                    low=_pointed(f"{one['low']:+.2f}", words),
                    high=_pointed(f"{one['high']:+.2f}", words),
                ),
                one["moved"],
                one["value_class"],
                ends,
            ),
        )
        for one in every
    ]


def _dependence(one: Plain, spec: Feature, words: Words) -> Markup:
    told = _words(words, "dependence", feature=spec.meaning)
    if one["kind"] == "category":
        rows = [(row["label"] or words["chart.others"], row) for row in one["labels"]]
        reach = [row[end] for row in one["labels"] for end in ("low", "high")]
        axis = _axis(words, words["chart.moved"], max([0.1, *reach]), min([-0.1, *reach]), percent=False)
        return label_chart(told, rows, axis)
    values = [value for value, _ in one["points"]] or [0.0]
    moved = [each for _, each in one["points"]] or [0.0]
    across = _axis(words, spec.unit or words["chart.value"], max(values), min(values), percent=False)
    room = 0.05 * (max(moved) - min(moved) or 0.1)
    up = _axis(words, "", max(0.0, *moved) + room, min(0.0, *moved) - room, percent=False)
    return dependence(told, (across, up), dict(one))
