"""Linked parties: counted by hand from the declarations, never from the day itself or later, and never named."""

import numpy as np
import pandas as pd
import pytest

from redlane.profiles.build import build
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.silences import Silence
from redlane.reports.linked import linked_parties, unlinked

LINK = (("seller_id",), ("importer_id",))
NEEDS = ProfileNeeds(
    links=(LINK, (("importer_id",), ("declarant_id",)), (("importer_id",), ("hs4",))),
    outcomes=(("importer_id",),),
    silences=(Silence(keys=(("seller_id",),)),),
)


@pytest.fixture(scope="module")
def trade():
    """600 declarations of few parties over 200 days, half inspected, some outcomes known late."""
    rng = np.random.default_rng(5)
    n = 600
    on = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 200, n)), "D")
    inspected = rng.random(n) < 0.5
    return pd.DataFrame(
        {
            "declaration_id": [f"D{i}" for i in range(n)],
            "item_number": "1",
            "registered_on": on,
            "importer_id": rng.choice([*[f"I{i}" for i in range(40)], None], n),
            "seller_id": rng.choice([*[f"S{i}" for i in range(9)], None], n),
            "declarant_id": rng.choice([f"B{i}" for i in range(4)], n),
            "carrier_id": "C1",
            "hs_code": rng.choice(["610910", "847130"], n),
            "irregular": np.where(inspected, rng.random(n) < 0.3, np.nan).astype(float),
            "outcome_known_on": np.where(
                inspected, on + pd.to_timedelta(rng.integers(1, 60, n), "D"), pd.NaT
            ),
        }
    ).assign(outcome_known_on=lambda frame: pd.to_datetime(frame["outcome_known_on"]))


def by_hand(trade: pd.DataFrame, row: pd.Series) -> tuple[float, float, float, float]:
    """First day of the pair, other importers of the seller, how many inspected, how many with a finding."""
    before = trade[trade["registered_on"] < row["registered_on"]]
    mine = before[before["seller_id"] == row["seller_id"]]
    pair = mine.loc[mine["importer_id"] == row["importer_id"], "registered_on"]
    others = set(mine["importer_id"].dropna()) - {row["importer_id"]}
    known = trade[(trade["outcome_known_on"] < row["registered_on"]) & trade["importer_id"].isin(others)]
    first = (pair.min() - pd.Timestamp(0)).days if len(pair) else np.nan
    hits = known.loc[known["irregular"] == 1, "importer_id"]
    return first, len(others), known["importer_id"].nunique(), hits.nunique()


def test_links_are_those_of_the_days_before(trade):
    profiles = build(trade, NEEDS)
    (seller, *_) = linked_parties(profiles, trade)
    assert (seller.owner, seller.member) == (LINK[0], "importer_id")
    told = np.column_stack([seller.amounts[name] for name in ("first", "others", "inspected", "hits")])
    for place, row in trade.iloc[::7].iterrows():
        if row[["seller_id", "importer_id"]].isna().any():
            assert np.isnan(told[place]).all()
        else:
            np.testing.assert_array_equal(told[place], by_hand(trade, row))
    assert np.nanmax(told[:, 3]) > 3


def test_nothing_of_the_day_itself_or_later_is_seen(trade):
    day = trade["registered_on"].quantile(0.5)
    rows = trade[trade["registered_on"] == day]
    later = trade["registered_on"] >= day
    other = trade.assign(outcome_known_on=trade["outcome_known_on"].where(trade["outcome_known_on"] < day))
    for known in (trade[~later], other):
        whole, part = (linked_parties(build(past, NEEDS), rows) for past in (trade, known))
        for one, two in zip(whole, part, strict=True):
            for name in one.amounts:
                if "silent" not in name or known is not other:
                    np.testing.assert_array_equal(one.amounts[name], two.amounts[name], err_msg=name)


def test_goods_are_no_party_and_what_the_store_lacks_is_said(trade):
    profiles = build(trade, NEEDS)
    assert {link.member for link in linked_parties(profiles, trade)} == {"importer_id", "declarant_id"}
    assert unlinked(profiles, trade) == ["carrier_id"]
    assert linked_parties(build(trade, ProfileNeeds()), trade) == []


def test_an_owner_with_very_many_has_its_number_told_only(trade, monkeypatch):
    monkeypatch.setattr("redlane.reports.linked.MOST_MEMBERS", 5)
    seller = linked_parties(build(trade, NEEDS), trade)[0].amounts
    many = seller["others"] > 5
    assert many.any()
    assert np.isnan(seller["inspected"][many]).all()
    assert np.isfinite(seller["inspected"][seller["others"] < 4]).all()
