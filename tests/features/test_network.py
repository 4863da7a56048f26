"""Features of the network in hand-made trade, where every number can be counted."""

import numpy as np
import pandas as pd
import pytest

from redlane.explanations.sentences import check_sentences
from redlane.features.catalogue import FeatureSettings, build, facts
from redlane.profiles.build import build as build_profiles

START = pd.Timestamp("2024-01-01")
PAIR = ["seller_id", "declarant_id"]
CATALOGUE = FeatureSettings.parse(
    {
        "families": [
            {"family": "fan", "key": ["seller_id"], "to": ["importer_id"], "windows": [30]},
            {"family": "neighbours", "key": ["seller_id"], "prior_weight": 1},
            {"family": "neighbours", "key": PAIR, "windows": ["all", 90]},
            {"family": "hub", "window": 30},
            {
                "family": "community",
                "reference": {"publish_every_days": 1, "hub_degree": 5},
                "prior_weight": 1,
            },
            {"family": "vertex", "key": ["seller_id"], "minimum_count": 3},
            {"family": "successors", "prior_weight": 1},
        ]
    },
    "features",
)


def trade(rows):
    """Declarations of (day, importer, seller, declarant, found), outcomes known the day after."""
    day, importer, seller, declarant, found = zip(*rows, strict=True)
    registered = START + pd.to_timedelta(list(day), unit="D")
    return pd.DataFrame(
        {
            "registered_on": registered,
            "importer_id": importer,
            "seller_id": seller,
            "declarant_id": declarant,
            "hs_code": "620342",
            "customs_value": 1000.0,
            "irregular": [np.nan if y is None else float(y) for y in found],
            "recovered_revenue": 0.0,
            "outcome_known_on": registered + pd.Timedelta(days=1),
        }
    )


def last(rows):
    """Features and facts of the last of *rows*."""
    frame = trade(rows)
    profiles = build_profiles(frame, CATALOGUE.needs())
    row = frame.tail(1).reset_index(drop=True)
    return build(row, profiles, CATALOGUE).iloc[0], facts(row, profiles, CATALOGUE).iloc[0]


OLD = [(day, "OLD", "S", "B", 1) for day in (0, 3, 6, 9, 12)]
OTHER = [(day, "OTHER", "T", "C", 0) for day in (0, 4, 8, 11, 13, 20, 30, 39, 44, 48)]


def test_own_outcomes_are_left_out_of_neighbours():
    features, known = last([*OLD, *OTHER, (50, "OLD", "S", "B", None)])
    base = 5 / 15
    assert features["seller_others_hit_rate"] == pytest.approx(base)
    assert (known["seller_others_hits"], known["seller_others_inspected_n"]) == (0, 0)
    features, known = last([*OLD, *OTHER, (50, "NEW", "S", "B", None)])
    assert features["seller_others_hit_rate"] == pytest.approx((5 + base) / 6)
    assert (known["seller_others_hits"], known["seller_others_inspected_n"]) == (5, 5)


def test_a_phoenix_follows_its_silent_predecessor():
    features, known = last([*OLD, *OTHER, (45, "NEW", "S", "B", None), (50, "NEW", "S", "B", None)])
    assert features["seller_x_declarant_predecessors_n"] == 1
    assert features["seller_x_declarant_succession_gap"] == 45 - 12
    assert features["successor_risk"] == pytest.approx((5 + 5 / 15) / 6)
    assert known["seller_x_declarant_silent_hits"] == 5


def test_nobody_succeeds_one_who_still_trades_and_old_firms_succeed_nobody():
    busy = [*OLD, *((day, "OLD", "S", "B", None) for day in (20, 30, 40, 49))]
    features, _ = last([*busy, *OTHER, (50, "NEW", "S", "B", None)])
    assert features["seller_x_declarant_predecessors_n"] == 0
    assert features["successor_risk"] == pytest.approx(5 / 15)
    assert np.isnan(features["seller_x_declarant_succession_gap"])
    early = (0, "NEW", "S", "B", None)
    features, _ = last([early, *OLD, *((day, *rest) for day, *rest in OTHER), (200, "NEW", "S", "B", None)])
    assert features["seller_x_declarant_predecessors_n"] == 0


def test_a_hub_counts_new_importers_through_one_declarant():
    new = [(day, f"I{day}", "S", "B" if day % 3 else "C", None) for day in range(30, 42)]
    features, known = last([*OLD, *new, (45, "X", "S", "B", None)])
    assert features["hub_new_30d"] == 8 and features["hub_share_30d"] == pytest.approx(8 / 12)
    assert known["hub_seller_new"] == 12
    assert features["seller_to_importer_n"] == 13 and features["seller_to_importer_is_new"] == 1


def test_a_community_is_what_sellers_and_declarants_connect():
    features, _ = last([*OLD, (13, "NEW", "S", "D", None), *OTHER, (50, "NEW", "S", "D", None)])
    assert features["community_importers"] == 2
    assert features["community_age"] == 50
    assert features["community_hit_rate"] == pytest.approx((5 + 5 / 15) / 6)
    assert features["seller_two_hop_hit_rate"] == pytest.approx((2.5 + 5 / 15) / 3.5)


def test_a_missing_party_is_missing_and_never_zero():
    features, _ = last([*OLD, *OTHER, (50, "OLD", None, None, None)])
    unknown = [name for name in features.index if name.startswith(("seller", "hub", "declarant"))]
    unknown = [name for name in unknown if "two_hop" not in name]
    assert features[unknown].isna().all()
    features, _ = last([*OLD, *OTHER, (50, None, "S", "B", None)])
    assert (
        features[[n for n in features.index if "predecessors" in n or "others" in n or "community" in n]]
        .isna()
        .all()
    )


def test_every_sentence_names_only_fields_that_exist():
    check_sentences(CATALOGUE.features(), [*CATALOGUE.columns(), *CATALOGUE.fact_names()])
    for feature in CATALOGUE.features():
        assert feature.meaning and feature.unit and feature.family


def test_families_do_without_a_party_that_is_not_declared():
    community, successors = CATALOGUE.families[4], CATALOGUE.families[6]
    held = ["importer_id", "seller_id", "hs_code"]
    assert [f.name for f in community.reduced_to(held).features()][-1] == "seller_two_hop_hit_rate"
    assert successors.reduced_to(held).silence.keys == (("seller_id",),)
    assert (
        successors.reduced_to(["seller_id"]) is None
        and successors.reduced_to([*held, "declarant_id"]) is successors
    )
