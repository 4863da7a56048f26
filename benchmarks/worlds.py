"""What the benchmarks share: settings of ``conf/``, and a synthetic world of a chosen size with its partner table."""

import tempfile
from pathlib import Path

import pandas as pd
import yaml

from redlane.declarations.synthetic import SyntheticSettings
from redlane.declarations.synthetic.generate import generate_week
from redlane.declarations.synthetic.partners import PartnerStatistics
from redlane.declarations.synthetic.world import build_world
from redlane.profiles.partner_exports import read_partner_exports
from redlane.registry import settings_of
from redlane.stages.synthesize import write_partner_exports

CONF = Path(__file__).parents[1] / "conf"


def settings(room: str, choice: str, **changes: object):
    """The settings of ``conf/<room>/<choice>.yaml``, with *changes*."""
    return settings_of(room, {**yaml.safe_load((CONF / room / f"{choice}.yaml").read_text()), **changes})


def world_of(per_week: int, seed: int | None = None) -> SyntheticSettings:
    """The default world with *per_week* declarations, and as many traders as fit that trade."""
    scale = per_week / 1050
    changes = {
        "declarations_per_week": per_week,
        "importers": max(100, round(713 * scale)),
        "sellers": max(100, round(537 * scale)),
        "brokers": max(20, round(28 * scale)),
    }
    return settings("declarations", "synthetic", **changes, **({} if seed is None else {"seed": seed}))


def generated(world: SyntheticSettings) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """All declarations of *world*, and the reference tables that go with them."""
    statistics = PartnerStatistics(build_world(world))
    weeks = [generate_week(statistics.world, week, statistics.watch) for week in range(world.weeks)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "partner_exports.csv"
        write_partner_exports(path, statistics)
        partners = read_partner_exports(path, settings("partner_exports", "comtrade")).frame
    return pd.concat(weeks, ignore_index=True), {"partner_exports": partners}
