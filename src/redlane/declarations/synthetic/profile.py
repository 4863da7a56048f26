"""What the selection rule believes: a hand-made risk profile, partly right and never updated."""

from dataclasses import dataclass

import numpy as np

from redlane.declarations.synthetic.arrays import Flags, Floats, pick, stream
from redlane.declarations.synthetic.firms import Firms
from redlane.declarations.synthetic.parties import COUNTRY_SHARES
from redlane.declarations.synthetic.plan import Plan
from redlane.declarations.synthetic.settings import SyntheticSettings
from redlane.declarations.synthetic.tables import HONEST
from redlane.declarations.synthetic.tariff import Tariff

WATCHED_ORIGINS = 7
NEW_WEEKS = 13
"""An importer counts as new for a quarter."""

USUAL_INTENSITY = 0.3
"""Schemers who do it more often than this stand on the watch list more often, and the other way round."""


@dataclass(frozen=True)
class RuleProfile:
    """Watched goods (by chapter), origins and importers, trusted importers, and stale prices per kg."""

    goods: Flags
    origins: Flags
    importers: Flags
    trusted: Flags
    log_price: Floats


def build_profile(settings: SyntheticSettings, tariff: Tariff, firms: Firms, plan: Plan) -> RuleProfile:
    """Draw the rule's beliefs: dutiable chapters and schemers are watched more often than others."""
    rng = stream(settings.seed, "profile")
    chapters = np.unique(tariff.chapter)
    duty = np.array([tariff.rate[tariff.chapter == chapter].mean() for chapter in chapters])
    watched = rng.random(len(chapters)) < np.clip(0.08 + duty / 60.0, 0, 0.6)
    origins = np.zeros(len(COUNTRY_SHARES), dtype=bool)
    origins[pick(rng, COUNTRY_SHARES, WATCHED_ORIGINS)] = True
    count = len(plan.scheme)
    notorious = settings.watch_list_hits * np.clip(plan.intensity / USUAL_INTENSITY, 0.3, 1.8)
    known = np.where(plan.scheme != HONEST, np.minimum(notorious, 0.95), settings.watch_list_errors)
    large = firms.importers.weight > np.quantile(firms.importers.weight, 0.97)
    return RuleProfile(
        goods=np.isin(tariff.chapter, chapters[watched]),
        origins=origins,
        importers=rng.random(count) < known,
        trusted=large & (rng.random(count) < 0.7),
        log_price=tariff.price + rng.normal(0, 0.15, len(tariff.price)),
    )
