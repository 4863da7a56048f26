"""Deviations add up what was known: against prices of their own day, exactly, whatever the deliveries."""

import numpy as np
import pandas as pd
import pytest

from redlane.declarations.periods import days
from redlane.profiles.build import Profiles, build
from redlane.profiles.deviations import AMOUNTS, STEPS, DeviationReference
from redlane.profiles.keys import KeyHashes
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.prices import PriceReference, log_measure
from redlane.profiles.store import append_to_store, create_store, open_store
from tests.worlds import small_world

PRICES = PriceReference(
    levels=(("hs4",), ("hs2",)), window_days=120, publish_every_days=7, minimum_count=5, dominant_share=0.3
)
NEED = DeviationReference(reference=PRICES, keys=(("importer_id",), ("seller_id",)), border=0.3)
NEEDS = ProfileNeeds(prices=(PRICES,), deviations=(NEED,))


@pytest.fixture(scope="module")
def world():
    return small_world(600)


def _totals(profiles: Profiles, frame: pd.DataFrame, key: tuple[str, ...]) -> dict[str, list[int]]:
    seen = profiles.before("deviations", NEED, KeyHashes(frame), days(frame["registered_on"])).of(key)
    return {name: seen.total(name, 60).tolist() for name in AMOUNTS}


def test_each_declaration_is_held_against_the_prices_of_its_own_day(world):
    profiles = build(world, NEEDS)
    cell = profiles.prices[PRICES].before(KeyHashes(world), days(world["registered_on"]))
    deviation = log_measure(world, "price_per_kg") - cell["median"]
    row = int(np.argmax(world.groupby("importer_id").cumcount()))
    mine = (world["importer_id"] == world["importer_id"][row]) & np.isfinite(deviation)
    gap = (world["registered_on"][row] - world["registered_on"]).dt.days
    earlier = deviation[mine & (gap > 0) & (gap <= 60)]
    assert len(earlier) > 3
    found = {name: values[row] for name, values in _totals(profiles, world, ("importer_id",)).items()}
    assert found["count"] == len(earlier)
    assert found["steps"] == np.rint(earlier * STEPS).sum()
    assert (found["low"], found["high"]) == ((earlier <= -0.3).sum(), (earlier >= 0.3).sum())


def test_order_and_deliveries_change_nothing(world, tmp_path):
    whole = build(world, NEEDS)
    for key in (("importer_id",), ("seller_id",), ()):
        shuffled = build(world.sample(frac=1, random_state=3), NEEDS)
        assert _totals(shuffled, world, key) == _totals(whole, world, key)
    border = world["registered_on"].quantile(0.6)
    early, late = world[world["registered_on"] <= border], world[world["registered_on"] > border]
    create_store(tmp_path / "s", early.reset_index(drop=True), NEEDS, {"a": "1"})
    append_to_store(tmp_path / "s", late.reset_index(drop=True), {"b": "2"})
    assert _totals(open_store(tmp_path / "s"), world, ("importer_id",)) == _totals(
        whole, world, ("importer_id",)
    )


def test_the_day_itself_and_later_are_invisible(world):
    day = world["registered_on"].quantile(0.7)
    past = world[world["registered_on"] < day].reset_index(drop=True)
    today = world[world["registered_on"] == day].reset_index(drop=True)
    changed = world.assign(
        customs_value=world["customs_value"].where(world["registered_on"] < day, 9e6),
        importer_id=world["importer_id"].where(world["registered_on"] < day, "another"),
    )
    expected = _totals(build(past, NEEDS), today, ("importer_id",))
    assert _totals(build(world, NEEDS), today, ("importer_id",)) == expected
    assert _totals(build(changed, NEEDS), today, ("importer_id",)) == expected
