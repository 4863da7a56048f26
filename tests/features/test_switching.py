"""Another subheading than usual: slips made by hand, the definition again, and what comes later."""

import numpy as np
import pandas as pd
import pytest

from redlane.features.catalogue import FeatureSettings, build
from redlane.profiles.build import build as build_profiles
from redlane.profiles.keys import KeyHashes
from tests.headings import heading, late, together, trade

PRICE = {
    "effects": [{"key": ["hs4"], "spread": 1.0}, {"key": ["hs6"], "spread": 1.0}],
    "spread": 0.2,
    "level_spread": 0.1,
}
MASS = {**PRICE, "measure": "mass_per_unit", "known_within": 1.0}
SWITCHING = {"family": "switching", "amounts": [PRICE]}
SHARE, ODDS = "importer_x_seller_other_subheading_share", "importer_x_seller_other_subheading_log_odds"


def made(world, family=SWITCHING):
    settings = FeatureSettings.parse({"families": [family]})
    profiles = build_profiles(world, settings.needs())
    return build(world, profiles, settings), profiles, settings


def usual(n=20, **values):
    """Earlier declarations of one pair under 620343: 40 per kg."""
    plain = {"hs_code": "620343", "duty_rate": 25.0, "importer_id": "Z", "seller_id": "S", "net_mass": 100.0}
    return trade(n, 60, 10, **{**plain, "customs_value": 4000.0, **values})


def test_a_slip_into_a_neighbouring_subheading_stands_out():
    """The goods and the price of 620343, under 620390; beside it the same code by a pair that always names it."""
    slip = late(hs_code="620390", customs_value=4000.0)
    always = usual(hs_code="620390", importer_id="Y", customs_value=1000.0)
    honest = late(hs_code="620390", importer_id="Y", customs_value=1000.0)
    found = made(together(heading(), usual(), always, slip, honest))[0].iloc[-2:]
    assert found[SHARE].tolist() == [1.0, 0.0]
    assert found[ODDS].iloc[0] > np.log(20) + 2 and found[ODDS].iloc[1] < -2
    assert found["other_subheading_fit"].iloc[0] > 2 and abs(found["other_subheading_fit"].iloc[1]) < 0.1


def test_a_dearer_code_than_usual_is_a_switch_as_well():
    """Nobody gains by it: what misclassification leaves out."""
    before = usual(hs_code="620342", duty_rate=5.0, customs_value=1000.0)
    found = made(together(heading(), before, late(hs_code="620343", duty_rate=25.0)))[0].iloc[-1]
    assert found[SHARE] == 1.0 and found[ODDS] > np.log(20) + 2


def test_the_log_odds_are_fit_and_history_of_the_best_subheading():
    """Again by hand: t-densities about the expected prices, and counts of the pair."""
    world = together(heading(), usual(7), usual(2, hs_code="620390"), late(customs_value=2000.0))
    found, profiles, settings = made(world)
    (need,) = settings.families[0].amounts
    row = world.tail(1).reset_index(drop=True)
    day = row["registered_on"].to_numpy("datetime64[D]").astype(int)
    book, density = profiles.tables["expected"][need], {}
    for code in ("620342", "620343", "620390"):
        of = book.before(KeyHashes(row.assign(hs_code=code)), day)
        z = (np.log(20) - of["expected"][0]) / of["deviation"][0]
        density[code] = -2.5 * np.log1p(z * z / 4) - np.log(of["deviation"][0])
    fit = {code: density[code] - density["620342"] for code in ("620343", "620390")}
    odds = max(fit["620343"] + np.log(7.3 / 1), fit["620390"] + np.log(2.3 / 1))
    assert found[ODDS].iloc[-1] == pytest.approx(odds, abs=1e-6)
    assert found["other_subheading_fit"].iloc[-1] == pytest.approx(max(fit.values()), abs=1e-6)
    assert found[SHARE].iloc[-1] == 1.0


def test_masses_of_a_unit_speak_as_well():
    """Units of 620343 weigh eight times those of 620342; prices per kg are the same."""
    one, two = (trade(80, 0, 60, i, quantity_unit="NMB") for i in range(2))
    world = together(
        one.assign(hs_code="620342", quantity=one.net_mass),
        two.assign(hs_code="620343", quantity=two.net_mass / 8),
        late(quantity_unit="NMB", quantity=100.0 / 8),
        late(quantity_unit="NMB", quantity=100.0),
    )
    fit = made(world, {**SWITCHING, "amounts": [PRICE, MASS]})[0]["other_subheading_fit"].iloc[-2:]
    assert fit.iloc[0] > 3 and fit.iloc[1] < -3
    assert np.abs(made(world)[0]["other_subheading_fit"].iloc[-2:]).max() < 1


def test_without_history_or_sibling_it_says_so():
    found = made(together(heading(), late(importer_id="NEW"), late(hs_code="010121", importer_id="NEW")))[0]
    assert found[SHARE].iloc[-2:].isna().all()
    assert np.isfinite(found[ODDS].iloc[-2]) and np.isnan(found[ODDS].iloc[-1])


def test_what_comes_later_changes_nothing():
    world = together(heading(), usual(), late(hs_code="620390"))
    day = world["registered_on"].iloc[-1]
    changed = together(world, usual(50, registered_on=day, hs_code="620390"))
    before, after = made(world)[0].iloc[-1], made(changed)[0].iloc[len(world) - 1]
    pd.testing.assert_series_equal(before, after, check_names=False, check_exact=True)


def test_it_shrinks_to_the_columns_there_are():
    (family,) = FeatureSettings.parse({"families": [{**SWITCHING, "amounts": [PRICE, MASS]}]}).families
    there = set(family.columns())
    assert family.reduced_to(there - {"seller_id"}).keys == (("importer_id",),)
    assert len(family.reduced_to(there - {"quantity"}).amounts) == 1
    assert family.reduced_to(there - {"hs_code"}) is None
