"""Scored batches to report: a plain one, and one whose every text is written to break a page."""

from pathlib import Path
from typing import Any

import pandas as pd

from redlane.stages import report
from redlane.stages.result import StageResult
from tests.runs import Trained

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    "<!--",
    '=HYPERLINK("http://example.org","x")',
    "+1+1",
    "@SUM(A1)",
    "a\u202egpj.exe",
    "\"quoted\" 'and' `so`",
    "NUL\x00inside",
    "line\u2028end\u2029s",
    "&lt;b&gt; & {{ 7*7 }} ${7*7}",
    "]]>",
    "javascript:alert(4)",
    "ünïcode 中文 العربية",
)
"""Texts that must stay texts."""


def run_report(file: Path, out: Path, **changes: Any) -> StageResult:
    """Report *file* with the settings of ``conf/report.yaml``."""
    standard: dict[str, Any] = {
        "files": None,
        "bundle": None,
        "profiles": None,
        "previous": None,
        "mask_key": None,
        "pdf": False,
        "declarations": None,
        "language": "en",
        "lanes_shown": ("red",),
        "top_reasons": 15,
        "history_days": 365,
        "mask_parties": False,
        "pdf_cases": 100,
    }
    return report.run(file=file, out=out, **{**standard, **changes})


def scored(trained: Trained, folder: Path) -> Path:
    """The new weeks, scored into *folder*."""
    trained.score(folder / "night.parquet")
    return folder / "night.parquet"


def full(trained: Trained, folder: Path, **changes: Any) -> Path:
    """A report with everything there is; ``scores`` may say of which score file."""
    scores = changes.pop("scores", None) or scored(trained, folder)
    given = {"files": [trained.new_file], "bundle": trained.bundle, "profiles": trained.profiles}
    return run_report(scores, folder / "report.html", **{**given, **changes}).paths["report"]


def hostile_frame(trained: Trained) -> pd.DataFrame:
    """Declarations whose ids, offices, parties and codes are :data:`HOSTILE` in turn."""
    frame = trained.new.head(300).reset_index(drop=True)
    texts = pd.Series(HOSTILE)[frame.index % len(HOSTILE)].reset_index(drop=True)
    number = frame.index.astype(str)
    names = ("office", "importer_id", "seller_id", "declarant_id", "procedure", "quantity_unit", "tax_type")
    return frame.assign(declaration_id=texts + number, **{name: texts for name in names if name in frame})


def hostile_report(trained: Trained, folder: Path, **changes: Any) -> Path:
    """The report of :func:`hostile_frame`, from a file with a hostile name."""
    file = folder / "<img src=x onerror=alert(5)>&amp;.parquet"
    hostile_frame(trained).to_parquet(file)
    trained.score(folder / "hostile.parquet", file)
    every = {"lanes_shown": ("red", "yellow", "blue", "green")}
    return full(trained, folder, scores=folder / "hostile.parquet", files=[file], **{**every, **changes})
