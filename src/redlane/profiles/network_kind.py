"""The network of importers, sellers and declarants as a kind of profile."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from redlane.declarations.periods import Days
from redlane.hashing import MISSING
from redlane.profiles.delivery import Delivery
from redlane.profiles.keys import Key, KeyHashes
from redlane.profiles.kind import Kind, Size
from redlane.profiles.ledger_kinds import OutcomesKind
from redlane.profiles.networks import NetworkReference, Networks
from redlane.profiles.parquet import digest, part_file, read_columns
from redlane.profiles.prices import Numbers
from redlane.profiles.spells import Spells
from redlane.profiles.table_files import snapshot_of, write_snapshot
from redlane.profiles.trading_days import read_days, trading_days, write_days

IMPORTER: Key = ("importer_id",)


class NetworkKind(Kind[NetworkReference, Networks]):
    """Communities and two-hop risks of importers; see :mod:`redlane.profiles.networks`."""

    name = "networks"
    doing = "measuring networks"

    def extend(self, need: NetworkReference, delivery: Delivery, earlier: Networks | None) -> Networks:
        """The newly registered links and newly known outcomes, and what is published up to the last day."""
        rows = delivery.arrived
        importers, days = delivery.hashes.of(IMPORTER)[rows], delivery.registered[rows]
        spells = tuple(
            Spells.of_events(importers, delivery.hashes.of(key)[rows], days, need.window_days)
            for key in need.partners
        )
        linked = np.any([delivery.hashes.of(key)[rows] != MISSING for key in need.partners], axis=0)
        trading = trading_days(days[linked & (importers != MISSING)])
        outcomes = OutcomesKind().extend(IMPORTER, delivery, None)
        return Networks.extend(need, spells, outcomes, trading, earlier)

    def merge(self, parts: Sequence[Networks]) -> Networks:
        """See :meth:`Networks.merge`."""
        return Networks.merge(parts)

    def write(self, stem: Path, need: NetworkReference, table: Networks) -> None:
        """One file of links for each kind of partner, one of outcomes, one of what was published."""
        for number, spells in enumerate(table.spells):
            spells.write(part_file(stem, f"links_{number}"))
        write_days(stem, table.trading)
        OutcomesKind().write(stem.with_name(f"{stem.name}__outcomes"), IMPORTER, table.outcomes)
        known = {"published": str(table.published)}
        write_snapshot(part_file(stem, "published"), table.snapshot, table.snapshot.values, known)

    def read(self, stem: Path, need: NetworkReference) -> Networks:
        """See :meth:`Kind.read`."""
        spells = tuple(
            Spells.read(part_file(stem, f"links_{number}")) for number in range(len(need.partners))
        )
        outcomes = OutcomesKind().read(stem.with_name(f"{stem.name}__outcomes"), IMPORTER)
        table = read_columns(part_file(stem, "published"))
        snapshot = snapshot_of(table, need.statistics())
        published = int(table.schema.metadata[b"published"])
        return Networks(need, spells, outcomes, snapshot, read_days(stem), published)

    def before(
        self, table: Networks, hashes: KeyHashes, days: Days, need: NetworkReference
    ) -> dict[str, Numbers]:
        """See :meth:`Networks.before`."""
        return table.before(hashes.of(IMPORTER), days)

    def columns(self, need: NetworkReference) -> tuple[str, ...]:
        """The importer and its partners."""
        return need.columns()

    def words(self, need: NetworkReference) -> str:
        """For example "the network of importers by seller_id; declarant_id"."""
        return "the network of importers by " + "; ".join(", ".join(key) for key in need.partners)

    def stem(self, need: NetworkReference) -> str:
        """A digest of the settings tells needs apart."""
        return f"networks_{digest(need.plain())}"

    def sizes(self, need: NetworkReference, table: Networks) -> list[Size]:
        """Importers with their links; importers with what was published of them."""
        links = (
            (f"links to {', '.join(key)}", len(np.unique(part.owners)), len(part))
            for key, part in zip(need.partners, table.spells, strict=True)
        )
        index = table.snapshot.index
        return [*links, ("network of importers, published", len(index.keys), len(index.days))]
