"""One model against the first, beyond the measures: whom they select apart, why, and how alike they think."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from redlane.evaluation.order import Positions, inspection_order
from redlane.evaluation.paired.differences import Contender, Contest
from redlane.evaluation.paired.disagreement import (
    Disagreement,
    disagreement,
    group_differences,
    rank_agreement,
)
from redlane.evaluation.paired.settings import ComparisonSettings
from redlane.evaluation.partitions import Partition
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.truth import Truth
from redlane.explanations.agreement import Agreement, agreement, codes_by_row
from redlane.explanations.contributions import Explanation, explain
from redlane.explanations.settings import ExplanationSettings
from redlane.explanations.typology import leading_groups
from redlane.features.catalogue import FeatureSettings, facts
from redlane.features.spec import Feature
from redlane.model.model import Model
from redlane.pipeline import Scores
from redlane.profiles.build import Profiles


@dataclass(frozen=True)
class Side:
    """A model with all that explains it: its features, its profiles, its scores of the rows compared."""

    name: str
    model: Model
    features: FeatureSettings
    store: Profiles
    scores: Scores

    @property
    def contender(self) -> Contender:
        """What the measures see of it."""
        return Contender(self.name, self.scores.margin, self.scores.probability)

    @property
    def specs(self) -> tuple[Feature, ...]:
        """The catalogue of its features."""
        return self.features.features()

    def explain(self, rows: pd.DataFrame, places: Positions, how: ExplanationSettings) -> Explanation:
        """Why it scored those *places* of *rows* as it did."""
        chosen = rows.iloc[places].reset_index(drop=True)
        told = facts(chosen, self.store, self.features)
        inputs = self.scores.features.iloc[places].reset_index(drop=True)
        return explain(self.model, inputs, told, self.specs, how)


@dataclass(frozen=True)
class Duel:
    """What parts one model (*other*) from the first.

    Attributes:
        parted: the rows only one selects.
        explained: how many of the rows that either selects were explained.
        reasons: leading reasons where they part: who (first, other: who selects), side (whose reason), code,
            meaning, group, rows.
        groups: leading typology groups there: who, side, group, rows.
        examples: some declarations that only one selects, the best ranks of each side, as plain data.
        agreement: of their reasons on all rows explained.
        rank_correlation: Spearman's, on all rows.
        subgroups: see :func:`redlane.evaluation.paired.disagreement.group_differences`.
    """

    other: str
    parted: Disagreement
    explained: int
    reasons: pd.DataFrame
    groups: pd.DataFrame
    examples: list[dict[str, Any]]
    agreement: Agreement
    rank_correlation: float
    subgroups: pd.DataFrame


def duel(
    sides: tuple[Side, Side],
    rows: pd.DataFrame,
    truth: Truth,
    judged: Contest,
    parts: Sequence[Partition],
    settings: tuple[EvaluationSettings, ComparisonSettings, ExplanationSettings],
) -> Duel:
    """Hold the second of *sides* against the first on the declarations *rows*."""
    first, other = sides
    evaluation, how, explanations = settings
    chosen = [judged.selected[side.name] for side in sides]
    parted = disagreement(chosen[0], chosen[1], truth)
    places = _either(chosen[0], chosen[1], how.explained_rows)
    told = [side.explain(rows, places, explanations) for side in sides]
    who = np.select(
        [np.isin(places, parted.only_first), np.isin(places, parted.only_other)], ["first", "other"], "both"
    )
    return Duel(
        other=other.name,
        parted=parted,
        explained=len(places),
        reasons=_reasons(sides, told, who, how.reasons),
        groups=_groups(told, who),
        examples=_examples(sides, rows, truth, (places, who), told, how.examples),
        agreement=agreement(told[0].reasons, told[1].reasons),
        rank_correlation=rank_agreement(first.scores.margin, other.scores.margin),
        subgroups=group_differences(first.contender, other.contender, truth, parts, evaluation),
    )


def _either(first: Positions, other: Positions, most: int) -> Positions:
    """Rows that either selects, the best of both in turns, at most so many."""
    turns = np.column_stack([first, other]).ravel()
    _, at = np.unique(turns, return_index=True)
    return np.asarray(turns[np.sort(at)][:most])


def _reasons(sides: tuple[Side, Side], told: Sequence[Explanation], who: Any, most: int) -> pd.DataFrame:
    lines = []
    for side, name, explanation in zip(sides, ("first", "other"), told, strict=True):
        specs = {spec.name: spec for spec in side.specs}
        codes = codes_by_row(explanation.reasons)
        for selects in ("first", "other"):
            named = [code for row in np.flatnonzero(who == selects) for code in codes[row]]
            for code, count in pd.Series(named, dtype="object").value_counts().head(most).items():
                spec = specs[str(code)]
                line = {"code": spec.name, "meaning": spec.meaning, "group": spec.group, "rows": int(count)}
                lines.append({"who": selects, "side": name, **line})
    return pd.DataFrame(lines, columns=["who", "side", "code", "meaning", "group", "rows"])


def _groups(told: Sequence[Explanation], who: Any) -> pd.DataFrame:
    lines = []
    for name, explanation in zip(("first", "other"), told, strict=True):
        leading = pd.Series(leading_groups(explanation.groups), dtype="object")
        for selects in ("first", "other"):
            for group, count in leading[who == selects].value_counts().items():
                lines.append({"who": selects, "side": name, "group": str(group), "rows": int(count)})
    return pd.DataFrame(lines, columns=["who", "side", "group", "rows"])


def _examples(
    sides: tuple[Side, Side],
    rows: pd.DataFrame,
    truth: Truth,
    placed: tuple[Positions, Any],
    told: Sequence[Explanation],
    most: int,
) -> list[dict[str, Any]]:
    places, who = placed
    ranks = [np.argsort(inspection_order(side.scores.margin, truth.tie).rows) + 1 for side in sides]
    said = [explanation.reasons.rows() for explanation in told]
    examples = []
    for selects in ("first", "other"):
        for row in np.flatnonzero(who == selects)[:most].tolist():
            place = int(places[row])
            examples.append(
                {
                    "who": selects,
                    "declaration_id": str(rows["declaration_id"].iloc[place]),
                    "irregular": bool(truth.irregular[place]),
                    "ranks": [int(rank[place]) for rank in ranks],
                    "codes": [[reason.code for reason in side[row]] for side in said],
                    "reasons": [[reason.sentence for reason in side[row]] for side in said],
                }
            )
    return examples
