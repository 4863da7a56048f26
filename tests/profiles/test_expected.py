"""Expected prices: penalised least squares the slow way, planted effects found again, and nothing of the future."""

import numpy as np
import pandas as pd
import pytest

from redlane.declarations.periods import days
from redlane.errors import RedlaneError
from redlane.hashing import MISSING, hash64
from redlane.profiles.build import Profiles, build
from redlane.profiles.expected import STEPS, Effect, ExpectedReference, Trades, estimate
from redlane.profiles.keys import KeyHashes
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.prices import log_measure
from redlane.profiles.store import append_to_store, create_store, open_store
from tests.worlds import small_world

NEED = ExpectedReference(
    trade=("importer_id", "hs4"),
    effects=(Effect(key=("hs4",), spread=1.0), Effect(key=("origin_country",), spread=0.3)),
    window_days=60,
    minimum_trades=5,
    known_within=0.8,
)
NEEDS = ProfileNeeds(expected=(NEED,))
PLAIN = ExpectedReference(
    effects=(Effect(key=("hs6",), spread=0.5), Effect(key=("origin_country",), spread=0.2)),
    spread=0.3,
    level_spread=0.25,
)


@pytest.fixture(scope="module")
def world():
    return small_world(600)


def looked_up(profiles: Profiles, frame: pd.DataFrame, need=NEED) -> dict[str, list[float]]:
    found = profiles.before("expected", need, KeyHashes(frame), days(frame["registered_on"]))
    return {name: np.nan_to_num(values, nan=-99).tolist() for name, values in found.items()}


def drawn(seed, count=400, goods=12, origins=5):
    """Trades whose levels are the sum of an effect of the good and one of the origin, and noise."""
    rng = np.random.default_rng(seed)
    good, origin = rng.integers(0, goods, count), rng.integers(0, origins, count)
    of_good, of_origin = rng.normal(0, 0.5, goods), rng.normal(0, 0.2, origins)
    level = 2.0 + of_good[good] + of_origin[origin]
    keys = [good.astype(np.uint64) + np.uint64(1), origin.astype(np.uint64) + np.uint64(1)]
    noise = rng.normal(0, 0.25, count)
    return Trades(level + noise, rng.integers(1, 30, count), keys), level


def fitted(found, keys):
    mean, *effects = found
    total = np.full(len(keys[0]), mean.effect[0])
    for of, key in zip(effects, keys, strict=True):
        total += of.effect[np.searchsorted(of.keys, key)]
    return total


def test_the_effects_are_penalised_least_squares_with_hubers_weights():
    """Normal equations of a dense matrix, solved twice."""
    trades, _ = drawn(1, count=60)
    precision = 1 / (0.25**2 + np.pi / 2 * 0.3**2 / trades.declarations)
    mean = np.average(trades.log_price, weights=precision)
    design = np.concatenate([key[:, None] == np.unique(key) for key in trades.keys], axis=1).astype(float)
    held_back = np.diag(np.repeat([0.5, 0.2], [len(np.unique(key)) for key in trades.keys]) ** -2.0)
    weight = precision
    for _ in range(2):
        normal = design.T @ (design * weight[:, None]) + held_back
        effects = np.linalg.solve(normal, design.T @ (weight * (trades.log_price - mean)))
        away = np.abs(trades.log_price - mean - design @ effects) * np.sqrt(precision)
        weight = precision * np.minimum(1, 1.5 / np.maximum(away, 1.5))
    found = estimate(trades, PLAIN)
    assert np.concatenate([of.effect for of in found[1:]]) == pytest.approx(effects, abs=1e-4)
    variance = 1 / (weight @ design + np.diag(held_back))
    assert np.concatenate([of.variance for of in found[1:]]) == pytest.approx(variance, rel=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_planted_effects_are_found_again(seed):
    """Nearer to the truth than the medians of cells are, which few trades make."""
    trades, level = drawn(seed)
    cell = pd.Series(trades.log_price).groupby([trades.keys[0], trades.keys[1]]).transform("median")
    error = np.abs(fitted(estimate(trades, PLAIN), trades.keys) - level)
    assert error.mean() < 0.07 < 0.6 * np.abs(cell - level).mean() + 0.04


def test_a_trade_counts_once_however_often_it_is_declared():
    """One of twenty traders declares a thousand times, at a fifth of the price: the norm hardly moves."""
    trades, _ = drawn(4, count=20, goods=1, origins=1)
    cheap = np.append(trades.log_price, trades.log_price.mean() - 1.6)
    keys = [np.append(key, key[0]) for key in trades.keys]
    alone = estimate(trades, PLAIN)
    dominated = estimate(Trades(cheap, np.append(trades.declarations, 1000), keys), PLAIN)
    change = fitted(dominated, keys)[0] - fitted(alone, trades.keys)[0]
    assert -0.06 < change < 0
    by_declarations = np.average(cheap, weights=[*trades.declarations, 1000]) - trades.log_price.mean()
    assert by_declarations < -1


def test_what_is_not_stated_has_no_effect():
    trades, _ = drawn(5)
    origin = trades.keys[1].copy()
    origin[::2] = MISSING
    _, _, of_origin = estimate(trades._replace(keys=[trades.keys[0], origin]), PLAIN)
    assert MISSING not in of_origin.keys and len(of_origin.keys) == 5


def test_where_no_effect_is_stated_at_all_nothing_is_expected(world):
    nothing = world.assign(hs_code=None, origin_country=None)
    assert set(looked_up(build(nothing, NEEDS), nothing)["expected"]) == {-99.0}


def test_effects_are_kept_in_whole_steps():
    for of in estimate(drawn(6)[0], PLAIN):
        assert (of.effect * STEPS == np.rint(of.effect * STEPS)).all()


def test_strangers_get_what_is_known_of_them_or_nothing(world):
    """Unknown goods: their effect is nothing and its whole spread unknown, beyond what is tolerated."""
    profiles = build(world, NEEDS)
    asked = world.tail(1).assign(registered_on=pd.Timestamp("2024-04-30")).reset_index(drop=True)
    known = looked_up(profiles, asked)
    elsewhere = looked_up(profiles, asked.assign(origin_country="XX"))
    book = profiles.tables["expected"][NEED]
    here = hash64([str(asked["origin_country"][0])])
    effect = book.effects[2].before(here, days(asked["registered_on"]))["effect"]
    assert known["expected"][0] - elsewhere["expected"][0] == pytest.approx(effect[0])
    assert elsewhere["deviation"][0] > known["deviation"][0] > np.hypot(0.3, 0.25)
    assert looked_up(profiles, asked.assign(hs_code="999999")) == {"expected": [-99.0], "deviation": [-99.0]}


def test_of_too_few_trades_nothing_is_published(world):
    need = NEED.model_copy(update={"minimum_trades": 10_000})
    found = looked_up(build(world, ProfileNeeds(expected=(need,))), world, need)
    assert set(found["expected"]) == {-99.0}


def test_order_and_deliveries_change_nothing(world, tmp_path):
    """A day that is cut in two between deliveries included."""
    whole = looked_up(build(world, NEEDS), world)
    assert set(whole["expected"]) != {-99.0}
    assert looked_up(build(world.sample(frac=1, random_state=3), NEEDS), world) == whole
    half = int(len(world) * 0.6)
    create_store(tmp_path / "s", world[:half].reset_index(drop=True), NEEDS, {"a": "1"})
    append_to_store(tmp_path / "s", world[half:].reset_index(drop=True), {"b": "2"})
    assert looked_up(open_store(tmp_path / "s"), world) == whole


def test_the_day_itself_and_later_are_invisible(world):
    day = world["registered_on"].quantile(0.7)
    past = world[world["registered_on"] < day].reset_index(drop=True)
    today = world[world["registered_on"] == day].reset_index(drop=True)
    changed = world.assign(customs_value=world["customs_value"].where(world["registered_on"] < day, 9e6))
    seen = looked_up(build(past, NEEDS), today)
    assert looked_up(build(world, NEEDS), today) == seen
    assert looked_up(build(changed, NEEDS), today) == seen


def test_what_has_left_the_window_is_forgotten(world):
    """A year later another trade publishes: of the old prices nothing is left but missing goods."""
    later = world.assign(registered_on=world["registered_on"] + pd.Timedelta(days=400), hs_code="970600")
    both = pd.concat([world, later], ignore_index=True)
    asked = world.tail(3).assign(registered_on=later["registered_on"].max()).reset_index(drop=True)
    assert set(looked_up(build(both, NEEDS), asked)["expected"]) == {-99.0}


def test_where_no_party_is_stated_a_cell_counts_as_one_trade(world):
    nobody = world.assign(importer_id=None)
    book = build(nobody, NEEDS).tables["expected"][NEED]
    assert len(np.unique(book.rows.keys[0])) == len(
        nobody.groupby([nobody.hs_code.str[:4], "origin_country"])
    )
    assert np.isfinite(log_measure(nobody, "price_per_kg")).any()


@pytest.mark.parametrize(
    "wrong", [{"trade": ["colour"]}, {"effects": [{"key": ["colour"], "spread": 1.0}]}, {"effects": []}]
)
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(RedlaneError, match=r"colour|effects"):
        ExpectedReference.parse(wrong)
