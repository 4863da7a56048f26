"""The whole world of one seed: everything that does not change from week to week."""

from dataclasses import dataclass

import numpy as np

from redlane.declarations.synthetic.arrays import Floats
from redlane.declarations.synthetic.firms import Firms, build_firms
from redlane.declarations.synthetic.plan import Plan, build_plan
from redlane.declarations.synthetic.profile import RuleProfile, build_profile
from redlane.declarations.synthetic.settings import SyntheticSettings
from redlane.declarations.synthetic.staff import Staff, build_staff
from redlane.declarations.synthetic.tariff import Tariff, build_tariff


@dataclass(frozen=True)
class World:
    """Goods, firms, customs staff, who plans what, and what the selection rule believes."""

    settings: SyntheticSettings
    tariff: Tariff
    firms: Firms
    staff: Staff
    plan: Plan
    profile: RuleProfile


def build_world(settings: SyntheticSettings) -> World:
    """Build the world that *settings* describe; memory grows with firms, goods and weeks, not with rows."""
    tariff = build_tariff(settings)
    firms = build_firms(settings, tariff)
    presence = trade_shares(settings, firms)
    trade = presence.mean(axis=0)
    broker_share = np.bincount(firms.importers.broker, trade, settings.brokers).astype(np.float64)
    staff = build_staff(settings, firms.brokers, broker_share)
    plan = build_plan(settings, tariff, firms, staff, presence)
    profile = build_profile(settings, tariff, firms, plan)
    return World(settings, tariff, firms, staff, plan, profile)


def trade_shares(settings: SyntheticSettings, firms: Firms) -> Floats:
    """Expected part of each week's declarations that each importer makes (weeks, importers)."""
    activity = np.stack([firms.importers.activity(week) for week in range(settings.weeks)])
    return np.asarray(activity / activity.sum(axis=1, keepdims=True))
