"""Which rows of a week are irregular, and the function that makes them so."""

import numpy as np

from redlane.declarations.synthetic.arrays import Flags, Ints, stream
from redlane.declarations.synthetic.eligibility import eligible
from redlane.declarations.synthetic.plan import OPPORTUNISTIC
from redlane.declarations.synthetic.schemes.classification import misclassification
from redlane.declarations.synthetic.schemes.context import Context, Plant
from redlane.declarations.synthetic.schemes.identity import collusion, phantom_shipment, phoenix
from redlane.declarations.synthetic.schemes.mistakes import honest_mistake
from redlane.declarations.synthetic.schemes.origin import false_origin, transshipment
from redlane.declarations.synthetic.schemes.structure import splitting
from redlane.declarations.synthetic.schemes.valuation import (
    over_invoicing,
    quantity_misdeclaration,
    undervaluation,
)
from redlane.declarations.synthetic.shipments import Shipments
from redlane.declarations.synthetic.tables import CODE, HONEST, MISTAKE, TYPOLOGIES
from redlane.declarations.synthetic.world import World

PLANTS: dict[str, Plant] = {
    "honest_mistake": honest_mistake,
    "undervaluation": undervaluation,
    "over_invoicing": over_invoicing,
    "quantity_misdeclaration": quantity_misdeclaration,
    "misclassification": misclassification,
    "false_origin": false_origin,
    "transshipment": transshipment,
    "splitting": splitting,
    "phoenix": phoenix,
    "phantom_shipment": phantom_shipment,
    "collusion": collusion,
}
"""The function of every typology but 'honest'. Splitting adds rows, so it is carried out last."""


def plant(world: World, rows: Shipments, week: int) -> Shipments:
    """Lay the schemes and mistakes of *week* over honest *rows*; ``typology`` says which row got which."""
    rng = stream(world.settings.seed, "schemes", week)
    rows.typology = _assign(world, rows, week, rng)
    context = Context(world, week, rng)
    for name in sorted(PLANTS, key=lambda name: name == "splitting"):
        rows = PLANTS[name](rows, np.flatnonzero(rows.typology == CODE[name]), context)
    return rows


def _assign(world: World, rows: Shipments, week: int, rng: np.random.Generator) -> Ints:
    """The typology of each row: the importer's own scheme, else the broker's, else a chance one, else none."""
    plan, count = world.plan, len(rows)
    planned = plan.scheme[rows.importer]
    acts = rng.random(count) < plan.active(rows.importer, week)
    typology = np.where(acts & _possible(world, rows, planned, week), planned, HONEST)
    colluding = world.staff.pair_inspector[rows.broker] >= 0
    colluding &= world.firms.brokers.office[rows.broker] == rows.office
    free = (typology == HONEST) & (planned == HONEST)
    typology[free & colluding & (rng.random(count) < plan.collusion)] = CODE["collusion"]
    for name in sorted(OPPORTUNISTIC):
        chance = rng.random(count) < plan.opportunism[CODE[name]]
        able = eligible(name, world.tariff, rows.good, rows.origin, week)
        typology[(typology == HONEST) & chance & able & (week >= world.settings.first_week(name))] = CODE[
            name
        ]
    slips = rng.random(count) < world.settings.honest_mistakes
    typology[(typology == HONEST) & slips] = MISTAKE
    return typology


def _possible(world: World, rows: Shipments, planned: Ints, week: int) -> Flags:
    """Whether each row suits the scheme its importer plans."""
    possible = np.zeros(len(rows), dtype=bool)
    for code in np.unique(planned[planned != HONEST]).tolist():
        mine = planned == code
        name = TYPOLOGIES[code]
        possible[mine] = eligible(name, world.tariff, rows.good[mine], rows.origin[mine], week)
    return possible
