"""The ledgers as kinds of profile: activity by day of registration, outcomes by the day they became known."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from redlane.declarations.periods import Days
from redlane.profiles.delivery import Delivery
from redlane.profiles.keys import Key, KeyHashes, key_name, source_columns
from redlane.profiles.kind import Kind, Size
from redlane.profiles.ledger import Amounts, Ledger, Seen
from redlane.profiles.parquet import read_columns
from redlane.profiles.table_files import ledger_of, write_ledger

ACTIVITY = ("count", "value_cents", "mass_grams", "rate_hundredths", "rate_count")
"""Amounts of the activity ledgers: known on the day of registration."""

OUTCOMES = ("inspected", "hits", "revenue_cents")
"""Amounts of the outcome ledgers: known on the day the outcome became known."""


class LedgerKind(Kind[Key, Ledger]):
    """Amounts per key and day."""

    amounts: ClassVar[tuple[str, ...]]

    def merge(self, parts: Sequence[Ledger]) -> Ledger:
        """Sums of sums."""
        return Ledger.merge(parts)

    def write(self, stem: Path, need: Key, table: Ledger) -> None:
        """One file of key, day and amounts."""
        write_ledger(stem.with_name(f"{stem.name}.parquet"), table)

    def read(self, stem: Path, need: Key) -> Ledger:
        """See :meth:`Kind.read`."""
        return ledger_of(read_columns(stem.with_name(f"{stem.name}.parquet")), self.amounts)

    def before(self, table: Ledger, hashes: KeyHashes, days: Days, need: Key) -> Seen:
        """The part of the ledger visible to each declaration."""
        return table.before(hashes.of(need), days)

    def columns(self, need: Key) -> tuple[str, ...]:
        """The parts of the key."""
        return source_columns(need)

    def words(self, need: Key) -> str:
        """For example "activity by importer_id, hs6"."""
        return f"{self.name} by {', '.join(need) or 'all'}"

    def stem(self, need: Key) -> str:
        """For example "activity__importer_x_hs6"."""
        return f"{self.name}__{key_name(need)}"

    def sizes(self, need: Key, table: Ledger) -> list[Size]:
        """Keys, and rows of key and day."""
        return [(self.words(need), len(table.index.keys), len(table))]


def _ledger(days: Days, rows: Amounts, amounts: Mapping[str, Amounts], hashes: KeyHashes, key: Key) -> Ledger:
    taken = {name: values[rows] for name, values in amounts.items()}
    return Ledger.of_events(hashes.of(key)[rows], days[rows], taken)


class ActivityKind(LedgerKind):
    """What was declared, known on the day of registration."""

    name = "activity"
    doing = "building activity profiles"
    amounts = ACTIVITY

    def extend(self, need: Key, delivery: Delivery, earlier: Ledger | None) -> Ledger:
        """The newly registered declarations."""
        return _ledger(delivery.registered, delivery.arrived, delivery.activity, delivery.hashes, need)


class OutcomesKind(LedgerKind):
    """What inspections found, known on the day the outcome became known."""

    name = "outcomes"
    doing = "building outcome profiles"
    amounts = OUTCOMES

    def extend(self, need: Key, delivery: Delivery, earlier: Ledger | None) -> Ledger:
        """The newly known outcomes."""
        return _ledger(delivery.known_on, delivery.labelled, delivery.outcomes, delivery.hashes, need)
