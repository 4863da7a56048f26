"""Reference tables given beside the declarations: what partner countries recorded as their exports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from redlane.profiles.partner_exports import NAME, PartnerExportsFormat, read_partner_exports
from redlane.progress import step
from redlane.stages.result import ResultTable, reject_tables


@dataclass(frozen=True)
class ReferenceTables:
    """Tables by name, the SHA-256 of their files by path, and what people should know of them."""

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[ResultTable, ...] = ()
    notes: tuple[str, ...] = ()


def read_references(partner_table: Path | None, format: PartnerExportsFormat) -> ReferenceTables:
    """Read the reference tables that are given.

    Raises:
        RedlaneError: one cannot be used.
    """
    if partner_table is None:
        return ReferenceTables()
    step("reading partner exports")
    read = read_partner_exports(partner_table, format)
    rejected = [
        ResultTable("Rejected in the partner exports", table.frame, table.note)
        for table in reject_tables(read.rejects)
    ]
    counts = "; ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in read.counts.items())
    return ReferenceTables(
        {NAME: read.frame}, read.hashes, tuple(rejected), (f"partner exports: {counts}", *read.notes)
    )
