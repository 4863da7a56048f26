"""What the declarations of a scored batch state: the score file holds ids only, their own file holds the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.columns import COLUMNS
from redlane.declarations.format import DeclarationFormat
from redlane.declarations.identity import SEPARATOR
from redlane.declarations.reading import DeclarationFile

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Declared:
    """``frame``: what the rows in the report declare, in their order; missing throughout where not ``found``.

    ``office`` and ``registered_on`` are of every scored row (missing where unknown); ``hashes`` of the files read.
    """

    frame: pd.DataFrame
    found: npt.NDArray[np.bool_]
    office: pd.Series | None
    registered_on: pd.Series
    hashes: tuple[str, ...]


def read_declared(
    files: Sequence[Path],
    rules: DeclarationFormat,
    as_of: date | None,
    every: pd.DataFrame,
    chosen: pd.DataFrame,
) -> Declared:
    """Look the scored rows up in *files*, by declaration id and item number.

    *every* and *chosen* hold these two columns, of all scored rows and of those in the report. Outcomes and
    everything else that is not declared stay unread.

    Raises:
        RedlaneError: a file cannot be used.
    """
    names, wanted = _names(every), _names(chosen)
    parts: list[pd.DataFrame] = []
    slim: list[pd.DataFrame] = []
    hashes = []
    for path in files:
        source = DeclarationFile(path, rules, as_of, labels=False)
        hashes.append(source.sha256)
        for batch in source.batches():
            accepted = batch.accepted.drop(columns="record_number", errors="ignore")
            found = names.get_indexer(_names(accepted))
            kept = [name for name in ("office", "registered_on") if name in accepted]
            slim.append(accepted[kept].set_axis(found)[found >= 0])
            place = wanted.get_indexer(_names(accepted))
            parts.append(accepted.set_axis(place)[place >= 0])
    frame, rows = _aligned(parts, len(wanted)), _aligned(slim, len(names))
    known = [name for name in COLUMNS if name in frame]
    return Declared(
        frame[known],
        frame["declaration_id"].notna().to_numpy(),
        rows.get("office"),
        rows["registered_on"],
        tuple(hashes),
    )


def _names(frame: pd.DataFrame) -> pd.Index:
    return pd.Index(
        frame["declaration_id"].astype("object") + SEPARATOR + frame["item_number"].astype("object")
    )


def _aligned(parts: Sequence[pd.DataFrame], count: int) -> pd.DataFrame:
    """Rows by their place; the first of a place stands."""
    frame = pd.concat(parts)
    return frame[~frame.index.duplicated()].reindex(range(count))
