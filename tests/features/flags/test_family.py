"""Flags as features: three states, blind to the future and to company, and they find what is planted."""

import numpy as np
import pandas as pd
import pytest

from redlane.evaluation.flags import flag_table
from redlane.evaluation.settings import EvaluationSettings
from redlane.features.catalogue import FeatureSettings, build, facts
from redlane.features.flags.family import Flags
from redlane.profiles.build import build as build_profiles
from tests.runs import chosen
from tests.worlds import small_world

FAMILIES = [
    {"family": "history", "key": ["importer_id"], "measures": ["count", "days_since_first", "hit_rate"]},
    {
        "family": "novelty",
        "keys": [["importer_id"], ["importer_id", "hs6"], ["importer_id", "origin_country"]],
    },
    {"family": "duty", "window": 365},
    {"family": "route", "preference": True},
    {"family": "amounts", "amounts": ["customs_value", "roundness"]},
    {
        "family": "unit_price",
        "reference": {"measure": "price_per_kg", "levels": [["hs4"], ["hs2"]], "minimum_count": 5},
    },
]


def flag(expression, group="origin", **more):
    described = {
        "version": 1,
        "title": "t",
        "group": group,
        "severity": "low",
        "sentence": "s",
        "source": "own",
    }
    return {**described, "expression": expression, **more}


def settings(**flags):
    return FeatureSettings.parse({"families": [*FAMILIES, {"family": "flags", "catalogue": flags}]})


def computed(world, features, history=None):
    return build(world, build_profiles(world if history is None else history, features.needs()), features)


@pytest.fixture(scope="module")
def world():
    return small_world(500)


@pytest.fixture(scope="module")
def shipped():
    family = Flags(catalogue=chosen("flags", "default").catalogue)
    return FeatureSettings.parse({"families": [*FAMILIES, family]})


def test_a_flag_has_three_states(world):
    holed = world.assign(
        departure_country=world.departure_country.where(world.index % 3 != 0, None),
        preference_claimed=world.preference_claimed.where(world.index % 5 != 0),
    )
    found = computed(
        holed, settings(A=flag("origin_country != departure_country and preference_claimed == 1"))
    )
    differs = (world.origin_country != world.departure_country) & (world.index % 3 != 0)
    known = (world.index % 3 != 0) & (world.index % 5 != 0)
    not_so = ((world.index % 3 != 0) & ~differs) | ((world.index % 5 != 0) & (world.preference_claimed == 0))
    expected = np.where(not_so, 0.0, np.where(known, 1.0, np.nan))
    np.testing.assert_array_equal(found["flag_A"], expected)
    assert {0.0, 1.0} < set(found["flag_A"].dropna()) | {2} and found["flag_A"].isna().any()


def test_a_flag_may_read_features_and_peer_numbers_of_the_families_before_it(world):
    features = settings(
        A=flag("preference_elsewhere == 1"),
        B=flag("duty_rate < usual_duty_rate - 1"),
        C=flag("importer_hit_rate > base_rate"),
    )
    found = computed(world, features)
    np.testing.assert_array_equal(found["flag_A"], found["preference_elsewhere"])
    gap = found["duty_gap_365d"]
    agrees = (gap < -1).astype(float).where(gap.notna())
    np.testing.assert_array_equal(found["flag_B"][np.abs(gap + 1) > 1e-9], agrees[np.abs(gap + 1) > 1e-9])
    assert found["flag_C"].notna().any()


def test_counts_are_of_the_group_and_missing_where_nothing_can_be_computed(world):
    features = settings(
        A=flag("origin_country == 'CN'"),
        B=flag("origin_country == departure_country"),
        C=flag("nobody_offers_this > 1"),
        D=flag("nor_this > 1", group="identity"),
    )
    found = computed(world, features)
    china = (world.origin_country == "CN").astype(float)
    np.testing.assert_array_equal(
        found["flags_origin"], china + (world.origin_country == world.departure_country)
    )
    assert found["flag_C"].isna().all() and found["flags_identity"].isna().all()
    assert "flags_valuation" not in found


def test_a_flag_whose_column_is_not_declared_cannot_be_computed(world, shipped):
    found = computed(world, shipped)
    for never in ("flag_RF15", "flag_RF17", "flag_RF31"):
        assert found[never].isna().all()
    without = world.drop(columns="transport_mode")
    assert computed(without, shipped)["flag_RF27"].isna().all()
    assert found["flag_RF27"].notna().any()


def test_same_day_and_later_rows_change_nothing(world, shipped):
    day = world.registered_on[300]
    today = world[world.registered_on == day].reset_index(drop=True)
    past = world[world.registered_on < day]
    changed = world.assign(
        customs_value=np.where(world.registered_on >= day, 9.99, world.customs_value), irregular=1.0
    )
    later = pd.concat([past, changed[world.registered_on >= day]], ignore_index=True)
    first, second = computed(today, shipped, past), computed(today, shipped, later)
    names = [name for name in first if name.startswith("flag")]
    assert len(names) > 30
    pd.testing.assert_frame_equal(first[names], second[names])


def test_order_and_company_change_nothing(world, shipped):
    profiles = build_profiles(world, shipped.needs())
    whole = build(world, profiles, shipped)
    order = np.random.default_rng(1).permutation(len(world))
    shuffled = build(world.iloc[order].reset_index(drop=True), profiles, shipped)
    pd.testing.assert_frame_equal(shuffled, whole.iloc[order].reset_index(drop=True))
    alone = build(world.iloc[[7]].reset_index(drop=True), profiles, shipped)
    pd.testing.assert_frame_equal(alone, whole.iloc[[7]].reset_index(drop=True))


def test_facts_hold_every_name_a_sentence_says(world, shipped):
    without = world.drop(columns=["transport_mode", "seller_id"])
    profiles = build_profiles(without, shipped.needs())
    known = set(facts(without, profiles, shipped)) | set(build(without, profiles, shipped))
    for each in shipped.flags():
        assert set(each.sentence_names()) <= known, each.id


def test_a_planted_scheme_is_found_above_the_base_rate(shipped):
    world = small_world(3000, seed=4)
    rng = np.random.default_rng(0)
    elsewhere = (world.origin_country != world.departure_country) & (world.preference_claimed == 1)
    inspected = world.irregular.notna()
    world["irregular"] = np.where(inspected, rng.random(len(world)) < np.where(elsewhere, 0.5, 0.05), np.nan)
    table = flag_table(computed(world, shipped), world, shipped.flags(), EvaluationSettings()).set_index(
        "flag"
    )
    assert table.verdict["RF11"] == "above the base rate"
    assert table.precision["RF11"] == pytest.approx(0.5, abs=0.08)
    assert table.raised["RF11"] == elsewhere.sum()
    assert table.verdict["RF22"] in ("never inspected", "too few inspected to tell")
    assert table.not_computed_share["RF31"] == 1.0
    assert table.verdict["RF32"] == "never inspected"


def test_flags_alone_have_the_values_they_have_among_all_families():
    world = small_world(200)
    flags = {
        "A1": flag("price_per_kg_z < -1", sentence="{price_per_kg_declared} per kg"),
        "A2": flag("importer_count > 2"),
    }
    every = FeatureSettings.parse({"families": [*FAMILIES, {"family": "flags", "catalogue": flags}]})
    few = every.for_flags()
    assert [family.family for family in few.families] == ["history", "unit_price", "flags"]
    names = [one.feature for one in every.flags()]
    profiles = build_profiles(world, every.needs())
    whole, alone = build(world, profiles, every)[names], build(world, profiles, few)[names]
    pd.testing.assert_frame_equal(alone, whole)
    assert (whole == 1).any().all()
