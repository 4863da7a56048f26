"""Who trades: importers with a line of business, their sellers, brokers and usual lanes.

An importer's *lane* is what it does again and again: this good from this seller, by this route, at this
price level. Most declarations repeat a lane; some try something new.
"""

from dataclasses import dataclass

import numpy as np

from redlane.declarations.synthetic.arrays import Flags, Floats, Ints, Words, party_ids, pick, pick_within, stream
from redlane.declarations.synthetic.chains import Chains, build_chains
from redlane.declarations.synthetic.settings import SyntheticSettings
from redlane.declarations.synthetic.tables import AIR, COUNTRIES, POST, ROAD, SEA, SECTIONS
from redlane.declarations.synthetic.tariff import Tariff

COUNTRY_SHARES = np.array([country.share for country in COUNTRIES])
HUBS = np.flatnonzero([country.hub for country in COUNTRIES])
NEIGHBOURS = np.array([country.neighbour for country in COUNTRIES])


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


@dataclass(frozen=True)
class Lanes:
    """Usual trades of all importers, those of one importer side by side (``start``, ``size`` per importer)."""

    importer: Ints
    start: Ints
    size: Ints
    good: Ints
    seller: Ints
    origin: Ints
    departure: Ints
    mode: Ints
    carrier: Ints
    preference: Flags
    price: Floats
    mass: Floats
    by_section: Ints
    section_start: Ints
    section_size: Ints


@dataclass(frozen=True)
class Firms:
    """All parties and their lanes."""

    importers: Importers
    sellers: Sellers
    brokers: Brokers
    carriers: Words
    lanes: Lanes
    chains: Chains


def build_firms(settings: SyntheticSettings, tariff: Tariff) -> Firms:
    """Draw the parties of the world and their usual lanes."""
    rng = stream(settings.seed, "firms")
    sellers = _sellers(settings, rng)
    brokers = _brokers(settings, rng)
    chains = build_chains(settings, rng)
    importers = _importers(settings, brokers, chains, rng)
    carriers = party_ids(settings.carriers, rng)
    lanes = _lanes(settings, tariff, importers, sellers, chains, rng)
    return Firms(importers, sellers, brokers, carriers, lanes, chains)


def _sellers(settings: SyntheticSettings, rng: np.random.Generator) -> Sellers:
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


def _brokers(settings: SyntheticSettings, rng: np.random.Generator) -> Brokers:
    count = settings.brokers
    return Brokers(
        ids=party_ids(count, rng),
        office=pick_within(rng, np.zeros(count, np.int64), np.full(count, settings.offices), 1.8),
        lenient=rng.random(count) < 0.15,
    )


def _importers(
    settings: SyntheticSettings, brokers: Brokers, chains: Chains, rng: np.random.Generator
) -> Importers:
    regular = settings.importers
    count = regular + chains.firms
    bent = rng.random(count) < 0.22
    broker = _choose(rng, np.zeros(count, np.int64), np.full(count, settings.brokers), bent, brokers.lenient)
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
        second_broker=np.where(rng.random(count) < 0.5, broker, rng.integers(0, settings.brokers, count))[parent],
        office=np.where(rng.random(count) < 0.7, brokers.office[broker], rng.integers(0, settings.offices, count)),
        first=first,
        until=until,
        payment=pick(rng, np.array([0.6, 0.28, 0.12]), count),
        claims=rng.beta(5, 2, count),
        phase=rng.uniform(0, 2 * np.pi, count),
        swing=rng.uniform(0, settings.season, count),
        bent=bent,
        round_values=rng.random(count) < 0.2,
    )


def _choose(rng: np.random.Generator, start: Ints, size: Ints, bent: Flags, willing: Flags) -> Ints:
    """A partner for each; half of the bent look among six for a willing one."""
    candidates = np.stack([pick_within(rng, start, size, 2.2) for _ in range(6)], axis=1)
    looks = bent & (rng.random(len(start)) < 0.5)
    place = np.where(looks, willing[candidates].argmax(axis=1), 0)
    return candidates[np.arange(len(start)), place]


def _lanes(
    settings: SyntheticSettings,
    tariff: Tariff,
    importers: Importers,
    sellers: Sellers,
    chains: Chains,
    rng: np.random.Generator,
) -> Lanes:
    count = len(importers.weight)
    size = 1 + np.minimum(rng.poisson(1.0 + 1.6 * np.log1p(importers.weight)), 14).astype(np.int64)
    own = np.arange(count)
    size[settings.importers :] = chains.lanes
    start = np.cumsum(size) - size
    importer = np.repeat(own, size)
    section = importers.section[importer]
    second = rng.integers(0, len(SECTIONS), count)[importer]
    section = np.where(rng.random(len(importer)) < 0.1, second, section)
    seller = _choose(rng, sellers.start[section], sellers.size[section], importers.bent[importer], sellers.complicit)
    good = _goods(tariff, importer, section, rng)
    strays = rng.random(len(importer)) < 0.12
    origin = np.where(strays, pick(rng, COUNTRY_SHARES, len(importer)), sellers.country[seller])
    departure = np.where(rng.random(len(importer)) < 0.12, rng.choice(HUBS, len(importer)), origin)
    mode = _modes(section, departure, rng)
    typical = np.exp(rng.normal(8.9, 1.2, len(importer))) * importers.weight[importer] ** 0.25
    mass = np.log(typical) - tariff.log_price(good, origin, mode, 0) - np.where(mode >= AIR, 0.9, 0.0)
    lanes = {
        "good": good,
        "seller": seller,
        "origin": origin,
        "departure": departure,
        "mode": mode,
        "carrier": rng.integers(0, settings.carriers // 4, len(importer)) * 4 + mode,
        "preference": rng.random(len(importer)) < importers.claims[importer],
        "price": rng.normal(0, settings.seller_price_spread, len(importer)),
        "mass": mass,
    }
    inherited = _inherited(settings, chains, start, size)
    order = np.argsort(section[inherited], kind="stable")
    per_section = np.bincount(section[inherited], minlength=len(SECTIONS))
    return Lanes(
        importer=importer,
        start=start,
        size=size,
        by_section=order,
        section_start=np.cumsum(per_section) - per_section,
        section_size=per_section,
        **{name: values[inherited] for name, values in lanes.items()},
    )


def _inherited(settings: SyntheticSettings, chains: Chains, start: Ints, size: Ints) -> Ints:
    """For each lane the lane it is a copy of: firms of a chain continue the lanes of the first one."""
    source = np.arange(int(size.sum()))
    for firm, parent in enumerate(chains.parent.tolist()):
        mine, theirs = start[settings.importers + firm], start[settings.importers + parent]
        width = size[settings.importers + firm]
        source[mine : mine + width] = np.arange(theirs, theirs + width)
    return source


def _goods(tariff: Tariff, importer: Ints, section: Ints, rng: np.random.Generator) -> Ints:
    """A good of one of the few headings that an importer deals in within a section."""
    first = np.searchsorted(tariff.heading_section, np.arange(len(SECTIONS)))
    total = np.bincount(tariff.heading_section, minlength=len(SECTIONS))
    home = rng.random((importer.max() + 1, 3)) ** 1.5
    which = np.minimum(rng.integers(0, 5, len(importer)), 2)
    heading = first[section] + np.floor(home[importer, which] * total[section]).astype(np.int64)
    return pick_within(rng, tariff.heading_start[heading], tariff.heading_size[heading], 1.3)


def _modes(section: Ints, departure: Ints, rng: np.random.Generator) -> Ints:
    air = np.array([s.air for s in SECTIONS])[section]
    u = rng.random(len(section))
    flown = np.where(u < 0.12 * air, POST, AIR)
    return np.where(u < air, flown, np.where(NEIGHBOURS[departure], ROAD, SEA))
