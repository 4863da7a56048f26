"""A scored batch as a report reads it: the score file, its manifest, its rejects, and whether they fit together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from redlane.errors import RedlaneError
from redlane.explanations.typology import leading_groups, suggested_controls
from redlane.features.spec import GROUPS
from redlane.io.containers import shown
from redlane.io.files import read_json, sha256_file
from redlane.lanes.queue import LANES
from redlane.score_file import SCHEMA
from redlane.score_reading import read_table, safe_for_spreadsheets, verbatim_ids

SLIM = ("declaration_id", "item_number", "margin", "probability", "lane", "lane_reason")
"""Columns read of every row; all others of the rows in the report only."""

_WHOLE = (
    *SLIM,
    "expected_revenue",
    "selection_propensity",
    "leading_group",
    "suggested_control",
    "bundle_id",
    "profiles_id",
    *(f"contribution_{group}" for group in GROUPS),
    "rank",
    "flags_not_computed",
    "reasons",
    "flags",
)
"""Columns read of the rows in the report."""

_OLD = ("leading_group", "suggested_control", "flags", "flags_not_computed")
"""Columns that score files of earlier versions lack."""


@dataclass(frozen=True)
class Places:
    """Where the files of one scoring run are; ``rejects`` may be absent."""

    scores: Path
    rejects: Path
    manifest: Path


@dataclass(frozen=True)
class Scored:
    """``every``: the columns :data:`SLIM` of all rows. ``chosen``: the rows in the report, best rank first.

    ``rejects`` are the reject lines, empty where there are none; ``manifest_sha256`` is of the manifest's bytes.
    """

    places: Places
    every: pd.DataFrame
    chosen: pa.Table
    manifest: dict[str, Any]
    manifest_sha256: str
    rejects: pd.DataFrame

    @property
    def counts(self) -> Mapping[str, int]:
        """Read, accepted, rejected, and one count per lane."""
        counts: Mapping[str, int] = self.manifest["counts"]
        return counts

    @property
    def configuration(self) -> Mapping[str, Any]:
        """The settings it was scored with."""
        configuration: Mapping[str, Any] = self.manifest["configuration"]
        return configuration

    @property
    def as_of(self) -> date | None:
        """The day that stood for today when it was scored."""
        stated = self.configuration.get("as_of")
        return date.fromisoformat(stated) if isinstance(stated, str) else None


def read_scored(places: Places, lanes: Sequence[str]) -> Scored:
    """Read a scored batch; the rows in *lanes* whole, of the others only what counts.

    Raises:
        RedlaneError: a file is missing or none of a scoring run, was changed afterwards, or the counts do not
            add up.
    """
    manifest = _manifest(places)
    every = _read(places.scores, SLIM, None)
    chosen = _read(places.scores, _WHOLE, lanes)
    if safe_for_spreadsheets(places.scores, manifest):
        every, chosen = verbatim_ids(every), verbatim_ids(chosen)
    scored = Scored(
        places,
        every.to_pandas(),
        _with_groups(chosen.sort_by("rank")),
        manifest,
        sha256_file(places.manifest),
        _rejects(places, manifest),
    )
    _check_counts(scored)
    return scored


def read_slim(scores: Path) -> pd.DataFrame:
    """Probability and lane of every row of a score file.

    Raises:
        RedlaneError: it is none.
    """
    frame: pd.DataFrame = _read(scores, ("probability", "lane"), None).to_pandas()
    return frame


def _manifest(places: Places) -> dict[str, Any]:
    manifest = read_json(places.manifest)
    needed = {"counts", "configuration", "outputs", "input", "bundle_id", "profiles_id"}
    if not isinstance(manifest, dict) or not needed <= manifest.keys():
        raise RedlaneError(f"{shown(places.manifest)} is no manifest of a scoring run")
    for file in (places.scores, places.rejects):
        expected = manifest["outputs"].get(file.name)
        if expected is not None and file.is_file() and sha256_file(file) != expected:
            raise RedlaneError(
                f"{shown(file)} was changed after it was scored: its hash is not the one in {places.manifest.name}"
            )
    if places.scores.name not in manifest["outputs"]:
        raise RedlaneError(f"{shown(places.manifest)} does not speak of {shown(Path(places.scores.name))}")
    return manifest


def _read(file: Path, columns: Sequence[str], lanes: Sequence[str] | None) -> pa.Table:
    """Some columns of a score file as they should be typed; a column of a later version is null where absent."""
    table = read_table(file, columns, lanes)
    for name in columns:
        if name not in table.column_names:
            if name not in _OLD:
                raise RedlaneError(f"{shown(file)} is no score file: it has no column '{name}'")
            table = table.append_column(name, pa.nulls(len(table), SCHEMA.field(name).type))
    return table.select(list(columns))


def _with_groups(chosen: pa.Table) -> pa.Table:
    """Leading group and suggested control, where an earlier version did not write them."""
    groups = chosen.select([f"contribution_{group}" for group in GROUPS]).to_pandas()
    if chosen["leading_group"].null_count != len(chosen):
        return chosen
    sums = groups.set_axis(list(GROUPS), axis=1).fillna(0.0)
    for name, made in (
        ("leading_group", leading_groups(sums)),
        ("suggested_control", suggested_controls(sums)),
    ):
        chosen = chosen.set_column(chosen.schema.get_field_index(name), name, pa.array(made, pa.string()))
    return chosen


def _rejects(places: Places, manifest: Mapping[str, Any]) -> pd.DataFrame:
    names = ["record_number", "column", "code"]
    if not manifest["counts"].get("rejected"):
        return pd.DataFrame(columns=names)
    if not places.rejects.is_file():
        raise RedlaneError(
            f"{shown(places.rejects)} is missing: {manifest['counts']['rejected']} records were rejected, and "
            "the report says why"
        )
    try:
        if places.rejects.suffix == ".csv":
            return pd.read_csv(places.rejects, dtype="str", keep_default_na=False)[names]
        frame: pd.DataFrame = pq.read_table(places.rejects, columns=names).to_pandas()
        return frame
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise RedlaneError(
            f"{shown(places.rejects)} cannot be read as rejects: {_first_line(error)}"
        ) from None


def _check_counts(scored: Scored) -> None:
    counts, file = scored.counts, shown(scored.places.scores)
    lanes = scored.every["lane"].value_counts()
    if counts["read"] != counts["accepted"] + counts["rejected"] or counts["accepted"] != len(scored.every):
        raise RedlaneError(
            f"{file} holds {len(scored.every)} rows, but its manifest says that of {counts['read']} records "
            f"{counts['accepted']} were accepted and {counts['rejected']} rejected"
        )
    for lane in LANES:
        if counts[lane] != int(lanes.get(lane, 0)):
            raise RedlaneError(
                f"{file} has {int(lanes.get(lane, 0))} rows in the {lane} lane, its manifest says {counts[lane]}"
            )


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
