"""Planted phoenix firms and hubs are found by the features of the network alone, without learning anything.

The worlds inspect 30 declarations in a hundred instead of 8: what is tried is whether known outcomes of predecessors
reach their successors, so there must be known outcomes. Honest businesses that go on under a new id are in every world.
"""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from redlane.declarations.synthetic.generate import generate
from redlane.declarations.synthetic.settings import SyntheticSettings, TypologyShares
from redlane.features.catalogue import FeatureSettings, build, facts
from redlane.profiles.build import build as build_profiles

PAIR = "seller_x_declarant"
FEATURES = FeatureSettings.parse(
    {
        "families": [
            {"family": "neighbours", "key": ["seller_id", "declarant_id"]},
            {"family": "hub"},
            {"family": "successors"},
        ]
    },
    "features",
)


def world(phoenix, seed):
    nothing = dict.fromkeys(TypologyShares.model_fields, 0.0)
    return pd.concat(
        generate(
            SyntheticSettings(
                seed=seed,
                weeks=44,
                declarations_per_week=300,
                importers=300,
                sellers=250,
                brokers=25,
                carriers=40,
                goods=150,
                inspection_rate=0.3,
                restructuring_share=0.03,
                typologies=TypologyShares(**{**nothing, "phoenix": phoenix}),
            )
        ),
        ignore_index=True,
    )


def seen(frame):
    """Features and facts of the rows after a burn-in of 90 days."""
    profiles = build_profiles(frame, FEATURES.needs())
    later = (frame["registered_on"] - frame["registered_on"].min()).dt.days > 90
    rows = frame[later].reset_index(drop=True)
    return rows, build(rows, profiles, FEATURES), facts(rows, profiles, FEATURES)


@pytest.fixture(scope="module")
def planted():
    return seen(world(0.012, seed=1))


@pytest.fixture(scope="module")
def honest_world():
    return world(0.0, seed=2)


@pytest.fixture(scope="module")
def innocent(honest_world):
    return seen(honest_world)


def test_phoenix_rows_rank_above_honest_ones(planted):
    rows, features, known = planted
    phoenix, honest = rows["typology"].eq("phoenix"), rows["typology"].eq("honest")
    with_outcomes = known[f"{PAIR}_silent_inspected"] > 0
    kept = honest | (phoenix & with_outcomes)
    assert (phoenix & with_outcomes).sum() > 60
    for name in ("successor_risk", f"{PAIR}_predecessors_hit_rate"):
        assert roc_auc_score(phoenix[kept], features[name][kept]) >= 0.9, name


def test_following_a_silent_importer_is_seen_without_any_outcome(planted):
    rows, features, _ = planted
    phoenix = rows["typology"].eq("phoenix")
    kept = phoenix | rows["typology"].eq("honest")
    assert roc_auc_score(phoenix[kept], features[f"{PAIR}_predecessors_n"][kept]) >= 0.9


def test_what_was_found_tells_a_phoenix_from_an_honest_successor(planted):
    rows, features, _ = planted
    follows = features[f"{PAIR}_predecessors_n"] > 0
    kept = follows & rows["typology"].isin(["phoenix", "honest"])
    honest = ~rows["importer_id"].isin(rows.loc[rows["typology"].eq("phoenix"), "importer_id"])
    kept &= rows["typology"].eq("phoenix") | honest
    assert (kept & honest).sum() > 100
    assert (
        roc_auc_score(rows["typology"][kept].eq("phoenix"), features[f"{PAIR}_predecessors_hit_rate"][kept])
        >= 0.85
    )


def alarms(known, features):
    """Young importers whose predecessors were found irregular more often than chance allows, at 1 in 20."""
    from scipy.stats import binom

    hits, inspected = known[f"{PAIR}_silent_hits"], known[f"{PAIR}_silent_inspected"]
    chance = binom.sf(hits - 1, inspected, known["base_rate"])
    follows = (features[f"{PAIR}_predecessors_n"] > 0) & (inspected > 0)
    return follows, follows & (chance <= 0.05)


def by_importer(rows, follows, alarm):
    each = pd.DataFrame({"importer": rows["importer_id"], "follows": follows, "alarm": alarm})
    last = each[each["follows"]].groupby("importer")["alarm"].last()
    return last


def test_without_the_scheme_hardly_anything_is_raised(innocent):
    rows, features, known = innocent
    each = by_importer(rows, *alarms(known, features))
    assert len(each) > 25
    nominal = 0.05 * len(each)
    assert each.sum() <= nominal + 2 * np.sqrt(nominal)


def test_with_the_scheme_most_phoenix_firms_are_raised(planted):
    rows, features, known = planted
    each = by_importer(rows, *alarms(known, features))
    phoenix = set(rows.loc[rows["typology"].eq("phoenix"), "importer_id"])
    assert each[each.index.isin(phoenix)].mean() > 0.5
    assert each[~each.index.isin(phoenix)].mean() < 0.25


def test_a_planted_hub_stands_out(honest_world):
    """Thirty new importers reach one small seller through one declarant within two months."""
    frame = honest_world.copy()
    days = (frame["registered_on"] - frame["registered_on"].min()).dt.days
    rng = np.random.default_rng(0)
    at = rng.permutation(frame.index[(days > 180) & (days < 240)])[:90]
    seller, declarant = (
        frame["seller_id"].value_counts().index[-1],
        frame["declarant_id"].value_counts().index[-1],
    )
    frame.loc[at, "importer_id"] = [f"SHELL{number}" for number in rng.integers(0, 30, len(at))]
    frame.loc[at, ["seller_id", "declarant_id"]] = [seller, declarant]
    rows, features, _ = seen(frame)
    shell = rows["importer_id"].str.startswith("SHELL")
    assert roc_auc_score(shell, features["hub_new_90d"]) >= 0.9
    score = features["hub_new_90d"].fillna(0) * features["hub_share_90d"].fillna(0)
    assert shell[score.nlargest(40).index].mean() > 0.9
