"""Stage *analyse*: a period of declarations and the profiles -> tables and pages for analysts."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import Field

from redlane import __version__
from redlane.analysis.analysis import Analysis, Period
from redlane.analysis.listed import ANALYSES
from redlane.analysis.writing import Form, TableFormat, Written, write_analyses
from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import day_date, day_number, days
from redlane.declarations.reading import Accepted, read_declarations
from redlane.errors import ExitCode, RedlaneError
from redlane.evaluation.settings import EvaluationSettings
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.flag import FlagSettings
from redlane.io.files import atomic_folder, sha256_files, write_json
from redlane.profiles.store import open_store
from redlane.progress import step
from redlane.stages import learning
from redlane.stages.delivery import refuse_replacing
from redlane.stages.result import ResultTable, StageResult, reject_tables
from redlane.words.catalogue import Language
from redlane.words.saying import Say

FOLDER = (
    "index.html",
    "manifest.json",
    *(f"{name}.html" for name in ANALYSES),
    *(f"{name}{rest}" for name in ANALYSES for rest in (".parquet", "_*.parquet", ".csv", "_*.csv")),
)
"""What a folder written by this stage holds."""


def run(
    *,
    files: list[Path],
    profiles: Path,
    out: Path,
    declarations: DeclarationFormat,
    features: FeatureSettings,
    flags: FlagSettings,
    evaluation: EvaluationSettings,
    since: date | None,
    until: date | None,
    analyses: list[str] | None,
    tables: TableFormat,
    top_rows: Annotated[int, Field(ge=1, le=1000)],
    language: Language,
    as_of: date | None,
) -> StageResult:
    """Analyse the declarations of *files* registered from *since* to *until*, each as of the day before it.

    Writes to *out*, whole or not at all: per analysis a table and a page, ``index.html`` and ``manifest.json``.
    An analysis that lacks a column or a profile is left out and named with the reason.

    Raises:
        RedlaneError: no declaration lies in the period, no analysis can be made, or *out* holds other things.
    """
    refuse_replacing(out, FOLDER, *files, profiles)
    chosen = _chosen(analyses)
    step("checking the profiles")
    store = open_store(profiles)
    step("reading declarations")
    accepted = read_declarations(files, declarations, as_of)
    learning.require_rows(accepted)
    frame, start, end = _period(accepted.frame, since, until)
    period = Period(frame, store, start, end, features.with_flags(flags), evaluation, top_rows)
    inputs = learning.by_name(accepted.hashes)
    step("analysing")
    with atomic_folder(out) as folder:
        form = Form(_facts(period, inputs, language), tables, language)
        written = write_analyses(folder, chosen, period, form)
        write_json(
            folder / "manifest.json",
            {**_manifest(period, inputs, written), "outputs": dict(sha256_files(folder))},
        )
    return _result(out, accepted, period, written)


def _chosen(names: list[str] | None) -> list[Analysis]:
    """The analyses asked for, in the order of the table; all of them where none is named.

    Raises:
        RedlaneError: there is no analysis of such a name.
    """
    for name in names or []:
        if name not in ANALYSES:
            raise RedlaneError(f"analyse: there is no analysis '{name}'; known are {', '.join(ANALYSES)}")
    return [analysis for name, analysis in ANALYSES.items() if not names or name in names]


def _period(frame: pd.DataFrame, since: date | None, until: date | None) -> tuple[pd.DataFrame, date, date]:
    """The declarations registered in the period, its first and its last day.

    Raises:
        RedlaneError: there are none.
    """
    registered = days(frame["registered_on"])
    first, last = day_date(int(registered.min())), day_date(int(registered.max()))
    start, end = since or first, until or last
    inside = (registered >= day_number(start)) & (registered <= day_number(end))
    if not inside.any():
        raise RedlaneError(
            f"no declaration was registered from {start} to {end}; the files hold those from {first} to {last}"
        )
    return frame[inside].reset_index(drop=True), start, end


def _facts(period: Period, inputs: Mapping[str, str], language: str) -> dict[str, str]:
    """What every page says of its making, in its language."""
    say = Say(language, "analysis", "fact")
    files = ", ".join(f"{name} (SHA-256 {sha[:12]}…)" for name, sha in inputs.items())
    return {
        say("period"): say(
            "period_is", n=len(period.declarations), since=str(period.since), until=str(period.until)
        ),
        say("compared"): say("compared_is", id=period.profiles.id),
        say("files"): files,
        say("software"): f"redlane {__version__}",
    }


def _manifest(period: Period, inputs: Mapping[str, str], written: Written) -> dict[str, Any]:
    return {
        "redlane": __version__,
        "profiles_id": period.profiles.id,
        "inputs": dict(inputs),
        "since": str(period.since),
        "until": str(period.until),
        "declarations": len(period.declarations),
        "rows": {done.analysis.name: done.rows for done in written.done},
        "left_out": _titled(written),
    }


def _titled(written: Written) -> dict[str, str]:
    return {ANALYSES[name].title: reason for name, reason in written.left_out.items()}


def _result(out: Path, accepted: Accepted, period: Period, written: Written) -> StageResult:
    n = len(period.declarations)
    return StageResult(
        title=f"{len(written.done)} analyses of {n:,} declarations, {period.since} to {period.until}",
        paths={"analyses": out, "start here": out / "index.html"},
        counts={
            "read": accepted.read,
            "accepted": len(accepted.frame),
            "rejected": accepted.rejected,
            "analysed": len(period.declarations),
        },
        numbers={
            "profiles_id": period.profiles.id,
            "rows": {done.analysis.name: done.rows for done in written.done},
            "left_out": _titled(written),
        },
        tables=[_overview(written), *reject_tables(accepted.rejects)],
        notes=[
            *(f"{done.analysis.title}: {done.finding}" for done in written.done),
            *(f"{title} was left out: {reason}" for title, reason in _titled(written).items()),
            *accepted.notes,
        ],
        exit_code=ExitCode.DONE_WITH_REJECTS if accepted.rejected else ExitCode.DONE,
    )


def _overview(written: Written) -> ResultTable:
    rows = [{"analysis": done.analysis.title, "rows": done.rows} for done in written.done]
    return ResultTable("Analyses", pd.DataFrame(rows), "risk indicators, not proof, and not a customs value")
