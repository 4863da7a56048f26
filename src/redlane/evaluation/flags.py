"""Hit rates of red flags: how often each was raised, and how often an inspection then found something.

A flag's precision is the share of irregular declarations among those inspected on which it was raised. Its
interval is a block bootstrap over weeks, as for rankings; where few were inspected or nearly all weeks are one, it
is Wilson's (E. B. Wilson, *Probable inference*, JASA 1927), which holds for small counts and for 0 and 1.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.periods import days
from redlane.evaluation.bootstrap import draw_blocks, interval
from redlane.evaluation.measures import ratio
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.truth import Booleans, Floats, blocks
from redlane.features.flags.flag import Flag

FEW = 30
"""With fewer inspections, hits or misses than this (a third of it for the latter two), the interval is Wilson's."""


LEAST = 5
"""Fewer inspections than this say nothing about a flag."""


def flag_table(
    features: pd.DataFrame, declarations: pd.DataFrame, flags: Sequence[Flag], settings: EvaluationSettings
) -> pd.DataFrame:
    """One row per flag, over the declarations of a period: *features* hold each flag's value, same rows.

    Columns: flag, version, title, group, severity, declarations (n); raised, raised_share; not_computed_share;
    inspected (raised and with a known outcome), hits (found irregular among them), precision with low and high,
    method (bootstrap or wilson), base_rate (of all inspected ones), lift, verdict. Rows without an outcome count
    as raised, and not for precision. Precision among the inspected is no precision among all: what was inspected
    was chosen, by flags like these perhaps.

    >>> heavy = Flag(id="X1", version=1, title="Heavy", group="quantity", severity="low", source="own",
    ...              expression="net_mass > 9", sentence="heavy")
    >>> rows = pd.DataFrame({"irregular": [1.0, 0.0, np.nan, 0.0], "registered_on": pd.to_datetime(["2024-05-02"] * 4)})
    >>> values = pd.DataFrame({"flag_X1": [1.0, 0.0, 1.0, np.nan]})
    >>> table = flag_table(values, rows, [heavy], EvaluationSettings())
    >>> table[["raised", "not_computed_share", "inspected", "hits", "precision"]].values.tolist()
    [[2.0, 0.25, 1.0, 1.0, 1.0]]
    """
    irregular = declarations["irregular"].to_numpy("float64")
    labelled = ~np.isnan(irregular)
    block, starts = blocks(days(declarations["registered_on"]), settings.block)
    drawn = draw_blocks(len(starts), settings.bootstrap_repeats, settings.seed)
    base = float(irregular[labelled].mean()) if labelled.any() else np.nan
    rows = []
    for flag in flags:
        value = features[flag.feature].to_numpy("float64")
        inspected = (value == 1) & labelled
        hits = inspected & (irregular == 1)
        rows.append({**_counts(flag, value), **_precision(inspected, hits, block, drawn, settings)})
    return _judged(pd.DataFrame(rows, columns=_COLUMNS), base)


_COLUMNS = [
    *("flag", "version", "title", "group", "severity", "declarations", "raised", "raised_share"),
    *("not_computed_share", "inspected", "hits", "precision", "low", "high", "method"),
]


def wilson(hits: int, n: int, confidence: float) -> tuple[float, float]:
    """Wilson's interval of a share of *hits* in *n*; NaN where n is 0.

    >>> [round(end, 4) for end in wilson(0, 10, 0.95)], [round(end, 4) for end in wilson(5, 10, 0.95)]
    ([0.0, 0.2775], [0.2366, 0.7634])
    """
    if not n:
        return np.nan, np.nan
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    centre, scale = (hits + z * z / 2) / (n + z * z), n + z * z
    half = z / scale * math.sqrt(hits * (n - hits) / n + z * z / 4)
    return max(0.0, centre - half), min(1.0, centre + half)


def _counts(flag: Flag, value: Floats) -> dict[str, Any]:
    n, raised = len(value), int((value == 1).sum())
    return {
        **{name: getattr(flag, name) for name in ("version", "title", "group", "severity")},
        "flag": flag.id,
        "declarations": n,
        "raised": raised,
        "raised_share": raised / n if n else np.nan,
        "not_computed_share": float(np.isnan(value).mean()) if n else np.nan,
    }


def _precision(
    inspected: Booleans,
    hits: Booleans,
    block: npt.NDArray[np.intp],
    drawn: Floats,
    settings: EvaluationSettings,
) -> dict[str, Any]:
    n, found = int(inspected.sum()), int(hits.sum())
    counts = {"inspected": n, "hits": found, "precision": found / n if n else np.nan}
    if min(n / 3, found, n - found) < FEW / 3 or not len(drawn):
        low, high = wilson(found, n, settings.confidence)
        return {**counts, "low": low, "high": high, "method": "wilson"}
    by_week = [np.bincount(block, weights=rows, minlength=drawn.shape[1]) for rows in (hits, inspected)]
    lows, highs = interval(ratio(drawn @ by_week[0], drawn @ by_week[1])[:, None], settings.confidence)
    return {**counts, "low": float(lows[0]), "high": float(highs[0]), "method": "bootstrap"}


def _judged(table: pd.DataFrame, base: float) -> pd.DataFrame:
    """With lift over the base rate, and whether the interval leaves it out."""
    above, below = table["low"] > base, table["high"] < base
    verdict = np.select(
        [table["inspected"] == 0, table["inspected"] < LEAST, above, below],
        ["never inspected", "too few inspected to tell", "above the base rate", "below the base rate"],
        "not distinguishable from the base rate",
    )
    lift = ratio(table["precision"].to_numpy("float64"), np.full(len(table), base))
    return table.assign(base_rate=base, lift=lift, verdict=verdict)
