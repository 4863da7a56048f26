"""Stage *score*: a file of declarations -> lanes and reasons for each, rejects, and a manifest."""

import os
import platform
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import Field

import redlane
from redlane.clock import utc_now
from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import day_number
from redlane.declarations.reading import Batch, DeclarationFile
from redlane.declarations.rejects import reject_lines
from redlane.engines.local import Assigned, Scorer, first_pass, second_pass
from redlane.engines.spill import Spill
from redlane.errors import ExitCode, RedlaneError
from redlane.explanations.sentences import check_sentences
from redlane.explanations.settings import ExplanationSettings
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.availability import availability_note
from redlane.io.containers import look, shown
from redlane.io.files import canonical_json, sha256_file, sha256_text, write_json
from redlane.io.tables_out import Write, table_writer
from redlane.lanes.queue import LANES
from redlane.lanes.settings import LaneSettings
from redlane.lanes.summary import LaneSummary, summarise
from redlane.lanes.usage import usage
from redlane.model.bundle import Bundle, read_bundle
from redlane.profiles.build import Profiles
from redlane.profiles.store import last_day, open_store, read_manifest
from redlane.progress import step, track
from redlane.score_file import SCHEMA, Identity, for_csv
from redlane.stages.delivery import Delivery, previous_manifest
from redlane.stages.result import ResultTable, StageResult

FRESH_DAYS = 14
"""Profiles that end longer before the declarations than this are spoken of."""

Positive = Annotated[int, Field(ge=1, le=1 << 31)]


def run(
    *,
    file: Path,
    bundle: Path,
    out: Path,
    profiles: Path | None,
    profiles_id: str | None,
    declarations: DeclarationFormat | None,
    lanes: LaneSettings,
    explanations: ExplanationSettings,
    as_of: date | None,
    batch_rows: Positive,
    threads: Positive | None,
    spreadsheet_safe: bool,
) -> StageResult:
    """Score *file* with the model of *bundle* and what the profiles store knows."""
    delivery = Delivery.at(out)
    look(file)
    previous_manifest(delivery.manifest)  # one that cannot be read is better found now than at the end
    utc_now()  # and so is a clock that cannot be told
    step("checking the bundle and the profiles")
    learnt = read_bundle(bundle)
    store_folder = profiles or beside(bundle)
    store = open_store(store_folder, profiles_id)
    scorer = scorer_of(learnt, store, lanes, explanations, threads)
    rules = declarations or DeclarationFormat.parse(learnt.configured("declarations"), "the bundle's format")
    step("looking through the file")
    source = DeclarationFile(file, rules, as_of, labels=False)
    delivery.refuse_overlap(file, bundle, store_folder)
    _check_columns(scorer, source)
    tally = _Tally()
    with delivery.unfinished() as made:
        assigned = _write(source.batches(batch_rows), source.records, scorer, tally, made, spreadsheet_safe)
        counts = {**tally.counts(), **_lane_counts(assigned)}
        configuration = _configuration(source, scorer, spreadsheet_safe)
        facts = _facts(source, scorer, configuration)
        outputs = {path.name: sha256_file(path) for path in (made.scores, made.rejects)}
        found = {
            "counts": counts,
            "capacity": usage(assigned.queue, assigned.result, lanes),
            "repairs": tally.repairs,
            "outputs": outputs,
            "scored_at": utc_now(),
        }
        write_json(made.manifest, {**facts, **found, "previous": previous_manifest(delivery.manifest)})
    summary = summarise(assigned.queue, assigned.result, lanes)
    return StageResult(
        title=f"Scored {source.records:,} declaration items of {shown(Path(file.name))}",
        paths={"scores": delivery.scores, "rejects": delivery.rejects, "manifest": delivery.manifest},
        counts=counts,
        numbers={
            "bundle_id": learnt.id,
            "profiles_id": store.id,
            "capacity": summary.capacity,
            "selected": summary.selected,
            "minimum_propensity": summary.minimum_propensity,
            "repairs": tally.repairs,
            "rejects_by_code": tally.codes,
        },
        tables=_tables(summary, tally),
        notes=[
            *source.notes,
            *_flag_notes(scorer, source),
            *_age_notes(last_day(read_manifest(store_folder)), assigned),
            *summary.notes,
        ],
        exit_code=ExitCode.DONE_WITH_REJECTS if tally.rejected else ExitCode.DONE,
    )


def _write(
    batches: Iterable[Batch],
    records: int,
    scorer: Scorer,
    tally: "_Tally",
    made: Delivery,
    spreadsheet_safe: bool,
) -> Assigned:
    """Both passes over the file: write scores and rejects."""
    spill = Spill(made.scores.parent / "spill")
    with (
        table_writer(made.scores, spreadsheet=spreadsheet_safe) as write_scores,
        table_writer(made.rejects, spreadsheet=spreadsheet_safe) as write_rejects,
    ):
        write_rejects(reject_lines([]))
        read = track(batches, "scoring", records, lambda batch: batch.read)
        assigned = first_pass(tally.accepted(read, write_rejects), scorer, spill)
        tally.check(records)
        write_scores(_as_written(SCHEMA.empty_table(), made))
        tables = second_pass(spill, assigned, scorer)
        for table in track(tables, "explaining and writing", len(assigned.queue), len):
            write_scores(_as_written(table, made))
    return assigned


def beside(bundle: Path) -> Path:
    """The profiles store that belongs to a bundle by convention: models/NAME -> profiles/NAME.

    >>> beside(Path("models/kcs")).as_posix()
    'profiles/kcs'
    """
    folder = Path(os.path.normpath(bundle))
    return folder.parent.parent / "profiles" / folder.name


def scorer_of(
    learnt: Bundle,
    store: Profiles,
    lanes: LaneSettings,
    explanations: ExplanationSettings,
    threads: int | None,
) -> Scorer:
    """Everything that scores, from a bundle and a store.

    Raises:
        RedlaneError: the bundle's features are not those this version computes, or a sentence cannot be written.
    """
    features = FeatureSettings.parse(learnt.configured("features"), "the bundle's features")
    specs = features.features()
    if tuple(spec.name for spec in specs) != learnt.model.features:
        raise RedlaneError(
            f"{learnt.folder} was trained on other features than this version of redlane computes"
        )
    check_sentences(specs, [*features.columns(), *features.optional_columns(), *features.fact_names()])
    identity = Identity(learnt.id, store.id)
    return Scorer(store, features, learnt.model, lanes, explanations, identity, threads)


def _flag_notes(scorer: Scorer, source: DeclarationFile) -> list[str]:
    flags = scorer.features.flags()
    return availability_note(flags, scorer.features.names(), source.columns)


def _age_notes(known_until: str, assigned: Assigned) -> list[str]:
    """A caution where the profiles end long before the declarations begin: what happened since is unknown to them."""
    if not known_until or not len(assigned.queue):
        return []
    gap = int(assigned.queue.day.min()) - day_number(date.fromisoformat(known_until))
    if gap <= FRESH_DAYS:
        return []
    return [
        f"the profiles end on {known_until}, {gap} days before the first declaration of the file: counts and prices of "
        f"the days between are unknown to these scores; 'redlane profile FILE --append' adds them"
    ]


def _check_columns(scorer: Scorer, source: DeclarationFile) -> None:
    try:
        scorer.check_columns(source.columns)
    except RedlaneError as error:
        raise RedlaneError(f"{shown(source.path)}: {error}") from None


@dataclass
class _Tally:
    """Counts what passes: read = accepted + rejected, rejects by code, repairs by kind."""

    read: int = 0
    taken: int = 0
    rejected: int = 0
    repairs: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def accepted(self, batches: Iterable[Batch], write_rejects: Write) -> Iterator[pd.DataFrame]:
        """Hand the accepted rows on and write the rejects."""
        for batch in batches:
            self.read += batch.read
            self.taken += len(batch.accepted)
            self.rejected += batch.rejected
            _add(self.repairs, batch.repairs)
            _add(self.codes, Counter(batch.rejects["code"]))
            if len(batch.rejects):
                write_rejects(batch.rejects)
            yield batch.accepted

    def check(self, records: int) -> None:
        """Nothing lost: a difference is a fault of redlane, and no output is kept."""
        if self.read != records or self.taken + self.rejected != self.read:
            raise RuntimeError(f"{self.taken} accepted + {self.rejected} rejected is not {records} read")

    def counts(self) -> dict[str, int]:
        """For the result and the manifest."""
        return {"read": self.read, "accepted": self.taken, "rejected": self.rejected}


def _as_written(table: pa.Table, delivery: Delivery) -> pa.Table:
    return for_csv(table) if delivery.scores.suffix == ".csv" else table


def _add(total: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        total[name] = total.get(name, 0) + int(count)


def _lane_counts(assigned: Assigned) -> dict[str, int]:
    counts = np.bincount(assigned.result.lane, minlength=len(LANES))
    return {lane: int(count) for lane, count in zip(LANES, counts, strict=True)}


def _tables(summary: LaneSummary, tally: _Tally) -> list[ResultTable]:
    tables = [ResultTable("Lanes", summary.table)]
    if tally.codes:
        listed = sorted(tally.codes.items(), key=lambda item: (-item[1], item[0]))
        note = "a record may have several reasons; docs/reject-codes.md explains each code"
        tables.append(ResultTable("Rejected", pd.DataFrame(listed, columns=["code", "lines"]), note))
    return tables


def _configuration(source: DeclarationFile, scorer: Scorer, spreadsheet_safe: bool) -> dict[str, Any]:
    return {
        "declarations": source.format.plain(),
        "lanes": scorer.lanes.plain(),
        "explanations": scorer.explanations.plain(),
        "as_of": str(source.as_of),
        "spreadsheet_safe": spreadsheet_safe,
    }


def _facts(source: DeclarationFile, scorer: Scorer, configuration: dict[str, Any]) -> dict[str, Any]:
    """What went in, for the manifest."""
    return {
        "input": {"file": shown(Path(source.path.name)), "sha256": source.sha256, "bytes": source.size_bytes},
        "bundle_id": scorer.identity.bundle_id,
        "profiles_id": scorer.identity.profiles_id,
        "configuration": configuration,
        "configuration_sha256": sha256_text(canonical_json(configuration)),
        "versions": {
            "redlane": redlane.__version__,
            "python": platform.python_version(),
            **{name: version(name) for name in ("lightgbm", "numpy", "pandas", "pyarrow")},
        },
    }
