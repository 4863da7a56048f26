"""Where two models part: the rows that only one of them selects, and what became of them; groups they treat unlike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from redlane.evaluation.group_values import MEASURES, group_values, shares
from redlane.evaluation.order import Positions
from redlane.evaluation.paired.differences import Contender
from redlane.evaluation.paired.intervals import paired
from redlane.evaluation.partitions import Partition
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.shares import wilson_ends
from redlane.evaluation.truth import Floats, Truth, blocks

SHOWN = ("selection_rate", "precision", "recall")
"""Measures in which groups are compared."""
_REPEATS = 200
"""Resamples for groups: there are many of them, and none decides."""
_LEAST = 30
"""A share of fewer rows is not compared."""


@dataclass(frozen=True)
class Disagreement:
    """Rows that both select, only the first, only the other: places of rows, best rank first; counts as a table."""

    both: Positions
    only_first: Positions
    only_other: Positions
    table: pd.DataFrame


def disagreement(first: Positions, other: Positions, truth: Truth) -> Disagreement:
    """Part two selections of equally many rows.

    ``table`` has a row each for both, first and other: rows, irregular, share (found irregular) with its Wilson
    interval, revenue (recovered; NaN where none is recorded).

    >>> truth = Truth(np.array([1.0, 0.0, 1.0]), None, False, np.arange(3), np.arange(3, dtype=np.uint64))
    >>> parted = disagreement(np.array([0, 1]), np.array([2, 0]), truth)
    >>> parted.table[["who", "rows", "irregular"]].to_numpy().tolist()
    [['both', 1, 1], ['first', 1, 0], ['other', 1, 1]]
    """
    only_first, only_other = first[~np.isin(first, other)], other[~np.isin(other, first)]
    parts = {"both": first[np.isin(first, other)], "first": only_first, "other": only_other}
    rows = np.array([len(part) for part in parts.values()], np.float64)
    hits = np.array([truth.irregular[part].sum() for part in parts.values()])
    share = np.divide(hits, rows, out=np.full(3, np.nan), where=rows > 0)
    low, high = wilson_ends(share, rows)
    paid = truth.paid()
    revenue = [np.nan if paid is None else float(paid[part].sum()) for part in parts.values()]
    table = pd.DataFrame({"who": list(parts), "rows": rows.astype(int), "irregular": hits.astype(int)})
    table = table.assign(share=share, low=low, high=high, revenue=revenue)
    return Disagreement(parts["both"], only_first, only_other, table)


def group_differences(
    first: Contender,
    other: Contender,
    truth: Truth,
    parts: Sequence[Partition],
    settings: EvaluationSettings,
) -> pd.DataFrame:
    """Each group of *parts* under both models, on the same resampled weeks: *other* minus *first*.

    One row per group and measure of :data:`SHOWN`: partition, kind, group, n, measure, first, other, value, low,
    high (of the difference), differs. *differs* allows for the number of groups looked at (Bonferroni).
    """
    quick = settings.model_copy(update={"bootstrap_repeats": min(_REPEATS, settings.bootstrap_repeats)})
    before, after = (
        group_values(each.margin, each.probability, truth, parts, quick) for each in (first, other)
    )
    weeks = len(blocks(truth.registered_day, settings.block)[1])
    strict = 1 - (1 - settings.confidence) / max(1, len(before.groups))
    of = np.minimum(shares(before.counts)[1], shares(after.counts)[1])
    lines = []
    for column, group in enumerate(before.groups):
        for name in SHOWN:
            row = MEASURES.index(name)
            apart = after.draws[:, row, column] - before.draws[:, row, column]
            was, now = float(before.value[row, column]), float(after.value[row, column])
            seen = paired(now - was, apart, weeks, settings.confidence)
            differs = of[row, column] >= _LEAST and paired(now - was, apart, weeks, strict).sign != 0
            where = {"partition": group.partition, "kind": group.kind, "group": group.label}
            ends = {"value": seen.value, "low": seen.low, "high": seen.high, "differs": bool(differs)}
            n = int(before.counts[0, column])
            lines.append({**where, "n": n, "measure": name, "first": was, "other": now, **ends})
    return pd.DataFrame(lines)


def rank_agreement(first: Floats, other: Floats) -> float:
    """Spearman's correlation of two scores: 1 where they order all rows alike.

    >>> rank_agreement(np.array([1.0, 2.0, 9.0]), np.array([0.1, 0.5, 0.6]))
    1.0
    """
    ranks = [pd.Series(score).rank() for score in (first, other)]
    return float(round(ranks[0].corr(ranks[1]), 12))
