"""The digit family: numbers of the last publication, and a sentence that accuses no single declaration."""

import numpy as np
import pytest

from redlane.features.catalogue import FeatureSettings, build, facts
from redlane.profiles.build import build as build_profiles
from tests.profiles.test_digits import trades

SETTINGS = FeatureSettings.parse(
    {"families": [{"family": "digits", "reference": {"minimum_count": 30, "distinct_goods": 3}}]}
)
STEM = "importer_first_digits"


@pytest.fixture(scope="module")
def world():
    frame = trades()
    invented = frame["importer_id"] == "I0"
    frame.loc[invented, "customs_value"] = np.resize([5_000.0, 77.0, 880.0, 9.5], int(invented.sum()))
    return frame


def test_features_are_missing_where_nothing_was_tested_and_finite_elsewhere(world):
    found = build(world, build_profiles(world, SETTINGS.needs()), SETTINGS)
    tested = found[f"{STEM}_eligible"] == 1
    assert 0 < tested.sum() < len(world)
    assert found.drop(columns=f"{STEM}_eligible")[~tested].isna().all(axis=None)
    assert np.isfinite(found[tested]).all(axis=None)
    assert (found[f"{STEM}_q_log"][tested] >= 0).all()


def test_who_invents_figures_stands_out(world):
    found = build(world, build_profiles(world, SETTINGS.needs()), SETTINGS).iloc[-500:]
    invented = (world["importer_id"] == "I0").to_numpy()[-500:]
    assert found[f"{STEM}_q_log"][invented].min() > found[f"{STEM}_q_log"][~invented].max()
    assert found[f"{STEM}_excess"][invented].min() > 3


def test_the_sentence_is_true_of_both_and_speaks_of_the_party(world):
    profiles = build_profiles(world, SETTINGS.needs())
    named = facts(world, profiles, SETTINGS).iloc[-500:].reset_index(drop=True)
    invented = (world["importer_id"] == "I0").to_numpy()[-500:]
    assert set(named[f"{STEM}_finding"][invented]) == {"depart from"}
    assert set(named[f"{STEM}_finding"][~invented]) == {"do not clearly depart from"}
    for feature in SETTINGS.features():
        assert "not of this declaration" in feature.sentence
        feature.sentence.format(**named.iloc[-1].to_dict(), value=1.0)
