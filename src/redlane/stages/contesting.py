"""Entrants on their field: scored once, judged on all rows and the honest slice, explained where they part, timed."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from redlane.declarations.periods import day_number, days
from redlane.errors import RedlaneError
from redlane.evaluation.comparison import Rows, simple_baselines, truth_of, unseen_rows
from redlane.evaluation.paired import ComparisonSettings, Contest, contest
from redlane.evaluation.paired.duel import Side, duel
from redlane.evaluation.partitions import partitions
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.truth import Booleans, Floats, Truth
from redlane.explanations.settings import ExplanationSettings
from redlane.progress import step, track
from redlane.reports.comparison import Entry, Outcome
from redlane.stages import learning
from redlane.stages.entrants import Entrant, Field

_ROUNDS = 2


@dataclass(frozen=True)
class How:
    """The settings of a comparison."""

    evaluation: EvaluationSettings
    comparison: ComparisonSettings
    explanations: ExplanationSettings


def require_two(bundles: Sequence[Path]) -> None:
    """Refuse a comparison of one.

    Raises:
        RedlaneError: fewer than two bundles were given.
    """
    if len(bundles) < 2:
        raise RedlaneError(
            f"a comparison needs at least two bundles, found {len(bundles)}; give --bundles DIR DIR"
        )


def hold(entrants: Sequence[Entrant], field: Field, how: How) -> Outcome:
    """Everything that a comparison says.

    Raises:
        RedlaneError: a bundle reads a column or profile that is not there, or what is to decide is not recorded.
    """
    rows, earlier = field.rows, field.earlier
    sides = [entrant.score(rows) for entrant in track(entrants, "scoring", len(entrants))]
    step("comparing")
    truth = truth_of(rows, _proxy(entrants[0]))
    trained = earlier[
        learning.labelled(earlier) & (days(earlier["outcome_known_on"]) < day_number(field.since))
    ]
    beside = simple_baselines(
        trained, Rows(rows, sides[0].scores.features), entrants[0].store, how.evaluation
    )
    whole = _contest(sides, truth, how, beside, np.ones(len(truth), np.bool_))
    unseen = unseen_rows(earlier, rows, how.evaluation)
    judged = None if unseen.all() or not unseen.any() else _contest(sides, truth, how, beside, unseen)
    step("looking where they part")
    parts = partitions(rows, earlier, how.evaluation)
    settings = (how.evaluation, how.comparison, how.explanations)
    duels = [duel((sides[0], side), rows, truth, whole, parts, settings) for side in sides[1:]]
    step("timing")
    speed = speeds(entrants, rows.head(how.comparison.timed_rows))
    return Outcome(
        entries=[_entry(entrant, speed[entrant.name]) for entrant in entrants],
        whole=whole,
        unseen=judged,
        seen_share=float(1 - unseen.mean()),
        duels=duels,
        primary=how.comparison.primary,
        cut=how.comparison.cut.label,
        since=str(field.since),
        revenue_is_proxy=truth.revenue_is_proxy,
    )


def speeds(entrants: Sequence[Entrant], rows: pd.DataFrame) -> dict[str, float]:
    """Rows scored a second by each, features included: the best of some rounds, in turns so that all fare alike."""
    best = dict.fromkeys((entrant.name for entrant in entrants), float("inf"))
    for turn in range(_ROUNDS):
        for entrant in entrants if turn % 2 == 0 else reversed(entrants):
            begun = time.perf_counter()
            entrant.score(rows)
            best[entrant.name] = min(best[entrant.name], time.perf_counter() - begun)
    return {name: len(rows) / seconds for name, seconds in best.items()}


def _contest(
    sides: Sequence[Side], truth: Truth, how: How, beside: Mapping[str, Floats], rows: Booleans
) -> Contest:
    chosen = [side.contender.where(rows) for side in sides]
    others = {name: score[rows] for name, score in beside.items()}
    return contest(chosen, truth.where(rows), how.evaluation, how.comparison, others)


def _proxy(entrant: Entrant) -> bool:
    return bool(entrant.learnt.configured("declarations").get("revenue_proxy", "none") != "none")


def _entry(entrant: Entrant, speed: float) -> Entry:
    files = entrant.learnt.manifest["files"]
    return Entry(
        name=entrant.name,
        bundle_id=entrant.learnt.id,
        profiles_id=entrant.store.id,
        fitted_on=str(entrant.fitted_on),
        features=len(entrant.learnt.specs),
        size=sum(int(each["size"]) for each in files.values()),
        rows_per_second=speed,
    )
