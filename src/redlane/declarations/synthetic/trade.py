"""Honest declarations of one week: who imports, which of its lanes, at what price and mass."""

import math

import numpy as np

from redlane.declarations.synthetic.arrays import Floats, Ints, pick, pick_within, stream
from redlane.declarations.synthetic.shipments import Shipments
from redlane.declarations.synthetic.tables import (
    IMPORT_TYPE_SHARES,
    POST,
    PROCEDURE_SHARES,
)
from redlane.declarations.synthetic.tariff import COUNTED
from redlane.declarations.synthetic.world import World

WEEKDAYS = np.array([0.19, 0.2, 0.2, 0.19, 0.16, 0.05, 0.01])


def trade(world: World, week: int) -> Shipments:
    """All declarations of *week* as honest traders would make them (schemes are laid over them later)."""
    rng = stream(world.settings.seed, "trade", week)
    declarations = rng.poisson(_volume(world, week))
    importer = pick(rng, world.firms.importers.activity(week), declarations)
    first = _lanes_of(world, importer, rng)
    heads = _declare(world, importer, first, rng)
    rows = _itemise(world, heads, first, rng)
    rows = _burst(world, rows, rng)
    _price(world, rows, week, rng)
    return rows


def _volume(world: World, week: int) -> float:
    """Expected number of declarations of *week*: growth, and a swell before the end of each year."""
    years = week / 52.0
    swell = 1.0 + 0.4 * world.settings.season * math.sin(2 * math.pi * (years - 0.6))
    grown = math.pow(1.0 + world.settings.growth, years)
    return world.settings.declarations_per_week * grown * swell


def _lanes_of(world: World, importer: Ints, rng: np.random.Generator) -> Ints:
    """A lane for each declaration: usually one of the importer's own, mostly its first ones."""
    lanes = world.firms.lanes
    own = pick_within(rng, lanes.start[importer], lanes.size[importer], 1.7)
    section = world.firms.importers.section[importer]
    place = pick_within(rng, lanes.section_start[section], np.maximum(lanes.section_size[section], 1))
    other = lanes.by_section[np.minimum(place, len(lanes.by_section) - 1)]
    return np.where(rng.random(len(importer)) < world.settings.novelty, other, own)


def _declare(world: World, importer: Ints, lane: Ints, rng: np.random.Generator) -> dict[str, Ints]:
    """What all items of a declaration share."""
    lanes, who, brokers = world.firms.lanes, world.firms.importers, world.firms.brokers
    count = len(importer)
    broker = np.where(rng.random(count) < 0.85, who.broker[importer], who.second_broker[importer])
    mode = lanes.mode[lane]
    parcel = (mode == POST) & (rng.random(count) < 0.6)
    usual_payment = rng.random(count) < 0.9
    return {
        "declaration": np.arange(count),
        "day": pick(rng, WEEKDAYS, count),
        "importer": importer,
        "broker": broker,
        "office": np.where(rng.random(count) < 0.75, brokers.office[broker], who.office[importer]),
        "seller": lanes.seller[lane],
        "carrier": lanes.carrier[lane],
        "mode": mode,
        "departure": lanes.departure[lane],
        "procedure": pick(rng, np.array(PROCEDURE_SHARES), count),
        "import_type": np.where(parcel, 1, pick(rng, np.array(IMPORT_TYPE_SHARES), count)),
        "payment": np.where(usual_payment, who.payment[importer], rng.integers(0, 3, count)),
    }


def _itemise(world: World, heads: dict[str, Ints], first: Ints, rng: np.random.Generator) -> Shipments:
    """One row per item: the first is the lane's good, further ones come from the same importer's lanes."""
    several = rng.random(len(first)) < world.settings.several_items
    items = np.where(several, rng.integers(2, 5, len(first)), 1)
    row = np.repeat(np.arange(len(first)), items)
    item = np.arange(len(row)) - np.repeat(np.cumsum(items) - items, items)
    lanes, importer = world.firms.lanes, heads["importer"][row]
    further = pick_within(rng, lanes.start[importer], lanes.size[importer])
    lane = np.where(item == 0, first[row], further)
    origin = np.where(item == 0, lanes.origin[lane], lanes.origin[first[row]])
    preference = lanes.preference[lane] ^ (rng.random(len(row)) < 0.05)
    empty = np.zeros(len(row))
    good = lanes.good[lane]
    mass = np.exp(lanes.mass[lane] + rng.normal(0, 0.65, len(row)))
    rows = Shipments(
        **{name: values[row] for name, values in heads.items()},
        item=item + 1,
        origin=origin,
        true_origin=origin.copy(),
        good=good,
        true_good=good.copy(),
        preference=preference,
        true_preference=preference.copy(),
        net_mass=mass,
        true_net_mass=empty.copy(),
        gross_mass=empty.copy(),
        quantity=empty.copy(),
        true_quantity=empty.copy(),
        value=lanes.price[lane].copy(),
        true_value=empty.copy(),
        typology=np.zeros(len(row), dtype=np.int64),
    )
    return rows


def _burst(world: World, rows: Shipments, rng: np.random.Generator) -> Shipments:
    """Some honest consignments arrive in parts: the same goods again within the week."""
    chosen = np.flatnonzero((rng.random(len(rows)) < world.settings.honest_bursts) & (rows.item == 1))
    more = rows.take(np.repeat(chosen, rng.integers(2, 6, len(chosen))))
    if not len(more):
        return rows
    more.declaration = rows.declaration.max() + 1 + np.arange(len(more))
    more.day = pick(rng, WEEKDAYS, len(more))
    more.net_mass *= np.exp(rng.normal(-0.5, 0.5, len(more)))
    return rows.append(more)


def _price(world: World, rows: Shipments, week: int, rng: np.random.Generator) -> None:
    """Set masses, quantities and values; on entry ``value`` holds the lane's lasting price difference."""
    tariff = world.tariff
    expected = tariff.log_price(rows.good, rows.origin, rows.mode, week) + rows.value
    price = np.exp(expected + tariff.spread[rows.good] * _noise(rng, len(rows)))
    rows.preference &= tariff.preferential(rows.good, rows.origin)
    rows.true_preference = rows.preference.copy()
    rows.value = rows.net_mass * price
    rows.gross_mass = rows.net_mass * (
        1.0 + tariff.packing[rows.good] * np.exp(rng.normal(0, 0.6, len(rows)))
    )
    rows.quantity = supplementary(world, rows.good, rows.net_mass, rng)
    for name in ("net_mass", "quantity", "value"):
        setattr(rows, f"true_{name}", getattr(rows, name).copy())


def _noise(rng: np.random.Generator, count: int) -> Floats:
    """Standard noise with heavier tails than the normal: one draw in ten is twice as wide."""
    wide = np.where(rng.random(count) < 0.1, 2.0, 0.9)
    return rng.normal(0, 1, count) * wide


def supplementary(
    world: World, good: Ints, mass: Floats, rng: np.random.Generator, spread: float = 0.15
) -> Floats:
    """Quantity in the good's supplementary unit for a net mass in kg; a mass unit follows it exactly."""
    noise = rng.normal(0, spread, len(mass)) * COUNTED[world.tariff.section[good]]
    return np.asarray(mass / world.tariff.unit_mass[good] * np.exp(noise))
