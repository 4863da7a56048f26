"""Schemes in the origin and the route."""

import numpy as np

from redlane.declarations.synthetic.arrays import Ints, pick
from redlane.declarations.synthetic.parties import COUNTRY_SHARES, HUBS
from redlane.declarations.synthetic.schemes.context import Context
from redlane.declarations.synthetic.shipments import Shipments


def false_origin(rows: Shipments, at: Ints, context: Context) -> Shipments:
    """A partner's origin and preference are claimed; the goods leave from where they were really made.

    Three in ten are first sent through a hub, one in ten through the claimed country itself.
    """
    rng = context.rng
    claimed = _partner(rows.good[at], context)
    u = rng.random(len(at))
    made = rows.true_origin[at]
    rows.departure[at] = np.select([u < 0.1, u < 0.4], [claimed, rng.choice(HUBS, len(at))], made)
    rows.origin[at] = claimed
    rows.preference[at] = True
    rows.true_preference[at] = False
    return rows


def transshipment(rows: Shipments, at: Ints, context: Context) -> Shipments:
    """Goods under an anti-dumping duty go through a hub and are declared as made there or nearby."""
    rng, tariff = context.rng, context.world.tariff
    hub = HUBS[rows.importer[at] % len(HUBS)]
    elsewhere = pick(rng, COUNTRY_SHARES, len(at))
    dumped = tariff.dumping[tariff.heading[rows.good[at]], elsewhere] > 0
    cover = (rng.random(len(at)) < 0.5) & ~dumped
    rows.departure[at] = hub
    rows.origin[at] = np.where(cover, elsewhere, hub)
    rows.preference[at] = False
    rows.true_preference[at] = False
    return rows


def _partner(good: Ints, context: Context) -> Ints:
    """A country of an agreement for each good, if possible one whose goods bear no anti-dumping duty."""
    tariff = context.world.tariff
    shares = COUNTRY_SHARES * (tariff.agreement > 0)
    candidates = pick(context.rng, shares, 6 * len(good)).reshape(len(good), 6)
    dumped = tariff.dumping[tariff.heading[good][:, None], candidates] > 0
    return np.asarray(candidates[np.arange(len(good)), dumped.argmin(axis=1)])
