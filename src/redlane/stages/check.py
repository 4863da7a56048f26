"""Stage *check*: declarations with outcomes -> whether leaks or mistakes stand in the way of learning from them."""

from datetime import date
from pathlib import Path

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import Periods
from redlane.errors import ExitCode, RedlaneError
from redlane.evaluation.settings import EvaluationSettings
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.flag import FlagSettings
from redlane.governance.checks.catalogue import run_checks
from redlane.governance.finding import Finding, plain_findings
from redlane.governance.settings import GovernanceSettings
from redlane.io.files import write_json
from redlane.model.settings import ModelSettings
from redlane.model.weighting import Weighting
from redlane.pipeline import Recipe
from redlane.profiles.partner_exports import PartnerExportsFormat
from redlane.progress import step
from redlane.stages.governing import findings_tables, studied, summary
from redlane.stages.material import Source, gather
from redlane.stages.result import StageResult


def run(
    *,
    files: list[Path],
    out: Path | None,
    partner_table: Path | None,
    bundle: Path | None,
    profiles: Path | None,
    declarations: DeclarationFormat,
    partner_exports: PartnerExportsFormat,
    features: FeatureSettings,
    flags: FlagSettings,
    model: ModelSettings,
    periods: Periods,
    weighting: Weighting,
    evaluation: EvaluationSettings,
    governance: GovernanceSettings,
    as_of: date | None,
    caution: str,
) -> StageResult:
    """Run every check that needs no model on *files*, with the settings a training would have.

    ``bundle`` and ``profiles`` are where such a training would write: recipes name them; nothing is read or written
    there.

    Raises:
        RedlaneError: ``out`` is no .json file, or the declarations cannot be learnt from at all.
    """
    if out is not None and out.suffix != ".json":
        raise RedlaneError(f"--out {out}: findings are written as .json; give it that suffix")
    material = gather(Source(files, partner_table, declarations, partner_exports, features, flags, as_of))
    recipe = Recipe(material.features, model, weighting)
    proxy = declarations.revenue_proxy != "none"
    study = studied(material, periods, recipe, evaluation, proxy)
    step("checking the data for leaks and mistakes")
    findings = run_checks(study, governance.checks)
    if out is not None:
        write_json(out, plain_findings(findings))
    return StageResult(
        title=f"Checks: {summary(findings)}",
        paths={} if out is None else {"findings": out},
        counts=material.counts(),
        numbers={each.code: each.outcome for each in findings},
        tables=[*findings_tables("Checks", findings, "in the order of docs/checks.md"), *material.tables()],
        notes=[*([caution] if caution else []), *_advice(findings), *material.notes()],
        exit_code=_status(findings, material.accepted.rejected),
    )


def _advice(findings: tuple[Finding, ...]) -> list[str]:
    """What a failure means and what to do, by its code."""
    return [f"{each.code} {each.title}: {each.meaning}" for each in findings if each.failed]


def _status(findings: tuple[Finding, ...], rejected: int) -> ExitCode:
    if any(each.failed for each in findings):
        return ExitCode.NOT_PASSED
    return ExitCode.DONE_WITH_REJECTS if rejected else ExitCode.DONE
