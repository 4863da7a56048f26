"""The loop on this machine: two passes over a file, a few numbers of memory per row.

The first pass scores batches as they are read and sets the rows aside. Then lanes are assigned to all rows at
once. The second pass takes the rows back in order of rank and says why the selected ones were selected.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from redlane.declarations.columns import REQUIRED, column
from redlane.engines.ahead import ahead
from redlane.engines.spill import Spill
from redlane.errors import RedlaneError
from redlane.explanations.contributions import Explanation, explain
from redlane.explanations.settings import ExplanationSettings
from redlane.features.catalogue import FeatureSettings, build, facts
from redlane.features.flags.availability import uncomputable
from redlane.lanes.assignment import assign
from redlane.lanes.queue import LaneQueue, LaneResult, QueueBuilder
from redlane.lanes.settings import LaneSettings
from redlane.model.model import Model
from redlane.pipeline import score
from redlane.profiles.build import Profiles
from redlane.score_file import Identity, score_table

_SCORES = ("margin", "probability", "expected_revenue")


@dataclass(frozen=True)
class Scorer:
    """Everything a score depends on besides the declarations themselves."""

    profiles: Profiles
    features: FeatureSettings
    model: Model
    lanes: LaneSettings
    explanations: ExplanationSettings
    identity: Identity
    threads: int | None = None

    def columns(self) -> list[str]:
        """The declared columns needed: for features, mandatory rules, offices, and to name the row."""
        rules = [rule.column for rule in self.lanes.mandatory if rule.column is not None]
        office = ["office"] if self.lanes.by == "office" else []
        return list(dict.fromkeys([*REQUIRED, "item_number", *self.features.columns(), *rules, *office]))

    def columns_of(self, declarations: pd.DataFrame) -> list[str]:
        """The columns needed, and those of *declarations* that are read where they are there."""
        optional = [name for name in self.features.optional_columns() if name in declarations]
        return list(dict.fromkeys([*self.columns(), *optional]))

    def check_columns(self, available: Iterable[str]) -> None:
        """Refuse to start on declarations without a column that a feature, a mandatory rule or the lanes need.

        Raises:
            RedlaneError: naming who reads the column.
        """
        held = set(available)
        self.features.check_columns(held)
        flags, lost = self.features.flags(), self.flags_lost(held)
        for rule in self.lanes.mandatory:
            rule.check_flag([flag.id for flag in flags], lost)
            if rule.column is not None and rule.column not in held:
                raise RedlaneError(
                    f"mandatory rule '{rule.id}' reads '{rule.column}', which the declarations do not have"
                )
        if self.lanes.by == "office" and "office" not in held:
            raise RedlaneError("lanes are set by office, but the declarations have no column 'office'")

    def flags_lost(self, available: Collection[str]) -> dict[str, str]:
        """Flags that declarations with these columns can never raise, by id, with the reason."""
        return uncomputable(self.features.flags(), self.features.names(), available)


@dataclass(frozen=True)
class Assigned:
    """The queue of all rows and what became of it."""

    queue: LaneQueue
    result: LaneResult


def first_pass(batches: Iterable[pd.DataFrame], scorer: Scorer, spill: Spill) -> Assigned:
    """Score batches of accepted declarations, set them aside in *spill*, and assign lanes to all of them."""
    builder = QueueBuilder(scorer.lanes)
    for batch in ahead(batches):
        declarations = batch[scorer.columns_of(batch)].reset_index(drop=True)
        scored = score(declarations, scorer.profiles, scorer.features, scorer.model, scorer.threads)
        builder.add(declarations, scored.margin, scored.expected_revenue, _flags(scored.features, scorer))
        spill.add(with_scores(declarations, scored.margin, scored.probability, scored.expected_revenue))
    queue = builder.queue()
    return Assigned(queue, assign(queue, scorer.lanes))


def second_pass(spill: Spill, assigned: Assigned, scorer: Scorer) -> Iterator[pa.Table]:
    """The score file in order of rank, a bucket of rows at a time."""
    for table, rows in spill.ordered(assigned.result.rank):
        lanes = _taken(assigned.result, rows)
        chosen = np.flatnonzero(_wanted(lanes, scorer.explanations))
        explanation = explain_rows(table.take(pa.array(chosen)).to_pandas(), scorer)
        yield score_table(table, lanes, chosen, explanation, scorer.identity)


def explain_rows(
    declarations: pd.DataFrame, scorer: Scorer, features: pd.DataFrame | None = None
) -> Explanation:
    """Explain *declarations* from their *features*, computed afresh where not at hand: the same, bit for bit."""
    if features is None:
        features = build(declarations, scorer.profiles, scorer.features)
    known = facts(declarations, scorer.profiles, scorer.features)
    told = explain(scorer.model, features, known, scorer.features.features(), scorer.explanations)
    return told.with_flags(features, known, scorer.features.flags())


def _flags(features: pd.DataFrame, scorer: Scorer) -> dict[str, npt.NDArray[np.float64]]:
    """The values of the flags that mandatory rules read, by id."""
    named = {rule.flag for rule in scorer.lanes.mandatory if rule.flag is not None}
    flags = [flag for flag in scorer.features.flags() if flag.id in named]
    return {flag.id: features[flag.feature].to_numpy("float64") for flag in flags}


def _wanted(lanes: LaneResult, settings: ExplanationSettings) -> npt.NDArray[np.bool_]:
    if settings.rows == "selected":
        return lanes.selected
    return np.full(len(lanes), settings.rows == "all")


def with_scores(declarations: pd.DataFrame, margin: Any, probability: Any, revenue: Any) -> pa.Table:
    """Declarations and their scores as one table; a missing revenue is null throughout."""
    table = pa.Table.from_pandas(declarations, schema=_schema(declarations.columns), preserve_index=False)
    missing = pa.nulls(len(declarations), pa.float64())
    for name, values in zip(_SCORES, (margin, probability, revenue), strict=True):
        table = table.append_column(name, missing if values is None else pa.array(values))
    return table


def _schema(columns: Iterable[str]) -> pa.Schema:
    """One type per kind of column: a batch in which all values are missing has the same schema as any other."""
    types = {"number": pa.float64(), "flag": pa.float64(), "date": pa.timestamp("us")}
    return pa.schema([(name, types.get(column(name).kind, pa.string())) for name in columns])


def _taken(result: LaneResult, rows: npt.NDArray[np.int64]) -> LaneResult:
    return LaneResult(
        lane=result.lane[rows],
        reason=result.reason[rows],
        propensity=result.propensity[rows],
        rank=result.rank[rows],
        capacity=result.capacity,
        overrun=result.overrun,
        overrun_groups=result.overrun_groups,
    )
