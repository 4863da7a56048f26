"""Reference prices: quartiles of the past window, published on a fixed grid, backing off to coarser cells."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.declarations.periods import days
from redlane.hashing import hash64
from redlane.profiles.build import Profiles, build
from redlane.profiles.grid import publication_days
from redlane.profiles.keys import KeyHashes
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.prices import PriceReference, log_measure
from tests.worlds import small_world

REFERENCE = PriceReference(levels=(("hs6", "origin_country"), ("hs6",)), window_days=60, minimum_count=12)
NAMES = ("n", "importers", "q1", "median", "q3", "mad", "level")


def book(world, reference=REFERENCE):
    return build(world, ProfileNeeds(prices=(reference,))).tables["prices"][reference]


def looked_up(world, reference=REFERENCE):
    return book(world, reference).before(KeyHashes(world), days(world["registered_on"]))


def dominated(seed=0, n=500):
    """A small world in which importer I0 makes about half of all declarations, and some importers are unknown."""
    world = small_world(n, seed=seed, days=110)
    rng = np.random.default_rng(seed)
    world["importer_id"] = np.where(rng.random(n) < 0.5, "I0", world["importer_id"])
    return world.assign(importer_id=world["importer_id"].where(rng.random(n) > 0.05, None))


def by_hand(world, row, reference):
    """The definition, read off METHODS: rows of the window that ends on the last publication day before."""
    day = days(world["registered_on"])
    published = [
        p
        for p in publication_days(int(day.min()) - 1, int(day.max()), reference.publish_every_days)
        if p < day[row]
    ]
    if not published:
        return None
    window = (day <= published[-1]) & (day > published[-1] - reference.window_days)
    price = log_measure(world, reference.measure)
    for number, level in enumerate(reference.levels):
        columns = {"hs6": "hs_code"}
        same = np.logical_and.reduce(
            [world[columns.get(p, p)] == world[columns.get(p, p)].iloc[row] for p in level]
        )
        cell = world[window & same & np.isfinite(price)].index
        if len(cell) < reference.minimum_count:
            continue
        own = (world["importer_id"][cell] == world["importer_id"][row]).to_numpy()
        if reference.leaves_out(level) and own.any() and own.sum() >= reference.dominant_share * len(cell):
            cell = cell[~own]
        if len(cell) >= reference.minimum_count:
            x = price[cell]
            importers = world["importer_id"][cell].nunique() if reference.dominant_share else np.nan
            q1, median, q3 = np.quantile(x, [0.25, 0.5, 0.75])
            return len(x), importers, q1, median, q3, np.median(np.abs(x - median)), number
    return None


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("measure", ["price_per_kg", "mass_per_unit", "value"])
def test_cells_are_what_the_definition_says(share, measure):
    world = dominated()
    reference = REFERENCE.model_copy(update={"dominant_share": share, "measure": measure})
    if measure == "mass_per_unit":
        world["quantity_unit"] = "NMB"
    cell = looked_up(world, reference)
    checked = 0
    for row in range(0, len(world), 7):
        expected = by_hand(world, row, reference)
        found = [cell[name][row] for name in NAMES]
        if expected is None:
            assert np.isnan(found).all()
        else:
            checked += 1
            assert found == pytest.approx(expected, abs=1e-9, nan_ok=True)
    assert checked > 20


def test_without_skewness_the_medcouple_alone_is_missing():
    world = dominated()
    with_it, without = (looked_up(world, REFERENCE.model_copy(update={"skewness": s})) for s in (True, False))
    assert np.isnan(without.pop("medcouple")).all() and np.isfinite(with_it.pop("medcouple")).any()
    for name, values in with_it.items():
        assert np.array_equal(values, without[name], equal_nan=True), name


def test_a_dominant_importer_does_not_define_its_own_norm():
    """Half of a cell at a tenth of the price: compared with the cell it is usual, compared with others it is not."""
    world = small_world(400, days=50).assign(
        hs_code="620342", origin_country="CN", net_mass=1.0, customs_value=10.0
    )
    world["importer_id"] = np.where(np.arange(400) % 2, "CHEAP", world["importer_id"])
    noise = np.random.default_rng(1).lognormal(0, 0.1, 400)
    world["customs_value"] = np.where(world["importer_id"] == "CHEAP", 1.0, 10.0) * noise
    last = world["registered_on"] == world["registered_on"].max()
    cheap = (last & (world["importer_id"] == "CHEAP")).to_numpy()
    median = looked_up(world)["median"]
    assert np.exp(median[cheap]) == pytest.approx(10, rel=0.05)
    everybody = looked_up(world, REFERENCE.model_copy(update={"dominant_share": 0.0}))["median"]
    assert (np.exp(everybody[cheap]) < 9).all()


def test_where_only_a_dominant_importer_trades_it_is_compared_one_level_up():
    own = small_world(80, days=50).assign(hs_code="620342", origin_country="CN", importer_id="I0")
    others = small_world(80, seed=1, days=50).assign(hs_code="620342", origin_country="DE")
    world = pd.concat([own, others], ignore_index=True).sort_values("registered_on", ignore_index=True)
    late = world["registered_on"] > pd.Timestamp("2024-02-10")
    cell = looked_up(world)
    mine = (late & (world["importer_id"] == "I0") & (world["origin_country"] == "CN")).to_numpy()
    assert mine.any() and (cell["level"][mine] == 1).all()
    stranger = world.assign(importer_id="NEW")
    seen = book(world).before(KeyHashes(stranger), days(stranger["registered_on"]))
    assert (seen["level"][mine] == 0).all()


def test_without_an_importer_column_everybody_is_compared_with_everybody():
    world = small_world(300).drop(columns="importer_id")
    reference = REFERENCE.model_copy(update={"dominant_share": 0.0})
    assert "importer_id" not in reference.columns()
    assert np.isfinite(looked_up(world, reference)["median"]).any()


def test_a_cell_whose_window_has_emptied_says_nothing_any_more():
    """Goods traded in January only; a year later there are newer publications, though none of these goods."""
    old = small_world(60, days=20).assign(hs_code="620342", origin_country="CN")
    later = small_world(60, seed=1, days=20).assign(hs_code="870323")
    later["registered_on"] = later["registered_on"] + pd.Timedelta(days=365)
    world = pd.concat([old, later], ignore_index=True)
    question = old.tail(1).assign(declaration_id="Q", importer_id="NEW")
    for day, known in (("2024-01-29", True), ("2025-01-20", False)):
        asked = question.assign(registered_on=pd.Timestamp(day)).reset_index(drop=True)
        cell = book(world).before(KeyHashes(asked), days(asked["registered_on"]))
        assert np.isfinite(cell["median"]).all() == known, day


def test_nothing_of_the_day_itself_is_published_before_it():
    world = small_world(400, days=60)
    day = world["registered_on"].max()
    changed = world.assign(customs_value=world["customs_value"].where(world["registered_on"] < day, 1e6))
    for name, values in looked_up(world).items():
        np.testing.assert_array_equal(values, looked_up(changed)[name])


def test_any_cell_can_be_asked_for_under_its_own_key():
    world = small_world(500, days=110)
    held = book(world)
    day = days(world["registered_on"])
    own = held.cell(1, KeyHashes(world).of(("hs6",)), day)
    sibling = held.cell(1, hash64(["620343"] * len(world)), day)
    rows = (world["hs_code"] == "620343").to_numpy()
    for name, values in own.items():
        np.testing.assert_array_equal(values[rows], sibling[name][rows])
    assert np.isfinite(sibling["median"][~rows]).any()


def test_unit_price_divides_before_the_logarithm():
    frame = pd.DataFrame({"customs_value": [100.0], "net_mass": [10.0]})
    assert log_measure(frame, "price_per_kg")[0] == pytest.approx(np.log(10.0))


def test_no_price_without_positive_value_and_quantity():
    frame = pd.DataFrame({"customs_value": [0.0, -1, 5, np.nan, 5], "net_mass": [1.0, 1, 0, 1, np.nan]})
    assert np.isnan(log_measure(frame, "price_per_kg")).all()


@given(st.integers(1, 4), st.sampled_from([0.0, 0.3]))
@settings(max_examples=8)
def test_deliveries_by_day_make_the_same_book_as_the_whole(parts, share):
    world = dominated(seed=parts, n=300)
    reference = REFERENCE.model_copy(update={"dominant_share": share, "window_days": 30, "minimum_count": 6})
    day = days(world["registered_on"])
    edges = np.quantile(day, np.linspace(0, 1, parts + 1)).astype(int)
    needs, known = ProfileNeeds(prices=(reference,)), None
    for low, high in pairwise([-1, *edges[1:].tolist()]):
        piece = world[(day > low) & (day <= high)].sample(frac=1, random_state=parts)
        added = build(piece.reset_index(drop=True), needs, earlier=known)
        known = added if known is None else Profiles.merge([known, added])
    whole = looked_up(world, reference)
    again = known.tables["prices"][reference].before(KeyHashes(world), day)
    for name, values in whole.items():
        np.testing.assert_array_equal(values, again[name])


def test_quantity_cells_are_kept_apart_by_unit():
    for measure in ("price_per_unit", "mass_per_unit"):
        assert PriceReference(measure=measure).key(("hs6",)) == ("hs6", "quantity_unit")
