"""Which profiles a set of features reads: the list the profiles store is built from."""

from collections.abc import Iterable, Iterator
from typing import Any

from redlane.profiles.deviations import DeviationReference
from redlane.profiles.digitcounts import DigitReference
from redlane.profiles.expected import ExpectedReference
from redlane.profiles.keys import Key, check_key
from redlane.profiles.kinds import KINDS
from redlane.profiles.links import Link
from redlane.profiles.mirror_reference import MirrorReference
from redlane.profiles.mixture_kind import MixtureReference
from redlane.profiles.networks import NetworkReference
from redlane.profiles.prices import PriceReference
from redlane.profiles.silences import Silence
from redlane.settings import Settings


class ProfileNeeds(Settings):
    """What is needed of each kind of profile; the fields have the names of :data:`KINDS`."""

    activity: tuple[Key, ...] = ()
    outcomes: tuple[Key, ...] = ()
    prices: tuple[PriceReference, ...] = ()
    expected: tuple[ExpectedReference, ...] = ()
    deviations: tuple[DeviationReference, ...] = ()
    mixtures: tuple[MixtureReference, ...] = ()
    mirror: tuple[MirrorReference, ...] = ()
    links: tuple[Link, ...] = ()
    silences: tuple[Silence, ...] = ()
    moments: tuple[Key, ...] = ()
    networks: tuple[NetworkReference, ...] = ()
    digits: tuple[DigitReference, ...] = ()

    @classmethod
    def union(cls, needs: "Iterable[ProfileNeeds]") -> "ProfileNeeds":
        """Everything any of *needs* asks for, once, in the order first asked."""
        listed = list(needs)
        return cls(
            **{
                kind: tuple(dict.fromkeys(n for need in listed for n in getattr(need, kind)))
                for kind in KINDS
            }
        )

    def items(self) -> Iterator[tuple[str, Any]]:
        """Each kind's name with each of its needs, in the order of :data:`KINDS`."""
        return ((kind, need) for kind in KINDS for need in getattr(self, kind))

    def missing_from(self, store: "ProfileNeeds") -> list[str]:
        """What a store built for *store* lacks, in words; empty when it has everything."""
        held = set(store.items())
        return [KINDS[kind].words(need) for kind, need in self.items() if (kind, need) not in held]

    def columns(self) -> tuple[str, ...]:
        """The declared columns these profiles are built from."""
        for key in (*self.activity, *self.outcomes):
            check_key(key, "profiles")
        return tuple(dict.fromkeys(name for kind, need in self.items() for name in KINDS[kind].columns(need)))

    def references(self) -> tuple[str, ...]:
        """The reference tables these profiles cannot be built without."""
        names = (KINDS[kind].reference for kind, _ in self.items())
        return tuple(dict.fromkeys(name for name in names if name))
