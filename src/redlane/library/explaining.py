"""Why: what moved a margin, in sentences and in numbers; the case file of a stored score."""

import tempfile
from base64 import b64encode
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from redlane.explanations import ExplanationSettings
from redlane.explanations import explain as explain_rows
from redlane.features.catalogue import build, facts
from redlane.library.data import Declared, frame_of
from redlane.library.learning import Learned
from redlane.profiles.build import Profiles
from redlane.stages import explain as explain_stage
from redlane.stages.result import StageResult
from redlane.words.catalogue import Language


def explain(declarations: Declared, profiles: Profiles, learned: Learned, top: int = 4) -> pd.DataFrame:
    """The reasons that raised each declaration's score, strongest first, at most *top* of each.

    One line a reason: which declaration, the feature's name (``code``), the ``sentence`` an officer reads and the
    ``contribution`` to the margin, in log-odds.

    Raises:
        RedlaneError: a column or a profile is not there, or contributions do not add up to the margin.
    """
    frame = frame_of(declarations).reset_index(drop=True)
    told = explain_rows(
        learned.model,
        build(frame, profiles, learned.features),
        facts(frame, profiles, learned.features),
        learned.features.features(),
        ExplanationSettings(top=top),
    )
    lines = [
        {
            "declaration_id": who,
            "place": place,
            "code": each.code,
            "sentence": each.sentence,
            "contribution": each.contribution,
        }
        for who, row in zip(frame["declaration_id"], told.reasons.rows(), strict=True)
        for place, each in enumerate(row, 1)
    ]
    return pd.DataFrame(lines, columns=["declaration_id", "place", "code", "sentence", "contribution"])


def contributions(declarations: Declared, profiles: Profiles, learned: Learned) -> pd.DataFrame:
    """What each feature adds to each margin, in log-odds; the column ``base`` is where every margin starts.

    A row's sum is its margin, to the last digits; that is checked.

    Raises:
        RedlaneError: a column or a profile is not there, or a row does not add up.
    """
    frame = frame_of(declarations)
    values = learned.model.contributions(build(frame, profiles, learned.features))
    return pd.DataFrame(values, columns=[*learned.model.features, "base"], index=frame.index)


@dataclass(frozen=True)
class CaseFile:
    """The case file of one declaration: the page (empty where the stored score does not hold) and what was found."""

    html: str
    result: StageResult

    @property
    def holds(self) -> bool:
        """Whether everything stored of the declaration came out again, bit for bit."""
        return bool(self.result.numbers["matches"])

    def write(self, path: str | Path) -> Path:
        """Write the page, which needs nothing beside it."""
        from redlane.io.files import write_text

        write_text(Path(path), self.html)
        return Path(path)

    def __repr__(self) -> str:
        return self.result.title

    def _repr_html_(self) -> str:
        """The page, opened at the declaration, in a frame of its own; a data address has no origin to share."""
        said = f"<p>{escape(self.result.title)}</p>"
        if not self.html:
            return said + "".join(f"<p>{escape(note)}</p>" for note in self.result.notes)
        look = "width:100%;height:900px;border:1px solid #ddd"
        address = "data:text/html;charset=utf-8;base64," + b64encode(self.html.encode()).decode()
        return f'{said}<iframe style="{look}" src="{address}#case-0"></iframe>'


def case_file(
    declaration: str,
    *,
    scores: str | Path,
    declarations: str | Path,
    bundle: str | Path,
    profiles: str | Path | None = None,
    language: Language = "en",
) -> CaseFile:
    """Recompute the stored score of *declaration* from bundle, profiles and declarations file; its case file.

    Raises:
        RedlaneError: something is missing or damaged, or the declaration was never scored.
    """
    with tempfile.TemporaryDirectory(prefix="redlane-") as folder:
        out = Path(folder) / "case.html"
        places: dict[str, Any] = {"scores": Path(scores), "file": Path(declarations), "bundle": Path(bundle)}
        result = explain_stage.run(
            **places,
            declaration=declaration,
            rows=1,
            seed=0,
            profiles=None if profiles is None else Path(profiles),
            out=out,
            language=language,
        )
        return CaseFile(out.read_text(encoding="utf-8") if out.is_file() else "", result)
