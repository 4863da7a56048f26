"""Stage *compare*: bundles on the same declarations -> what differs, how surely, where and why."""

from datetime import date
from pathlib import Path

from redlane.declarations.format import DeclarationFormat
from redlane.errors import ExitCode
from redlane.evaluation.paired import ComparisonSettings
from redlane.evaluation.settings import EvaluationSettings
from redlane.explanations.settings import ExplanationSettings
from redlane.io.files import write_text
from redlane.progress import step
from redlane.reports.comparison import MARK, comparison_page
from redlane.stages import contesting
from redlane.stages.comparison_tables import logged, numbers, tables
from redlane.stages.contesting import How
from redlane.stages.entrants import read_entrants, read_field
from redlane.stages.material import plain
from redlane.stages.report import refuse_place
from redlane.stages.result import StageResult, reject_tables
from redlane.tracking.run import track
from redlane.tracking.settings import TrackingSettings
from redlane.words.catalogue import Language


def run(
    *,
    files: list[Path],
    bundles: list[Path],
    profiles: list[Path] | None,
    out: Path | None,
    declarations: DeclarationFormat | None,
    evaluation: EvaluationSettings,
    comparison: ComparisonSettings,
    explanations: ExplanationSettings,
    tracking: TrackingSettings,
    language: Language,
    as_of: date | None,
) -> StageResult:
    """Hold every other of *bundles* against the first, on declarations of *files* that none can have learnt from."""
    contesting.require_two(bundles)
    if out is not None:
        refuse_place(out, None, [*files, *bundles, *(profiles or [])], MARK)
    entrants = read_entrants(bundles, profiles or [], tracking)
    field = read_field(files, entrants, declarations, as_of)
    outcome = contesting.hold(entrants, field, How(evaluation, comparison, explanations))
    if out is not None:
        step("writing the page")
        write_text(out, comparison_page(outcome, language, {each.name: each.learnt for each in entrants}))
    if tracking.enabled:
        step("recording the run")
        settings = plain(evaluation=evaluation, comparison=comparison, explanations=explanations)
        with track(tracking, f"compare {' and '.join(outcome.names)}"[:200]) as record:
            logged(record, outcome, settings, field)
    rejected = field.accepted.rejected
    return StageResult(
        title=f"{len(entrants)} bundles on {outcome.whole.n:,} declarations registered since {field.since}",
        paths={} if out is None else {"page": out},
        counts={
            "read": field.accepted.read,
            "accepted": len(field.accepted.frame),
            "rejected": rejected,
            "compared": outcome.whole.n,
        },
        numbers=numbers(outcome),
        tables=[*tables(outcome), *reject_tables(field.accepted.rejects)],
        notes=[*outcome.sentences("en"), *outcome.cautions("en"), *field.accepted.notes],
        exit_code=ExitCode.DONE_WITH_REJECTS if rejected else ExitCode.DONE,
    )
