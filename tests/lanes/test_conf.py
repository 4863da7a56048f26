"""The configuration of this room is its settings, written down."""

from pathlib import Path

import pytest
import yaml

from redlane.lanes import REGISTRY, LaneSettings

FILES = sorted((Path(__file__).parents[2] / "conf" / "lanes").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_spells_out_every_field(file):
    values = yaml.safe_load(file.read_text())
    kind = REGISTRY[values.pop("name")]
    assert set(values) == set(kind.model_fields)
    assert kind.parse(values)


def test_the_default_file_says_what_the_code_defaults_to():
    values = yaml.safe_load(next(file for file in FILES if file.stem == "asycuda").read_text())
    del values["name"]
    assert LaneSettings.parse(values) == LaneSettings()
