"""Who trades: importers with a line of business, sellers, brokers."""

from dataclasses import dataclass

import numpy as np

from redlane.declarations.synthetic.arrays import Flags, Floats, Ints, Words, party_ids, pick, pick_within
from redlane.declarations.synthetic.chains import Chains
from redlane.declarations.synthetic.settings import SyntheticSettings
from redlane.declarations.synthetic.tables import COUNTRIES, SECTIONS

COUNTRY_SHARES = np.array([country.share for country in COUNTRIES])
HUBS = np.flatnonzero([country.hub for country in COUNTRIES])


@dataclass(frozen=True)
class Sellers:
    """Sellers abroad, sorted by section; ``complicit`` ones are readier to write any invoice."""

    ids: Words
    section: Ints
    country: Ints
    complicit: Flags
    start: Ints
    size: Ints


@dataclass(frozen=True)
class Brokers:
    """Declarants with their home office; ``lenient`` ones ask no questions."""

    ids: Words
    office: Ints
    lenient: Flags


@dataclass(frozen=True)
class Importers:
    """Importers: size of trade, line of business, brokers, life span (weeks from, until), and habits.

    ``bent`` ones look for lenient brokers and complicit sellers; whether they carry out a scheme is decided
    by the plan. Firms of a chain (a business that goes on under a new id) stand after the ordinary ones.
    """

    ids: Words
    weight: Floats
    section: Ints
    broker: Ints
    second_broker: Ints
    office: Ints
    first: Ints
    until: Ints
    payment: Ints
    claims: Floats
    phase: Floats
    swing: Floats
    bent: Flags
    round_values: Flags

    def activity(self, week: int) -> Floats:
        """Relative number of declarations of each importer in *week*; 0 before it enters and after it left."""
        season = 1.0 + self.swing * np.sin(2 * np.pi * week / 52.0 + self.phase)
        return self.weight * season * ((self.first <= week) & (week < self.until))


def build_sellers(settings: SyntheticSettings, rng: np.random.Generator) -> Sellers:
    """Draw the sellers; every section has at least one."""
    shares = np.array([section.share for section in SECTIONS])
    count = settings.sellers
    section = np.sort(np.concatenate([np.arange(len(SECTIONS)), pick(rng, shares, count - len(SECTIONS))]))
    size = np.bincount(section, minlength=len(SECTIONS))
    return Sellers(
        ids=party_ids(count, rng),
        section=section,
        country=pick(rng, COUNTRY_SHARES, count),
        complicit=rng.random(count) < 0.1,
        start=np.cumsum(size) - size,
        size=size,
    )


def build_brokers(settings: SyntheticSettings, rng: np.random.Generator) -> Brokers:
    """Draw the brokers; a few offices are home to most."""
    count = settings.brokers
    return Brokers(
        ids=party_ids(count, rng),
        office=pick_within(rng, np.zeros(count, np.int64), np.full(count, settings.offices), 1.8),
        lenient=rng.random(count) < 0.15,
    )


def build_importers(
    settings: SyntheticSettings, brokers: Brokers, chains: Chains, rng: np.random.Generator
) -> Importers:
    """Draw the importers: ordinary ones of heavy-tailed size, then the firms of the chains."""
    regular = settings.importers
    count = regular + chains.firms
    bent = rng.random(count) < 0.22
    broker = choose_partner(
        rng, np.zeros(count, np.int64), np.full(count, settings.brokers), bent, brokers.lenient
    )
    weeks = settings.weeks
    first = np.where(rng.random(count) < settings.entering_share, rng.integers(0, weeks + 1, count), 0)
    leaves = rng.random(count) < settings.leaving_share
    until = np.where(leaves, first + rng.integers(6, max(7, weeks), count), weeks + 1)
    weight = np.exp(rng.normal(0, 1.35, count))
    weight[regular:] = weight[:regular].mean() * np.exp(rng.normal(0, 0.5, chains.firms))
    first[regular:], until[regular:] = chains.first, chains.until
    parent = np.arange(count)
    parent[regular:] = regular + chains.parent
    section = pick(rng, np.array([s.share for s in SECTIONS]), count)
    return Importers(
        ids=party_ids(count, rng),
        weight=weight,
        section=section[parent],
        broker=broker[parent],
        second_broker=np.where(rng.random(count) < 0.5, broker, rng.integers(0, settings.brokers, count))[
            parent
        ],
        office=np.where(
            rng.random(count) < 0.7, brokers.office[broker], rng.integers(0, settings.offices, count)
        ),
        first=first,
        until=until,
        payment=pick(rng, np.array([0.6, 0.28, 0.12]), count),
        claims=rng.beta(5, 2, count),
        phase=rng.uniform(0, 2 * np.pi, count),
        swing=rng.uniform(0, settings.season, count),
        bent=bent,
        round_values=rng.random(count) < 0.2,
    )


def choose_partner(rng: np.random.Generator, start: Ints, size: Ints, bent: Flags, willing: Flags) -> Ints:
    """A partner for each; half of the bent look among six for a willing one."""
    candidates = np.stack([pick_within(rng, start, size, 2.2) for _ in range(6)], axis=1)
    looks = bent & (rng.random(len(start)) < 0.5)
    place = np.where(looks, willing[candidates].argmax(axis=1), 0)
    return candidates[np.arange(len(start)), place]
