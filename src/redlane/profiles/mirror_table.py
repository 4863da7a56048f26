"""The two sides of mirror statistics, as tables: exports that partners recorded, imports that were declared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.hashing import Hashes, combine, hash64
from redlane.profiles.asof import AsOfIndex
from redlane.profiles.keys import Key
from redlane.profiles.ledger import Ledger
from redlane.profiles.mirror_reference import MirrorReference
from redlane.profiles.prices import Snapshot

LEVELS: dict[str, tuple[str, ...]] = {
    "cells": ("hs6", "country"),
    "headings": ("hs4", "country"),
    "goods": ("hs6",),
    "countries": ("country",),
}
"""The tables of recorded exports: by subheading and country, by heading and country, by subheading, by country."""

AMOUNTS = ("exports", "mass", "reexports", "imports", "imports_mass")
"""Of each row, in whole cents and grams: own exports and their mass, re-exports, this country's published imports
and their mass (all NaN in a year for which none are given)."""

LEDGERS: dict[str, Key] = {"cells": ("hs6", "origin_country"), "headings": ("hs4", "origin_country")}
DECLARED = ("fob_cents", "mass_grams")
_NEVER_BEGUN, _NEVER_ENDED = 1 << 40, -(1 << 40)


@dataclass(frozen=True)
class MirrorTable:
    """Recorded exports by level, ledgers of declared imports at FOB, and the days that declarations cover."""

    recorded: Mapping[str, Snapshot]
    declared: Mapping[str, Ledger]
    first_day: int
    last_day: int


def recorded_exports(
    frame: pd.DataFrame | None, need: MirrorReference, earlier: MirrorTable | None
) -> dict[str, Snapshot]:
    """Snapshots by level of a table of partner exports, without countries and years held *earlier*.

    Only years in which a country recorded any export at all are kept: silence is not zero.
    """
    if frame is None:
        nothing = pd.DataFrame(columns=["year", *AMOUNTS])
        return {level: _snapshot(np.empty(0, np.uint64), nothing, need) for level in LEVELS}
    cents = pd.DataFrame(
        {
            "exports": np.rint(frame["exports"] * 100),
            "mass": np.rint(frame["exports_mass"] * 1000),
            "reexports": np.rint(frame["reexports"] * 100),
            "imports": np.rint(frame["imports"] * 100),
            "imports_mass": np.rint(frame["imports_mass"] * 1000),
        }
    )
    rows = frame[["hs6", "country", "year"]].assign(hs4=frame["hs6"].str.slice(0, 4), **cents)
    published = rows["year"].isin(rows.loc[rows["imports"].notna(), "year"].unique())
    none = published & rows["imports"].isna()
    rows.loc[none, ["imports", "imports_mass"]] = 0.0
    spoke = (rows["exports"] + rows["reexports"]).groupby([rows["country"], rows["year"]]).transform(
        "sum"
    ) > 0
    rows = rows[spoke & ~_held(rows, earlier)]
    return {level: _level(rows, key, need) for level, key in LEVELS.items()}


def merge_recorded(parts: Sequence[Snapshot]) -> Snapshot:
    """One level of several deliveries: a good's rows of one year, from different countries, are added up."""
    whole = Snapshot.merge(parts)
    keys, known_on = whole.index.row_keys(), whole.index.days
    first = np.flatnonzero(np.append(True, (keys[1:] != keys[:-1]) | (known_on[1:] != known_on[:-1])))
    if len(parts) == 1 or len(first) >= len(keys):
        return whole
    values = {name: np.add.reduceat(whole.values[name], first) for name in AMOUNTS}
    index = AsOfIndex.of_sorted(keys[first], known_on[first])
    return Snapshot(index, {"year": whole.values["year"][first], **values})


def _held(rows: pd.DataFrame, earlier: MirrorTable | None) -> npt.NDArray[np.bool_]:
    if earlier is None or not len(earlier.recorded["countries"].index.days):
        return np.zeros(len(rows), dtype=bool)
    held = earlier.recorded["countries"]
    pairs = combine([held.index.row_keys(), held.values["year"].astype(np.uint64)])
    asked = combine([hash64(rows["country"]), rows["year"].to_numpy("uint64")])
    return np.isin(asked, pairs)


def _level(rows: pd.DataFrame, key: tuple[str, ...], need: MirrorReference) -> Snapshot:
    totals = rows.groupby([*key, "year"], sort=True)[list(AMOUNTS)].sum(min_count=1).reset_index()
    return _snapshot(combine([hash64(totals[part]) for part in key]), totals, need)


def _snapshot(keys: Hashes, rows: pd.DataFrame, need: MirrorReference) -> Snapshot:
    year = rows["year"].to_numpy("float64")
    index, order = AsOfIndex.of_rows(keys, need.known_on(year))
    return Snapshot(index, {name: rows[name].to_numpy("float64")[order] for name in ("year", *AMOUNTS)})
