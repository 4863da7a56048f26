"""No feature of the network sees a link, a silence or an outcome of the same day, the same batch or a later day.

A graph built from a batch and read for the rows of that batch (as IBM's graph feature preprocessor builds it) fails
every one of these.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.features.catalogue import FeatureSettings, build
from redlane.profiles.build import Profiles
from redlane.profiles.build import build as build_profiles
from tests.worlds import small_world

SELLER, IMPORTER, DECLARANT = ["seller_id"], ["importer_id"], ["declarant_id"]
CATALOGUE = FeatureSettings.parse(
    {
        "families": [
            {"family": "fan", "key": SELLER, "to": IMPORTER},
            {"family": "fan", "key": IMPORTER, "to": ["hs4"], "windows": [30]},
            {"family": "fan", "key": [*SELLER, *DECLARANT], "to": IMPORTER},
            {"family": "neighbours", "key": SELLER, "windows": ["all", 30]},
            {"family": "neighbours", "key": [*SELLER, *DECLARANT]},
            {"family": "hub"},
            {
                "family": "community",
                "reference": {"publish_every_days": 5, "window_days": 60, "hub_degree": 4},
            },
            {"family": "vertex", "key": SELLER},
            {"family": "successors", "silence": {"silent_days": 5, "patience": 1, "minimum_count": 2}},
        ]
    },
    "features",
)
START = pd.Timestamp("2024-01-01")


def world(n=260):
    """Few parties, so that everything is connected, and enough of them that stop and begin."""
    frame = small_world(n, seed=5, days=100)
    day = (frame["registered_on"] - START).dt.days.to_numpy()
    rng = np.random.default_rng(5)
    frame["importer_id"] = [f"I{i}" for i in rng.integers(0, 12, n) + 4 * (day // 25)]
    frame["seller_id"] = [f"S{i}" for i in rng.integers(0, 14, n)]
    return frame


WORLD = world()
PROFILES = build_profiles(WORLD, CATALOGUE.needs())
FEATURES = build(WORLD, PROFILES, CATALOGUE)


def same(first, second):
    pd.testing.assert_frame_equal(
        first.reset_index(drop=True), second.reset_index(drop=True), check_exact=True
    )


def known_before(frame, border):
    """What customs knows on the morning of *border*: rows of earlier days, outcomes known by then."""
    past = frame[frame["registered_on"] < border].copy()
    open_still = ~(past["outcome_known_on"] < border)
    past.loc[open_still, ["irregular", "recovered_revenue"]] = np.nan
    past.loc[open_still, "outcome_known_on"] = pd.NaT
    return past.reset_index(drop=True)


@given(st.integers(5, 99))
@settings(max_examples=6, deadline=None)
def test_the_day_and_all_later_days_may_be_missing(day):
    border = START + pd.Timedelta(days=day)
    rows = WORLD["registered_on"] == border
    past = known_before(WORLD, border)
    today = build(WORLD[rows].reset_index(drop=True), build_profiles(past, CATALOGUE.needs()), CATALOGUE)
    same(FEATURES[rows], today)


@given(st.integers(5, 95), st.sampled_from(["importer_id", "seller_id", "declarant_id"]))
@settings(max_examples=6, deadline=None)
def test_the_day_and_all_later_days_may_be_altered(day, party):
    border = START + pd.Timedelta(days=day)
    altered = WORLD.copy()
    later = altered["registered_on"] >= border
    altered.loc[later, party] = altered.loc[later, party].to_numpy()[::-1]
    altered.loc[later, "customs_value"] *= 1000
    altered["irregular"] = altered["irregular"].where(
        altered["outcome_known_on"] < border, 1 - altered["irregular"]
    )
    rows = WORLD["registered_on"] <= border
    profiles = build_profiles(altered, CATALOGUE.needs())
    same(FEATURES[rows], build(WORLD[rows].reset_index(drop=True), profiles, CATALOGUE))


@pytest.mark.parametrize("days", [0, 1, 20])
def test_an_edge_planted_on_the_day_or_later_changes_nothing(days):
    row = WORLD.index[WORLD["registered_on"] == START + pd.Timedelta(days=60)][:1]
    planted = pd.concat([WORLD.loc[row]] * 30, ignore_index=True)
    planted["registered_on"] += pd.Timedelta(days=days)
    planted["importer_id"] = [f"P{i}" for i in range(30)]
    planted["irregular"], planted["outcome_known_on"] = 1.0, planted["registered_on"] + pd.Timedelta(days=1)
    profiles = build_profiles(pd.concat([WORLD, planted], ignore_index=True), CATALOGUE.needs())
    same(FEATURES.loc[row], build(WORLD.loc[row].reset_index(drop=True), profiles, CATALOGUE))


def test_an_edge_planted_the_day_before_is_seen():
    """The counterpart, without which the other tests would pass on a constant."""
    row = WORLD.index[WORLD["registered_on"] == START + pd.Timedelta(days=60)][:1]
    planted = WORLD.loc[row].assign(importer_id="P0", registered_on=START + pd.Timedelta(days=59))
    profiles = build_profiles(pd.concat([WORLD, planted], ignore_index=True), CATALOGUE.needs())
    changed = build(WORLD.loc[row].reset_index(drop=True), profiles, CATALOGUE)
    for name in ("seller_to_importer_n", "seller_to_importer_new_30d", "hub_new_90d"):
        assert changed[name][0] == FEATURES.loc[row, name].iloc[0] + 1


@given(st.randoms(use_true_random=False), st.integers(1, 80))
@settings(max_examples=4, deadline=None)
def test_order_and_batch_change_nothing(random, size):
    order = random.sample(range(len(WORLD)), len(WORLD))
    mixed = WORLD.iloc[order].reset_index(drop=True)
    profiles = build_profiles(mixed, CATALOGUE.needs())
    parts = [
        build(mixed[at : at + size].reset_index(drop=True), profiles, CATALOGUE)
        for at in range(0, len(mixed), size)
    ]
    same(FEATURES.iloc[order], pd.concat(parts, ignore_index=True))


def test_daily_deliveries_give_what_one_delivery_gives():
    profiles, needs = None, CATALOGUE.needs()
    for _, part in WORLD.groupby(pd.Grouper(key="registered_on", freq="9D")):
        added = build_profiles(part.reset_index(drop=True), needs, "both", profiles)
        profiles = Profiles.merge([profiles, added]) if profiles else Profiles.merge([added])
    same(FEATURES, build(WORLD, profiles, CATALOGUE))


def test_every_feature_is_told_from_a_constant():
    """A property of features that are all missing or all equal would prove nothing."""
    for name in FEATURES:
        assert len(FEATURES[name].dropna().unique()) > 1, name
