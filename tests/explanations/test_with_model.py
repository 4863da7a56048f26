"""Reasons of a real model: they add up to its margin and name what was planted."""

import numpy as np
import pandas as pd
import pytest

from redlane.explanations import Explanation, ExplanationSettings, explain
from redlane.explanations.typology import leading_groups
from redlane.features.spec import Feature
from redlane.model import LightGBMSettings, Model, TrainingData, fit_model

SPECS = (
    Feature("price_ratio", "Price ratio", "price at {value:share} of its peers", "valuation", family="price"),
    Feature("office", "Office", "the office is {value}", "behaviour", kind="category", family="codes"),
    Feature("constant", "A constant", "always {value}", "quantity", family="none"),
)


def make_features(n, seed):
    rng = np.random.default_rng(seed)
    ratio = rng.lognormal(0, 0.5, n)
    ratio[::50] = np.nan
    return pd.DataFrame({"price_ratio": ratio, "office": rng.choice(["P", "Q", "R"], n), "constant": 1.0})


def make_training(n, seed):
    features, rng = make_features(n, seed), np.random.default_rng(seed + 1)
    chance = np.where(features["price_ratio"] < 0.6, 0.8, 0.05) + 0.15 * (features["office"] == "Q")
    order = np.arange(n, dtype=np.uint64)
    return TrainingData(features, (rng.random(n) < chance).astype(float), None, None, order)


@pytest.fixture(scope="module")
def learnt() -> Model:
    settings = LightGBMSettings(
        members=1, rounds=40, min_data_in_leaf=10, early_stopping_rounds=0, revenue=None
    )
    return fit_model(make_training(2000, 1), make_training(1000, 5), SPECS, settings)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return make_features(400, 9)


@pytest.fixture(scope="module")
def told(learnt, rows) -> Explanation:
    return explain(learnt, rows, pd.DataFrame(index=rows.index), SPECS, ExplanationSettings())


def test_groups_and_base_add_up_to_the_margin_of_every_row(learnt, rows, told):
    error = told.groups.sum(axis=1) + told.base - learnt.margin(rows)
    assert np.abs(error).max() < 1e-9


def test_low_prices_are_the_first_reason_of_low_priced_rows(rows, told):
    low = np.flatnonzero(rows["price_ratio"] < 0.5)
    first = [told.reasons.rows()[row][0] for row in low]
    assert len(low) > 20
    assert {reason.code for reason in first} == {"price_ratio"}
    assert first[0].sentence == f"price at {rows['price_ratio'][low[0]] * 100:.1f} % of its peers"
    assert set(leading_groups(told.groups)[low]) == {"valuation"}


def test_a_constant_feature_moves_nothing(told):
    assert (told.groups["quantity"] == 0).all()
    assert "constant" not in set(told.reasons.code)


def test_order_and_batches_change_no_digit(learnt, rows, told):
    order = np.random.default_rng(3).permutation(len(rows))
    moved = rows.iloc[order].reset_index(drop=True)
    again = explain(learnt, moved, pd.DataFrame(index=moved.index), SPECS, ExplanationSettings(chunk_rows=37))
    assert again.groups.to_numpy().tobytes() == told.groups.to_numpy()[order].tobytes()
    expected = told.reasons.rows()
    assert again.reasons.rows() == [expected[row] for row in order]
