"""Honest mistakes: irregular, but nobody's scheme, and mostly cheap."""

import numpy as np

from redlane.declarations.synthetic.arrays import Ints, pick_within
from redlane.declarations.synthetic.schemes.context import Context
from redlane.declarations.synthetic.shipments import Shipments
from redlane.declarations.synthetic.tariff import COUNTED


def honest_mistake(rows: Shipments, at: Ints, context: Context) -> Shipments:
    """A neighbouring subheading, a wrong count, freight left out, or a preference without a valid proof."""
    tariff, rng = context.world.tariff, context.rng
    kind = rng.choice(4, size=len(at), p=[0.35, 0.25, 0.3, 0.1])
    wrong = at[kind == 0]
    heading = tariff.heading[rows.good[wrong]]
    rows.good[wrong] = pick_within(rng, tariff.heading_start[heading], tariff.heading_size[heading])
    miscounted = at[kind == 1]
    factor = np.exp(rng.normal(0, 0.2, len(miscounted)))
    rows.quantity[miscounted] *= factor
    rows.value[miscounted] *= factor
    weighed = ~COUNTED[tariff.section[rows.good[miscounted]]]
    rows.net_mass[miscounted[weighed]] *= factor[weighed]
    rows.gross_mass[miscounted[weighed]] *= factor[weighed]
    rows.value[at[kind == 2]] *= 1.0 - rng.uniform(0.02, 0.15, int((kind == 2).sum()))
    rows.true_preference[at[kind == 3]] = False
    return rows
