"""Scores computed once more, from the same declarations, bundle and profiles, and held against the stored ones."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from redlane.engines.local import Scorer, explain_rows, with_scores
from redlane.features.spec import GROUPS
from redlane.lanes.queue import LaneResult
from redlane.pipeline import score
from redlane.score_file import score_table

SCORES = ("margin", "probability", "expected_revenue", "bundle_id", "profiles_id")
"""Columns that every row can be held against."""

TOLD = (
    "reasons",
    *(f"contribution_{group}" for group in GROUPS),
    "leading_group",
    "suggested_control",
    "flags",
    "flags_not_computed",
    *(f"flags_{group}" for group in GROUPS),
)
"""Columns that explained rows can be held against as well."""


@dataclass(frozen=True)
class Difference:
    """One value that does not come out as it is stored."""

    declaration_id: str
    item_number: str
    column: str
    stored: Any
    recomputed: Any


def recompute(declarations: pd.DataFrame, scorer: Scorer) -> pa.Table:
    """The score file's columns about *declarations* (n rows, same order), all of them explained.

    Lane, rank and propensity depend on the whole file they were assigned in, and are not among them.
    """
    rows = declarations[scorer.columns_of(declarations)].reset_index(drop=True)
    scored = score(rows, scorer.profiles, scorer.features, scorer.model, scorer.threads)
    table = with_scores(rows, scored.margin, scored.probability, scored.expected_revenue)
    n = len(rows)
    nowhere = LaneResult(
        lane=np.zeros(n, np.uint8),
        reason=np.zeros(n, np.uint8),
        propensity=np.full(n, np.nan),
        rank=np.zeros(n, np.int64),
        capacity=0,
        overrun=0,
        overrun_groups=0,
    )
    explanation = explain_rows(rows, scorer, scored.features)
    whole = score_table(table, nowhere, np.arange(n), explanation, scorer.identity)
    return whole.select(["declaration_id", "item_number", *SCORES, *TOLD])


def differences(stored: pa.Table, again: pa.Table) -> list[Difference]:
    """Every value of *stored* that *again* (the same rows in the same order) does not repeat bit for bit.

    What only explained rows have is compared where the stored row was explained. Columns that an older score
    file lacks are left out.
    """
    explained = [reasons is not None for reasons in stored["reasons"].to_pylist()]
    columns = [name for name in (*SCORES, *TOLD) if name in stored.column_names]
    ids = zip(stored["declaration_id"].to_pylist(), stored["item_number"].to_pylist(), strict=True)
    names = list(ids)
    found = []
    for column in columns:
        pairs = zip(stored[column].to_pylist(), again[column].to_pylist(), strict=True)
        for row, (before, now) in enumerate(pairs):
            if (explained[row] or column in SCORES) and not same(before, now):
                found.append(Difference(*names[row], column, before, now))
    return sorted(found, key=lambda difference: (difference.declaration_id, difference.item_number))


def same(first: Any, second: Any) -> bool:
    """Whether two values are the same to the last bit, lists and mappings included.

    >>> same([{"a": 0.1}], [{"a": 0.1}]), same(0.1 + 0.2, 0.3), same(float("nan"), float("nan"))
    (True, False, True)
    """
    if isinstance(first, float) and isinstance(second, float):
        return struct.pack("<d", first) == struct.pack("<d", second)
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    if _is_list(first) and _is_list(second):
        return len(first) == len(second) and all(map(same, first, second))
    return type(first) is type(second) and bool(first == second)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
