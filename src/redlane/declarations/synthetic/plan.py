"""Who carries out which scheme, how often and when, so that every scheme takes up its share of rows."""

from dataclasses import dataclass

import numpy as np

from redlane.declarations.synthetic.arrays import Flags, Floats, Ints, stream
from redlane.declarations.synthetic.chains import PHOENIX, PHOENIX_INTENSITY, SHELL, SHELL_INTENSITY
from redlane.declarations.synthetic.eligibility import eligible
from redlane.declarations.synthetic.firms import Firms
from redlane.declarations.synthetic.settings import SyntheticSettings
from redlane.declarations.synthetic.staff import Staff
from redlane.declarations.synthetic.tables import CODE, HONEST, TYPOLOGIES
from redlane.declarations.synthetic.tariff import Tariff

FIRM_SCHEMES = (
    "transshipment",
    "over_invoicing",
    "false_origin",
    "misclassification",
    "splitting",
    "quantity_misdeclaration",
    "undervaluation",
)
"""Schemes carried out by ordinary importers, the most demanding of goods and origins first."""
OPPORTUNISTIC = frozenset({"undervaluation", "quantity_misdeclaration", "misclassification", "false_origin"})
"""Schemes that anybody may try once."""
PIECES = (4, 9)
"""A consignment that is split comes in 4 to 8 pieces."""
LARGEST_PART = 0.25
"""No single importer plans more than this part of a scheme."""


@dataclass(frozen=True)
class Plan:
    """Per importer: its scheme (a typology code, 0 for none), intensity and weeks from, until.

    ``opportunism`` is, by typology code, the chance that an eligible item of anybody is irregular that way;
    ``collusion`` the same for items of a colluding broker.
    """

    scheme: Ints
    intensity: Floats
    first: Ints
    until: Ints
    opportunism: Floats
    collusion: float

    def active(self, importer: Ints, week: int) -> Floats:
        """Chance that each importer's eligible item is irregular in *week*."""
        runs = (self.first[importer] <= week) & (week < self.until[importer])
        return np.asarray(self.intensity[importer] * runs * (self.scheme[importer] != HONEST))


def build_plan(
    settings: SyntheticSettings, tariff: Tariff, firms: Firms, staff: Staff, presence: Floats
) -> Plan:
    """Recruit importers for every scheme; *presence* is their part of each week's declarations."""
    rng = stream(settings.seed, "plan")
    plan = _empty(settings, firms)
    _plan_chains(settings, firms, plan, rng)
    for scheme in FIRM_SCHEMES:
        if settings.share(scheme) > 0:
            _recruit(
                scheme, settings, firms, plan, (presence, _suitable(scheme, settings, tariff, firms), rng)
            )
    for scheme in OPPORTUNISTIC:
        suitable = presence.mean(axis=0) @ _suitable(scheme, settings, tariff, firms)
        wanted = settings.share(scheme) * settings.opportunists
        plan.opportunism[CODE[scheme]] = min(wanted / max(float(suitable), 1e-6), 0.5)
    brokers = firms.importers.broker
    paired = float(presence.mean(axis=0)[staff.pair_inspector[brokers] >= 0].sum())
    collusion = min(settings.share("collusion") / max(paired * 0.7, 1e-6), 0.6) if paired else 0.0
    return Plan(plan.scheme, plan.intensity, plan.first, plan.until, plan.opportunism, collusion)


def _empty(settings: SyntheticSettings, firms: Firms) -> Plan:
    count = len(firms.importers.weight)
    return Plan(
        scheme=np.full(count, HONEST),
        intensity=np.zeros(count),
        first=np.zeros(count, dtype=np.int64),
        until=np.full(count, settings.weeks),
        opportunism=np.zeros(len(TYPOLOGIES)),
        collusion=0.0,
    )


def _plan_chains(settings: SyntheticSettings, firms: Firms, plan: Plan, rng: np.random.Generator) -> None:
    """Phoenix firms and shells: the first firm of a phoenix chain merely undervalues."""
    kind = np.concatenate([np.full(settings.importers, -1), firms.chains.kind])
    risen = np.concatenate([np.zeros(settings.importers, dtype=bool), firms.chains.risen])
    phoenix, shell = kind == PHOENIX, kind == SHELL
    plan.scheme[phoenix] = np.where(risen[phoenix], CODE["phoenix"], CODE["undervaluation"])
    plan.scheme[shell] = CODE["phantom_shipment"]
    for members, intensity in ((phoenix, PHOENIX_INTENSITY), (shell, SHELL_INTENSITY)):
        plan.intensity[members] = rng.beta(6 * intensity, 6 * (1 - intensity), int(members.sum()))


def _suitable(scheme: str, settings: SyntheticSettings, tariff: Tariff, firms: Firms) -> Floats:
    """Part of each importer's usual trade with which *scheme* can be carried out."""
    lanes = firms.lanes
    rank = np.arange(len(lanes.good)) - lanes.start[lanes.importer]
    width = lanes.size[lanes.importer]
    use = ((rank + 1) / width) ** (1 / 1.7) - (rank / width) ** (1 / 1.7)
    fits = eligible(scheme, tariff, lanes.good, lanes.origin, settings.weeks)
    count = len(firms.importers.weight)
    return np.bincount(lanes.importer, weights=use * fits, minlength=count).astype(np.float64)


def _recruit(
    scheme: str,
    settings: SyntheticSettings,
    firms: Firms,
    plan: Plan,
    found: tuple[Floats, Floats, np.random.Generator],
) -> None:
    """Give *scheme* to free importers, bent ones first, until their expected rows make up its share."""
    presence, suitable, rng = found
    count = len(firms.importers.weight)
    begins = settings.first_week(scheme)
    first, until = _weeks(settings, begins, count, rng)
    intensity = rng.beta(1.4, 3.2, count) * (1.0 / np.mean(PIECES) if scheme == "splitting" else 1.0)
    rows = _rows(presence, first, until, begins) * suitable * intensity
    rows = rows * (0.5 * (PIECES[0] + PIECES[1] - 1) if scheme == "splitting" else 1.0)
    target = settings.share(scheme) * (1.0 - settings.opportunists * (scheme in OPPORTUNISTIC))
    order = np.argsort(rng.random(count) * np.where(firms.importers.bent, 0.2, 1.0))
    chosen = _until_enough(order[_free(settings, plan)[order]], rows, target)
    if not len(chosen):
        return
    plan.scheme[chosen] = CODE[scheme]
    plan.intensity[chosen] = np.minimum(intensity[chosen] * target / rows[chosen].sum(), 0.95)
    plan.first[chosen], plan.until[chosen] = first[chosen], until[chosen]


def _free(settings: SyntheticSettings, plan: Plan) -> Flags:
    ordinary = np.arange(len(plan.scheme)) < settings.importers
    return np.asarray(ordinary & (plan.scheme == HONEST))


def _weeks(
    settings: SyntheticSettings, begins: int, count: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Half of the schemes run from the beginning, the rest begin later; a quarter stop before the end."""
    left = settings.weeks - begins
    first = begins + np.where(rng.random(count) < 0.5, 0, rng.integers(0, max(1, left // 2), count))
    stops = rng.random(count) < 0.25
    until = np.where(stops, first + rng.integers(1, max(2, left), count), settings.weeks)
    return first, until


def _rows(presence: Floats, first: Ints, until: Ints, begins: int) -> Floats:
    """Expected part of all rows since *begins* that each importer makes between *first* and *until*."""
    weeks = np.arange(begins, len(presence))[:, None]
    inside = (weeks >= first) & (weeks < until)
    return np.asarray((presence[begins:] * inside).mean(axis=0))


def _until_enough(candidates: Ints, rows: Floats, target: float) -> Ints:
    """The first candidates whose rows add up to *target*; nobody with more than its largest part."""
    usable = candidates[(rows[candidates] > 0) & (rows[candidates] < LARGEST_PART * target)]
    if not len(usable):
        usable = candidates[rows[candidates] > 0][:3]
    needed = int(np.searchsorted(np.cumsum(rows[usable]), target)) + 1
    return usable[:needed]
