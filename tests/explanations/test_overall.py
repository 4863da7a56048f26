"""What moves the scores altogether: planted effects come out first, sums agree, and everything is JSON."""

import json

import numpy as np
import pandas as pd
import pytest

from redlane.explanations.overall import CLASSES, LABELS, POINTS, overall
from redlane.features.spec import Feature

SPECS = [
    Feature("strong", "Strong", "s", "valuation", unit="kg"),
    Feature("weak", "Weak", "s", "origin"),
    Feature("kind", "Kind", "s", "behaviour", kind="category"),
    Feature("idle", "Idle", "s", "identity"),
]


class Additive:
    """A model whose contributions are known."""

    def contributions(self, features, threads=None):
        strong = features["strong"].fillna(-1).to_numpy()
        kind = np.where(features["kind"] == "k1", 0.5, 0.0)
        parts = [strong, 0.1 * features["weak"].to_numpy(), kind, np.zeros(len(features))]
        return np.column_stack([*parts, np.full(len(features), -2.0)])


@pytest.fixture
def told():
    rng = np.random.default_rng(3)
    n = 600
    features = pd.DataFrame(
        {
            "strong": np.where(rng.random(n) < 0.1, np.nan, rng.normal(0, 1, n)),
            "weak": rng.normal(0, 1, n),
            "kind": rng.choice([f"k{i}" for i in range(14)], n),
            "idle": rng.random(n),
        }
    )
    return features, overall(Additive(), features, np.arange(1, n + 1) / n, SPECS)


def test_features_are_ranked_by_mean_absolute_contribution_and_idle_ones_left_out(told):
    features, found = told
    assert [row["feature"] for row in found["importance"]] == ["strong", "weak", "kind"]
    expected = features["strong"].fillna(-1).abs().mean()
    assert found["importance"][0]["mean_absolute"] == pytest.approx(expected, rel=1e-3)
    assert found["base"] == -2.0
    assert {row["group"]: row["mean_absolute"] for row in found["groups"]}["identity"] == 0.0


def test_a_swarm_shows_both_tails_and_the_class_of_each_value(told):
    _, found = told
    swarm = found["swarms"][0]
    assert len(swarm["moved"]) == POINTS == len(swarm["value_class"])
    pairs = sorted(zip(swarm["moved"], swarm["value_class"], strict=True))
    assert (pairs[0][1], pairs[-1][1]) == (0, CLASSES - 1)
    assert -1 in swarm["value_class"]
    kind = next(one for one in found["swarms"] if one["feature"] == "kind")
    assert set(kind["value_class"]) == {-1}


def test_a_dependence_follows_the_effect_and_says_what_missing_values_do(told):
    _, found = told
    strong, kind = found["dependences"][0], next(d for d in found["dependences"] if d["kind"] == "category")
    middles = [row["middle"] for row in strong["line"]]
    assert middles == sorted(middles)
    assert all(row["middle"] == pytest.approx(row["value"], abs=0.05) for row in strong["line"])
    assert strong["missing"]["moved"] == -1.0
    assert len(kind["labels"]) == LABELS + 1
    assert {row["label"]: row["middle"] for row in kind["labels"]}.get("k1", 0.5) == 0.5


def test_controls_are_counted_along_the_order_and_all_is_json(told):
    features, found = told
    counts = found["controls"]["count"]
    last = sum(rows[-1] for rows in counts.values())
    assert found["controls"]["rows"][-1] == len(features) >= last
    assert all(rows == sorted(rows) for rows in counts.values())
    json.dumps(found, allow_nan=False)
