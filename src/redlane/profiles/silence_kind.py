"""Silences of importers as a kind of profile."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from redlane.declarations.periods import Days
from redlane.profiles.delivery import Delivery
from redlane.profiles.keys import Key, KeyHashes
from redlane.profiles.kind import Kind, Size
from redlane.profiles.ledger import Ledger
from redlane.profiles.ledger_kinds import OutcomesKind
from redlane.profiles.links import Links, LinksKind
from redlane.profiles.parquet import digest, part_file
from redlane.profiles.silences import Silence, Silences
from redlane.profiles.spells import Spells
from redlane.profiles.trading_days import merged, read_days, trading_days, write_days

IMPORTER: Key = ("importer_id",)


@dataclass(frozen=True)
class SilencesSeen:
    """The silences each of n declarations may see, by key."""

    silences: Silences
    hashes: KeyHashes
    days: Days

    def of(self, key: Key) -> dict[str, npt.NDArray[np.float64]]:
        """See :meth:`Silences.before`."""
        return self.silences.before(key, self.hashes.of(key), self.hashes.of(IMPORTER), self.days)


class SilenceKind(Kind[Silence, Silences]):
    """Spells of trade, outcomes and links of importers; see :mod:`redlane.profiles.silences`."""

    name = "silences"
    doing = "watching for silent importers"

    def extend(self, need: Silence, delivery: Delivery, earlier: Silences | None) -> Silences:
        """The newly registered declarations as spells and links, and the newly known outcomes."""
        rows = delivery.arrived
        days, importers = delivery.registered[rows], delivery.hashes.of(IMPORTER)[rows]
        held = earlier.links if earlier else [None] * len(need.keys)
        links = tuple(
            Links.of_events(delivery.hashes.of(key)[rows], importers, days).without(before)
            for key, before in zip(need.keys, held, strict=True)
        )
        spells = Spells.of_events(importers, importers, days, need.silent_days)
        outcomes = OutcomesKind().extend(IMPORTER, delivery, None)
        return Silences(need, spells, outcomes, links, trading_days(days))

    def merge(self, parts: Sequence[Silences]) -> Silences:
        """Spells joined, outcomes added, the earliest day of each link."""
        if len(parts) == 1:
            return parts[0]
        need = parts[0].need
        return Silences(
            need,
            Spells.merge([part.spells for part in parts], need.silent_days),
            Ledger.merge([part.outcomes for part in parts]),
            tuple(Links.merge([part.links[at] for part in parts]) for at in range(len(need.keys))),
            merged([part.trading for part in parts]),
        )

    def write(self, stem: Path, need: Silence, table: Silences) -> None:
        """One file of spells, one of outcomes, one of links for each key."""
        table.spells.write(part_file(stem, "spells"))
        write_days(stem, table.trading)
        OutcomesKind().write(stem.with_name(f"{stem.name}__outcomes"), IMPORTER, table.outcomes)
        for number, links in enumerate(table.links):
            name = stem.with_name(f"{stem.name}__links_{number}")
            LinksKind().write(name, (need.keys[number], IMPORTER), links)

    def read(self, stem: Path, need: Silence) -> Silences:
        """See :meth:`Kind.read`."""
        spells = Spells.read(part_file(stem, "spells"))
        outcomes = OutcomesKind().read(stem.with_name(f"{stem.name}__outcomes"), IMPORTER)
        links = tuple(
            LinksKind().read(stem.with_name(f"{stem.name}__links_{number}"), (key, IMPORTER))
            for number, key in enumerate(need.keys)
        )
        return Silences(need, spells, outcomes, links, read_days(stem))

    def before(self, table: Silences, hashes: KeyHashes, days: Days, need: Silence) -> SilencesSeen:
        """The silences each declaration may see, worked out for a key when it is asked for."""
        return SilencesSeen(table, hashes, days)

    def columns(self, need: Silence) -> tuple[str, ...]:
        """The importer and the parts of the keys."""
        return need.columns()

    def words(self, need: Silence) -> str:
        """For example "silent importers by seller_id; declarant_id, hs4"."""
        return "silent importers by " + "; ".join(", ".join(key) for key in need.keys)

    def stem(self, need: Silence) -> str:
        """A digest of the settings tells needs apart."""
        return f"silences_{digest(need.plain())}"

    def sizes(self, need: Silence, table: Silences) -> list[Size]:
        """Importers with their spells; keys with their links."""
        links = (
            (f"importers by {', '.join(key)}", len(part.index.keys), len(part))
            for key, part in zip(need.keys, table.links, strict=True)
        )
        return [
            ("spells of trade by importer", len(np.unique(table.spells.owners)), len(table.spells)),
            *links,
        ]
