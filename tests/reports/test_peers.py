"""What is drawn beside a reason is what the reason speaks of: the same prices, the same history, the same day."""

import numpy as np
import pandas as pd
import pytest

from redlane.declarations.periods import days
from redlane.profiles.build import build
from redlane.profiles.keys import KeyHashes
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.prices import PriceReference
from redlane.reports.content import _masked_words
from redlane.reports.parties import party_histories
from redlane.reports.peers import BINS, price_peers
from tests.worlds import small_world

KEYS = (("importer_id",), ("declarant_id",), ("importer_id", "hs6"), ("office",))
LEVELS = (("hs6", "origin_country"), ("hs6",))


def world():
    """History, later declarations, and profiles of the history in which one importer dominates a good."""
    frame = small_world(900)
    big = frame.index % 3 == 0
    frame.loc[big & (frame["hs_code"] == "620342"), "importer_id"] = "I1"
    later = frame["registered_on"] >= frame["registered_on"].max() - pd.Timedelta(days=14)
    needs = ProfileNeeds(
        activity=KEYS,
        outcomes=KEYS,
        prices=(
            PriceReference(levels=LEVELS, minimum_count=10, window_days=60),
            PriceReference(measure="price_per_unit", levels=(("hs4",),), minimum_count=10, dominant_share=0),
        ),
    )
    return build(frame, needs), frame[later].reset_index(drop=True)


@pytest.fixture(scope="module")
def made():
    return world()


def test_the_prices_drawn_are_as_many_as_the_statistics_say_they_are_of(made):
    profiles, rows = made
    hashes, on = KeyHashes(rows), days(rows["registered_on"])
    for peers in price_peers(profiles, rows):
        told = peers.statistics
        drawn = [
            sum(counts) + b + a
            for counts, b, a in zip(peers.counts, told["below"], told["above"], strict=True)
        ]
        assert drawn == told["n"]
        assert {len(counts) for counts in peers.counts} == {BINS}
        seen = profiles.before("prices", peers.reference, hashes, on)
        compared = peers.cell >= 0
        assert compared.sum() > 50
        np.testing.assert_array_equal(compared, np.isfinite(seen["median"]) & np.isfinite(peers.log_price))
        for name in ("n", "importers"):
            np.testing.assert_array_equal(np.array(told[name])[peers.cell[compared]], seen[name][compared])
        median = np.array(told["median"])[peers.cell[compared]]
        np.testing.assert_allclose(median, np.exp(seen["median"][compared]))


def test_a_dominant_importer_is_drawn_without_its_own_prices(made):
    profiles, rows = made
    (peers, _) = price_peers(profiles, rows)
    own = (rows["importer_id"] == "I1") & (rows["hs_code"] == "620342") & (peers.cell >= 0)
    other = (rows["importer_id"] != "I1") & (rows["hs_code"] == "620342") & (peers.cell >= 0)
    assert own.any()
    n = np.array(peers.statistics["n"])
    assert n[peers.cell[own]].max() < n[peers.cell[other]].max()


def test_every_price_is_of_a_day_before_its_declaration(made):
    profiles, rows = made
    on = days(rows["registered_on"])
    for peers in price_peers(profiles, rows):
        compared = peers.cell >= 0
        assert (np.array(peers.statistics["published"])[peers.cell[compared]] < on[compared]).all()


def test_a_partys_history_is_that_of_its_ledgers(made):
    profiles, rows = made
    found = {history.column: history for history in party_histories(profiles, rows, 30)}
    assert set(found) == {"importer_id", "declarant_id"}
    hashes, on = KeyHashes(rows), days(rows["registered_on"])
    for column, history in found.items():
        for window, ledgers, names in (
            (history.activity, profiles.activity, ("count",)),
            (history.outcomes, profiles.outcomes, ("inspected", "hits")),
        ):
            seen = ledgers[(column,)].before(hashes.of((column,)), on)
            for name in names:
                assert seen_in(window, name, history.party, on, None) == seen.total(name).tolist()
                assert seen_in(window, name, history.party, on, 30) == seen.total(name, 30).tolist()


def seen_in(window, name, party, on, since):
    """What the page adds up for each row: what is known strictly before its day, in a window or at all."""
    totals = []
    for place, day in zip(party, on, strict=True):
        rows = slice(window.offsets[place], window.offsets[place + 1])
        known = window.days[rows] < day
        known &= True if since is None else window.days[rows] >= day - since
        totals.append(int(window.amounts[name][rows][known].sum()))
        totals[-1] += int(window.earlier[name][place]) if since is None else 0
    return totals


def test_nothing_of_a_partys_last_day_or_later_is_in_the_page(made):
    profiles, rows = made
    for history in party_histories(profiles, rows, 30):
        last = pd.Series(days(rows["registered_on"])).groupby(history.party).max()
        for place, day in last.items():
            rows_of = slice(history.activity.offsets[place], history.activity.offsets[place + 1])
            assert (history.activity.days[rows_of] < day).all()


def test_a_cell_of_one_partys_own_goods_does_not_tell_a_masked_party():
    peers = {"words": [[("importer_id", "ACME"), ("hs6", "620342")]]}
    told = _masked_words(peers, b"sixteen bytes or more")["words"][0]
    assert told[0][0] == "importer_id"
    assert told[0][1].startswith("#")
    assert told[1] == ("hs6", "620342")
