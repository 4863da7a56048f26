"""From a model and prepared rows to reasons and group sums, a chunk at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd

from redlane.explanations.flags import RaisedFlags, raised_flags
from redlane.explanations.reasons import Numbers, ReasonTable, group_contributions, reasons
from redlane.explanations.settings import ExplanationSettings
from redlane.features.flags.flag import Flag
from redlane.features.spec import Feature


class Explainable(Protocol):
    """A model that can take its margin apart: (n, features + 1), base value last, sums checked by itself."""

    def contributions(self, features: pd.DataFrame, threads: int | None = None) -> Numbers:
        """Contributions of every feature to the margin of every row."""


@dataclass(frozen=True)
class Explanation:
    """Explanations of n rows: their reasons, ``groups`` (n, groups) and the base value (n,).

    ``base`` plus the groups of a row sum to its margin. ``flags`` is None where the model knows no red flags.
    """

    reasons: ReasonTable
    groups: pd.DataFrame
    base: Numbers
    flags: RaisedFlags | None = None

    def with_flags(self, features: pd.DataFrame, facts: pd.DataFrame, flags: Sequence[Flag]) -> "Explanation":
        """The same with the red *flags* of its rows; see :func:`~redlane.explanations.flags.raised_flags`."""
        return replace(self, flags=raised_flags(features, facts, flags)) if flags else self


def explain(
    model: Explainable,
    features: pd.DataFrame,
    facts: pd.DataFrame,
    specs: Sequence[Feature],
    settings: ExplanationSettings,
) -> Explanation:
    """Explain every row given: *features* are the model's inputs, *facts* what the sentences name, same rows.

    Contributions are held for ``chunk_rows`` rows at a time. The model checks on every row that they sum to
    the margin.

    Raises:
        RedlaneError: they do not.
    """
    parts = [
        _explain_chunk(model, features.iloc[rows], facts.iloc[rows], specs, settings)
        for rows in _chunks(features, settings)
    ]
    return Explanation(
        reasons=ReasonTable.join([part.reasons for part in parts]),
        groups=pd.concat([part.groups for part in parts], ignore_index=True),
        base=np.concatenate([part.base for part in parts]),
    )


def _chunks(features: pd.DataFrame, settings: ExplanationSettings) -> Iterator[slice]:
    for start in range(0, max(len(features), 1), settings.chunk_rows):
        yield slice(start, start + settings.chunk_rows)


def _explain_chunk(
    model: Explainable,
    features: pd.DataFrame,
    facts: pd.DataFrame,
    specs: Sequence[Feature],
    settings: ExplanationSettings,
) -> Explanation:
    contributions = model.contributions(features)
    return Explanation(
        reasons=reasons(contributions, features, facts, specs, settings),
        groups=group_contributions(contributions, specs),
        base=contributions[:, -1],
    )
