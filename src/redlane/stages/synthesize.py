"""Make synthetic declarations and write them as a folder: history with outcomes and, if asked, a new file."""

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from redlane import __version__
from redlane.declarations.columns import COLUMNS
from redlane.declarations.synthetic import SyntheticSettings, generate
from redlane.errors import RedlaneError
from redlane.io.files import atomic_folder, sha256_files, write_json
from redlane.stages.result import ResultTable, StageResult

FileFormat = Literal["parquet", "csv"]


def run(
    out: Path, generator: SyntheticSettings, new_weeks: int = 0, file_format: FileFormat = "parquet"
) -> StageResult:
    """Write the weeks of *generator* to the folder *out*, which appears whole or not at all.

    ``declarations`` holds everything, with outcomes and planted truth. With *new_weeks* above 0 the last
    weeks are kept out of it: ``new_declarations`` holds them as a trader declares them, and
    ``new_outcomes`` what was later found. Memory is bounded by one week.

    Raises:
        RedlaneError: *new_weeks* leaves no history, the format is unknown, or *out* cannot be written.
    """
    if file_format not in ("parquet", "csv"):
        raise RedlaneError(f"file_format is '{file_format}'; give 'parquet' or 'csv'")
    if not 0 <= new_weeks < generator.weeks:
        raise RedlaneError(f"new_weeks is {new_weeks}; give a number from 0 to {generator.weeks - 1}")
    tally = _Tally()
    weeks = generate(generator)
    with atomic_folder(out) as folder:
        history = itertools.islice(weeks, generator.weeks - new_weeks)
        _write({folder / f"declarations.{file_format}": list(COLUMNS)}, tally.watch(history, "declarations"))
        if new_weeks:
            new = {
                folder / f"new_declarations.{file_format}": _declared(),
                folder / f"new_outcomes.{file_format}": _learned_later(),
            }
            _write(new, tally.watch(weeks, "new declarations"))
        _manifest(folder, generator, tally.rows)
    return _result(out, generator, tally)


class _Tally:
    """Counts rows as they pass, in all and by typology."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self.typologies: Counter[str] = Counter()
        self.inspected: Counter[str] = Counter()
        self.found: Counter[str] = Counter()

    def watch(self, frames: Iterator[pd.DataFrame], name: str) -> Iterator[pd.DataFrame]:
        """Pass *frames* on, counting their rows under *name*."""
        for frame in frames:
            self.rows[name] += len(frame)
            groups = frame.groupby("typology", sort=True)
            _add(self.typologies, groups.size())
            _add(self.inspected, groups["inspected"].sum())
            _add(self.found, groups["irregular"].sum())
            yield frame

    def table(self) -> pd.DataFrame:
        """One row per typology: rows, share of all, inspected, found irregular."""
        names = sorted(self.typologies, key=lambda name: -self.typologies[name])
        rows = [self.typologies[name] for name in names]
        return pd.DataFrame(
            {
                "typology": names,
                "rows": rows,
                "share": [count / max(1, self.rows.total()) for count in rows],
                "inspected": [self.inspected[name] for name in names],
                "found irregular": [self.found[name] for name in names],
            }
        )


def _add(counter: Counter[str], sums: "pd.Series[Any]") -> None:
    for name, amount in sums.items():
        counter[str(name)] += int(amount)


@dataclass(frozen=True)
class _Sink:
    """An open file and the columns it takes."""

    writer: Any
    schema: pa.Schema

    def write(self, frame: pd.DataFrame) -> None:
        """Append the sink's columns of *frame*."""
        table = pa.Table.from_pandas(frame[self.schema.names], self.schema, preserve_index=False)
        self.writer.write_table(table)


def _write(targets: dict[Path, list[str]], frames: Iterator[pd.DataFrame]) -> None:
    """Stream *frames* to every target, each with its columns; only columns the frames have are written."""
    with ExitStack() as stack:
        sinks: list[_Sink] = []
        for frame in frames:
            if not sinks:
                sinks = [_open(stack, path, columns, frame) for path, columns in targets.items()]
            for sink in sinks:
                sink.write(frame)


def _open(stack: ExitStack, path: Path, columns: list[str], frame: pd.DataFrame) -> _Sink:
    present = [name for name in columns if name in frame.columns]
    text = path.suffix == ".csv"
    schema = pa.schema([(name, _type(name, text)) for name in present])
    maker = pa.csv.CSVWriter if text else pa.parquet.ParquetWriter
    return _Sink(stack.enter_context(maker(path, schema)), schema)


def _type(name: str, text: bool) -> pa.DataType:
    """Arrow type of a column; a date is written as a plain date where the file is text."""
    kind = COLUMNS[name].kind
    if kind == "date":
        return pa.date32() if text else pa.timestamp("us")
    return pa.float64() if kind in ("number", "flag") else pa.string()


def _declared() -> list[str]:
    return [name for name, column in COLUMNS.items() if column.role in ("identifier", "declared")]


def _learned_later() -> list[str]:
    rest = [name for name, column in COLUMNS.items() if column.role not in ("identifier", "declared")]
    return ["declaration_id", "item_number", "registered_on", *rest]


def _manifest(folder: Path, generator: SyntheticSettings, rows: Counter[str]) -> None:
    facts = {
        "generator": generator.plain(),
        "rows": dict(rows),
        "files": dict(sha256_files(folder)),
        "redlane": __version__,
    }
    write_json(folder / "manifest.json", facts)


def _result(out: Path, generator: SyntheticSettings, tally: _Tally) -> StageResult:
    total = tally.rows.total()
    irregular = total - tally.typologies["honest"]
    inspected = sum(tally.inspected.values())
    return StageResult(
        title="Synthetic declarations",
        paths={path.stem: path for path in sorted(out.iterdir())},
        counts=dict(tally.rows),
        numbers={
            "weeks": generator.weeks,
            "truly_irregular_share": irregular / max(1, total),
            "inspected_share": inspected / max(1, total),
            "irregular_among_inspected": sum(tally.found.values()) / max(1, inspected),
        },
        tables=[ResultTable("What was planted", tally.table(), "Truth: no feature may read it.")],
    )
