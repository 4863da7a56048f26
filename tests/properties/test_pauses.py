"""Where trade pauses, a declaration is judged alike however the deliveries were cut.

A store is as far as the last declaration it holds. What is published on a day on which nobody trades is therefore seen
from the first day after trade went on, also where a single delivery brought both sides of the pause.
"""

import functools
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.features.catalogue import FeatureSettings, build
from redlane.profiles.build import Profiles
from redlane.profiles.build import build as build_profiles
from tests.properties.test_no_future_edges import CATALOGUE as NETWORK
from tests.properties.test_no_future_edges import START, known_before, same
from tests.properties.test_no_future_edges import world as network_world

CONF = Path(__file__).parents[2] / "conf" / "features" / "default.yaml"
PRICES = {"minimum_count": 5, "window_days": 60}
EXPECTED = {"minimum_trades": 5, "window_days": 60, "known_within": 1.5}
DIGITS = {
    "party": ["declarant_id"],
    "minimum_count": 20,
    "window_days": 90,
    "publish_every_days": 10,
    "orders_of_magnitude": 1,
    "distinct_goods": 2,
}
WORLD = network_world(260)


def everything():
    """The default families but the flags and mirror statistics; references thin enough to speak in a small world."""
    families = [
        dict(family)
        for family in yaml.safe_load(CONF.read_text())["families"]
        if family["family"] not in ("flags", "mirror", "codes")
    ]
    for family in families:
        for holder in (family, family.get("deviations", {}), family.get("mixture", {})):
            if "reference" in holder:
                holder["reference"] = thin(holder["reference"])
        if "amounts" in family and family["family"] == "switching":
            family["amounts"] = [thin(reference) for reference in family["amounts"]]
    return FeatureSettings.parse({"families": families})


def thin(reference):
    """The same of few declarations, and of a short past."""
    kinds = {"party": DIGITS, "effects": EXPECTED, "levels": PRICES}
    return {**reference, **next(changed for name, changed in kinds.items() if name in reference)}


CATALOGUES = {"network": NETWORK, "default": everything()}


def paused(length, at=50):
    """The world with nothing registered on the *length* days from the day *at* on."""
    world, border = WORLD.copy(), START + pd.Timedelta(days=at)
    later = world["registered_on"] >= border
    for name in ("registered_on", "outcome_known_on"):
        world.loc[later, name] += pd.Timedelta(days=length)
    return world, later


PAUSE = 33


@functools.cache
def in_one_go(which):
    world, _ = paused(PAUSE)
    return build(world, build_profiles(world, CATALOGUES[which].needs()), CATALOGUES[which])


@pytest.mark.parametrize("which", CATALOGUES)
def test_the_day_after_a_pause_is_scored_as_it_was_trained_on(which):
    world, later = paused(PAUSE)
    border = world.loc[later, "registered_on"].min()
    rows = world["registered_on"] == border
    held = build_profiles(known_before(world, border), CATALOGUES[which].needs())
    scored = build(world[rows].reset_index(drop=True), held, CATALOGUES[which])
    same(in_one_go(which)[rows], scored)


def delivered(which, cuts):
    """Features of all rows, by a store that grew by a delivery after each day of *cuts*."""
    world, _ = paused(PAUSE)
    needs, profiles = CATALOGUES[which].needs(), None
    place = (world["registered_on"] - START).dt.days.map(lambda day: sum(cut < day for cut in cuts))
    for _, part in world.groupby(place):
        added = build_profiles(part.reset_index(drop=True), needs, "both", profiles)
        profiles = Profiles.merge([profiles, added]) if profiles else Profiles.merge([added])
    return build(world, profiles, CATALOGUES[which])


@given(cuts=st.sets(st.integers(0, 132), max_size=4))
@settings(max_examples=4, deadline=None)
def test_deliveries_cut_anywhere_make_one_store(cuts):
    same(in_one_go("network"), delivered("network", cuts))


def test_a_delivery_on_each_side_of_the_pause_makes_one_store():
    same(in_one_go("default"), delivered("default", {49, 84}))


def test_the_pause_is_long_enough_to_matter():
    """Within it something is published and importers fall silent: seen from the second day after it, not the first."""
    world, later = paused(PAUSE)
    first = world["registered_on"] == world.loc[later, "registered_on"].min()
    second = world[first].assign(registered_on=world.loc[first, "registered_on"] + pd.Timedelta(days=1))
    for which, names in (
        ("network", ("community_importers", "seller_predecessors_n")),
        ("default", ("price_per_kg_z", "importer_price_per_kg_low_odds")),
    ):
        profiles = build_profiles(world, CATALOGUES[which].needs())
        day_after = build(second.reset_index(drop=True), profiles, CATALOGUES[which])
        for name in names:
            assert not in_one_go(which)[first][name].reset_index(drop=True).equals(day_after[name]), name
