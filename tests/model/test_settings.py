"""The configuration file is the settings object, written down; what travels tells nothing it should not."""

from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np
import pytest
import yaml

from redlane.errors import RedlaneError
from redlane.model import LEARNERS, REGISTRY, LightGBMSettings
from redlane.model.portable import portable
from redlane.model.settings import RevenueSettings

FILES = sorted((Path(__file__).parents[2] / "conf" / "model").glob("*.yaml"))


def test_every_kind_has_its_file():
    assert {file.stem for file in FILES} >= set(REGISTRY) == {kind.parse({}).name for kind in LEARNERS}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_spells_out_every_setting_and_nothing_else(file):
    written = yaml.safe_load(file.read_text())
    kind = REGISTRY[written["name"]]
    assert set(written) == set(kind.model_fields)
    if file.stem in REGISTRY:
        assert set(written["revenue"]) == set(RevenueSettings.model_fields)
        assert kind.parse(written) == kind()


def test_a_kind_says_what_it_is_and_refuses_the_name_of_another():
    assert len({kind.about for kind in LEARNERS}) == len(LEARNERS)
    assert LightGBMSettings().plain()["name"] == "lightgbm"
    with pytest.raises(RedlaneError, match="key 'name' is 'random_forest'"):
        LightGBMSettings.parse({"name": "random_forest"})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"num_leafs": 3}, "unknown key 'num_leafs'; did you mean 'num_leaves'"),
        ({"learning_rate": 0}, "key 'learning_rate' is 0"),
        ({"metric": "f1"}, "key 'metric' is 'f1'"),
        ({"revenue": {"min_findings": 0}}, "key 'revenue.min_findings' is 0"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(change, sentence):
    with pytest.raises(RedlaneError, match=sentence):
        LightGBMSettings.parse(change)


def test_only_growing_settings_reach_lightgbm_and_none_reweights_classes():
    parameters = LightGBMSettings().parameters()
    assert not set(parameters) & {"rounds", "monotone", "revenue", "scale_pos_weight", "is_unbalance"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (PurePosixPath("/home/ada/x.csv"), "x.csv"),
        (PureWindowsPath(r"C:\Users\ada\x.csv"), "x.csv"),
        ("conf/model.yaml", "conf/model.yaml"),
        ("/", "/"),
        ("file:///home/ada/mlruns", "file:///mlruns"),
        ("postgresql://ada:secret@db/redlane", "postgresql://db/redlane"),
        ({"a": {"b": ["/x/y", 1, None, True]}}, {"a": {"b": ["y", 1, None, True]}}),
        ((np.float64(0.1), np.int64(3), np.array([1, 2])), [0.1, 3, [1, 2]]),
        ({"b", "a"}, ["a", "b"]),
    ],
)
def test_what_travels_keeps_its_meaning_and_loses_its_place(value, expected):
    assert portable(value) == expected
