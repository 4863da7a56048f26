"""What partner countries recorded as their exports to this one: a table in the layout of UN Comtrade, read and checked.

Every record of the table is accepted, rejected with a reason, or left out with a reason, and counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from redlane.errors import RedlaneError
from redlane.io.columnar import ColumnarFile
from redlane.io.containers import Source, look, printable
from redlane.io.delimited import DelimitedFile, Dialect
from redlane.io.files import sha256_file
from redlane.io.tables import TableFile
from redlane.profiles.partner_format import REQUIRED, PartnerExportsFormat
from redlane.profiles.partner_rows import CODES, KEY, Judged, RowJudge
from redlane.settings import Settings

__all__ = ["PartnerExports", "PartnerExportsFormat", "read_partner_exports"]

REGISTRY: dict[str, type[Settings]] = {"partner_exports": PartnerExportsFormat}
"""The choices of ``conf/partner_exports``."""

NAME = "partner_exports"
"""The table's name among the references of a delivery."""

COLUMNS = ("hs6", "country", "year", "exports", "exports_mass", "reexports", "imports", "imports_mass")
"""Columns of the frame: values in the reference currency, masses in kg."""

_REJECTS = ("record_number", "column", "value", "code", "sentence")


@dataclass(frozen=True)
class PartnerExports:
    """A table of partner exports. ``frame`` has :data:`COLUMNS`, one row per good, country and year.

    ``exports`` (FOB) are the partner's own, without its ``reexports``; both are 0 where it recorded none.
    ``imports`` (CIF) are this country's own published imports, NaN where the table has none. Masses are NaN where
    they are unknown. ``accepted + rejected + sum(left_out.values()) == read`` counts records of the table.
    """

    frame: pd.DataFrame
    rejects: pd.DataFrame
    hashes: dict[str, str]
    read: int
    accepted: int
    rejected: int
    left_out: dict[str, int]
    notes: list[str]

    @property
    def counts(self) -> dict[str, int]:
        """Records read, accepted, rejected and left out."""
        left = sum(self.left_out.values())
        return {"read": self.read, "accepted": self.accepted, "rejected": self.rejected, "left_out": left}


def read_partner_exports(path: Path, format: PartnerExportsFormat) -> PartnerExports:
    """Read the table at *path* (delimited text, packed or not, Parquet or Arrow) as *format* describes it.

    Raises:
        RedlaneError: the table cannot be used: a column is lacking, it is of another edition of the Harmonized
            System, mixes currencies or importing countries, contradicts itself, or holds no usable row.
    """
    source = look(Path(path))
    file = _open(source, format)
    labels, places = _match(file.headers, format, source.shown)
    judge = RowJudge(format, source.shown, labels)
    for block in file.blocks(places, format.null_values):
        judge.judge(dict(zip(labels, block.columns, strict=True)), block.numbers)
        judge.judged.read += len(block.faults)
        judge.judged.rejects += [_fault(block.first + fault.position, fault.fault) for fault in block.faults]
    rows = _one_importer(pd.concat(judge.judged.rows, ignore_index=True), judge.judged, source.shown)
    rows = _distinct(rows, judge.judged, (source.shown, format))
    if not len(rows):
        raise RedlaneError(f"{source.shown} holds no usable row: {_why(judge.judged)}")
    return _result(Path(path), rows, judge.judged, format)


def _open(source: Source, rules: PartnerExportsFormat) -> TableFile:
    if source.container in ("parquet", "arrow file", "arrow stream"):
        return ColumnarFile(source, rules.limits)
    known = rules.columns
    return DelimitedFile(
        source, rules.limits, Dialect(rules.encoding), lambda labels: sum(label in known for label in labels)
    )


def _match(
    headers: Sequence[str], rules: PartnerExportsFormat, name: str
) -> tuple[dict[str, str], list[int]]:
    """The label of each field the table has, and where it stands; each label once."""
    labels: dict[str, str] = {}
    places: list[int] = []
    for place, label in enumerate(headers):
        field = rules.columns.get(label)
        if field is None:
            continue
        if field in labels:
            raise RedlaneError(
                f"{name}: the columns '{printable(labels[field])}' and '{printable(label)}' both mean {field}; keep one"
            )
        labels[field] = label
        places.append(place)
    for field in REQUIRED:
        if field not in labels:
            raise RedlaneError(f"{name} lacks the column '{rules.label(field)}' ({field})")
    for side in ("reporter", "partner"):
        if not {side, f"{side}_number"} & set(labels):
            raise RedlaneError(f"{name} lacks the column '{rules.label(side)}' ({side})")
    return labels, places


def _fault(number: int, code: str) -> pd.DataFrame:
    line = {
        "record_number": number,
        "column": "",
        "value": "",
        "code": code,
        "sentence": CODES.get(code, code),
    }
    return pd.DataFrame([line])


def _one_importer(rows: pd.DataFrame, judged: Judged, name: str) -> pd.DataFrame:
    """Only rows of this country; where it is not configured, the one that exports go to."""
    to = rows.loc[rows["flow"] != "imports", ["here", "row"]].drop_duplicates("here").reset_index(drop=True)
    if len(to) > 1:
        raise RedlaneError(
            f"{name}, row {to['row'][1]}: exports go to '{printable(to['here'][1])}', those of row {to['row'][0]} to "
            f"'{printable(to['here'][0])}'; say in importing_country whose imports are declared"
        )
    if not len(to):
        return rows
    other = rows["here"] != to["here"][0]
    if other.any():
        judged.left_out["trade of another country"] += int(other.sum())
    return pd.DataFrame(rows.loc[~other])


def _distinct(rows: pd.DataFrame, judged: Judged, of: tuple[str, PartnerExportsFormat]) -> pd.DataFrame:
    """Each flow of a good, country and year once; the same again is left out, another amount refuses the table."""
    name, rules = of
    rows = rows.sort_values("row", ignore_index=True)
    again = rows.duplicated(KEY)
    same = rows.fillna({"kilograms": -1.0}).duplicated([*KEY, "amount", "kilograms"])
    if (again & ~same).any():
        second = rows[again & ~same].iloc[0]
        first = rows[(rows[KEY] == second[KEY]).all(axis=1)].iloc[0]
        raise RedlaneError(
            f"{name}, rows {first['row']} and {second['row']} both state {second['flow']} of {second['hs6']}, "
            f"{second['country']}, {second['year']}, with other amounts ({first['amount']:.15g} and "
            f"{second['amount']:.15g} {rules.currency}); keep the right one"
        )
    if again.any():
        judged.left_out["repetitions"] += int(again.sum())
    once: pd.DataFrame = rows.loc[~again]
    return once


def _result(path: Path, rows: pd.DataFrame, judged: Judged, rules: PartnerExportsFormat) -> PartnerExports:
    weightless = int(rows["kilograms"].isna().sum())
    if weightless:
        judged.noted["rows without a mass"] = weightless
    rejects = (
        pd.concat(judged.rejects, ignore_index=True) if judged.rejects else pd.DataFrame(columns=_REJECTS)
    )
    rejected = int(rejects["record_number"].nunique())
    if len(rows) + rejected + judged.left_out.total() != judged.read:
        raise RuntimeError(
            f"{len(rows)} + {rejected} + {judged.left_out.total()} is not {judged.read} records"
        )
    notes = [
        f"partner exports: left out {count:,} rows: {reason}" for reason, count in judged.left_out.items()
    ]
    notes += [f"partner exports: {reason}: {count:,}" for reason, count in judged.noted.items()]
    return PartnerExports(
        _wide(rows, rules),
        rejects.sort_values("record_number", kind="stable", ignore_index=True),
        {str(path): sha256_file(path)},
        judged.read,
        len(rows),
        rejected,
        dict(judged.left_out),
        notes,
    )


def _wide(rows: pd.DataFrame, rules: PartnerExportsFormat) -> pd.DataFrame:
    """One row per good, country and year, in that order."""
    rate = rows["year"].map({year: rules.rate(int(year)) for year in rows["year"].unique()})
    table = rows.assign(value=rows["amount"] * rate).set_index(KEY)[["value", "kilograms"]].unstack("flow")  # noqa: PD010
    column: Any = {
        (kind, flow): table[kind][flow].to_numpy("float64")
        if (kind, flow) in table
        else np.full(len(table), np.nan)
        for kind in ("value", "kilograms")
        for flow in ("exports", "reexports", "imports")
    }
    exports, again = (np.nan_to_num(column["value", flow]) for flow in ("exports", "reexports"))
    own = np.maximum(exports - again, 0.0) if rules.exports_contain_reexports else exports
    share = np.divide(own, exports, out=np.full(len(own), np.nan), where=exports > 0)
    mass = column["kilograms", "exports"] * share
    amounts = [
        own,
        np.where(mass > 0, mass, np.nan),
        again,
        column["value", "imports"],
        column["kilograms", "imports"],
    ]
    result = table.index.to_frame(index=False)
    return result.assign(**dict(zip(COLUMNS[3:], amounts, strict=True))).astype({"year": "int64"})


def _why(judged: Judged) -> str:
    reasons = [f"{count:,} {reason}" for reason, count in judged.left_out.most_common()]
    if judged.rejects:
        reasons.append(f"{sum(len(part) for part in judged.rejects):,} rejected")
    return ", ".join(reasons) or "it has a header and nothing else"
