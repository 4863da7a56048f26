"""Deviations: how far a party's earlier declarations lay from the reference prices of their own days, added up.

One price says little: honest prices of one good differ by a third and more. A party that states too little on every
third consignment shows in the sum of many. Each declaration is held against the reference prices published strictly
before its own day, and enters a ledger on that day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import Field, field_validator

from redlane.declarations.periods import Days
from redlane.profiles.delivery import Delivery
from redlane.profiles.keys import Key, KeyHashes, check_key, key_name, source_columns
from redlane.profiles.kind import Kind, Size
from redlane.profiles.ledger import Amounts, Ledger, Seen
from redlane.profiles.parquet import digest, part_file, read_columns
from redlane.profiles.prices import Measure, Numbers, PriceReference, log_measure
from redlane.profiles.table_files import ledger_of, write_ledger
from redlane.settings import Settings

STEPS = 256
"""Deviations are counted in whole steps of 1/256 of a natural logarithm, so that sums are exact."""

AMOUNTS = ("count", "steps", "squares", "low", "high")
_FARTHEST = 8.0


class DeviationReference(Settings):
    """Whose deviations from which reference prices to add up.

    A deviation is *low* or *high* from ``border`` on: 0.5 is a price of 61 % or 165 % of the median.
    """

    reference: PriceReference = PriceReference()
    keys: tuple[Key, ...] = Field(default=(("importer_id",),), min_length=1)
    border: float = Field(default=0.5, gt=0)

    @field_validator("keys")
    @classmethod
    def _known(cls, keys: tuple[Key, ...]) -> tuple[Key, ...]:
        for key in keys:
            check_key(key, "deviations")
        return keys

    def every_key(self) -> tuple[Key, ...]:
        """The keys, and everything, which says what is usual.

        >>> DeviationReference().every_key()
        (('importer_id',), ())
        """
        return tuple(dict.fromkeys([*self.keys, ()]))


Deviations = Mapping[Key, Ledger]
"""A ledger of :data:`AMOUNTS` for each key."""


@dataclass(frozen=True)
class DeviationsSeen:
    """The deviations each of n declarations may see."""

    table: Deviations
    hashes: KeyHashes
    days: Days

    def of(self, key: Key) -> Seen:
        """What was added up under *key* strictly before each day."""
        return self.table[key].before(self.hashes.of(key), self.days)


class DeviationKind(Kind[DeviationReference, Deviations]):
    """Deviations from reference prices by party and day of registration."""

    name = "deviations"
    doing = "adding up deviations from reference prices"

    def extend(self, need: DeviationReference, delivery: Delivery, earlier: Deviations | None) -> Deviations:
        """The newly registered declarations that have a reference price."""
        usual = delivery.known("prices", need.reference)["median"]
        rows, deviation = arrived_deviations(delivery, need.reference.measure, usual)
        amounts = _amounts(deviation, need)
        days = delivery.registered[rows]
        return {
            key: Ledger.of_events(delivery.hashes.of(key)[rows], days, amounts) for key in need.every_key()
        }

    def merge(self, parts: Sequence[Deviations]) -> Deviations:
        """Sums of sums."""
        return {key: Ledger.merge([part[key] for part in parts]) for key in parts[0]}

    def write(self, stem: Path, need: DeviationReference, table: Deviations) -> None:
        """One file for each key."""
        for key, ledger in table.items():
            write_ledger(part_file(stem, key_name(key)), ledger)

    def read(self, stem: Path, need: DeviationReference) -> Deviations:
        """See :meth:`Kind.read`."""
        return {
            key: ledger_of(read_columns(part_file(stem, key_name(key))), AMOUNTS) for key in need.every_key()
        }

    def before(
        self, table: Deviations, hashes: KeyHashes, days: Days, need: DeviationReference
    ) -> DeviationsSeen:
        """What each declaration may see, looked up for a key when it is asked for."""
        return DeviationsSeen(table, hashes, days)

    def columns(self, need: DeviationReference) -> tuple[str, ...]:
        """Those of the reference prices, and the parts of the keys."""
        parts = [name for key in need.keys for name in source_columns(key)]
        return tuple(dict.fromkeys([*need.reference.columns(), *parts]))

    def words(self, need: DeviationReference) -> str:
        """For example "deviations of prices per kg by importer_id"."""
        keys = "; ".join(", ".join(key) for key in need.keys)
        return f"deviations of {need.reference.ratio.words} by {keys}"

    def stem(self, need: DeviationReference) -> str:
        """What is compared, and a digest of the settings."""
        return f"deviations_{need.reference.measure}_{digest(need.plain())}"

    def sizes(self, need: DeviationReference, table: Deviations) -> list[Size]:
        """Keys, and rows of key and day."""
        what = f"deviations of {need.reference.ratio.words} by"
        return [
            (f"{what} {', '.join(key) or 'all'}", len(ledger.index.keys), len(ledger))
            for key, ledger in table.items()
        ]


def arrived_deviations(delivery: Delivery, measure: Measure, usual: Numbers) -> tuple[Amounts, Numbers]:
    """The newly registered declarations for which a *usual* logarithm is known, and how far each lies from it."""
    deviation = log_measure(delivery.declarations, measure) - usual
    rows = delivery.arrived[np.isfinite(deviation[delivery.arrived])]
    return rows, deviation[rows]


def _amounts(deviation: Numbers, need: DeviationReference) -> dict[str, Amounts]:
    steps = np.rint(np.clip(deviation, -_FARTHEST, _FARTHEST) * STEPS).astype(np.int64)
    return {
        "count": np.ones(len(steps), np.int64),
        "steps": steps,
        "squares": steps**2,
        "low": (deviation <= -need.border).astype(np.int64),
        "high": (deviation >= need.border).astype(np.int64),
    }
