"""Which declarations of a week are inspected: at random, or by an imperfect rule; with true propensities."""

from dataclasses import dataclass

import numpy as np

from redlane.declarations.synthetic.arrays import Flags, Floats, Ints, stream
from redlane.declarations.synthetic.profile import NEW_WEEKS
from redlane.declarations.synthetic.shipments import Shipments
from redlane.declarations.synthetic.world import World

CHEAP = 0.6
"""The rule calls a price low below exp(-0.6) = 55 % of its stale reference."""
COLLUSIVE_HANDLING = 0.7
"""Part of a colluding broker's inspections that its inspector takes over when on duty."""


@dataclass(frozen=True)
class Selection:
    """Per row: whether inspected, whether by the random draw, the probability of it, and the inspector.

    All items of a declaration share them. ``inspector`` is -1 where nobody looked.
    """

    inspected: Flags
    random: Flags
    propensity: Floats
    inspector: Ints


def select(world: World, rows: Shipments, week: int) -> Selection:
    """Draw the inspections of *week*; the expected share of declarations is the inspection rate."""
    settings = world.settings
    rng = stream(settings.seed, "selection", week)
    first, head, member = np.unique(rows.declaration, return_index=True, return_inverse=True)
    score = np.full(len(first), -np.inf)
    np.maximum.at(score, member, rule_score(world, rows, week))
    at_random = settings.inspection_rate * settings.random_share
    by_rule = _calibrated(score, (settings.inspection_rate - at_random) / (1.0 - at_random))
    random = rng.random(len(first)) < at_random
    inspected = random | (rng.random(len(first)) < by_rule)
    propensity = 1.0 - (1.0 - by_rule) * (1.0 - at_random)
    inspector = np.full(len(first), -1)
    seen = np.flatnonzero(inspected)
    inspector[seen] = _assign(world, rows.take(head[seen]), week, rng)
    return Selection(inspected[member], random[member], propensity[member], inspector[member])


def rule_score(world: World, rows: Shipments, week: int) -> Floats:
    """The rule's points for each row: watched goods, origins and importers, new importers, low prices, odd routes."""
    profile, importers = world.profile, world.firms.importers
    new = (week - importers.first[rows.importer] < NEW_WEEKS) & (importers.first[rows.importer] > 0)
    price = np.log(np.maximum(rows.value, 0.01) / np.maximum(rows.net_mass, 0.001))
    low = price < profile.log_price[rows.good] - CHEAP
    roundabout = rows.preference & (rows.departure != rows.origin)
    points = (
        0.6 * profile.goods[rows.good]
        + 0.5 * profile.origins[rows.origin]
        + 2.6 * profile.importers[rows.importer]
        + 0.6 * new
        + 1.7 * low
        + 0.9 * roundabout
        + 0.25 * np.log10(np.maximum(rows.value, 1.0))
        - 1.0 * profile.trusted[rows.importer]
    )
    return np.asarray(world.settings.rule_strength * points)


def _calibrated(score: Floats, rate: float) -> Floats:
    """Logistic probabilities of the scores, shifted so that their mean is *rate*."""
    if not len(score):
        return score
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2.0
        if _logistic(score + middle).mean() < rate:
            low = middle
        else:
            high = middle
    return _logistic(score + low)


def _logistic(x: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -60, 60))))


def _assign(world: World, rows: Shipments, week: int, rng: np.random.Generator) -> Ints:
    """An inspector on duty at the office, at random; colluding brokers mostly get theirs."""
    staff = world.staff
    roster = staff.on_duty(world.settings.seed, week)
    inspector = np.full(len(rows), -1)
    slot = rows.day * len(staff.start) + rows.office
    for place in np.unique(slot).tolist():
        day, office = divmod(place, len(staff.start))
        team = staff.start[office] + np.flatnonzero(roster[day][staff.office == office])
        members = np.flatnonzero(slot == place)
        inspector[members] = rng.choice(team, size=len(members))
    partner = staff.pair_inspector[rows.broker]
    present = (partner >= 0) & (staff.office[partner] == rows.office) & roster[rows.day, partner]
    taken = present & (rng.random(len(rows)) < COLLUSIVE_HANDLING)
    return np.where(taken, partner, inspector)
