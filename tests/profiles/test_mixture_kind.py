"""Mixtures hold what was known: against prices and trades of the days before, exactly, whatever the deliveries."""

import numpy as np
import pandas as pd
import pytest

from redlane.declarations.periods import days
from redlane.errors import RedlaneError
from redlane.profiles.build import Profiles, build
from redlane.profiles.expected import Effect, ExpectedReference
from redlane.profiles.keys import KeyHashes
from redlane.profiles.mixture import EVIDENCE, STEPS
from redlane.profiles.mixture_kind import MixtureReference
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.prices import log_measure
from redlane.profiles.store import append_to_store, create_store, open_store
from tests.worlds import small_world

PRICES = ExpectedReference(
    trade=("importer_id", "hs4"),
    effects=(Effect(key=("hs4",), spread=1.0), Effect(key=("hs2",), spread=1.0)),
    window_days=60,
    known_within=0.9,
    minimum_trades=5,
)
NEED = MixtureReference(reference=PRICES, keys=(("importer_id",), ("declarant_id",)))
NEEDS = ProfileNeeds(expected=(PRICES,), mixtures=(NEED,))


@pytest.fixture(scope="module")
def world():
    return small_world(600)


def _seen(profiles: Profiles, frame: pd.DataFrame) -> list[list[int]]:
    """The counts of trades and the evidence of parties that each declaration may see."""
    seen = profiles.before("mixtures", NEED, KeyHashes(frame), days(frame["registered_on"]))
    parties = [seen.party(key).total(name).tolist() for key in NEED.keys for name in ("count", *EVIDENCE)]
    return [*seen.trade().tolist(), *parties]


def test_the_evidence_of_a_party_is_that_of_its_declarations(world):
    """Each against the prices of its own day and the strictly earlier declarations of its trade within the window."""
    profiles = build(world, NEEDS)
    usual = profiles.before("expected", PRICES, KeyHashes(world), days(world["registered_on"]))
    away = log_measure(world, "price_per_kg") - usual["expected"]
    when, hs4 = world["registered_on"], world["hs_code"].str[:4]
    row = int(np.argmax(world.groupby("importer_id").cumcount()))
    mine = (world["importer_id"] == world["importer_id"][row]) & np.isfinite(away)
    total, of = np.zeros(len(EVIDENCE), int), NEED.mixture
    for earlier in np.flatnonzero(mine & (when < when[row])):
        gap = (when[earlier] - when).dt.days
        trade = away[mine & (hs4 == hs4[earlier]) & (gap > 0) & (gap <= 60)]
        counts = np.bincount(of.bins(trade.to_numpy() if hasattr(trade, "to_numpy") else trade), minlength=12)
        total += of.evidence(counts[:, None], of.bins(away[[earlier]]))[:, 0]
    seen = profiles.before("mixtures", NEED, KeyHashes(world), days(when)).party(("importer_id",))
    assert [seen.total(name)[row] for name in EVIDENCE] == total.tolist()
    assert np.abs(total).max() > STEPS / 8


def test_order_and_deliveries_change_nothing(world, tmp_path):
    """A day that is cut in two between deliveries included."""
    whole = _seen(build(world, NEEDS), world)
    assert _seen(build(world.sample(frac=1, random_state=3), NEEDS), world) == whole
    half = int(len(world) * 0.6)
    create_store(tmp_path / "s", world[:half].reset_index(drop=True), NEEDS, {"a": "1"})
    append_to_store(tmp_path / "s", world[half:].reset_index(drop=True), {"b": "2"})
    assert _seen(open_store(tmp_path / "s"), world) == whole


def test_the_day_itself_and_later_are_invisible(world):
    day = world["registered_on"].quantile(0.7)
    past = world[world["registered_on"] < day].reset_index(drop=True)
    today = world[world["registered_on"] == day].reset_index(drop=True)
    before = world["registered_on"] < day
    changed = world.assign(
        customs_value=world["customs_value"].where(before, 9e6),
        importer_id=world["importer_id"].where(before, "another"),
    )
    expected = _seen(build(past, NEEDS), today)
    assert _seen(build(world, NEEDS), today) == expected
    assert _seen(build(changed, NEEDS), today) == expected


@pytest.mark.parametrize("wrong", [{"reference": {"trade": ["colour"]}}, {"keys": [["colour"]]}])
def test_unknown_keys_are_refused(wrong):
    with pytest.raises(RedlaneError, match="colour"):
        MixtureReference.parse(wrong)
