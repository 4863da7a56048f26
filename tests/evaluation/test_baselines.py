"""The rankings beside the model."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from redlane.errors import RedlaneError
from redlane.evaluation import EvaluationSettings, Truth, evaluate, logistic
from redlane.evaluation.baselines import (
    goods_tuple,
    lookup_table,
    random_rank,
    unit_price_position,
    unit_price_rule,
    unseen_tuple,
    value_rank,
)
from redlane.evaluation.logistic import logistic_regression
from redlane.hashing import hash64

KCS = Path(__file__).parents[3] / "shared" / "data" / "kcs"


def goods(**changes):
    row = {
        "hs_code": "010121",
        "departure_country": "DE",
        "origin_country": "FR",
        "duty_rate": 8.0,
        "tax_type": "A",
        "net_mass": 2.5,
    }
    return pd.DataFrame([{**row, **changes}])


@pytest.mark.parametrize(
    "change",
    [
        {"hs_code": "010129"},
        {"departure_country": "FR"},
        {"origin_country": None},
        {"duty_rate": 8.5},
        {"tax_type": None},
        {"net_mass": np.nextafter(2.5, 3)},
        {"net_mass": np.nan},
    ],
)
def test_every_part_of_the_tuple_counts_to_the_last_bit(change):
    assert goods_tuple(goods())[0] != goods_tuple(goods(**change))[0]


@pytest.mark.parametrize("change", [{"hs_code": "0101210000"}, {"duty_rate": 8}, {"net_mass": 2.50}])
def test_spelling_of_the_same_goods_does_not_count(change):
    assert goods_tuple(goods())[0] == goods_tuple(goods(**change))[0]


def test_columns_not_in_the_file_count_as_missing_and_missing_equals_missing():
    bare = goods().drop(columns=["tax_type", "net_mass"])
    assert goods_tuple(bare)[0] == goods_tuple(goods(tax_type=None, net_mass=np.nan))[0]


def test_swapped_countries_are_other_goods():
    swapped = goods(departure_country="FR", origin_country="DE")
    assert goods_tuple(goods())[0] != goods_tuple(swapped)[0]


def test_unseen_rows_are_those_no_training_row_equals():
    test = pd.concat([goods(), goods(net_mass=9.0)], ignore_index=True)
    assert unseen_tuple(goods(), test).tolist() == [False, True]


def test_the_table_knows_training_only_and_gives_the_base_rate_to_the_unseen():
    train = pd.concat([goods(), goods(), goods(net_mass=1.0), goods(net_mass=1.0)], ignore_index=True)
    scores = lookup_table(
        train, np.array([1.0, 1.0, 0.0, np.nan]), pd.concat([train[:1], goods(net_mass=7.0)])
    )
    assert scores == pytest.approx([(2 + 2 / 3) / 3, 2 / 3])


def test_a_table_of_nothing_scores_everything_zero():
    assert lookup_table(goods(), np.array([np.nan]), goods()).tolist() == [0.0]


def test_chance_is_uniform_seeded_and_independent_of_the_tie_order():
    tie = hash64([f"D{number}" for number in range(4000)])
    chance = random_rank(tie, seed=1)
    assert np.array_equal(chance, random_rank(tie, seed=1))
    assert not np.array_equal(chance, random_rank(tie, seed=2))
    assert np.abs(np.quantile(chance, [0.1, 0.5, 0.9]) - [0.1, 0.5, 0.9]).max() < 0.03
    assert abs(np.corrcoef(chance, tie.astype(float))[0, 1]) < 0.06


def test_high_values_low_unit_prices_come_first():
    low_to_high = np.array([1.0, 2.0, 3.0])
    assert np.argmax(value_rank(low_to_high)) == 2
    assert np.argmax(unit_price_rule(low_to_high)) == 0


def test_unit_price_position_divides_before_the_logarithm_and_backs_off_to_the_hs6():
    train = pd.concat([goods(net_mass=2.0)] * 10 + [goods(origin_country="IT", net_mass=1.0)] * 3)
    train["customs_value"] = 20.0
    test = pd.concat([goods(net_mass=4.0), goods(origin_country="IT", net_mass=4.0), goods(hs_code="620342")])
    test["customs_value"] = [20.0, 20.0, 20.0]
    position = unit_price_position(train, test)
    assert position[:2] == pytest.approx([np.log(5 / 10), np.log(5 / 10)])
    assert np.isnan(position[2])


@pytest.mark.parametrize(
    ("value", "mass"), [(0.0, 1.0), (-1.0, 1.0), (1.0, 0.0), (np.nan, 1.0), (1.0, np.nan)]
)
def test_no_unit_price_without_a_value_and_a_mass(value, mass, recwarn):
    row = goods(net_mass=mass).assign(customs_value=value)
    assert np.isnan(unit_price_position(row, row, least=1)).all()
    assert not recwarn.list


def features(n, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"amount": rng.normal(size=n), "noise": rng.normal(size=n), "unknown": np.nan})
    frame["mode"] = pd.Series(rng.choice(["sea", "air", "post"], n)).where(rng.random(n) > 0.1)
    frame.loc[rng.random(n) < 0.1, "amount"] = np.nan
    odds = frame["amount"].fillna(1.0) + 2 * (frame["mode"] == "post")
    return frame, (rng.random(n) < 1 / (1 + np.exp(1 - odds))).astype(float)


@pytest.fixture
def full_length(monkeypatch):
    monkeypatch.setattr(logistic, "ITERATIONS", 200)


@pytest.mark.usefixtures("full_length")
def test_logistic_regression_finds_what_is_linear_in_numbers_text_and_missingness(recwarn):
    train, outcome = features(3000)
    test, expected = features(1000, seed=1)
    scores = logistic_regression(train, outcome, test)
    assert np.corrcoef(scores, expected)[0, 1] > 0.4
    assert scores[test["mode"] == "post"].mean() > scores[test["mode"] == "sea"].mean() + 0.2
    assert abs(scores.mean() - expected.mean()) < 0.05
    assert not recwarn.list


@pytest.mark.usefixtures("full_length")
def test_logistic_regression_is_deterministic_and_survives_the_unseen():
    train, outcome = features(500)
    test = features(50, seed=2)[0].assign(mode="drone")
    test.loc[0, "amount"] = np.inf
    scores = logistic_regression(train, outcome, test)
    assert np.isfinite(scores).all()
    assert np.array_equal(scores, logistic_regression(train, outcome, test))


@pytest.mark.usefixtures("full_length")
def test_logistic_regression_leaves_out_rows_without_an_outcome():
    train, outcome = features(500)
    half = np.where(np.arange(500) < 250, outcome, np.nan)
    scores = logistic_regression(train, half, train)
    assert np.array_equal(scores, logistic_regression(train[:250], outcome[:250], train))


def test_logistic_regression_without_both_outcomes_gives_the_base_rate():
    train, _ = features(20)
    assert set(logistic_regression(train, np.ones(20), train)) == {1.0}


def test_logistic_regression_names_a_missing_feature():
    train, outcome = features(50)
    with pytest.raises(RedlaneError, match="lack the feature 'noise'"):
        logistic_regression(train, outcome, train.drop(columns="noise"))


@pytest.mark.skipif(not KCS.is_dir(), reason="the KCS files are not beside the checkout")
def test_the_look_up_table_shows_the_leak_of_the_published_split():
    train, test = (kcs_goods(name) for name in ("train", "test"))
    outcome = test["Fraud"].to_numpy(dtype=float)
    rows = len(test)
    truth = Truth(outcome, None, False, np.arange(rows), hash64(test["Declaration ID"].tolist()))
    table = {"table": lookup_table(train, train["Fraud"].to_numpy(dtype=float), test)}
    settings = EvaluationSettings(bootstrap_repeats=0)
    found, unseen = evaluate(table, truth, settings), unseen_tuple(train, test)
    assert found.get("table", "precision", 0.05).value == pytest.approx(0.998, abs=0.001)
    assert found.get("table", "precision", 0.10).value == pytest.approx(0.991, abs=0.002)
    assert unseen.sum() == 1558
    honest = evaluate({"table": table["table"][unseen]}, truth.where(unseen), settings)
    assert honest.get("table", "roc_auc").value == 0.5


def kcs_goods(name):
    names = {
        "HS6 Code": "hs_code",
        "Country of Departure": "departure_country",
        "Country of Origin": "origin_country",
        "Tax Rate": "duty_rate",
        "Tax Type": "tax_type",
        "Net Mass": "net_mass",
    }
    text = {"HS6 Code": str, "Declaration ID": str}
    frame = pd.read_csv(KCS / f"{name}.csv", dtype=text, keep_default_na=False, na_values=[""])
    return frame.rename(columns=names)
