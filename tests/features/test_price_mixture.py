"""Price mixtures as features: what the profiles say of each declaration, its trade and its parties."""

import numpy as np
import pytest

from redlane.declarations.periods import days
from redlane.features.catalogue import FeatureSettings, build, facts
from redlane.profiles.build import build as build_profiles
from redlane.profiles.keys import KeyHashes
from redlane.profiles.mixture import EVIDENCE, judge
from tests.worlds import small_world

FAMILY = {
    "family": "price_mixture",
    "mixture": {
        "reference": {
            "trade": ["importer_id", "hs4"],
            "effects": [{"key": ["hs4"], "spread": 1.0}, {"key": ["hs2"], "spread": 1.0}],
            "known_within": 0.9,
            "minimum_trades": 5,
        },
        "keys": [["importer_id"], ["declarant_id"]],
    },
    "window": 60,
}


@pytest.fixture(scope="module")
def made():
    world = small_world(500)
    settings = FeatureSettings.parse({"families": [FAMILY]})
    profiles = build_profiles(world, settings.needs())
    return world, settings, profiles, build(world, profiles, settings)


@pytest.mark.parametrize("key", ["importer", "declarant"])
def test_features_are_the_verdict_on_each_declaration(made, key):
    world, settings, profiles, found = made
    (family,) = settings.families
    known, when = facts(world, profiles, settings), days(world["registered_on"])
    away = np.log(known["price_per_kg_of_usual"]).to_numpy()
    seen = profiles.before("mixtures", family.mixture, KeyHashes(world), when)
    foretold = family.mixture.mixture.foretell(seen.trade(), away)
    evidence = np.stack([seen.party((f"{key}_id",)).total(name, 60) for name in EVIDENCE])
    for part, expected in judge(foretold, evidence, away)._asdict().items():
        assert found[f"{key}_price_per_kg_{part}"].to_numpy() == pytest.approx(
            expected, abs=1e-6, nan_ok=True
        )
    assert found["importer_x_hs4_price_per_kg_gap"].to_numpy() == pytest.approx(
        away - foretold.level, nan_ok=True
    )


def test_facts_count_what_was_declared_before(made):
    world, settings, profiles, _ = made
    known = facts(world, profiles, settings)
    row = int(np.argmax(known["importer_price_per_kg_earlier"]))
    gap = (world["registered_on"][row] - world["registered_on"]).dt.days
    priced = known["price_per_kg_of_usual"].notna()
    mine = priced & (world["importer_id"] == world["importer_id"][row])
    trade = mine & (world["hs_code"].str[:4] == world["hs_code"].str[:4][row])
    assert known["importer_price_per_kg_earlier"][row] == (mine & gap.between(1, 60)).sum() > 3
    assert known["importer_x_hs4_price_per_kg_before"][row] == (trade & gap.between(1, 365)).sum()


def test_missing_where_there_is_no_reference_and_only_there(made):
    world, settings, profiles, found = made
    now = facts(world, profiles, settings)["price_per_kg_of_usual"]
    assert 0 < now.isna().sum() < len(world) / 2
    for name in found:
        assert (found[name].isna() == now.isna()).all(), name


def test_keys_without_their_columns_are_left_out(made):
    _, settings, _, _ = made
    (family,) = settings.families
    there = set(family.columns()) - {"declarant_id"}
    assert family.reduced_to(there).mixture.keys == (("importer_id",),)
    assert family.reduced_to(there - {"importer_id"}) is None
    assert family.reduced_to(there - {"net_mass"}) is None
