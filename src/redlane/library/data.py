"""Declarations in a notebook: read from files, or made up; split into periods."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import Periods, Split, days
from redlane.declarations.reading import read_declarations
from redlane.errors import RedlaneError
from redlane.library.choosing import chosen
from redlane.library.showing import page, table
from redlane.stages.learning import by_name, labelled


@dataclass(frozen=True)
class Declarations:
    """What was read: ``frame`` holds the accepted rows, ``rejects`` one line per reason, ``notes`` sentences.

    ``hashes`` maps the files' names to their SHA-256; ``format`` says how they are written.
    """

    frame: pd.DataFrame
    format: DeclarationFormat
    rejects: pd.DataFrame = field(default_factory=pd.DataFrame)
    read: int = 0
    hashes: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        return f"Declarations({len(self):,} accepted, {self.read - len(self):,} rejected)"

    def _repr_html_(self) -> str:
        """The first rows, and what was counted."""
        known = int(self.frame["irregular"].notna().sum()) if "irregular" in self.frame else 0
        said = f"{self.read:,} rows read, {len(self):,} accepted, {known:,} of them with an outcome"
        return page(said, [table(self.frame.head())], self.notes)


Declared = Declarations | pd.DataFrame
"""Declarations as they are read, or any frame with canonical columns."""


def read(
    files: str | Path | Sequence[str | Path],
    declarations: str | DeclarationFormat = "canonical",
    as_of: date | None = None,
) -> Declarations:
    """Read declaration files; *declarations* says how they are written (a file of ``conf/declarations``, or settings).

    What cannot be accepted is in ``rejects``, with a reason code and a sentence.

    Raises:
        RedlaneError: a file cannot be used, or not one row was accepted.
    """
    rules = chosen("declarations", declarations)
    if not isinstance(rules, DeclarationFormat):
        raise RedlaneError(f"'{declarations}' makes declarations up; redlane.synthesize does that")
    paths = [files] if isinstance(files, str | Path) else files
    accepted = read_declarations([Path(path) for path in paths], rules, as_of)
    found = Declarations(
        accepted.frame,
        rules,
        accepted.rejects,
        accepted.read,
        by_name(accepted.hashes),
        tuple(accepted.notes),
    )
    if not len(found):
        raise RedlaneError(f"all {found.read:,} rows were rejected: {accepted.rejects.iloc[0]['sentence']}")
    return found


def synthesize(**changes: Any) -> Declarations:
    """A small world of made-up trade with planted irregularities; *changes* are keys of ``declarations/synthetic``.

    >>> synthesize(weeks=2, declarations_per_week=50, importers=40)
    Declarations(149 accepted, 0 rejected)
    """
    from redlane.declarations.synthetic import generate

    settings = chosen("declarations", "synthetic", **changes)
    frame = pd.concat(generate(settings), ignore_index=True)
    return Declarations(frame, chosen("declarations", "canonical"), read=len(frame))


def split(declarations: Declared, **periods: Any) -> Split:
    """Training, tuning and test rows, one after another in time; *periods* are keys of ``periods`` in conf/train.yaml.

    Only outcomes known on the morning of ``test_from`` serve to fit.

    Raises:
        RedlaneError: the borders are out of order, or a period holds no labelled row.

    >>> world = synthesize(weeks=20, declarations_per_week=60, importers=40)
    >>> parts = split(world, tune_days=28, test_days=28)
    >>> bool((parts.train & parts.test).any()), parts.tune_from < parts.test_from
    (False, True)
    """
    frame = frame_of(declarations)
    if "irregular" not in frame:
        raise RedlaneError("no declaration has an outcome: there is no column 'irregular'")
    rules = Periods.parse(periods, "split")
    return rules.split(days(frame["registered_on"]), days(frame["outcome_known_on"]), labelled(frame))


def frame_of(declarations: Declared) -> pd.DataFrame:
    """The rows, whichever way they are given."""
    return declarations.frame if isinstance(declarations, Declarations) else declarations
