"""What must always hold of features: no future, no company, no order; the same in training and scoring."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.features.catalogue import FeatureSettings, build
from redlane.pipeline import training_data
from redlane.profiles.build import build as build_profiles
from tests.worlds import small_world

CONF = Path(__file__).parents[2] / "conf" / "features"


def _catalogue(name="default"):
    values = yaml.safe_load((CONF / f"{name}.yaml").read_text())
    values.pop("name")
    return FeatureSettings.parse(values)


CATALOGUE = _catalogue()
WORLD = small_world(300)
PROFILES = build_profiles(WORLD, CATALOGUE.needs())
FEATURES = build(WORLD, PROFILES, CATALOGUE)


def _same(first: pd.DataFrame, second: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(
        first.reset_index(drop=True), second.reset_index(drop=True), check_exact=True
    )


@given(st.integers(5, 115))
@settings(max_examples=6, deadline=None)
def test_no_feature_sees_the_day_itself_or_later(day):
    """Scramble everything declared or found on and after a day: features up to that day do not move."""
    border = pd.Timestamp("2024-01-01") + pd.Timedelta(days=day)
    world = WORLD.copy()
    later = world["registered_on"] >= border
    world.loc[later, "importer_id"] = world.loc[later, "importer_id"].to_numpy()[::-1]
    world.loc[later, "customs_value"] *= 1000
    world["irregular"] = world["irregular"].where(world["outcome_known_on"] < border, 1 - world["irregular"])
    rows = WORLD["registered_on"] <= border
    changed = build(WORLD[rows].reset_index(drop=True), build_profiles(world, CATALOGUE.needs()), CATALOGUE)
    _same(FEATURES[rows], changed)


@given(st.randoms(use_true_random=False), st.integers(1, 60))
@settings(max_examples=6, deadline=None)
def test_order_and_batch_size_change_nothing(random, size):
    order = list(range(len(WORLD)))
    random.shuffle(order)
    shuffled = WORLD.iloc[order].reset_index(drop=True)
    parts = [
        build(shuffled[i : i + size].reset_index(drop=True), PROFILES, CATALOGUE)
        for i in range(0, len(WORLD), size)
    ]
    together = pd.concat(parts, ignore_index=True)
    _same(FEATURES.iloc[order], together)


def test_a_row_may_score_alone():
    for row in (0, 150, 299):
        _same(FEATURES.iloc[[row]], build(WORLD.iloc[[row]].reset_index(drop=True), PROFILES, CATALOGUE))


def test_profiles_do_not_depend_on_the_order_of_rows():
    shuffled = WORLD.sample(frac=1, random_state=1).reset_index(drop=True)
    _same(FEATURES, build(WORLD, build_profiles(shuffled, CATALOGUE.needs()), CATALOGUE))


def test_training_sees_the_features_that_scoring_sees():
    rows = WORLD["irregular"].notna().to_numpy()
    _same(FEATURES[rows], training_data(WORLD, PROFILES, CATALOGUE, rows).features)


def test_profiles_may_grow_after_training_without_moving_the_past():
    more = small_world(200, seed=5)
    more["registered_on"] += pd.Timedelta(days=200)
    more["outcome_known_on"] += pd.Timedelta(days=200)
    grown = build_profiles(pd.concat([WORLD, more], ignore_index=True), CATALOGUE.needs())
    _same(FEATURES, build(WORLD, grown, CATALOGUE))


def test_outcomes_are_not_read_when_scoring():
    without = WORLD.drop(columns=["irregular", "recovered_revenue", "outcome_known_on"])
    _same(FEATURES, build(without, PROFILES, CATALOGUE))


@pytest.mark.parametrize("file", sorted(path.stem for path in CONF.glob("*.yaml")))
def test_every_catalogue_makes_features_of_its_own_names_and_kinds(file):
    catalogue = _catalogue(file)
    made = build(WORLD, build_profiles(WORLD, catalogue.needs()), catalogue)
    for feature in catalogue.features():
        numeric = pd.api.types.is_float_dtype(made[feature.name])
        assert numeric == (feature.kind == "number"), feature.name
        if numeric:
            assert not np.isinf(made[feature.name]).any(), feature.name
