"""Schemes in the declared value and amounts."""

import numpy as np

from redlane.declarations.synthetic.arrays import Ints
from redlane.declarations.synthetic.schemes.context import Context
from redlane.declarations.synthetic.shipments import Shipments
from redlane.declarations.synthetic.tariff import COUNTED


def undervaluation(rows: Shipments, at: Ints, context: Context) -> Shipments:
    """The invoice states a part of the price: about 55 % of it, broadly spread; everything else is true."""
    rows.value[at] *= np.exp(-context.departure_from_truth(len(at)))
    return rows


def over_invoicing(rows: Shipments, at: Ints, context: Context) -> Shipments:
    """Value is moved abroad: the invoice states about twice the price, on goods that bear little duty."""
    rows.value[at] *= np.exp(context.departure_from_truth(len(at), mean=0.6))
    return rows


def quantity_misdeclaration(rows: Shipments, at: Ints, context: Context) -> Shipments:
    """Less is declared than arrives. Half understate net mass, quantity and value, and gross mass less;
    half understate quantity and value and leave both masses true, where the unit is not a mass itself."""
    part = np.exp(-context.departure_from_truth(len(at), least=0.1, mean=0.4))
    rows.value[at] *= part
    rows.quantity[at] *= part
    counted = COUNTED[context.world.tariff.section[rows.good[at]]]
    lighter = (context.rng.random(len(at)) < 0.5) | ~counted
    rows.net_mass[at[lighter]] *= part[lighter]
    rows.gross_mass[at[lighter]] *= part[lighter] ** context.rng.uniform(0.3, 1.0, int(lighter.sum()))
    return rows
