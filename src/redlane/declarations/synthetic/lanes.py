"""What importers do again and again: their usual lanes."""

from dataclasses import dataclass

import numpy as np

from redlane.declarations.synthetic.arrays import Flags, Floats, Ints, pick, pick_within
from redlane.declarations.synthetic.chains import Chains
from redlane.declarations.synthetic.parties import COUNTRY_SHARES, HUBS, Importers, Sellers, choose_partner
from redlane.declarations.synthetic.settings import SyntheticSettings
from redlane.declarations.synthetic.tables import AIR, COUNTRIES, POST, ROAD, SEA, SECTIONS
from redlane.declarations.synthetic.tariff import Tariff

NEIGHBOURS = np.array([country.neighbour for country in COUNTRIES])


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


def build_lanes(
    settings: SyntheticSettings,
    tariff: Tariff,
    importers: Importers,
    sellers: Sellers,
    chains: Chains,
    rng: np.random.Generator,
) -> Lanes:
    """Draw the lanes of every importer: more of them the larger it is."""
    count = len(importers.weight)
    size = 1 + np.minimum(rng.poisson(1.0 + 1.6 * np.log1p(importers.weight)), 14).astype(np.int64)
    own = np.arange(count)
    size[settings.importers :] = chains.lanes
    start = np.cumsum(size) - size
    importer = np.repeat(own, size)
    section = importers.section[importer]
    second = rng.integers(0, len(SECTIONS), count)[importer]
    section = np.where(rng.random(len(importer)) < 0.1, second, section)
    seller = choose_partner(
        rng, sellers.start[section], sellers.size[section], importers.bent[importer], sellers.complicit
    )
    good = _goods(tariff, importer, section, rng)
    strays = rng.random(len(importer)) < 0.12
    origin = np.where(strays, pick(rng, COUNTRY_SHARES, len(importer)), sellers.country[seller])
    departure = np.where(rng.random(len(importer)) < 0.12, rng.choice(HUBS, len(importer)), origin)
    mode = _modes(section, departure, rng)
    typical = np.exp(rng.normal(8.8, 1.0, len(importer))) * importers.weight[importer] ** 0.25
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
