"""Scored batches to report: a plain one, and one whose every text is written to break a page."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from redlane.declarations.columns import COLUMNS
from redlane.reports.packing import json_for_page
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
    "-2+3|cmd",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\u2066left\u2069 \u200fright\u200b",
    "<svg/onload=alert(6)>",
    "' onmouseover='alert(7)",
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
    names = [name for name in frame if COLUMNS[name].kind in ("code", "text") and name not in KEPT]
    return frame.assign(declaration_id=texts + number, **dict.fromkeys(names, texts))


KEPT = ("declaration_id", "item_number", "previous_hs_code", "invoice_currency")
"""Texts that name a row, or that reading refuses where they are of another kind."""


def texts_replaced(report: Path) -> tuple[str, int]:
    """A report with every text of its data that is no key replaced by a hostile one; and how many there were."""
    page = report.read_text(encoding="utf-8")
    held = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1]  # type: ignore[index]
    turn = itertools.count()

    def evil(_: Any = None) -> str:
        place = next(turn)
        return HOSTILE[place % len(HOSTILE)] + str(place)

    data = json.loads(held)
    for name in ("declaration_id", "item_number", "suggested_control"):
        data[name]["d"] = [evil(word) for word in data[name]["d"]]
    for lists, fields in (("reasons", ("sentence",)), ("flags", ("sentence", "id", "group"))):
        for field in fields:
            data[lists][field]["d"] = [evil(word) for word in data[lists][field]["d"]]
    data["meanings"] = {code: [evil(), evil(), evil()] for code in data["meanings"]}
    for column in data["declared"]:
        if "t" in column and column["kind"] != "date":
            column["t"]["d"] = [evil(word) for word in column["t"]["d"]]
        column["unit"] = column["unit"] and evil()
    for peers in data["peers"]:
        peers["measure"] = evil()
        peers["words"] = [[(evil(), evil()) for _ in words] for words in peers["words"]]
    data["command"] = evil()
    return page.replace(held, json_for_page(data)), next(turn)


def hostile_report(trained: Trained, folder: Path, **changes: Any) -> Path:
    """The report of :func:`hostile_frame`, from a file with a hostile name."""
    file = folder / "<img src=x onerror=alert(5)>&amp;.parquet"
    hostile_frame(trained).to_parquet(file)
    trained.score(folder / "hostile.parquet", file)
    every = {"lanes_shown": ("red", "yellow", "blue", "green")}
    return full(trained, folder, scores=folder / "hostile.parquet", files=[file], **{**every, **changes})
