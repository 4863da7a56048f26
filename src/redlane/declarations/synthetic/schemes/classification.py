"""Schemes in the tariff classification."""

import numpy as np

from redlane.declarations.synthetic.arrays import Ints
from redlane.declarations.synthetic.schemes.context import Context
from redlane.declarations.synthetic.shipments import Shipments


def misclassification(rows: Shipments, at: Ints, context: Context) -> Shipments:
    """The good is declared under its sibling with the lowest duty; price and mass remain those of the good.

    The quantity is restated in terms of the sibling, whose mass per unit differs.
    """
    tariff = context.world.tariff
    sibling = tariff.cheaper[rows.good[at]]
    fits = np.flatnonzero(sibling >= 0)
    chosen, sibling = at[fits], sibling[fits]
    rows.quantity[chosen] *= tariff.unit_mass[rows.good[chosen]] / tariff.unit_mass[sibling]
    rows.good[chosen] = sibling
    return rows
