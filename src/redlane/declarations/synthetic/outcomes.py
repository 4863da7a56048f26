"""What the inspections of a week find, what they recover, and when that becomes known."""

from dataclasses import dataclass

import numpy as np

from redlane.declarations.synthetic.arrays import Flags, Floats, Ints, stream
from redlane.declarations.synthetic.selection import Selection
from redlane.declarations.synthetic.shipments import Shipments
from redlane.declarations.synthetic.tables import CODE, HONEST, MISTAKE
from redlane.declarations.synthetic.world import World

SUPPRESSED = 0.92
"""Part of the findings that disappear when the broker's inspector has handled them."""
PENALISED = (CODE["over_invoicing"], CODE["phantom_shipment"])
"""Schemes that evade no duty: what they bring is a penalty on the value moved."""


@dataclass(frozen=True)
class Outcomes:
    """Per row: recorded as irregular, revenue recovered, days until known; only for the inspected."""

    irregular: Flags
    recovered: Floats
    delay: Ints


def find(world: World, rows: Shipments, selection: Selection, week: int) -> Outcomes:
    """Draw the outcomes of the inspections of *week*."""
    settings = world.settings
    rng = stream(settings.seed, "outcomes", week)
    count = len(rows)
    irregular = rows.typology != HONEST
    seen = irregular & (rng.random(count) >= settings.missed)
    hidden = (rows.typology == CODE["collusion"]) & (
        world.staff.pair_inspector[rows.broker] == selection.inspector
    )
    seen &= ~(hidden & (rng.random(count) < SUPPRESSED))
    invented = ~irregular & (rng.random(count) < settings.false_findings)
    found = selection.inspected & (seen | invented)
    due = evaded(world, rows, week)
    fine = np.where(rows.typology > MISTAKE, 1.0 + rng.gamma(1.2, 0.35, count), 1.0)
    moved = (
        np.isin(rows.typology, PENALISED) * (rows.value - rows.true_value) * rng.uniform(0.03, 0.12, count)
    )
    fee = np.exp(rng.normal(4.0, 0.7, count))
    recovered = np.where(found, np.round(due * fine + moved + fee, 2), 0.0)
    return Outcomes(found, recovered, _delays(world, found, rng))


def declared_rate(world: World, rows: Shipments, week: int) -> Floats:
    """Rate of duty (%) applied to what was declared; 0 below the de minimis value."""
    rate = world.tariff.duty(rows.good, rows.origin, rows.preference, week)
    return np.where(rows.value < world.settings.de_minimis, 0.0, rate)


def declared_duty(world: World, rows: Shipments, week: int) -> Floats:
    """Duty on what was declared."""
    return np.asarray(rows.value * declared_rate(world, rows, week) / 100.0)


def true_duty(world: World, rows: Shipments, week: int) -> Floats:
    """Duty on what was really imported; parts of a split consignment owe in full."""
    rate = world.tariff.duty(rows.true_good, rows.true_origin, rows.true_preference, week)
    return np.where(_truly_exempt(world, rows), 0.0, rows.true_value * rate / 100.0)


def _truly_exempt(world: World, rows: Shipments) -> Flags:
    return np.asarray((rows.true_value < world.settings.de_minimis) & (rows.typology != CODE["splitting"]))


def evaded(world: World, rows: Shipments, week: int) -> Floats:
    """Duty and value-added tax due on the truth, less what is due on the declaration; never negative."""
    paid = np.where(rows.value < world.settings.de_minimis, 0.0, rows.value)
    owed = np.where(_truly_exempt(world, rows), 0.0, rows.true_value)
    duty = true_duty(world, rows, week) - declared_duty(world, rows, week)
    return np.maximum(duty + world.settings.vat * (owed - paid + duty), 0.0)


def _delays(world: World, found: Flags, rng: np.random.Generator) -> Ints:
    """Days until an outcome is known: at least one, mostly one or two weeks, some months."""
    settings = world.settings
    count = len(found)
    days = (
        settings.delay_days * np.where(found, 1.5, 1.0) * np.exp(rng.normal(0, settings.delay_spread, count))
    )
    waits = rng.random(count) < settings.delay_tail
    days += waits * rng.exponential(settings.delay_tail_days, count)
    return np.maximum(1, np.round(days)).astype(np.int64)
