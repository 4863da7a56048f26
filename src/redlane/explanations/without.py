"""The counterfactual of a reason: the same row scored again with that fact unknown.

*Unknown* is the one other value that every feature may have, and that the model has learnt from: missing. All
features that a reason rests on (its siblings) go missing together; everything else stays as it was. What comes out is
no estimate but a score of the same model. It tells what the model rests on, not what another declaration would have
scored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.explanations.siblings import reason_keys
from redlane.features.spec import Feature

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

_LINES = 10_000
"""Scored at a time: changes memory, never a value."""


class Ranking(Protocol):
    """Anything with a margin for rows of features."""

    def margin(self, features: pd.DataFrame, threads: int | None = None) -> Floats:
        """One margin per row."""


@dataclass(frozen=True)
class Given:
    """The reasons given to n rows, line by line: whose (``row``), which feature spoke (``code``), what it added."""

    row: Places
    code: Sequence[str]
    contribution: Floats


def margins_without(model: Ranking, features: pd.DataFrame, specs: Sequence[Feature], given: Given) -> Floats:
    """The margin of each line's row without the fact of that line, in the order of the lines."""
    fact = {specs[place].name: at for at, places in enumerate(reason_keys(specs)) for place in places}
    facts = np.array([fact[code] for code in given.code], dtype=np.int64)
    parts = [np.empty(0)]
    for start in range(0, len(facts), _LINES):
        lines = slice(start, start + _LINES)
        gone = facts[lines, None] == np.arange(len(set(fact.values())))
        parts.append(model.margin(without(features, specs, given.row[lines], gone)))
    return np.concatenate(parts)


def without(features: pd.DataFrame, specs: Sequence[Feature], rows: Places, gone: Booleans) -> pd.DataFrame:
    """The *rows* of *features*, as often as they are named, some facts missing: ``gone`` (lines, facts) says which.

    >>> pair = [Feature("n_30d", "", "n {value}", "behaviour"), Feature("n_90d", "", "m {value}", "behaviour"),
    ...         Feature("office", "", "{value}", "behaviour", kind="category")]
    >>> frame = pd.DataFrame({"n_30d": [1.0], "n_90d": [2.0], "office": ["A"]})
    >>> without(frame, pair, np.array([0, 0]), np.array([[True, False], [False, True]])).isna().values.tolist()
    [[True, True, False], [False, False, True]]
    """
    columns = {}
    for fact, places in enumerate(reason_keys(specs)):
        for spec in (specs[place] for place in places):
            text = spec.kind == "category"
            values = features[spec.name].to_numpy(object if text else np.float64)[rows]
            values[gone[:, fact]] = None if text else np.nan
            columns[spec.name] = values
    return pd.DataFrame(columns, copy=False)


def covered(contributions: Floats, specs: Sequence[Feature], given: Given) -> Floats:
    """What the reasons given are of all that raised each row's margin, from 0 to 1; NaN where nothing raised it.

    *contributions* (n, features + 1) have the base value last.

    >>> spec = [Feature(name, "", name, "behaviour") for name in "ab"]
    >>> numbers = np.array([[0.6, 0.2, -1.0], [-1.0, -1.0, 0.0]])
    >>> covered(numbers, spec, Given(np.array([0]), ["a"], np.array([0.6]))).round(2)
    array([0.75,  nan])
    """
    raised = np.zeros(len(contributions))
    for places in reason_keys(specs):
        raised += np.maximum(contributions[:, places].sum(axis=1), 0.0)
    told = np.bincount(given.row, weights=given.contribution, minlength=len(contributions))
    shares: Floats = np.divide(told, raised, out=np.full(len(raised), np.nan), where=raised > 0)
    return shares
