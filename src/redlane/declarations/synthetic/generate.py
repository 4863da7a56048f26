"""The generator: a world, and then its weeks one after another."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from redlane.declarations.synthetic.frame import in_order, to_frame
from redlane.declarations.synthetic.outcomes import find
from redlane.declarations.synthetic.schemes import plant
from redlane.declarations.synthetic.selection import select
from redlane.declarations.synthetic.settings import SyntheticSettings
from redlane.declarations.synthetic.shipments import Shipments
from redlane.declarations.synthetic.tariff import COUNTED
from redlane.declarations.synthetic.trade import trade
from redlane.declarations.synthetic.world import World, build_world

Watch = Callable[[Shipments, int], None]


def generate(settings: SyntheticSettings) -> Iterator[pd.DataFrame]:
    """Yield the declarations of each week, in the order of dates, with outcomes, selection and truth.

    Memory is bounded by one week and the world. The same settings always give the same rows.

    >>> small = SyntheticSettings(weeks=2, declarations_per_week=50, importers=40)
    >>> [frame.registered_on.min().date().isoformat() for frame in generate(small)]
    ['2024-01-01', '2024-01-08']
    """
    world = build_world(settings)
    for week in range(settings.weeks):
        yield generate_week(world, week)


def generate_week(world: World, week: int, watch: Watch | None = None) -> pd.DataFrame:
    """The declarations of one *week* (counted from 0) of *world*; needs no other week.

    *watch* is called with the week's consignments, what is declared and what is true, and the week.
    """
    rows = shipments(world, week)
    if watch is not None:
        watch(rows, week)
    selection = select(world, rows, week)
    outcomes = find(world, rows, selection, week)
    return to_frame(world, rows, selection, outcomes, week)


def shipments(world: World, week: int) -> Shipments:
    """What is declared in *week* and what is true, before customs looks at it."""
    rows = plant(world, trade(world, week), week)
    _round(world, rows)
    return in_order(world, rows, week)


def _round(world: World, rows: Shipments) -> None:
    """State amounts as papers do: cents, ten grams, whole pieces; some importers like round values."""
    likes = world.firms.importers.round_values[rows.importer] & (rows.value >= 1000)
    rows.value = np.maximum(np.where(likes, np.round(rows.value, -1), np.round(rows.value, 2)), 1.0)
    rows.net_mass = np.maximum(np.round(rows.net_mass, 2), 0.01)
    rows.gross_mass = np.maximum(np.round(rows.gross_mass, 2), rows.net_mass)
    pieces = COUNTED[world.tariff.section[rows.good]]
    whole = np.maximum(np.round(rows.quantity), 1.0)
    exact = np.round(rows.net_mass / world.tariff.unit_mass[rows.good], 2)
    rows.quantity = np.where(pieces, whole, exact)
    honest = rows.typology == 0
    for name in ("value", "net_mass", "quantity"):
        getattr(rows, f"true_{name}")[honest] = getattr(rows, name)[honest]
    rows.true_value, rows.true_net_mass = np.round(rows.true_value, 2), np.round(rows.true_net_mass, 2)
    rows.true_quantity = np.round(rows.true_quantity, 2)
