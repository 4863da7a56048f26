"""Profiles: everything known of parties, goods and prices, built from declarations and their outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from redlane.declarations.periods import Days
from redlane.profiles.delivery import Brings, Delivery, References
from redlane.profiles.keys import Key, KeyHashes
from redlane.profiles.kinds import KINDS
from redlane.profiles.ledger import Ledger
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.pricebook import PriceBook
from redlane.profiles.prices import PriceReference
from redlane.progress import track

Tables = Mapping[str, Mapping[Any, Any]]
"""Table by kind of profile and need."""


@dataclass(frozen=True)
class Profiles:
    """Tables of what was known, by kind and need. ``id`` is the content hash once stored, empty before."""

    needs: ProfileNeeds
    tables: Tables
    id: str = ""

    @property
    def activity(self) -> Mapping[Key, Ledger]:
        """Ledgers of what was declared."""
        return self.tables["activity"]

    @property
    def outcomes(self) -> Mapping[Key, Ledger]:
        """Ledgers of what inspections found."""
        return self.tables["outcomes"]

    @property
    def prices(self) -> Mapping[PriceReference, PriceBook]:
        """Reference prices."""
        return self.tables["prices"]

    def before(self, kind: str, need: Any, hashes: KeyHashes, days: Days) -> Any:
        """What the table of *kind* and *need* knew of each declaration strictly before its day."""
        return KINDS[kind].before(self.tables[kind][need], hashes, days, need)

    @classmethod
    def merge(cls, parts: "Sequence[Profiles]", id: str = "") -> "Profiles":
        """One set of profiles of consecutive deliveries."""
        needs = parts[0].needs
        tables: dict[str, dict[Any, Any]] = {kind: {} for kind in KINDS}
        for kind, need in needs.items():
            tables[kind][need] = KINDS[kind].merge([part.tables[kind][need] for part in parts])
        return cls(needs, tables, id)


def build(
    declarations: pd.DataFrame,
    needs: ProfileNeeds,
    brings: Brings = "both",
    earlier: Profiles | None = None,
    references: References | None = None,
) -> Profiles:
    """Build the profiles that *declarations* (and *references*) add to what *earlier* holds.

    Declarations enter on their registration day, outcomes on the day they became known. A row without outcome,
    or with one never known, adds nothing to the outcome ledgers.

    Raises:
        RedlaneError: values, masses, rates or revenues add up to more than a ledger holds.
    """
    tables: dict[str, dict[Any, Any]] = {}

    def held(name: str, need: Any) -> Any:
        before = [earlier.tables[name][need]] if earlier else []
        return KINDS[name].merge([*before, tables[name][need]])

    delivery = replace(Delivery.of(declarations, brings, references), held=held)
    for name, kind in KINDS.items():
        tables[name] = {
            need: kind.extend(need, delivery, earlier.tables[name][need] if earlier else None)
            for need in track(getattr(needs, name), kind.doing)
        }
    return Profiles(needs, tables)
