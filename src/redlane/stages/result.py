"""What every stage hands back: paths, counts, headline numbers, and tables for people."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from redlane.errors import ExitCode


@dataclass(frozen=True)
class ResultTable:
    """A table for people; ``note`` says what to keep in mind when reading it."""

    title: str
    frame: pd.DataFrame
    note: str = ""


@dataclass(frozen=True)
class StageResult:
    """The outcome of a stage.

    ``paths`` name what was written, ``counts`` add up (read = accepted + rejected), ``numbers`` are headline
    figures with their intervals as plain JSON data, ``notes`` are sentences a person should not miss.
    """

    title: str
    paths: dict[str, Path] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, Any] = field(default_factory=dict)
    tables: list[ResultTable] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    exit_code: ExitCode = ExitCode.DONE


def reject_tables(rejects: pd.DataFrame) -> list[ResultTable]:
    """How many reject lines there are of each code, with the first of each as an example; none without rejects.

    The value found is left out: it may be somebody's name. *rejects* are lines as readers give them; a
    column ``file`` may say which file each is from.

    >>> lines = pd.DataFrame({"record_number": [2, 9], "column": "net_mass", "code": "number-format"})
    >>> reject_tables(lines)[0].frame.to_dict("records")
    [{'code': 'number-format', 'lines': 2, 'first': 'record 2, net_mass'}]
    """
    if rejects.empty:
        return []
    counts = rejects["code"].value_counts().to_dict()
    firsts = rejects.drop_duplicates("code").to_dict("records")
    rows = [{"code": line["code"], "lines": counts[line["code"]], "first": _place(line)} for line in firsts]
    rows.sort(key=lambda row: (-row["lines"], row["code"]))
    note = "a record may have several reasons; docs/reject-codes.md explains each code"
    return [ResultTable("Rejected", pd.DataFrame(rows), note)]


def _place(line: Mapping[Hashable, Any]) -> str:
    file = f"{Path(line['file']).name}, " if "file" in line else ""
    column = f", {line['column']}" if isinstance(line["column"], str) and line["column"] else ""
    return f"{file}record {line['record_number']}{column}"
