"""Businesses that go on under a new id: phoenix chains, honest successors, and short-lived shells.

All of them are planned before the world starts, so that no week depends on the one before.
"""

from dataclasses import dataclass

import numpy as np

from redlane.declarations.synthetic.arrays import Flags, Ints
from redlane.declarations.synthetic.settings import SyntheticSettings

PHOENIX, SUCCESSOR, SHELL = 0, 1, 2
PHOENIX_INTENSITY = 0.35
"""Part of a phoenix firm's items that are irregular."""
SHELL_INTENSITY = 0.4
"""Part of a shell's items whose goods do not exist."""

FIRM_SIZE = 1.3
"""Trade of a firm of a chain, in those of a mean importer (some of which are not active at a time)."""


@dataclass(frozen=True)
class Chains:
    """Firms that stand after the ordinary importers, in the order of their chains.

    ``parent`` is the first firm of the chain, whose seller, broker and goods the firm continues;
    ``risen`` says that it has a predecessor.
    """

    kind: Ints
    parent: Ints
    first: Ints
    until: Ints
    lanes: Ints
    risen: Flags

    @property
    def firms(self) -> int:
        """Number of firms in all chains."""
        return len(self.kind)


def build_chains(settings: SyntheticSettings, rng: np.random.Generator) -> Chains:
    """Plan as many chains as the shares of their schemes ask for."""
    phoenix = _needed(settings, "phoenix", PHOENIX_INTENSITY * 0.85)
    shells = _needed(settings, "phantom_shipment", SHELL_INTENSITY)
    successors = round(settings.importers * settings.restructuring_share)
    firms: list[tuple[int, int, int, int]] = []
    for _ in range(phoenix):
        _grow(firms, PHOENIX, settings.weeks, rng)
    for _ in range(shells):
        _grow(firms, SHELL, settings.weeks, rng)
    for _ in range(successors):
        change = int(rng.integers(0, settings.weeks + 1))
        founder = len(firms)
        firms.append((SUCCESSOR, founder, 0, change))
        firms.append((SUCCESSOR, founder, change + int(rng.integers(0, 4)), settings.weeks + 1))
    kind, parent, first, until = np.array(firms, dtype=np.int64).reshape(-1, 4).T
    lanes = rng.integers(2, 4, len(firms)).astype(np.int64)
    lanes = np.where(kind == SHELL, lanes, lanes[parent])
    return Chains(kind, parent, first, until, lanes, parent != np.arange(len(firms)))


def _needed(settings: SyntheticSettings, scheme: str, intensity: float) -> int:
    """Chains active at any time for the share of *scheme*."""
    share = settings.share(scheme)
    return max(1, round(settings.importers * share / intensity / FIRM_SIZE)) if share > 0 else 0


def _grow(firms: list[tuple[int, int, int, int]], kind: int, weeks: int, rng: np.random.Generator) -> None:
    """One firm after another; a shell does not continue its predecessor's business, a phoenix does."""
    week = int(rng.integers(-6, 6))
    founder = len(firms)
    while week < weeks:
        life = int(rng.integers(6, 15))
        parent = founder if kind == PHOENIX else len(firms)
        firms.append((kind, parent, max(week, 0), week + life))
        week += life + int(rng.integers(1, 4))
