"""Synthetic worlds with the partner statistics that go with them."""

import pandas as pd

from redlane.declarations.synthetic import SyntheticSettings, build_world, generate_week
from redlane.declarations.synthetic.comtrade import comtrade_tables
from redlane.declarations.synthetic.partners import PartnerStatistics
from redlane.profiles.partner_exports import PartnerExports, read_partner_exports
from tests.profiles.partner_tables import comtrade


def mirrored(settings: SyntheticSettings, folder) -> tuple[pd.DataFrame, PartnerExports]:
    """The declarations of a world, and what its partners recorded, read from the file the generator writes."""
    world = build_world(settings)
    statistics = PartnerStatistics(world)
    weeks = [generate_week(world, week, statistics.watch) for week in range(settings.weeks)]
    statistics.add_earlier()
    path = folder / "partner_exports.csv"
    pd.concat(list(comtrade_tables(statistics)), ignore_index=True).to_csv(path, index=False)
    return pd.concat(weeks, ignore_index=True), read_partner_exports(path, comtrade())
