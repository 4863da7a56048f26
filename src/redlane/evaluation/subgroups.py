"""Results by subgroup: the same model, the same capacity, the same weeks, one group of declarations at a time.

One selection is made among all test rows; each group is then looked at by itself. Intervals are block bootstraps over
weeks, the selection made anew in each resample, and every group is compared with all rows *on the same resamples*, so
that a difference has an interval of its own. A verdict allows for the number of groups looked at (O. J. Dunn, *Multiple
comparisons among means*, JASA 1961). A difference is a question to be asked, not an answer: groups differ in goods,
routes and past selection.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.evaluation.bootstrap import interval
from redlane.evaluation.flags import FEW, LEAST
from redlane.evaluation.group_values import MEASURES, GroupValues, group_values, shares
from redlane.evaluation.measures import ratio
from redlane.evaluation.partitions import Partition
from redlane.evaluation.result import Measured, plain_records
from redlane.evaluation.settings import Cut, EvaluationSettings
from redlane.evaluation.shares import newcombe_ends, wilson_ends
from redlane.evaluation.truth import Booleans, Floats, Truth

COLUMNS = (
    *("partition", "kind", "group", "n", "measure", "of", "value", "low", "high"),
    *("difference", "difference_low", "difference_high", "method", "verdict"),
)


@dataclass(frozen=True)
class Subgroups:
    """Results by subgroup.

    Attributes:
        table: one row per group and measure: partition, kind (value, class, pooled, missing), group (its label), n,
            measure, of (rows the share is of), value, low, high; difference to all rows with its interval; method
            (bootstrap, or wilson where few); verdict: higher, lower, luck (not distinguishable), few (too few to tell).
        overall: the same measures of all rows.
        cut: the capacity, in words.
        left_out: rows per partition that are in no group because even together they are too few.
        least: fewest rows of a group.
        confidence: level of the intervals; verdicts hold it for all groups of a measure at once.
    """

    table: pd.DataFrame
    overall: dict[str, Measured]
    cut: str
    left_out: dict[str, int]
    least: int
    confidence: float

    def plain(self) -> dict[str, Any]:
        """Everything as JSON-ready data: NaN becomes None."""
        return {
            "cut": self.cut,
            "least": self.least,
            "confidence": self.confidence,
            "left_out": self.left_out,
            "overall": plain_records(
                pd.DataFrame([{"measure": name, **found._asdict()} for name, found in self.overall.items()])
            ),
            "groups": plain_records(self.table),
        }


def judge_subgroups(
    score: Floats, probability: Floats, truth: Truth, parts: Sequence[Partition], settings: EvaluationSettings
) -> Subgroups:
    """Judge one ranking (*score*, one per row of *truth*, higher is inspected first) in every group of *parts*."""
    values = group_values(score, probability, truth, parts, settings)
    method, low, high = _ends(values, settings.confidence)
    table = _table(values, settings, method, low, high)
    return Subgroups(
        table=table,
        overall={
            name: Measured(*(float(ends[place, -1]) for ends in (values.value, low, high)))
            for place, name in enumerate(MEASURES)
        },
        cut=Cut(rate=settings.subgroup_rate).label,
        left_out={part.name: part.left_out for part in parts if part.left_out},
        least=settings.subgroup_least,
        confidence=settings.confidence,
    )


def _few(values: GroupValues) -> Booleans:
    """Where resampling weeks says nothing: few rows, or nearly all or none of them (as for flags)."""
    above, of = shares(values.counts)
    few = np.minimum(np.minimum(of / 3, above), of - above) < FEW / 3
    return few if len(values.draws) else np.ones_like(few)


def _ends(values: GroupValues, confidence: float) -> tuple[npt.NDArray[np.object_], Floats, Floats]:
    few = _few(values)
    low, high = (ends.reshape(few.shape) for ends in interval(_flat(values.draws, few.size), confidence))
    scored = _wilson(values, NormalDist().inv_cdf((1 + confidence) / 2))
    low, high = np.where(few, scored[0], low), np.where(few, scored[1], high)
    return np.where(few, "wilson", "bootstrap").astype("object"), low, high


def _flat(draws: Floats, size: int) -> Floats:
    return draws.reshape(len(draws), size)


def _wilson(values: GroupValues, z: float) -> tuple[Floats, Floats]:
    above, of = shares(values.counts)
    low, high = wilson_ends(ratio(above, of), of, z)
    stated = ratio(values.counts[2], values.counts[0])
    low[-1], high[-1] = stated - high[-1], stated - low[-1]
    return low, high


def _differences(values: GroupValues, z: float, confidence: float) -> tuple[Floats, Floats, Booleans]:
    """Each group minus all rows: the ends of the interval, and whether it is told from 0 at the quantile *z*."""
    few, paired = _few(values), values.draws - values.draws[..., -1:]
    low, high = (ends.reshape(few.shape) for ends in interval(_flat(paired, few.size), confidence))
    plain = _newcombe(values, NormalDist().inv_cdf((1 + confidence) / 2))
    low, high = np.where(few, plain[0], low), np.where(few, plain[1], high)
    strict = _newcombe(values, z)
    spread = _spread(paired, few.shape)
    apart = np.abs(values.value - values.value[:, -1:]) > z * spread
    return low, high, np.where(few, (strict[0] > 0) | (strict[1] < 0), apart)


def _newcombe(values: GroupValues, z: float) -> tuple[Floats, Floats]:
    low, high = _wilson(values, z)
    spread = _spread(values.draws, low.shape)[:, -1:]
    whole = values.value[:, -1:]
    known = ~np.isnan(spread) & ~_few(values)[:, -1:]
    under = np.where(known, whole - z * spread, low[:, -1:])
    over = np.where(known, whole + z * spread, high[:, -1:])
    return newcombe_ends((values.value, low, high), (whole, under, over))


def _spread(draws: Floats, shape: tuple[int, ...]) -> Floats:
    """Standard deviation over the resamples; NaN where fewer than two have a value."""
    known = ~np.isnan(draws)
    count = known.sum(axis=0)
    if len(draws) < 2:
        return np.full(shape, np.nan)
    centre = ratio(np.nansum(draws, axis=0), count)
    squares = np.nansum((draws - centre) ** 2, axis=0)
    return np.sqrt(ratio(squares, np.where(count > 1, count - 1, 0)))


def _table(
    values: GroupValues,
    settings: EvaluationSettings,
    method: npt.NDArray[np.object_],
    low: Floats,
    high: Floats,
) -> pd.DataFrame:
    comparisons = max(1, len(values.groups))
    z = NormalDist().inv_cdf(1 - (1 - settings.confidence) / 2 / comparisons)
    difference_low, difference_high, apart = _differences(values, z, settings.confidence)
    difference = values.value - values.value[:, -1:]
    _, of = shares(values.counts)
    verdict = np.select(
        [np.isnan(values.value) | (of < LEAST), apart & (difference > 0), apart & (difference < 0)],
        ["few", "higher", "lower"],
        "luck",
    )
    rows = [
        (
            *(group.partition, group.kind, group.label, int(values.counts[0, column])),
            *(name, int(of[row, column]), values.value[row, column], low[row, column], high[row, column]),
            *(difference[row, column], difference_low[row, column], difference_high[row, column]),
            *(method[row, column], verdict[row, column]),
        )
        for column, group in enumerate(values.groups)
        for row, name in enumerate(MEASURES)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
