"""Capacity is what people wrote: shares exactly, numbers as numbers, nonsense refused."""

import json
from decimal import ROUND_CEILING, Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from redlane.errors import RedlaneError
from redlane.lanes import LaneSettings
from redlane.lanes.capacity import in_words, places


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *[
            ("5%", 0.05),
            ("5 %", 0.05),
            (" 5% ", 0.05),
            ("0.05", 0.05),
            (0.05, 0.05),
            ("100%", 1.0),
            (1.0, 1.0),
        ],
        *[(1, 1), ("1", 1), ("200", 200), (0, 0), ("0%", 0.0), ("7.5%", 0.075), ("5e-2", 0.05)],
    ],
)
def test_a_capacity_is_read_as_it_was_meant(written, meant):
    parsed = LaneSettings.parse({"capacity": written}).capacity
    assert parsed == meant
    assert type(parsed) is type(meant)


@pytest.mark.parametrize(
    "nonsense", ["lots", "", "%", "5%%", "-5%", "101%", -1, 1.5, "1.5", "nan", "inf", "1/0"]
)
@pytest.mark.parametrize("key", ["capacity", "yellow", "blue"])
def test_nonsense_is_refused_in_one_sentence(key, nonsense):
    with pytest.raises(RedlaneError, match=r"give a share \(5% or 0.05\) or a number \(200\)") as refusal:
        LaneSettings.parse({key: nonsense}, where="lanes")
    assert key in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("nonsense", [True, None, [5], {"share": 5}, float("nan"), float("inf"), -0.1, "५%%"])
def test_other_types_are_refused_too(nonsense):
    with pytest.raises(RedlaneError):
        LaneSettings.parse({"capacity": nonsense})


@pytest.mark.parametrize("number", [1, 5, "5", "200%", -0.1])
def test_the_random_share_is_a_share(number):
    with pytest.raises(RedlaneError, match="random_share"):
        LaneSettings.parse({"random_share": number})


@given(st.integers(0, 10_000), st.integers(0, 5_000_000))
@example(700, 100)
@example(1400, 50)
def test_places_of_a_share_are_the_exact_ceiling(hundredths_of_percent, size):
    share = hundredths_of_percent / 10_000
    exact = (Decimal(hundredths_of_percent) / 10_000 * size).to_integral_value(ROUND_CEILING)
    assert places(share, np.array([size])).tolist() == [int(exact)]


def test_a_number_never_exceeds_the_group():
    assert places(5, np.array([0, 3, 5, 9])).tolist() == [0, 3, 5, 5]


@pytest.mark.parametrize("capacity", ["5%", 0.07, 200, 1.0, 1, 0])
def test_settings_survive_being_written_as_json(capacity):
    settings = LaneSettings.parse({"capacity": capacity})
    again = LaneSettings.parse(json.loads(json.dumps(settings.plain())))
    assert again == settings
    assert type(again.capacity) is type(settings.capacity)


@pytest.mark.parametrize(
    ("capacity", "words"), [(0.07, "7 %"), (0.333, "33.3 %"), (1.0, "100 %"), (0, "0 declarations")]
)
def test_capacity_in_words_has_no_float_noise(capacity, words):
    assert in_words(capacity) == words
