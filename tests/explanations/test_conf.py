"""The configuration of this room is its settings, written down."""

from pathlib import Path

import pytest
import yaml

from redlane.errors import RedlaneError
from redlane.explanations import REGISTRY, ExplanationSettings

FILES = sorted((Path(__file__).parents[2] / "conf" / "explanations").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_spells_out_every_field(file):
    values = yaml.safe_load(file.read_text())
    kind = REGISTRY[values.pop("name")]
    assert set(values) == set(kind.model_fields)
    assert kind.parse(values) == kind()


@pytest.mark.parametrize("wrong", [{"rows": "some"}, {"top": 0}, {"minimum_share": 2}, {"tops": 4}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(RedlaneError, match=next(iter(wrong))):
        ExplanationSettings.parse(wrong)
