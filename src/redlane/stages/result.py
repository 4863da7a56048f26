"""What every stage hands back: paths, counts, headline numbers, and tables for people."""

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
