"""Hubs and communities in hand-made trade, where the answer is known."""

import numpy as np
import pandas as pd
import pytest

from redlane.analysis.networks import NetworkScreen, communities, hubs
from tests.worlds import small_world


def trade(rows):
    """Declarations of (day, importer, seller, declarant), all found regular."""
    day, importer, seller, declarant = zip(*rows, strict=True)
    n = len(rows)
    return pd.DataFrame(
        {
            "registered_on": pd.Timestamp("2024-01-01") + pd.to_timedelta(list(day), unit="D"),
            "importer_id": importer,
            "seller_id": seller,
            "declarant_id": declarant,
            "hs_code": "620342",
            "origin_country": ["CN"] * (n - 1) + ["DE"],
            "customs_value": np.arange(n, dtype=float) + 1,
            "irregular": 0.0,
        }
    )


OLD = [(0, f"I{i}", f"S{i}", f"B{i}") for i in range(8)]
NEW = [(150 + i, f"I{i}", "HUB", "BROKER" if i else "B0") for i in range(7)]
LAST = [(200, "I7", "S7", "B7")]


def test_a_hub_with_unrelated_new_importers_is_found():
    table = hubs(trade(OLD + NEW + LAST))
    seller = table[(table["kind"] == "seller")].iloc[0]
    assert (seller["party"], seller["importers"], seller["new"], seller["unrelated"]) == ("HUB", 7, 7, 7)
    assert seller["through"] == "BROKER" and seller["share"] == pytest.approx(6 / 7)
    assert seller["inspected"] == 7 and seller["hits"] == 0 and seller["high"] < 0.5
    assert table["party"].tolist() == ["HUB", "BROKER"]


def test_importers_that_belong_together_are_not_unrelated():
    family = [(0, f"I{i}", "SAME", f"B{i}") for i in range(7)]
    assert hubs(trade(family + NEW + LAST)).set_index("party").loc["HUB", "unrelated"] == 1


def test_old_customers_make_no_hub():
    old = [(day - 150, *rest) for day, *rest in NEW]
    assert hubs(trade(OLD + old + LAST)).empty


def test_communities_are_told_apart_and_hubs_connect_nobody():
    rows = [
        (0, "A", "S1", "B"),
        (1, "B", "S1", "B"),
        (2, "C", "S2", "B"),
        (3, "D", "S2", "B"),
        (4, "E", "S3", "B"),
    ]
    table, members = communities(trade(rows), NetworkScreen(hub_degree=2))
    assert table["importers"].tolist() == [2, 2]
    assert table["sellers"].tolist() == [1, 1] and table["declarants"].tolist() == [0, 0]
    assert members[members["community"] == 1]["party"].tolist() == ["C", "D", "S2"]
    assert table["leading_heading"].tolist() == ["6203", "6203"]
    whole, _ = communities(trade(rows), NetworkScreen(hub_degree=9))
    assert whole["importers"].tolist() == [5] and whole["declarations"].tolist() == [5]


def test_order_of_rows_changes_nothing():
    frame = small_world(500)
    mixed = frame.sample(frac=1, random_state=2)
    screen = NetworkScreen(hub_degree=14, minimum_new=2, window_days=40)
    pd.testing.assert_frame_equal(hubs(frame, screen), hubs(mixed, screen))
    for one, other in zip(communities(frame, screen), communities(mixed, screen), strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert len(hubs(frame, screen)) > 3


def test_missing_parties_and_no_outcomes_are_no_fault():
    frame = small_world(300)
    frame.loc[::3, "seller_id"] = None
    frame.loc[::4, "importer_id"] = None
    frame["irregular"] = np.nan
    table = hubs(frame, NetworkScreen(minimum_new=2))
    assert table["hit_rate"].isna().all() and table["low"].isna().all()
    assert communities(frame)[0].columns[0] == "community"
