"""The price filter matrix adds up what lies outside the quartiles of the peers, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from redlane.analysis.price_filter import AMOUNTS, filter_amounts, price_filter
from redlane.errors import RedlaneError
from redlane.profiles.build import build
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.prices import PriceReference
from tests.worlds import small_world

REFERENCE = PriceReference(levels=(("hs6", "origin_country"),), minimum_count=10)


@pytest.fixture(scope="module")
def world():
    return small_world(900, days=100)


@pytest.fixture(scope="module")
def profiles(world):
    return build(world, ProfileNeeds(prices=(REFERENCE,)))


def test_amounts_are_what_lacks_to_the_quartiles_times_the_quantity(world, profiles):
    rows = filter_amounts(world, profiles, REFERENCE)
    from redlane.declarations.periods import days
    from redlane.profiles.keys import KeyHashes

    cell = profiles.before("prices", REFERENCE, KeyHashes(world), days(world["registered_on"]))
    price = world["customs_value"] / world["net_mass"]
    under = np.maximum(0, np.exp(cell["q1"]) - price) * world["net_mass"]
    over = np.maximum(0, price - np.exp(cell["q3"])) * world["net_mass"]
    compared = np.isfinite(cell["q1"])
    assert compared.any() and not compared.all()
    np.testing.assert_allclose(rows["under_invoiced"][compared], under[compared], rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(rows["over_invoiced"][compared], over[compared], rtol=1e-9, atol=1e-6)
    assert rows[~compared].isna().all(axis=None)


def test_every_margin_adds_up_to_the_same_total(world, profiles):
    found = price_filter(world, profiles, REFERENCE)
    for table in (found.cells, found.origins, found.goods):
        for name in (*AMOUNTS, "declarations", "compared", "under", "over"):
            assert table[name].sum() == pytest.approx(found.total[name].iloc[0])
    assert found.total["declarations"].iloc[0] == len(world)
    assert found.cells.columns[:2].tolist() == ["hs6", "origin_country"]


def test_the_worst_cells_come_first_and_the_risk_index_is_a_share(world, profiles):
    cells = price_filter(world, profiles, REFERENCE).cells
    amount = cells["under_invoiced"] + cells["over_invoiced"]
    assert amount.is_monotonic_decreasing
    assert cells["risk_index"].tolist() == pytest.approx((amount / cells["value"]).tolist())


def test_a_planted_cell_is_found(world, profiles):
    """Shoes from DE lose two thirds of their value in the last month: that cell leads what is under-invoiced."""
    late = world["registered_on"] > pd.Timestamp("2024-03-15")
    fraud = late & (world["hs_code"] == "620343") & (world["origin_country"] == "DE")
    values = world["customs_value"].where(~fraud, world["customs_value"] / 3)
    period = world.assign(customs_value=values)[late].reset_index(drop=True)
    found = price_filter(period, profiles, REFERENCE).cells.set_index(["hs6", "origin_country"])
    assert found["under_share"].idxmax() == ("620343", "DE")
    assert found["over_share"].idxmax() != ("620343", "DE")


def test_the_order_of_rows_changes_nothing(world, profiles):
    shuffled = world.sample(frac=1, random_state=1).reset_index(drop=True)
    one, other = (price_filter(rows, profiles, REFERENCE) for rows in (world, shuffled))
    for name in ("cells", "origins", "goods", "total"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)


def test_cells_without_peers_are_missing_not_zero(world, profiles):
    strange = world.tail(3).assign(hs_code="999999").reset_index(drop=True)
    cells = price_filter(strange, profiles, REFERENCE).cells
    assert cells[["under_invoiced", "over_invoiced", "risk_index"]].isna().all(axis=None)
    assert (cells["compared"] == 0).all()


def test_an_unknown_good_is_refused(world, profiles):
    with pytest.raises(RedlaneError, match="'hs7'"):
        price_filter(world, profiles, REFERENCE, good="hs7")
