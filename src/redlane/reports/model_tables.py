"""The tables of a model report, from the plain numbers of a bundle's documents."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from redlane.evaluation.shares import is_thin, wilson_ends

Plain = Mapping[str, Any]

HEADLINE = ("precision", "recall", "revenue", "lift")
OVERALL = ("average_precision", "roc_auc")
GAUGES = ("base_rate", "selection_rate", "precision", "recall", "false_positive_share", "calibration_gap")

RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Inspection rates of the workload table."""


def evaluation(plain: Plain) -> dict[str, Any]:
    """Each slice: its tables at every cut and over the whole order, differences, schemes; the headline first.

    The honest slice stands beside all rows wherever repeats are frequent, and folded away where they are rare.
    """
    slices = {name: _slice(each) for name, each in plain["slices"].items()}
    return {
        "slices": slices,
        "whole": slices["whole"],
        "unseen": slices.get("unseen"),
        "seen_share": plain["seen_share"],
        "often": plain["seen_share"] > plain["repeats"],
    }


def _slice(plain: Plain) -> dict[str, Any]:
    measures = plain["measures"]
    rankings = list(dict.fromkeys(row["ranking"] for row in measures))
    cuts = list(dict.fromkeys((row["cut"], row["k"]) for row in measures if row["cut"]))
    found = {(row["ranking"], row["measure"], row["cut"]): row for row in measures}
    cut = headline([name for name, _ in cuts], plain)
    shown = [name for name in HEADLINE if any((main, name, cut) in found for main in rankings)]
    return {
        **{
            key: plain[key]
            for key in ("n", "blocks", "base_rate", "main", "confidence", "revenue_is_proxy", "notes")
        },
        "rankings": rankings,
        "cut": cut,
        "shown": shown,
        "at": {
            name: {"k": k, "rows": [_row(found, each, name, shown) for each in rankings]} for name, k in cuts
        },
        "overall": [_row(found, each, "", OVERALL) for each in rankings],
        "differences": _differences(plain, cut),
        "calibration": {
            name: found.get((plain["main"], name, "")) for name in ("brier", "calibration_error")
        },
        "headline": {name: found.get((plain["main"], name, cut)) for name in HEADLINE},
        "best_other": _best_other(found, rankings, plain["main"], cut),
        "schemes": _schemes(plain, cut),
    }


def headline(cuts: Sequence[str], plain: Plain) -> str:
    """The cut that leads: five per cent where it was judged, else the last one.

    >>> headline(["1 %", "5 %", "10 %"], {}), headline(["2 %"], {})
    ('5 %', '2 %')
    """
    return "5 %" if "5 %" in cuts else cuts[-1]


def _row(found: Mapping[Any, Plain], ranking: str, cut: str, names: Sequence[str]) -> dict[str, Any]:
    return {"ranking": ranking, "cells": [found.get((ranking, name, cut)) for name in names]}


def _best_other(found: Mapping[Any, Plain], rankings: Sequence[str], main: str, cut: str) -> Plain | None:
    """The baseline of highest precision at the cut; the model's own other ranking is no baseline."""
    others = [
        row
        for name in rankings
        if not name.startswith(main)
        and (row := found.get((name, "precision", cut)))
        and row["value"] is not None
    ]
    return max(others, key=lambda row: row["value"], default=None)


def _differences(plain: Plain, cut: str) -> list[dict[str, Any]]:
    kept = [row for row in plain["difference"] if row["cut"] in ("", cut)]
    names = list(dict.fromkeys(row["measure"] for row in kept))
    by_baseline: dict[str, dict[str, Any]] = {}
    for row in kept:
        by_baseline.setdefault(row["baseline"], {})[row["measure"]] = row
    return [
        {"baseline": name, "measures": names, "cells": [rows.get(each) for each in names]}
        for name, rows in by_baseline.items()
    ]


def _schemes(plain: Plain, cut: str) -> list[Plain]:
    rows = [row for row in plain["per_typology"] if row["ranking"] == plain["main"] and row["cut"] == cut]
    planted = [_with_wilson(row) for row in rows if row["typology"] != "honest"]
    return sorted(planted, key=lambda row: -(row["recall"] or 0))


def _with_wilson(row: Plain) -> Plain:
    if row["recall"] is None or not is_thin(row["recall"], row["n"]):
        return row
    low, high = wilson_ends(np.array([row["recall"]]), np.array([float(row["n"])]))
    return {**row, "low": float(low[0]), "high": float(high[0])}


def subgroups(plain: Plain | None) -> dict[str, Any] | None:
    """One table per partition: a row for each group, a cell for each measure."""
    if plain is None:
        return None
    parts: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for row in plain["groups"]:
        groups = parts.setdefault(row["partition"], {})
        group = groups.setdefault(
            (row["kind"], row["group"]),
            {"kind": row["kind"], "group": row["group"], "n": row["n"], "cells": {}},
        )
        group["cells"][row["measure"]] = row
    told = [row for row in plain["groups"] if row["verdict"] in ("higher", "lower")]
    return {
        **{key: plain[key] for key in ("cut", "least", "confidence", "left_out")},
        "overall": {row["measure"]: row for row in plain["overall"]},
        "parts": {name: list(groups.values()) for name, groups in parts.items()},
        "compared": len(plain["groups"]),
        "told": len(told),
    }


def workload(curves: Plain, hours: Plain, explanations: Plain | None) -> dict[str, Any]:
    """Hours, findings and revenue a week at each of :data:`RATES`; and the hours along the shares of the curves.

    The mix of controls is that of the rows explained; without any, every inspection takes the hours of *other*.
    """
    work, shares = curves["workload"], curves["shares"]
    weeks = work["weeks"] or 1.0
    total = [_hours(share, work["rows"], hours, explanations) for share in shares]

    def at(name: str, rate: float) -> float | None:
        values = work[name]
        return None if values is None else float(np.interp(rate, shares, values)) / weeks

    amounts = ("findings", "expected_findings", "revenue", "expected_revenue")
    rows = [
        {
            "rate": rate,
            "inspections": rate * work["rows"] / weeks,
            "hours": float(np.interp(rate, shares, total)) / weeks,
            **{name: at(name, rate) for name in amounts},
        }
        for rate in RATES
    ]
    return {**work, "table": rows, "shares": shares, "hours": [each / weeks for each in total], "per": hours}


def _hours(share: float, rows: int, hours: Plain, explanations: Plain | None) -> float:
    inspections = share * rows
    controls = explanations and explanations["controls"]
    if not controls or not controls["rows"] or not share:
        return inspections * float(hours["other"])
    at = max(0, int(np.searchsorted(controls["share"], share, side="right")) - 1)
    seen = controls["rows"][at]
    named = {name: counts[at] for name, counts in controls["count"].items()}
    mean = sum(float(hours[name]) * count for name, count in named.items())
    return float(inspections * (mean + float(hours["other"]) * (seen - sum(named.values()))) / seen)


def flags(rows: Sequence[Plain]) -> list[Plain]:
    """The flags that were raised, the most telling first."""
    raised = [row for row in rows if row["raised"]]
    return sorted(raised, key=lambda row: (-(row["lift"] or 0), row["flag"]))


def importance(plain: Plain, most: int = 15) -> list[dict[str, Any]]:
    """The strongest features, each with its share of the strongest one."""
    rows = plain["importance"][:most]
    top = rows[0]["mean_absolute"] if rows else 1.0
    return [{**row, "share": row["mean_absolute"] / top} for row in rows]
