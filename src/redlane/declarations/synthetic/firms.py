"""All parties of the world and their usual trades."""

from dataclasses import dataclass

from redlane.declarations.synthetic.arrays import Words, party_ids, stream
from redlane.declarations.synthetic.chains import Chains, build_chains
from redlane.declarations.synthetic.lanes import Lanes, build_lanes
from redlane.declarations.synthetic.parties import (
    Brokers,
    Importers,
    Sellers,
    build_brokers,
    build_importers,
    build_sellers,
)
from redlane.declarations.synthetic.settings import SyntheticSettings
from redlane.declarations.synthetic.tariff import Tariff


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
    sellers = build_sellers(settings, rng)
    brokers = build_brokers(settings, rng)
    chains = build_chains(settings, rng)
    importers = build_importers(settings, brokers, chains, rng)
    carriers = party_ids(settings.carriers, rng)
    lanes = build_lanes(settings, tariff, importers, sellers, chains, rng)
    return Firms(importers, sellers, brokers, carriers, lanes, chains)
