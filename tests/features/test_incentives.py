"""The incentive to misclassify, and the incentive to declare another origin: cases made by hand, and the slow way."""

import numpy as np
import pandas as pd
import pytest

from redlane.features.catalogue import FeatureSettings, build, facts
from redlane.profiles.build import build as build_profiles
from tests.headings import FIRST, heading, late, together, trade
from tests.worlds import small_world

REFERENCE = {
    "effects": [{"key": ["hs4"], "spread": 1.0}, {"key": ["hs6"], "spread": 1.0}],
    "spread": 0.2,
    "level_spread": 0.1,
}
CLASSIFICATION = {"family": "misclassification", "reference": REFERENCE}
ORIGIN = {"family": "origin_incentive", "recent": 30, "earlier": 60}


def features(world, *families):
    settings = FeatureSettings.parse({"families": list(families)})
    return build(world, build_profiles(world, settings.needs()), settings)


def test_the_dearest_sibling_and_the_one_the_price_fits():
    found = features(
        together(heading(), late(customs_value=4000.0), late(), late(hs_code="620343", duty_rate=25.0)),
        CLASSIFICATION,
    ).iloc[-3:]
    assert found["sibling_rate_gap"].tolist() == pytest.approx([20.0, 20.0, 0.0])
    fit = found["sibling_price_fit"].to_numpy()
    assert fit[0] > 2 > fit[1] and np.isnan(fit[2])
    assert found["sibling_fitting_gap"].tolist() == pytest.approx([20.0, 7.0, 0.0])
    stake = found["sibling_duty_at_stake"].to_numpy()
    assert 600 < stake[0] <= 800 and 0 < stake[1] < 70 and stake[2] == 0


def test_preferences_and_additional_duties_do_not_move_the_usual_rate():
    odd = trade(60, 0, 60, 9, hs_code="620343", duty_rate=70.0, tax_type="ADD")
    lifted = trade(60, 0, 60, 8, hs_code="620342", duty_rate=0.0, tax_type="PRF", preference_claimed=1.0)
    found = features(together(heading(), odd, lifted, late()), CLASSIFICATION).iloc[-1]
    assert found["sibling_rate_gap"] == pytest.approx(20.0)
    without = features(together(heading(), odd, lifted, late()), {**CLASSIFICATION, "full_rates": []}).iloc[
        -1
    ]
    assert without["sibling_rate_gap"] > 30


def test_nothing_is_at_stake_where_a_preference_lifts_the_whole_duty():
    free = late(customs_value=4000.0, duty_rate=0.0, tax_type="PRF", preference_claimed=1.0)
    found = features(together(heading(), free), CLASSIFICATION).iloc[-1]
    assert found["sibling_rate_gap"] == pytest.approx(20.0)
    assert found["sibling_duty_at_stake"] == 0.0


def test_a_pair_that_used_a_dearer_sibling_before_stands_out():
    other = trade(6, 60, 10, hs_code="620343", duty_rate=25.0, importer_id="Z", seller_id="S", net_mass=100.0)
    before = other.assign(customs_value=4000.0)
    world = together(heading(), before, late(customs_value=4000.0), late(customs_value=4000.0, seller_id="T"))
    found = features(world, CLASSIFICATION).iloc[-2:].reset_index(drop=True)
    stem = "importer_x_seller_dearer"
    usual = 160 / 240
    assert found[f"{stem}_share"].tolist() == pytest.approx([(6 + 2 * usual) / 8, usual], rel=0.02)
    assert found[f"{stem}_price_fit"][0] == pytest.approx(np.log(4), abs=0.1)
    assert np.isnan(found[f"{stem}_price_fit"][1])
    odds = found[f"{stem}_log_odds"]
    assert odds[0] - odds[1] == pytest.approx(np.log(6.3 / 0.3))


def test_a_residual_code_after_a_specific_one():
    before = trade(3, 60, 10, hs_code="620343", duty_rate=25.0, importer_id="Z", seller_id="S")
    world = together(heading(), before, late(hs_code="620390"), late(), late(hs_code="620390", seller_id="T"))
    found = features(world, CLASSIFICATION)["importer_x_seller_residual_code"].iloc[-3:]
    assert found.tolist() == pytest.approx([1.0, 0.0, np.nan], nan_ok=True)


def test_a_sibling_first_seen_on_the_same_day_is_no_sibling_yet():
    one = trade(40, 0, 60, hs_code="620342", duty_rate=5.0)
    today = late(hs_code="620343", duty_rate=25.0)
    found = features(
        together(one, today, late(), late(registered_on=today.registered_on[0] + pd.Timedelta(days=1))),
        CLASSIFICATION,
    )
    assert np.isnan(found["sibling_rate_gap"].iloc[-2])
    assert found["sibling_rate_gap"].iloc[-1] == pytest.approx(20.0)


def test_what_a_preference_saves():
    free = {"duty_rate": 0.0, "tax_type": "PRF", "preference_claimed": 1.0}
    world = together(heading(), late(**free), late(**free, departure_country="HK"), late())
    found = features(world, ORIGIN).iloc[-3:]
    assert found["preference_margin"].tolist() == pytest.approx([5.0, 5.0, 0.0])
    assert found["preference_margin_elsewhere"].tolist() == pytest.approx([0.0, 5.0, 0.0])
    assert found["preference_margin_value"].tolist() == pytest.approx([50.0, 50.0, 0.0])


def dumped():
    """Goods of 620342 from CN bear an additional duty from day 60 on; the trade moves to VN and HK."""
    return together(
        trade(120, 0, 60, 1, hs_code="620342", duty_rate=5.0),
        trade(30, 0, 60, 2, hs_code="620342", duty_rate=5.0, origin_country="VN", departure_country="VN"),
        trade(10, 60, 30, 3, hs_code="620342", duty_rate=35.0, tax_type="ADD"),
        trade(60, 60, 30, 4, hs_code="620342", duty_rate=5.0, origin_country="VN", departure_country="HK"),
    )


def test_an_additional_duty_that_another_origin_avoids():
    rows = [
        late(origin_country="VN", departure_country="HK", importer_id="I3"),
        late(origin_country="VN", departure_country="HK"),
        late(duty_rate=35.0, tax_type="ADD"),
        late(hs_code="870323", origin_country="VN"),
    ]
    world = together(dumped(), *(row.assign(registered_on=FIRST + pd.Timedelta(days=95)) for row in rows))
    found = features(world, ORIGIN).iloc[-4:].reset_index(drop=True)
    assert found["additional_duty_avoided"].tolist() == pytest.approx([30.0, 30.0, 0.0, 0.0])
    assert found["additional_duty_left"].tolist() == pytest.approx([30.0, 0.0, 0.0, 0.0])
    assert found["additional_duty_value"].tolist() == pytest.approx([300.0, 300.0, 0.0, 0.0])
    days = found["additional_duty_days"]
    assert 30 <= days[0] <= 35 and days[2:].isna().all()
    assert found["origin_share_shift"][0] > 0.5 > -0.5 > found["additional_origin_share_shift"][0]
    assert found["importer_x_hs4_new_origin"].tolist()[0] == 0.0
    assert np.isnan(found["importer_x_hs4_new_origin"][1])
    assert found["hs4_x_departure_own_origin_share"][0] == pytest.approx(1 / 62)


def test_the_origin_with_the_additional_duty_is_named_to_the_officer():
    world = together(dumped(), late(origin_country="VN").assign(registered_on=FIRST + pd.Timedelta(days=95)))
    settings = FeatureSettings.parse({"families": [ORIGIN]})
    known = facts(world, build_profiles(world, settings.needs()), settings).iloc[-1]
    assert known["additional_origin"] == "CN" and known["additional_rate"] == pytest.approx(35.0)
    assert known["ordinary_rate"] == pytest.approx(5.0)


@pytest.fixture(scope="module")
def world():
    return small_world(300).assign(tax_type=lambda f: np.where(f.index % 9 == 0, "ADD", f.tax_type))


@pytest.mark.parametrize("column", ["hs_code", "origin_country", "duty_rate"])
def test_missing_columns_are_missing_values_and_never_infinite(world, column):
    found = features(
        world.assign(**{column: np.nan if column == "duty_rate" else None}), CLASSIFICATION, ORIGIN
    )
    assert not np.isinf(found.to_numpy("float64")).any()
    if column == "hs_code":
        assert (
            found[["sibling_rate_gap", "additional_duty_avoided", "importer_x_hs4_new_origin"]]
            .isna()
            .all()
            .all()
        )


def test_rows_are_worth_the_same_alone_and_in_company(world):
    settings = FeatureSettings.parse({"families": [CLASSIFICATION, ORIGIN]})
    profiles = build_profiles(world, settings.needs())
    whole = build(world, profiles, settings)
    shuffled = world.sample(frac=1, random_state=1)
    again = build(shuffled, profiles, settings).set_axis(shuffled.index).sort_index()
    pd.testing.assert_frame_equal(again, whole, check_exact=True)
    alone = pd.concat([build(world.iloc[[i]], profiles, settings) for i in (3, 150, 299)])
    pd.testing.assert_frame_equal(
        alone.reset_index(drop=True), whole.iloc[[3, 150, 299]].reset_index(drop=True), check_exact=True
    )
    assert len(build(world.head(0), profiles, settings)) == 0


def test_what_comes_later_changes_nothing(world):
    settings = FeatureSettings.parse({"families": [CLASSIFICATION, ORIGIN]})
    day = world.registered_on[200]
    known = build_profiles(world, settings.needs())
    today = world[world.registered_on == day]
    before = build_profiles(world[world.registered_on < day], settings.needs())
    pd.testing.assert_frame_equal(
        build(today, known, settings), build(today, before, settings), check_exact=True
    )


def test_families_shrink_to_the_columns_there_are(world):
    settings = FeatureSettings.parse({"families": [CLASSIFICATION, ORIGIN]})
    without = [family.reduced_to(set(world) - {"tax_type", "seller_id"}) for family in settings.families]
    smaller = FeatureSettings(families=tuple(without))
    assert len(smaller.features()) == 4 + 7
    found = build(world, build_profiles(world, smaller.needs()), smaller)
    assert found["sibling_rate_gap"].notna().any()
    assert settings.families[0].reduced_to({"hs_code"}) is None


def test_every_sentence_can_be_written(world):
    settings = FeatureSettings.parse({"families": [CLASSIFICATION, ORIGIN]})
    known = facts(world.tail(3), build_profiles(world, settings.needs()), settings)
    row = {**known.iloc[-1].to_dict(), "value": 0.5}
    for feature in settings.features():
        assert not {"PAIR", "WHO", "RECENT", "EARLIER"} & set(
            (feature.name + feature.sentence + feature.meaning).split()
        )
        for sentence in (feature.sentence, feature.sentence_zero):
            sentence.replace(":share", "").format(**row)
