"""Running `redlane score` on one odd file, and what holds for every file; see `test_score_contract.py`."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from redlane import cli
from tests.runs import Trained

ROWS = 24
ROW = 9
"""The record (counted from 0) that most cases change."""

Cells = list[list[str]]
Score = tuple[float, float, float | None]


@dataclass(frozen=True)
class Clean:
    """The file that is in order: its labels, cells, and the score of each record by id."""

    head: list[str]
    rows: Cells
    scores: dict[tuple[str, str], Score] = field(default_factory=dict)

    def text(
        self, delimiter: str = ",", end: str = "\n", quoted: bool = False, rows: Cells | None = None
    ) -> str:
        def cell(text: str) -> str:
            bare = not quoted and not set(text) & {delimiter, '"', "\n", "\r"}
            return text if bare else '"' + text.replace('"', '""') + '"'

        lines = [self.head, *(self.rows if rows is None else rows)]
        return end.join(delimiter.join(map(cell, line)) for line in lines) + end

    def changed(self, column: str, value: str) -> str:
        return self.with_cells(column, {ROW: value})

    def with_cells(self, column: str, cells: dict[int, str]) -> str:
        """The clean text with the *cells* of one column changed, by the place of their record."""
        rows = [list(row) for row in self.rows]
        for place, value in cells.items():
            rows[place][self.head.index(column)] = value
        return self.text(rows=rows)

    def table(self, **columns: Any) -> pa.Table:
        cells = zip(*self.rows, strict=True)
        table = pa.table({name: pa.array(column) for name, column in zip(self.head, cells, strict=True)})
        for name, values in columns.items():
            place = table.schema.get_field_index(name)
            table = table.set_column(place, name, values) if place >= 0 else table.append_column(name, values)
        return table

    def numbers(self, column: str) -> list[float]:
        return [float(row[self.head.index(column)]) for row in self.rows]

    def line(self, number: int, change: Callable[[str], str]) -> str:
        """The clean text with line *number* (0 is the header) changed."""
        lines = self.text().split("\n")
        lines[number] = change(lines[number])
        return "\n".join(lines)


@dataclass(frozen=True)
class Outcome:
    """How a run ended, and what there is on disk."""

    status: int
    answer: dict[str, Any]
    error: str
    scores: dict[tuple[str, str], Score]
    rejected: set[int]


def run(
    trained: Trained,
    file: Path | str,
    out: Path,
    *words: str,
    bundle: Path | None = None,
    profiles: Path | None = None,
) -> Outcome:
    """Run the command line as a script would."""
    said, errors = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", said)
        patch.setattr("sys.stderr", errors)
        learnt = ["--bundle", str(bundle or trained.bundle), "--profiles", str(profiles or trained.profiles)]
        status = cli.main(["score", str(file), *learnt, "--out", str(out), "--json", *words])
    assert "Traceback" not in errors.getvalue()
    answer = json.loads(said.getvalue())
    if status not in (0, 3):
        return Outcome(status, answer, answer["error"], {}, set())
    columns = ["declaration_id", "item_number", "margin", "probability", "expected_revenue"]
    rows = zip(*pq.read_table(answer["paths"]["scores"], columns=columns).to_pydict().values(), strict=True)
    scores = {(id, item): (margin, chance, revenue) for id, item, margin, chance, revenue in rows}
    rejects = pq.read_table(answer["paths"]["rejects"])
    assert all(text and text.isprintable() for text in rejects["sentence"].to_pylist())
    return Outcome(status, answer, "", scores, set(rejects["record_number"].to_pylist()))


def kept(trained: Trained, clean: Clean, folder: Path, content: str | bytes, *words: str) -> Outcome:
    """Score *content*; check what holds for every file that is not refused."""
    file = folder / "in.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    done = run(trained, file, folder / "out", *words)
    return accounted(done, folder)


def accounted(done: Outcome, folder: Path) -> Outcome:
    assert done.status in (0, 3), done.error
    counts = done.answer["counts"]
    assert counts["read"] == counts["accepted"] + counts["rejected"]
    assert (len(done.scores), len(done.rejected)) == (counts["accepted"], counts["rejected"])
    assert done.status == (3 if done.rejected else 0)
    written = sorted(path.name for path in (folder / "out").iterdir())
    assert written == ["manifest.json", "rejects.parquet", "scores.parquet"]
    assert len(list(folder.iterdir())) == 2
    return done


def untouched(done: Outcome, clean: Clean, *but: int) -> bool:
    """Every accepted record, but those at the places *but*, has the score it has in the clean file."""
    ids = {(row[0], row[1]): place for place, row in enumerate(clean.rows)}
    return all(
        clean.scores[id] == score for id, score in done.scores.items() if ids.get(id, -1) not in {*but, -1}
    )


def refused(trained: Trained, file: Path | str, folder: Path, *words: str) -> str:
    before = sorted(folder.rglob("*"))
    done = run(trained, file, folder / "out" / "deep", *words)
    assert done.status == 2
    assert "\n" not in done.error and done.error.isprintable()
    assert sorted(folder.rglob("*")) == before
    return done.error


def zipped(content: bytes, *names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return packed.getvalue()


def zstd(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed
