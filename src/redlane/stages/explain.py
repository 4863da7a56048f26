"""Stage *explain*: recompute stored scores, and say whether they hold bit for bit; if not, what is another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.reading import DeclarationFile
from redlane.engines.recompute import SCORES, Difference, differences, recompute
from redlane.errors import ExitCode, RedlaneError
from redlane.explanations.settings import ExplanationSettings
from redlane.io.containers import shown
from redlane.lanes.settings import LaneSettings
from redlane.model.bundle import Bundle, read_bundle
from redlane.profiles.build import Profiles
from redlane.profiles.store import open_store
from redlane.progress import step
from redlane.score_reading import ScoreFile, read_scores
from redlane.stages.case_file import write_case_file
from redlane.stages.delivery import Delivery
from redlane.stages.report import refuse_place
from redlane.stages.result import ResultTable, StageResult
from redlane.stages.score import beside, scorer_of
from redlane.words.catalogue import Language

_KEY = ["declaration_id", "item_number"]
_SHOWN = 20


def run(
    *,
    file: Path,
    scores: Path,
    declaration: str | None,
    rows: Annotated[int, Field(ge=1, le=1 << 31)],
    seed: Annotated[int, Field(ge=0)],
    bundle: Path,
    profiles: Path | None,
    out: Path | None,
    language: Language,
) -> StageResult:
    """Recompute the rows of *declaration*, or of a sample, from the declarations in *file*.

    With *out* the case file of the declaration is written there, in *language*, if its scores still hold.
    Format, explanation settings and the state of the profiles are those the score file's manifest names.

    Raises:
        RedlaneError: something is missing or damaged, or the declaration was never scored.
    """
    _check_out(out, declaration, [file, scores, bundle, profiles])
    step("reading the scores")
    stored = read_scores(scores, Delivery.at(scores).manifest)
    chosen = _chosen(stored, declaration, rows, seed)
    step("checking the bundle and the profiles")
    learnt = read_bundle(bundle)
    store = open_store(profiles or beside(bundle), stored.manifest["profiles_id"])
    step("looking for the declarations")
    source = _source(file, stored)
    found = _found(source, chosen)
    step("recomputing")
    chosen, lost = _with_declaration(chosen, found)
    again = _again(learnt, store, stored, found)
    unlike = differences(chosen, again)
    causes = _causes(stored, learnt, source, lost)
    result = _result(chosen, unlike, causes, declaration)
    if out is None:
        return result
    if unlike or not stored.intact or not chosen.num_rows:
        return replace(
            result, notes=[*result.notes, "no case file was written: the stored score does not hold"]
        )
    step("writing the case file")
    write_case_file(out, scores, file, again, (learnt, store), language)
    return replace(result, paths={"case file": out})


def _check_out(out: Path | None, declaration: str | None, inputs: Sequence[Path | None]) -> None:
    if out is None:
        return
    if declaration is None:
        raise RedlaneError("a case file is of one declaration; give --declaration ID with --out")
    refuse_place(out, None, [path for path in inputs if path is not None])


def _chosen(stored: ScoreFile, declaration: str | None, rows: int, seed: int) -> pa.Table:
    table = stored.table
    if declaration is None:
        count = min(rows, table.num_rows)
        places = np.random.Generator(np.random.PCG64(seed)).choice(table.num_rows, count, replace=False)
        return table.take(pa.array(np.sort(places)))
    mine = table.filter(pc.equal(table["declaration_id"], declaration))
    if not mine.num_rows:
        raise RedlaneError(f"{stored.path} has no declaration '{shown(Path(declaration))}'")
    return mine


def _source(file: Path, stored: ScoreFile) -> DeclarationFile:
    configuration = stored.manifest["configuration"]
    rules = DeclarationFormat.parse(configuration["declarations"], "the manifest's format")
    return DeclarationFile(file, rules, date.fromisoformat(configuration["as_of"]), labels=False)


def _found(source: DeclarationFile, chosen: pa.Table) -> pd.DataFrame:
    """The chosen rows as they are declared in the file, in the order of the file."""
    wanted = set(_keys(chosen))
    ids = {declaration for declaration, _ in wanted}
    parts = []
    for batch in source.batches():
        near = batch.accepted[batch.accepted["declaration_id"].isin(ids)]
        items = near["item_number"].astype("object") if "item_number" in near else pd.Series(None, near.index)
        pairs = zip(near["declaration_id"], items.where(items.notna(), None), strict=True)
        parts.append(near[[pair in wanted for pair in pairs]])
    return pd.concat(parts, ignore_index=True)


def _keys(table: pa.Table) -> list[tuple[str, str | None]]:
    return list(zip(*(table[name].to_pylist() for name in _KEY), strict=True))


def _with_declaration(chosen: pa.Table, found: pd.DataFrame) -> tuple[pa.Table, list[str]]:
    """The stored rows in the order of *found*, and the ids of those that *found* does not hold."""
    place = {key: row for row, key in enumerate(_keys(chosen))}
    there = _keys(pa.Table.from_pandas(found[_KEY], preserve_index=False))
    held = set(there)
    lost = [key[0] for key in place if key not in held]
    return chosen.take(pa.array([place[key] for key in there], pa.int64())), lost


def _again(learnt: Bundle, store: Profiles, stored: ScoreFile, found: pd.DataFrame) -> pa.Table:
    configuration = stored.manifest["configuration"]
    lanes = LaneSettings.parse(configuration["lanes"], "the manifest's lanes")
    told = ExplanationSettings.parse(configuration["explanations"], "the manifest's explanations")
    scorer = scorer_of(learnt, store, lanes, told, None)
    scorer.check_columns(found.columns)
    return recompute(found, scorer)


def _causes(stored: ScoreFile, learnt: Bundle, source: DeclarationFile, lost: Sequence[str]) -> list[str]:
    """What is not as it was, in sentences."""
    manifest, causes = stored.manifest, []
    if not stored.intact:
        causes.append(f"{stored.path} was changed after it was written: its hash is not the manifest's")
    if learnt.id != manifest["bundle_id"]:
        causes.append(f"{learnt.folder} is bundle {learnt.id}; the scores are of {manifest['bundle_id']}")
    if source.sha256 != manifest["input"]["sha256"]:
        causes.append(
            f"{shown(source.path)} is not the file that was scored ({manifest['input']['file']}, "
            f"SHA-256 {manifest['input']['sha256'][:16]}…): a value, a row or their order was changed"
        )
    if lost:
        causes.append(
            f"{len(lost)} scored rows are not among the file's accepted ones, the first of {lost[0]}"
        )
    return causes


def _result(
    chosen: pa.Table, unlike: list[Difference], causes: list[str], declaration: str | None
) -> StageResult:
    rows = {(each.declaration_id, each.item_number) for each in unlike}
    holds = not unlike and not causes
    verdict = (
        "match bit for bit" if holds else "do not all match" if unlike else "match, but not all is as it was"
    )
    what = f"declaration {declaration}" if declaration is not None else "a sample"
    tables = [ResultTable("As stored", _told(chosen))] if declaration is not None else []
    if unlike:
        note = f"the first {_SHOWN} of {len(unlike)}" if len(unlike) > _SHOWN else ""
        frame = pd.DataFrame(unlike[:_SHOWN]).astype({"stored": "str", "recomputed": "str"})
        tables.append(ResultTable("Differences", frame, note))
    return StageResult(
        title=f"{chosen.num_rows:,} scored rows of {what} {verdict}",
        counts={
            "recomputed": chosen.num_rows,
            "matching": chosen.num_rows - len(rows),
            "differing": len(rows),
        },
        numbers={"matches": holds, "differences": len(unlike), "causes": causes},
        tables=tables,
        notes=causes,
        exit_code=ExitCode.DONE if holds else ExitCode.DIFFERS,
    )


def _told(chosen: pa.Table) -> pd.DataFrame:
    """What the score file says of each item, line by line."""
    lines: list[dict[str, Any]] = []
    for row in chosen.to_pylist():
        plain = {name: row.get(name) for name in (*SCORES[:3], "rank", "lane", "lane_reason")}
        told = {f"reason {place}": reason["sentence"] for place, reason in enumerate(row["reasons"] or [], 1)}
        told |= {f"flag {flag['id']}": flag["sentence"] for flag in row.get("flags") or []}
        lines += [
            {"item": row["item_number"], "what": name, "value": value}
            for name, value in {**plain, **told}.items()
        ]
    return pd.DataFrame(lines)
