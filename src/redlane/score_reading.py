"""Reading a score file back: its rows as they were decided, and the manifest that says with what."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from redlane.errors import RedlaneError
from redlane.io.files import disk_errors, read_json, sha256_file
from redlane.score_file import SCHEMA

_NEEDED = ("declaration_id", "item_number", "margin", "rank", "lane", "bundle_id", "profiles_id")


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
    """Read the score file at *path* (Parquet or CSV) and its *manifest*.

    Raises:
        RedlaneError: one of them is missing or holds something else.
    """
    for file in (path, manifest):
        if not file.is_file():
            raise RedlaneError(f"{file} is missing; a score file and its manifest stand side by side")
    with disk_errors(path):
        table = _read(path)
    lacking = [name for name in _NEEDED if name not in table.column_names]
    if lacking:
        raise RedlaneError(f"{path} is no score file of redlane: it has no column {lacking[0]}")
    facts = read_json(manifest)
    if not isinstance(facts, dict) or not {"outputs", "bundle_id", "profiles_id", "input"} <= facts.keys():
        raise RedlaneError(f"{manifest} is no manifest of a score file")
    return ScoreFile(path, table, facts, facts["outputs"].get(path.name) == sha256_file(path))


def _read(path: Path) -> pa.Table:
    try:
        return _typed(pq.read_table(path) if path.suffix == ".parquet" else _read_csv(path))
    except (pa.ArrowException, ValueError, KeyError, TypeError) as error:
        raise RedlaneError(f"{path} cannot be read as a score file: {str(error).splitlines()[0]}") from None


def _read_csv(path: Path) -> pa.Table:
    kinds = {field.name: _plain(field.type) for field in SCHEMA}
    options = pa_csv.ConvertOptions(
        column_types=kinds, strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    lines = pa_csv.ParseOptions(newlines_in_values=True)
    return pa_csv.read_csv(path, convert_options=options, parse_options=lines)


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_list(kind) else kind


def _typed(table: pa.Table) -> pa.Table:
    """Lists of reasons and flags are JSON text in CSV."""
    for field in SCHEMA:
        name = field.name
        if (
            name in table.column_names
            and pa.types.is_list(field.type)
            and table.schema.field(name).type == pa.string()
        ):
            rows = [None if text is None else json.loads(text) for text in table[name].to_pylist()]
            position = table.schema.get_field_index(name)
            table = table.set_column(position, name, pa.array(rows, field.type))
    return table
