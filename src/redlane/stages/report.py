"""Stage *report*: a scored batch, or a model -> one HTML file (and a PDF) for those who act on it."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from redlane.declarations.format import DeclarationFormat
from redlane.errors import RedlaneError
from redlane.governance.chain import read_chain
from redlane.io.containers import shown
from redlane.io.files import atomic_path, disk_errors, write_text
from redlane.model.bundle import read_bundle
from redlane.profiles.store import open_store
from redlane.progress import step
from redlane.reports.content import Look, Sources
from redlane.reports.declared import Declared, read_declared
from redlane.reports.document import MARK, MODEL_MARK
from redlane.reports.masking import mask_key as key_from
from redlane.reports.model_report import ModelSources, model_report
from redlane.reports.printing import browser, print_pdf
from redlane.reports.report import batch_report
from redlane.reports.scored import Places, Scored, read_scored, read_slim
from redlane.stages.delivery import Delivery
from redlane.stages.result import StageResult
from redlane.words.catalogue import Language

Lane = Literal["red", "yellow", "blue", "green"]


def run(
    *,
    file: Path | None,
    out: Path,
    files: list[Path] | None,
    bundle: Path | None,
    profiles: Path | None,
    previous: list[Path] | None,
    mask_key: Path | None,
    pdf: bool,
    declarations: DeclarationFormat | None,
    language: Language,
    lanes_shown: Annotated[tuple[Lane, ...], Field(min_length=1)],
    top_reasons: Annotated[int, Field(ge=1)],
    history_days: Annotated[int, Field(ge=1, le=3660)],
    mask_parties: bool,
    pdf_cases: Annotated[int, Field(ge=0)],
) -> StageResult:
    """Report the batch whose scores are *file*; the declarations, *bundle* and *profiles* make it fuller.

    Without a score file, the report is about the model of *bundle*.
    """
    if file is None:
        beside = {
            "--declarations": files,
            "--profiles": profiles,
            "--previous": previous,
            "--mask-key": mask_key,
        }
        return _report_model(bundle, out, [flag for flag, value in beside.items() if value], language, pdf)
    inputs = [
        file,
        *(files or []),
        *(previous or []),
        *(path for path in (bundle, profiles, mask_key) if path),
    ]
    printed = out.with_suffix(".pdf") if pdf else None
    refuse_place(out, printed, inputs)
    key = key_from(mask_key) if mask_parties or mask_key else None
    if pdf:
        browser()
    step("reading the scores")
    scored = read_scored(places_of(file), lanes_shown)
    earlier = [(shown(Path(path.name)), read_slim(path)) for path in previous or []]
    step("opening bundle and profiles")
    sources = Sources(
        scored,
        _declared(scored, files or [], declarations),
        None if profiles is None else open_store(profiles, scored.manifest["profiles_id"]),
        None if bundle is None else read_bundle(bundle),
    )
    step("writing the report")
    page = batch_report(sources, earlier, Look(language, top_reasons, history_days, key))
    _deliver(page, out, printed, pdf_cases)
    return StageResult(
        title=f"Reported {len(scored.chosen):,} of {len(scored.every):,} declaration items of {shown(file)}",
        paths={"report": out, **({} if printed is None else {"pdf": printed})},
        counts={**scored.counts, "in_report": len(scored.chosen)},
        numbers={
            "bundle_id": scored.manifest["bundle_id"],
            "profiles_id": scored.manifest["profiles_id"],
            "bytes": out.stat().st_size,
        },
        notes=_notes(sources),
    )


def _report_model(
    bundle: Path | None, out: Path, unused: list[str], language: Language, pdf: bool
) -> StageResult:
    if bundle is None:
        raise RedlaneError(
            "report needs the score file of a batch, or --bundle DIR alone for the report of a model"
        )
    if unused:
        raise RedlaneError(
            f"{unused[0]} belongs to the report of a batch, and no score file was given; the report of a model is made "
            "of its bundle alone"
        )
    printed = out.with_suffix(".pdf") if pdf else None
    refuse_place(out, printed, [bundle], MODEL_MARK)
    if pdf:
        browser()
    step("opening the bundle")
    learnt = read_bundle(bundle)
    decision = _decision(bundle, learnt.id)
    step("writing the report")
    _deliver(model_report(ModelSources.of(learnt, decision), language), out, printed, 0)
    return StageResult(
        title=f"Reported the model of {shown(bundle)}",
        paths={"report": out, **({} if printed is None else {"pdf": printed})},
        numbers={"bundle_id": learnt.id, "bytes": out.stat().st_size},
        notes=[] if learnt.documents else [_BARE],
    )


def _decision(bundle: Path, bundle_id: str) -> Mapping[str, Any] | None:
    """The last decision about the bundle, where the chain beside it holds one.

    Raises:
        RedlaneError: the chain was changed.
    """
    about = [entry for entry in read_chain(bundle.parent).entries if entry["bundle_id"] == bundle_id]
    return about[-1] if about else None


_BARE = (
    "this bundle holds no documents about its evaluation and its data; train it anew for a fuller report, its card.md "
    "tells what was kept"
)


def places_of(file: Path) -> Places:
    """The files of the scoring run that *file* (its folder, or its score file) belongs to.

    Raises:
        RedlaneError: there is no such file, or no manifest beside it.
    """
    inside = file.name == "scores.parquet" and (file.parent / "manifest.json").is_file()
    delivery = Delivery.at(file.parent if inside else file)
    if not delivery.scores.is_file():
        raise RedlaneError(f"{shown(delivery.scores)} is no score file; 'redlane score' writes one")
    if not delivery.manifest.is_file():
        raise RedlaneError(
            f"{shown(delivery.scores)} has no {delivery.manifest.name} beside it; the report needs it to say "
            "where every record went"
        )
    return Places(delivery.scores, delivery.rejects, delivery.manifest)


def _declared(scored: Scored, files: list[Path], rules: DeclarationFormat | None) -> Declared | None:
    if not files:
        return None
    written = DeclarationFormat.parse(scored.configuration["declarations"], "the manifest's declarations")
    chosen = scored.chosen.select(["declaration_id", "item_number"]).to_pandas()
    return read_declared(files, rules or written, scored.as_of, scored.every, chosen)


def refuse_place(out: Path, printed: Path | None, inputs: list[Path], mark: str = MARK) -> None:
    """Refuse to write over an input, into a sealed folder, or over a file that is no report (carries no *mark*).

    Raises:
        RedlaneError: naming the path, and what would be right.
    """
    if out.suffix != ".html":
        raise RedlaneError(f"--out {shown(out)} does not end with .html; a report is one HTML file")
    for path in inputs:
        if path.resolve() in (out.resolve(), *out.resolve().parents):
            raise RedlaneError(f"{shown(out)} would lie in or replace {shown(path)}; give another --out")
    ours = _is_report(out, mark)
    for place in (out, printed):
        if place is not None and place.exists() and not (ours and place.is_file()):
            raise RedlaneError(f"{shown(place)} exists and is no report of redlane's; give another --out")


def _is_report(path: Path, mark: str) -> bool:
    with disk_errors(path):
        if not path.is_file() or path.is_symlink():
            return False
        with path.open("rb") as file:
            return mark.encode() in file.read(200)


def _deliver(page: str, out: Path, printed: Path | None, cases: int) -> None:
    """The PDF first, printed from a copy with a name that a browser takes for a page; then the page itself."""
    if printed is not None:
        with tempfile.TemporaryDirectory(prefix="redlane-report-") as name:
            copy = Path(name) / "report.html"
            write_text(copy, page)
            print_pdf(copy, Path(name) / "report.pdf", cases)
            with atomic_path(printed) as temporary:
                shutil.copyfile(Path(name) / "report.pdf", temporary)
    write_text(out, page)


def _notes(sources: Sources) -> list[str]:
    notes = []
    if sources.declared is None:
        notes.append(
            "no declarations were given: case files show ids, scores and reasons only (--declarations FILE)"
        )
    elif missing := int((~sources.declared.found).sum()):
        notes.append(f"{missing} of the rows in the report are not in the declarations given")
    if sources.profiles is None:
        notes.append("no profiles were given: reasons are shown without their peers (--profiles DIR)")
    return notes
