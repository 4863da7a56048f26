"""Stage *promote*: a bundle and later declarations -> champion if every gate holds; the decision in a chain."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from redlane.clock import utc_now
from redlane.declarations.format import DeclarationFormat
from redlane.errors import ExitCode, RedlaneError
from redlane.evaluation.calibration import calibration_error
from redlane.evaluation.comparison import truth_of
from redlane.evaluation.paired import ComparisonSettings, contest
from redlane.evaluation.paired.duel import Side, duel
from redlane.evaluation.partitions import partitions
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.subgroups import judge_subgroups
from redlane.explanations.settings import ExplanationSettings
from redlane.governance import promotion as gates
from redlane.governance.chain import CHAIN, Chain, read_chain
from redlane.governance.chain import CHAMPION as POINTER
from redlane.governance.finding import Finding, plain_findings
from redlane.governance.promotion import PromotionSettings
from redlane.model.bundle import read_bundle
from redlane.pipeline import score
from redlane.progress import step
from redlane.stages import learning
from redlane.stages.contesting import How
from redlane.stages.entrants import Entrant, Field, read_entrants, read_field
from redlane.stages.material import plain
from redlane.stages.result import ResultTable, StageResult, reject_tables
from redlane.tracking.run import track
from redlane.tracking.settings import TrackingSettings

CHAMPION = "champion"
"""The alias that a promoted bundle takes over in MLflow's registry."""


def run(
    *,
    files: list[Path] | None,
    bundle: Path,
    profiles: list[Path] | None,
    by: str | None,
    reason: str | None,
    verify: bool,
    declarations: DeclarationFormat | None,
    evaluation: EvaluationSettings,
    comparison: ComparisonSettings,
    explanations: ExplanationSettings,
    promotion: PromotionSettings,
    tracking: TrackingSettings,
    as_of: date | None,
) -> StageResult:
    """Hold *bundle* to the gates on declarations of *files*; only if all hold does it become champion."""
    folder = Path(os.path.normpath(bundle))
    step("checking the chain of decisions")
    chain = read_chain(folder.parent)
    if verify:
        return _verified(chain)
    if not files or not by:
        lacking = "declarations to be judged on: FILE..." if not files else 'the name of who asks: --by "..."'
        raise RedlaneError(f"promote needs {lacking}")
    champion = None if chain.champion is None else chain.folder / chain.champion["bundle"]
    entrants = read_entrants([folder] if champion is None else [champion, folder], profiles or [], tracking)
    _require_champion(chain, entrants)
    back = _comes_back(chain, entrants[-1], reason)
    field = read_field(files, entrants, declarations, as_of)
    step("holding it to the gates")
    how = How(evaluation, comparison, explanations)
    findings, example = _findings(entrants, field, how, promotion, back)
    decision = {
        **{"bundle": folder.name, "bundle_id": entrants[-1].learnt.id, "by": by, "reason": reason or ""},
        "decided_at": utc_now(),
        "promoted": not any(each.failed for each in findings),
        "champion_before": chain.champion,
        "inputs": learning.by_name(field.accepted.hashes),
        "rows": int(field.mask.sum()),
        "profiles": {entrant.name: entrant.store.id for entrant in entrants},
        "settings": plain(evaluation=evaluation, comparison=comparison, promotion=promotion),
        "gates": plain_findings(findings),
    }
    step("recording the decision")
    grown = chain.add(decision)
    _record(tracking, grown, findings, folder, example)
    return _result(grown, findings, field)


def _require_champion(chain: Chain, entrants: Sequence[Entrant]) -> None:
    if chain.champion is not None and entrants[0].learnt.id != chain.champion["bundle_id"]:
        raise RedlaneError(
            f"{chain.folder / chain.champion['bundle']} is not the bundle that was made champion: its id is "
            f"{entrants[0].learnt.id[:16]}…, not {chain.champion['bundle_id'][:16]}…"
        )


def _comes_back(chain: Chain, entrant: Entrant, reason: str | None) -> str:
    """Why an earlier champion returns; empty where this is an ordinary promotion.

    Raises:
        RedlaneError: a reason was given for a bundle that was never champion.
    """
    if reason and not chain.was_champion(entrant.learnt.id):
        raise RedlaneError(
            f"{entrant.name} was never champion: --reason is for bringing an earlier champion back"
        )
    return reason or ""


def _findings(
    entrants: Sequence[Entrant], field: Field, how: How, asked: PromotionSettings, back: str
) -> tuple[list[Finding], pd.DataFrame]:
    """The gates in order, and some rows of features for the record."""
    rows = field.rows
    sides = [entrant.score(rows) for entrant in entrants]
    candidate, truth = sides[-1], truth_of(rows, False)
    parts = partitions(rows, field.earlier, how.evaluation)
    groups = judge_subgroups(
        candidate.scores.margin, candidate.scores.probability, truth, parts, how.evaluation
    )
    error = calibration_error(candidate.scores.probability, truth.irregular, how.evaluation.calibration_bins)
    why = f"An earlier champion comes back: {back}." if back else "There is no champion yet."
    if back or len(sides) < 2 or entrants[0].learnt.id == entrants[1].learnt.id:
        same = len(sides) == 2 and not back
        relative = gates.without_champion("It is the champion already." if same else why)
    else:
        judged = contest([side.contender for side in sides], truth, how.evaluation, how.comparison)
        line = judged.deciding().iloc[0]
        values = judged.values
        own = values[
            (values["ranking"] == sides[0].name)
            & (values["measure"] == line["measure"])
            & (values["cut"] == line["cut"])
        ]
        settings = (how.evaluation, how.comparison, how.explanations)
        parted = duel((sides[0], candidate), rows, truth, judged, parts, settings)
        relative = [
            gates.against_champion(dict(line), float(own["value"].iloc[0]), asked),
            gates.reasons(parted, asked),
        ]
    found = [
        *relative,
        gates.calibration(error, asked),
        gates.subgroups(groups, asked),
        gates.documents(entrants[-1].learnt.documents, asked),
        _rescored(entrants[-1], candidate, rows, asked.rescored_rows),
    ]
    return sorted(found, key=lambda each: each.code), candidate.scores.features.head(5)


def _rescored(entrant: Entrant, side: Side, rows: pd.DataFrame, most: int) -> Finding:
    """Read the bundle anew; score some rows in another order and company, with one thread."""
    again = read_bundle(entrant.learnt.folder)
    places = np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int))[::-1]
    chosen = rows.iloc[places].reset_index(drop=True)
    scores = score(chosen, entrant.store, entrant.features, again.model, threads=1)
    return gates.exact(side.scores.margin[places], scores.margin)


def _record(
    tracking: TrackingSettings,
    chain: Chain,
    findings: Sequence[Finding],
    bundle: Path,
    example: pd.DataFrame,
) -> None:
    """The decision as a run; a promoted bundle is registered under the alias *champion*.

    Raises:
        RedlaneError: the place of the record cannot be used; the chain holds the decision all the same.
    """
    if not tracking.enabled:
        return
    try:
        _log(tracking.model_copy(update={"alias": CHAMPION}), chain, findings, bundle, example)
    except RedlaneError as error:
        raise RedlaneError(
            f"{error}; the decision stands in {chain.folder / CHAIN}, only the record is not"
        ) from error


def _log(
    settings: TrackingSettings, chain: Chain, findings: Sequence[Finding], bundle: Path, example: pd.DataFrame
) -> None:
    decision = chain.entries[-1]
    with track(settings, f"promote {bundle.name}") as record:
        told = {
            name: decision[name] for name in ("bundle_id", "by", "reason", "promoted", "settings", "inputs")
        }
        outcomes = {each.code: {"outcome": each.outcome, "sentence": each.sentence} for each in findings}
        record.log_configuration(
            {**told, "gates": outcomes, "hash": chain.head, "decision": len(chain.entries)}
        )
        record.log_numbers({each.code: each.value for each in findings if each.value is not None})
        if decision["promoted"]:
            record.log_bundle(bundle, example)


def _verified(chain: Chain) -> StageResult:
    champion = "none" if chain.champion is None else chain.champion["bundle"]
    rows = [
        {"decision": entry["sequence"], "at": entry["decided_at"], "bundle": entry["bundle"], "by": entry["by"],
         "promoted": "yes" if entry["promoted"] else "no"}
        for entry in chain.entries
    ]  # fmt: skip
    tables = [ResultTable("Decisions", pd.DataFrame(rows))] if rows else []
    return StageResult(
        title=f"{len(chain.entries)} decisions in {chain.folder}, every link whole; champion: {champion}",
        counts={"decisions": len(chain.entries)},
        numbers={"head": chain.head, "champion": chain.champion},
        tables=tables,
    )


def _result(chain: Chain, findings: Sequence[Finding], field: Field) -> StageResult:
    last = chain.entries[-1]
    failed = [each for each in findings if each.failed]
    name, said = last["bundle"], "is champion" if last["promoted"] else "was refused: the champion stays"
    frame = pd.DataFrame(
        [
            {"gate": each.code, "what": each.title, "outcome": each.outcome.replace("_", " ")}
            for each in findings
        ]
    )
    rejected = field.accepted.rejected
    done = ExitCode.DONE_WITH_REJECTS if rejected else ExitCode.DONE
    return StageResult(
        title=f"{name} {said}",
        paths={"decisions": chain.folder / CHAIN, "champion": chain.folder / POINTER},
        counts={
            "read": field.accepted.read,
            "accepted": len(field.accepted.frame),
            "rejected": rejected,
            "judged": last["rows"],
        },
        numbers={
            "promoted": last["promoted"],
            "head": chain.head,
            "champion": chain.champion,
            "gates": last["gates"],
        },
        tables=[ResultTable("Gates", frame), *reject_tables(field.accepted.rejects)],
        notes=[
            *(f"{each.code} {each.title}: {each.sentence}" for each in (failed or findings)),
            f"Decision {last['sequence']} has the hash {chain.head}; kept elsewhere, it shows a rewritten history.",
        ],
        exit_code=ExitCode.NOT_PASSED if failed else done,
    )
