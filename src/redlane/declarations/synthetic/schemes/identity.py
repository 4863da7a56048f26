"""Schemes in who trades and whether there are goods at all."""

import numpy as np

from redlane.declarations.synthetic.arrays import Ints, pick
from redlane.declarations.synthetic.parties import COUNTRY_SHARES
from redlane.declarations.synthetic.schemes.classification import misclassification
from redlane.declarations.synthetic.schemes.context import Context
from redlane.declarations.synthetic.schemes.valuation import quantity_misdeclaration, undervaluation
from redlane.declarations.synthetic.shipments import Shipments
from redlane.declarations.synthetic.tables import AIR, SEA
from redlane.declarations.synthetic.trade import supplementary


def phoenix(rows: Shipments, at: Ints, context: Context) -> Shipments:
    """A firm that rose from a silent one (same sellers, broker and goods) goes on undervaluing or understating."""
    undervalues = context.rng.random(len(at)) < 0.65
    undervaluation(rows, at[undervalues], context)
    return quantity_misdeclaration(rows, at[~undervalues], context)


def collusion(rows: Shipments, at: Ints, context: Context) -> Shipments:
    """A broker whose inspector looks away undervalues its clients' goods, or misclassifies them where it pays."""
    pays = context.world.tariff.cheaper[rows.good[at]] >= 0
    misclassifies = pays & (context.rng.random(len(at)) < 0.5)
    misclassification(rows, at[misclassifies], context)
    return undervaluation(rows, at[~misclassifies], context)


def phantom_shipment(rows: Shipments, at: Ints, context: Context) -> Shipments:
    """There are no goods: the papers name some good, route, mass and value that seldom go together."""
    rng, world = context.rng, context.world
    odd = rng.random(len(at)) < 0.6
    rows.good[at[odd]] = rng.integers(0, len(world.tariff.code), int(odd.sum()))
    rows.true_good[at] = rows.good[at]
    rows.origin[at[~odd]] = pick(rng, COUNTRY_SHARES**0.5, int((~odd).sum()))
    rows.true_origin[at] = rows.origin[at]
    rows.departure[at] = np.where(
        rng.random(len(at)) < 0.5, rows.origin[at], pick(rng, COUNTRY_SHARES**0.5, len(at))
    )
    rows.mode[at] = np.where(rng.random(len(at)) < 0.4, AIR, SEA)
    rows.carrier[at] = rng.integers(0, world.settings.carriers // 4, len(at)) * 4 + rows.mode[at]
    rows.preference[at] = rows.true_preference[at] = False
    rows.value[at] = np.exp(rng.normal(9.8, 0.9, len(at)))
    usual = world.tariff.log_price(rows.good[at], rows.origin[at], rows.mode[at], context.week)
    rows.net_mass[at] = rows.value[at] / np.exp(
        usual + rng.normal(0.2, 0.7, len(at)) * world.settings.severity
    )
    rows.gross_mass[at] = rows.net_mass[at] * (1.0 + np.exp(rng.normal(-2.6, 0.8, len(at))))
    rows.quantity[at] = supplementary(world, rows.good[at], rows.net_mass[at], rng, spread=0.5)
    rows.true_value[at] = rows.true_net_mass[at] = rows.true_quantity[at] = 0.0
    return rows
