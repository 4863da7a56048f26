"""Reading a score file back: its rows as they were decided, and the manifest that says with what."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from redlane.errors import RedlaneError
from redlane.io.containers import shown
from redlane.io.files import disk_errors, read_json, sha256_file
from redlane.score_file import SCHEMA

_NEEDED = ("declaration_id", "item_number", "margin", "rank", "lane", "bundle_id", "profiles_id")
_LISTS = tuple(field.name for field in SCHEMA if pa.types.is_list(field.type))


@dataclass(frozen=True)
class ScoreFile:
    """A score file and its manifest. ``table`` has the columns of :data:`~redlane.score_file.SCHEMA` it holds.

    ``intact`` says whether the file is, byte for byte, the one that its manifest speaks of.
    """

    path: Path
    table: pa.Table
    manifest: dict[str, Any]
    intact: bool


def read_scores(path: Path, manifest: Path) -> ScoreFile:
    """Read the score file at *path* (Parquet or CSV) and its *manifest*; one that was changed is read all the same.

    Raises:
        RedlaneError: one of them is missing or holds something else.
    """
    for file in (path, manifest):
        if not file.is_file():
            raise RedlaneError(f"{file} is missing; a score file and its manifest stand side by side")
    table = read_table(path)
    lacking = [name for name in _NEEDED if name not in table.column_names]
    if lacking:
        raise RedlaneError(f"{path} is no score file of redlane: it has no column {lacking[0]}")
    facts = read_json(manifest)
    if not isinstance(facts, dict) or not {"outputs", "bundle_id", "profiles_id", "input"} <= facts.keys():
        raise RedlaneError(f"{manifest} is no manifest of a score file")
    if safe_for_spreadsheets(path, facts):
        table = verbatim_ids(table)
    return ScoreFile(path, table, facts, facts["outputs"].get(path.name) == sha256_file(path))


def read_table(
    path: Path, columns: Sequence[str] | None = None, lanes: Sequence[str] | None = None
) -> pa.Table:
    """Those of *columns* (None: all) that a score file holds, typed as they were written; rows of *lanes* only.

    Raises:
        RedlaneError: it cannot be read as a score file.
    """
    try:
        with disk_errors(path):
            return (_from_csv if path.suffix == ".csv" else _from_parquet)(path, columns, lanes)
    except (pa.ArrowException, ValueError, KeyError, TypeError) as error:
        first = str(error).strip().split("\n")[0]
        raise RedlaneError(f"{shown(path)} cannot be read as a score file: {first}") from None


def safe_for_spreadsheets(path: Path, manifest: dict[str, Any]) -> bool:
    """True where the ids of a score file may begin with an apostrophe that is not theirs."""
    configuration = manifest.get("configuration")
    return (
        path.suffix == ".csv"
        and isinstance(configuration, dict)
        and bool(configuration.get("spreadsheet_safe"))
    )


def verbatim_ids(table: pa.Table) -> pa.Table:
    """Ids without the apostrophe that keeps a spreadsheet from taking them for a formula."""
    for name in ("declaration_id", "item_number"):
        if name in table.column_names:
            plain = pc.replace_substring_regex(table[name], r"\A'([=+\-@\t\r\n＝＋－＠])", r"\1")
            table = table.set_column(table.schema.get_field_index(name), name, plain)
    return table


def _from_parquet(path: Path, columns: Sequence[str] | None, lanes: Sequence[str] | None) -> pa.Table:
    held = pq.read_schema(path).names
    there = [name for name in (held if columns is None else columns) if name in held]
    return pq.read_table(
        path, columns=there, filters=None if lanes is None else pc.field("lane").isin(list(lanes))
    )


def _from_csv(path: Path, columns: Sequence[str] | None, lanes: Sequence[str] | None) -> pa.Table:
    kinds = {field.name: pa.string() if field.name in _LISTS else field.type for field in SCHEMA}
    options = pa_csv.ConvertOptions(
        column_types=kinds, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    table = pa_csv.read_csv(
        path, convert_options=options, parse_options=pa_csv.ParseOptions(newlines_in_values=True)
    )
    if lanes is not None:
        table = table.filter(pc.field("lane").isin(list(lanes)))
    kept = [
        name for name in (table.column_names if columns is None else columns) if name in table.column_names
    ]
    return _with_lists(table.select(kept))


def _with_lists(table: pa.Table) -> pa.Table:
    """Lists of reasons and flags, which are JSON text in CSV, perhaps behind an apostrophe."""
    for name in set(_LISTS) & set(table.column_names):
        rows = [
            None if text is None else json.loads(text.removeprefix("'")) for text in table[name].to_pylist()
        ]
        column = pa.array(rows, SCHEMA.field(name).type)
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table
