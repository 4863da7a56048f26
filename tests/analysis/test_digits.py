"""The table of digit tests: the parties of the period, with what was published by its end."""

import numpy as np
import pandas as pd
import pytest

from redlane.analysis.digits import digit_tests
from redlane.errors import RedlaneError
from redlane.profiles.benford import deviation
from redlane.profiles.build import build
from redlane.profiles.needs import ProfileNeeds
from tests.profiles.test_digits import NEEDS, trades


@pytest.fixture(scope="module")
def world():
    frame = trades()
    invented = frame["importer_id"] == "I0"
    frame.loc[invented, "customs_value"] = np.resize([5_000.0, 77.0, 880.0, 9.5], int(invented.sum()))
    return frame


def test_the_most_telling_party_comes_first(world):
    table = digit_tests(world.iloc[-800:], build(world, NEEDS))
    assert table["importer_id"][0] == "I0"
    assert table["q_value"].is_monotonic_increasing
    assert table["importer_id"].is_unique


def test_shares_of_digits_belong_to_the_deviation_beside_them(world):
    table = digit_tests(world.iloc[-800:], build(world, NEEDS))
    shares = table[[f"digit_{digit}" for digit in range(1, 10)]].to_numpy()
    counts = np.rint(shares * table["n"].to_numpy()[:, None]).astype(np.int64)
    assert (counts.sum(axis=1) == table["n"]).all()
    assert deviation(counts, "first") == pytest.approx(table["mad"].to_numpy())


def test_only_what_was_published_by_the_end_of_the_period_counts(world):
    early = world[world["registered_on"] < pd.Timestamp("2024-04-15")]
    whole, then = build(world, NEEDS), build(early, NEEDS)
    pd.testing.assert_frame_equal(digit_tests(early, whole), digit_tests(early, then))


def test_parties_that_did_not_declare_in_the_period_are_left_out(world):
    period = world[(world["importer_id"] != "I0")].iloc[-300:]
    assert "I0" not in set(digit_tests(period, build(world, NEEDS))["importer_id"])


def test_value_and_declarations_are_those_of_the_period(world):
    period = world.iloc[-500:]
    table = digit_tests(period, build(world, NEEDS)).set_index("importer_id")
    own = period.groupby("importer_id")["customs_value"].agg(["size", "sum"]).loc[table.index]
    assert table["declarations"].tolist() == own["size"].tolist()
    assert table["value"].to_numpy() == pytest.approx(own["sum"].to_numpy())


def test_profiles_without_digit_tests_are_a_reason():
    frame = trades(50)
    with pytest.raises(RedlaneError, match="the profiles hold no digit tests"):
        digit_tests(frame, build(frame, ProfileNeeds()))
