"""Fair prices withstand outliers, find them on both sides, and state what they may have cost."""

import numpy as np
import pandas as pd
import pytest

from redlane.analysis.fair_prices import FairPriceSettings, fair_prices

RNG = np.random.default_rng


def market(n=200, price=7.0, spread=0.2, seed=0, origin="CN"):
    """One market: prices spread around the given one, masses over three orders of magnitude."""
    rng = RNG(seed)
    mass = rng.lognormal(4, 1.5, n)
    return pd.DataFrame(
        {
            "hs_code": "620342",
            "origin_country": origin,
            "net_mass": mass,
            "customs_value": mass * price * np.exp(rng.normal(0, spread, n)),
            "duty_rate": 10.0,
        }
    )


def found_in(frame, **changes):
    return fair_prices(frame, FairPriceSettings(**changes))


def test_the_fair_price_is_close_to_the_true_one():
    fair = found_in(market()).markets["fair_price"].iloc[0]
    assert fair == pytest.approx(7.0, rel=0.06)


@pytest.mark.parametrize("factor", [0.1, 10.0])
def test_a_fifth_of_outliers_hardly_moves_it(factor):
    clean = market(300)
    soiled = clean.copy()
    largest = soiled["net_mass"].nlargest(60).index
    soiled.loc[largest, "customs_value"] *= factor
    before, after = (found_in(frame).markets["fair_price"].iloc[0] for frame in (clean, soiled))
    assert after == pytest.approx(before, rel=0.12)
    assert set(largest) <= set(found_in(soiled).outliers["row"])


def test_lost_duty_is_what_lacks_to_the_fair_value_times_the_rate():
    frame = market()
    frame.loc[3, "customs_value"] *= 0.05
    frame.loc[5, "customs_value"] *= 20
    found = found_in(frame)
    low, high = (found.outliers.set_index("row").loc[row] for row in (3, 5))
    fair = found.markets["fair_price"].iloc[0]
    assert low["lost_duty"] == pytest.approx((fair * frame["net_mass"][3] - frame["customs_value"][3]) * 0.1)
    assert high["excess_value"] == pytest.approx(frame["customs_value"][5] - fair * frame["net_mass"][5])
    assert low["excess_value"] == high["missing_value"] == 0
    summary = found.markets.iloc[0]
    assert (summary["low"], summary["high"]) == (1, 1)
    assert summary["lost_duty"] == pytest.approx(low["lost_duty"])
    assert summary["excess_value"] == pytest.approx(high["excess_value"])


def test_the_nominal_rate_holds_for_honest_markets():
    """1 % of markets may hold any outlier. In 120 honest ones, robust scales estimated, at most a handful do."""
    markets = pd.concat([market(100, seed=i, origin=f"O{i}") for i in range(120)], ignore_index=True)
    found = found_in(markets).markets
    assert ((found["low"] + found["high"]) > 0).sum() <= 7


def test_without_a_duty_rate_the_loss_is_missing_not_zero():
    frame = market().drop(columns="duty_rate")
    frame.loc[3, "customs_value"] *= 0.05
    found = found_in(frame)
    assert np.isnan(found.outliers["lost_duty"].iloc[0]) and np.isnan(found.markets["lost_duty"].iloc[0])
    assert found.markets["missing_value"].iloc[0] > 0


def test_small_and_constant_markets_have_no_fair_price():
    small = market(10, origin="DE")
    constant = market(50, origin="FR").assign(customs_value=lambda frame: frame["net_mass"] * 2)
    found = found_in(pd.concat([small, constant], ignore_index=True))
    wanted = ["fair_price", "spread", "low", "high", "missing_value", "lost_duty", "excess_value"]
    assert found.markets[wanted].isna().all(axis=None)
    assert not len(found.outliers)


def test_rows_without_value_or_quantity_and_empty_files_are_no_trouble():
    frame = market(60)
    frame.loc[0, "net_mass"] = 0.0
    frame.loc[1, "customs_value"] = np.nan
    assert found_in(frame).markets["declarations"].iloc[0] == 58
    assert not len(found_in(frame.head(0)).markets)


def test_prices_per_unit_are_kept_apart_by_unit():
    frame = market(120).rename(columns={"net_mass": "quantity"})
    frame["quantity_unit"] = np.where(np.arange(120) % 2, "NMB", "PAR")
    found = found_in(frame, measure="price_per_unit")
    assert sorted(found.markets["quantity_unit"]) == ["NMB", "PAR"]


def test_the_order_of_rows_changes_nothing_but_their_places():
    frame = market(150)
    frame.loc[3, "customs_value"] *= 0.05
    shuffled = frame.sample(frac=1, random_state=0)
    one, other = found_in(frame), found_in(shuffled.reset_index(drop=True))
    pd.testing.assert_frame_equal(one.markets, other.markets, check_exact=True)
    assert shuffled.index[other.outliers["row"]].tolist() == one.outliers["row"].tolist()
