"""Ledgers and snapshots as Parquet files: key, day it became known, one column for each amount or statistic."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from redlane.profiles.asof import AsOfIndex
from redlane.profiles.ledger import Ledger
from redlane.profiles.parquet import dates, days_of, numbers, write_columns
from redlane.profiles.prices import Snapshot


def write_ledger(path: Path, ledger: Ledger, metadata: Mapping[str, str] | None = None) -> None:
    """Write *ledger*; *metadata* as in :func:`~redlane.profiles.parquet.write_columns`."""
    amounts = {name: ledger.amounts(name) for name in ledger.running}
    write_columns(path, {**_index(ledger.index), **amounts}, metadata)


def ledger_of(table: pa.Table, amounts: Iterable[str]) -> Ledger:
    """The ledger that a file of :func:`write_ledger` holds.

    Raises:
        TypeError, LookupError: it holds something else.
    """
    return Ledger.of_sorted(
        numbers(table, "key"), days_of(table), {name: numbers(table, name) for name in amounts}
    )


def write_snapshot(
    path: Path, snapshot: Snapshot, names: Iterable[str], metadata: Mapping[str, str] | None = None
) -> None:
    """Write the statistics *names* of *snapshot*."""
    values = {name: snapshot.values[name] for name in names}
    write_columns(path, {**_index(snapshot.index), **values}, metadata)


def snapshot_of(table: pa.Table, names: Iterable[str]) -> Snapshot:
    """The snapshot that a file of :func:`write_snapshot` holds.

    Raises:
        TypeError, LookupError: it holds something else.
    """
    index = AsOfIndex.of_sorted(numbers(table, "key"), days_of(table))
    return Snapshot(index, {name: numbers(table, name) for name in names})


def _index(index: AsOfIndex) -> dict[str, object]:
    return {"key": index.row_keys(), "known_on": dates(index.days)}
