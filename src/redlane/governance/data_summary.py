"""What a model learnt from, as plain data: files by hash, periods with their base rates, columns by role and use."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from redlane.declarations.columns import COLUMNS
from redlane.declarations.periods import Mask, Split
from redlane.evaluation.shares import wilson_ends

LABELS = ("irregular", "outcome_known_on", "recovered_revenue")
"""Outcome columns that are learnt from; other outcomes are not read."""


def data_summary(
    declarations: pd.DataFrame, split: Split, read: Collection[str], inputs: Mapping[str, str]
) -> dict[str, Any]:
    """JSON-ready: ``files``, ``periods``, ``months`` and ``columns`` of the accepted *declarations*.

    *read* are the columns that features or profiles look at; *inputs* the SHA-256 of each file by name. No value of
    any column enters it, only counts.
    """
    return {
        "files": [{"name": name, "sha256": sha256} for name, sha256 in inputs.items()],
        "tune_from": str(split.tune_from),
        "test_from": str(split.test_from),
        "periods": [_period(name, declarations, getattr(split, name)) for name in ("train", "tune", "test")],
        "months": _months(declarations),
        "columns": column_roles(declarations, read),
    }


def column_roles(declarations: pd.DataFrame, read: Collection[str]) -> list[dict[str, Any]]:
    """Each canonical column there is: its role, share filled and ``use``.

    ``use`` is *read* (may feed features), *key* (an id of a party, for look-ups only), *label*, *refused* (known after
    the inspection only) or *unused*.

    >>> rows = pd.DataFrame({"net_mass": [1.0, None], "importer_id": ["a", "b"], "assessed_value": [1.0, 2.0]})
    >>> [(c["name"], c["filled"], c["use"]) for c in column_roles(rows, ["net_mass", "importer_id"])]
    [('net_mass', 0.5, 'read'), ('importer_id', 1.0, 'key'), ('assessed_value', 1.0, 'refused')]
    """
    return [
        {
            "name": name,
            "role": COLUMNS[name].role,
            "sensitivity": COLUMNS[name].sensitivity,
            "meaning": COLUMNS[name].meaning,
            "filled": round(float(declarations[name].notna().mean()), 4) if len(declarations) else 0.0,
            "use": _use(name, read),
        }
        for name in declarations.columns
        if name in COLUMNS
    ]


def _use(name: str, read: Collection[str]) -> str:
    column = COLUMNS[name]
    if name in LABELS:
        return "label"
    if column.role in ("assessed", "outcome", "selection", "truth"):
        return "refused"
    if name not in read:
        return "unused"
    return "key" if column.sensitivity == "party" else "read"


def _period(name: str, declarations: pd.DataFrame, rows: Mask) -> dict[str, Any]:
    chosen = declarations[rows]
    irregular = float(chosen["irregular"].sum())
    low, high = wilson_ends(np.array([irregular / max(1, len(chosen))]), np.array([float(len(chosen))]))
    revenue = chosen.get("recovered_revenue")
    return {
        "period": name,
        "first": _day(chosen["registered_on"].min()),
        "last": _day(chosen["registered_on"].max()),
        "rows": len(chosen),
        "irregular": int(irregular),
        "base_rate": irregular / len(chosen) if len(chosen) else None,
        "low": float(low[0]) if len(chosen) else None,
        "high": float(high[0]) if len(chosen) else None,
        "revenue": None if revenue is None else round(float(revenue.sum()), 2),
    }


def _months(declarations: pd.DataFrame) -> list[dict[str, Any]]:
    month = declarations["registered_on"].dt.strftime("%Y-%m")
    grouped = declarations["irregular"].groupby(month)
    table = pd.DataFrame(
        {"declarations": grouped.size(), "labelled": grouped.count(), "irregular": grouped.sum()}
    )
    return [
        {"month": str(name), **{str(key): int(value) for key, value in row.items()}}
        for name, row in table.sort_index().to_dict("index").items()
    ]


def _day(value: Any) -> str | None:
    return None if pd.isna(value) else str(value.date())
