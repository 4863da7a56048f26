"""Reference prices: quartiles of the past window, published on a fixed grid, backing off to coarser cells."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.declarations.periods import days
from redlane.profiles.build import Profiles, build
from redlane.profiles.keys import KeyHashes
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.pricebook import publication_days
from redlane.profiles.prices import PriceReference, log_measure
from tests.worlds import small_world

REFERENCE = PriceReference(levels=(("hs6", "origin_country"), ("hs6",)), window_days=60, minimum_count=12)


def _book(world):
    return build(world, ProfileNeeds(prices=(REFERENCE,))).prices[REFERENCE]


def _by_hand(world, row):
    """The definition, read off METHODS: rows of the window that ends on the last publication day before."""
    day = days(world["registered_on"])
    published = [p for p in publication_days(int(day.min()) - 1, int(day.max()), REFERENCE) if p < day[row]]
    if not published:
        return None
    window = (day <= published[-1]) & (day > published[-1] - 60)
    price = log_measure(world, "price_per_kg")
    for number, level in enumerate(REFERENCE.levels):
        columns = {"hs6": "hs_code"}
        same = np.logical_and.reduce(
            [world[columns.get(p, p)] == world[columns.get(p, p)].iloc[row] for p in level]
        )
        cell = price[window & same & np.isfinite(price)]
        if len(cell) >= 12:
            q1, median, q3 = np.quantile(cell, [0.25, 0.5, 0.75])
            return len(cell), q1, median, q3, np.median(np.abs(cell - median)), number
    return None


def test_cells_are_what_the_definition_says():
    world = small_world(500, days=110)
    cell = _book(world).before(KeyHashes(world), days(world["registered_on"]))
    names = ("n", "q1", "median", "q3", "mad", "level")
    checked = 0
    for row in range(0, len(world), 9):
        expected = _by_hand(world, row)
        found = [cell[name][row] for name in names]
        if expected is None:
            assert np.isnan(found).all()
        else:
            checked += 1
            assert found == pytest.approx(expected, abs=1e-9)
    assert checked > 20


def test_unit_price_divides_before_the_logarithm():
    frame = pd.DataFrame({"customs_value": [100.0], "net_mass": [10.0]})
    assert log_measure(frame, "price_per_kg")[0] == pytest.approx(np.log(10.0))


def test_no_price_without_positive_value_and_quantity():
    frame = pd.DataFrame({"customs_value": [0.0, -1, 5, np.nan, 5], "net_mass": [1.0, 1, 0, 1, np.nan]})
    assert np.isnan(log_measure(frame, "price_per_kg")).all()


@given(st.integers(1, 4))
def test_deliveries_by_day_make_the_same_book_as_the_whole(parts):
    world = small_world(300, seed=parts)
    day = days(world["registered_on"])
    delivery = pd.qcut(day, parts, labels=False) if parts > 1 else np.zeros(len(day))
    needs, known = ProfileNeeds(prices=(REFERENCE,)), None
    for _, piece in world.groupby(delivery):
        added = build(piece.reset_index(drop=True), needs, earlier=known)
        known = added if known is None else Profiles.merge([known, added])
    whole = _book(world).before(KeyHashes(world), day)
    again = known.prices[REFERENCE].before(KeyHashes(world), day)
    for name, values in whole.items():
        np.testing.assert_array_equal(values, again[name])


def test_quantity_cells_are_kept_apart_by_unit():
    assert PriceReference(measure="price_per_unit").key(("hs6",)) == ("hs6", "quantity_unit")
