"""Settings of the evaluation and the number of inspections they mean."""

from decimal import ROUND_CEILING, Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from redlane.errors import RedlaneError
from redlane.evaluation import REGISTRY, EvaluationSettings
from redlane.evaluation.settings import Cut

CONF = Path(__file__).parents[2] / "conf" / "evaluation"


@pytest.mark.parametrize("path", sorted(CONF.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_file_is_the_object_written_down(path):
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings = REGISTRY[values.pop("name")]
    assert set(values) == set(settings.model_fields)
    assert settings.parse(settings.parse(values).plain()) == settings.parse(values)


def test_the_default_file_holds_the_defaults():
    values = yaml.safe_load((CONF / "default.yaml").read_text(encoding="utf-8"))
    del values["name"]
    assert EvaluationSettings.parse(values) == EvaluationSettings()


@pytest.mark.parametrize(
    "values",
    [{"rates": [0]}, {"rates": [1.1]}, {"inspections": 0}, {"block": "hour"}, {"confidence": 1}, {"bins": 3}],
)
def test_impossible_settings_are_refused(values):
    with pytest.raises(RedlaneError):
        EvaluationSettings.parse(values)


def test_cuts_are_in_ascending_order_without_repetition_the_stated_number_last():
    settings = EvaluationSettings(rates=(0.1, 0.01, 0.1), inspections=40)
    assert [cut.label for cut in settings.cuts] == ["1 %", "10 %", "40 inspections"]


@given(st.decimals("0.001", "1", places=3), st.integers(1, 10**7))
def test_the_size_is_the_ceiling_of_the_decimal_that_was_written(rate, n):
    expected = int((Decimal(rate) * n).to_integral_value(ROUND_CEILING))
    assert Cut(rate=float(rate)).size(n) == expected


def test_a_stated_number_never_exceeds_the_rows_there_are():
    assert Cut(inspections=40).size(25) == 25
    assert Cut(inspections=40).share(160) == 0.25
