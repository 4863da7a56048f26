"""Which profiles a set of features reads: the list the profiles store is built from."""

from collections.abc import Iterable

from redlane.profiles.keys import Key, check_key, source_columns
from redlane.profiles.prices import PriceReference
from redlane.settings import Settings

ACTIVITY = ("count", "value_cents", "mass_grams", "rate_hundredths", "rate_count")
"""Amounts of the activity ledgers: known on the day of registration."""

OUTCOMES = ("inspected", "hits", "revenue_cents")
"""Amounts of the outcome ledgers: known on the day the outcome became known."""


class ProfileNeeds(Settings):
    """Keys of activity ledgers, keys of outcome ledgers, and price references."""

    activity: tuple[Key, ...] = ()
    outcomes: tuple[Key, ...] = ()
    prices: tuple[PriceReference, ...] = ()

    @classmethod
    def union(cls, needs: "Iterable[ProfileNeeds]") -> "ProfileNeeds":
        """Everything any of *needs* asks for, once, in the order first asked."""
        listed = list(needs)
        return cls(
            activity=tuple(dict.fromkeys(key for need in listed for key in need.activity)),
            outcomes=tuple(dict.fromkeys(key for need in listed for key in need.outcomes)),
            prices=tuple(dict.fromkeys(price for need in listed for price in need.prices)),
        )

    def missing_from(self, store: "ProfileNeeds") -> list[str]:
        """What a store built for *store* lacks, in words; empty when it has everything."""
        ledgers = [("activity", self.activity, store.activity), ("outcomes", self.outcomes, store.outcomes)]
        lacking = [
            f"{kind} by {'+'.join(key) or 'all'}"
            for kind, asked, held in ledgers
            for key in asked
            if key not in held
        ]
        return lacking + [p.words() for p in self.prices if p not in store.prices]

    def columns(self) -> tuple[str, ...]:
        """The declared columns these profiles are built from."""
        for key in (*self.activity, *self.outcomes):
            check_key(key, "profiles")
        keys = [*self.activity, *self.outcomes]
        parts = [*(source_columns(key) for key in keys), *(price.columns() for price in self.prices)]
        return tuple(dict.fromkeys(name for columns in parts for name in columns))
