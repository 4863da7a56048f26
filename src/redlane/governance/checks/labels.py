"""Checks of the outcomes: whether equal declarations ended alike, and how rows came to be inspected."""

import numpy as np
import pandas as pd

from redlane.declarations.columns import COLUMNS
from redlane.evaluation.baselines import goods_tuple
from redlane.evaluation.truth import Floats, Integers
from redlane.governance.check import Check, NotApplicableError, Verdict, judged
from redlane.governance.settings import CheckSettings
from redlane.governance.study import Study

CONTRADICTIONS = Check(
    "RL10",
    "Equal declarations end alike",
    "Labelled rows that agree in every declared column are grouped; counted are the rows whose outcome is "
    "not that of most of their group, beside the number that outcomes dealt by lot would give.",
    "Where equal declarations end differently as often as by lot, outcomes do not depend on what was "
    "declared, or are recorded carelessly: no model can be better than that.",
    "Look at some of the pairs; see whether findings of other items, or of the whole consignment, were "
    "written to each row.",
    "The outcome of a declaration says something about others like it.",
)

_LEAST_REPEATS = 50


def contradictions(study: Study, settings: CheckSettings) -> Verdict:
    """Minority outcomes among exact duplicates, as a share of what chance gives."""
    frame = study.declarations
    labelled = frame[frame["irregular"].notna()]
    declared = [str(name) for name in labelled if COLUMNS[str(name)].role == "declared"]
    group = pd.factorize(goods_tuple(labelled, declared))[0]
    size = np.bincount(group)
    rows = size[group] > 1
    if rows.sum() < _LEAST_REPEATS:
        raise NotApplicableError(
            f"Only {int(rows.sum())} labelled rows repeat all that another one declares."
        )
    irregular = labelled["irregular"].to_numpy("float64")
    minority = _minority(group[rows], irregular[rows])
    rng = np.random.Generator(np.random.PCG64(settings.seed))
    dealt = float(np.mean([_minority(group[rows], rng.permutation(irregular[rows])) for _ in range(20)]))
    if dealt == 0:
        raise NotApplicableError("All rows that repeat another one ended alike.")
    sentence = (
        f"Of {int(rows.sum()):,} rows that repeat all another one declares, {minority:,.0f} ended unlike "
        f"most of their group; dealt by lot it would be {dealt:,.0f}."
    )
    outcome = judged(minority / dealt, warn=settings.contradiction_warning, fail=np.inf)
    return Verdict(outcome, sentence, minority / dealt, bound=settings.contradiction_warning)


def _minority(group: Integers, irregular: Floats) -> float:
    found, size = np.bincount(group, weights=irregular), np.bincount(group)
    return float(np.minimum(found, size - found).sum())


PROPENSITY = Check(
    "RL11",
    "How rows came to be inspected is recorded",
    "The share of labelled rows with a probability of having been selected (`selection_propensity`).",
    "Outcomes exist where somebody chose to inspect. Without the probability of that choice, every measure "
    "speaks of the inspected alone, and the model learns what was looked for before.",
    "Keep a random share of inspections and record each row's probability; `redlane score` writes it.",
    "Measures can be corrected for the choice of what was inspected.",
)

_KNOWN = 0.95


def propensity(study: Study, settings: CheckSettings) -> Verdict:
    """How many labelled rows have one."""
    frame = study.declarations[study.declarations["irregular"].notna()]
    known = float(frame["selection_propensity"].notna().mean()) if "selection_propensity" in frame else 0.0
    sentence = (
        f"{known:.1%} of the {len(frame):,} labelled rows say with which probability they were selected."
    )
    return Verdict("passed" if known >= _KNOWN else "warning", sentence, known, bound=_KNOWN)
