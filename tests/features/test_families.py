"""Every feature is what its definition says, row by row, computed again the slow way."""

import numpy as np
import pandas as pd
import pytest

from redlane.declarations.columns import COLUMNS
from redlane.errors import RedlaneError
from redlane.features.amounts import trailing_zeros
from redlane.features.catalogue import FAMILIES, FeatureSettings, build, facts
from redlane.profiles.build import build as build_profiles
from tests.worlds import small_world


def _settings(*families):
    return FeatureSettings.parse({"families": list(families)})


def _features(world, *families):
    settings = _settings(*families)
    return build(world, build_profiles(world, settings.needs()), settings)


@pytest.fixture(scope="module")
def world():
    return small_world(400)


def _history(measures, **extra):
    return {
        "family": "history",
        "key": ["importer_id"],
        "windows": ["all", 30],
        "measures": measures,
        **extra,
    }


def test_counts_and_values_are_of_strictly_earlier_days(world):
    found = _features(world, _history(["count", "value", "days_since_last"]))
    for row in range(0, len(world), 37):
        this = world.iloc[row]
        before = world[(world.importer_id == this.importer_id) & (world.registered_on < this.registered_on)]
        recent = before[before.registered_on >= this.registered_on - pd.Timedelta(days=30)]
        assert found["importer_count"][row] == len(before)
        assert found["importer_count_30d"][row] == len(recent)
        assert found["importer_value_30d"][row] == pytest.approx(recent.customs_value.sum())
        last = (this.registered_on - before.registered_on.max()).days if len(before) else np.nan
        assert found["importer_days_since_last"][row] == pytest.approx(last, nan_ok=True)


def test_hit_rates_count_outcomes_from_the_day_they_became_known(world):
    found = _features(world, _history(["hit_rate", "inspected"], prior_weight=10))
    for row in range(0, len(world), 37):
        this = world.iloc[row]
        known = world[world.outcome_known_on < this.registered_on]
        own = known[known.importer_id == this.importer_id]
        base = known.irregular.mean()
        expected = (own.irregular.sum() + 10 * base) / (len(own) + 10)
        assert found["importer_hit_rate"][row] == pytest.approx(expected, nan_ok=True)
        assert found["importer_inspected"][row] == len(own)


def test_an_importer_never_inspected_has_the_base_rate_not_zero(world):
    stranger = (
        world.tail(1).assign(importer_id="NEW", declaration_id="X", irregular=np.nan).reset_index(drop=True)
    )
    settings = _settings(_history(["hit_rate"]))
    profiles = build_profiles(world, settings.needs())
    rate = build(stranger, profiles, settings)["importer_hit_rate"][0]
    known = world[world.outcome_known_on < stranger.registered_on[0]]
    assert rate == pytest.approx(known.irregular.mean()) and rate > 0


def test_a_parent_is_the_prior_of_its_child(world):
    family = {
        "family": "history",
        "key": ["hs6"],
        "measures": ["hit_rate"],
        "parent": ["hs4"],
        "prior_weight": 5,
    }
    found = _features(world, family)
    this = world.iloc[-1]
    known = world[world.outcome_known_on < this.registered_on]
    heading = known[known.hs_code.str[:4] == this.hs_code[:4]]
    prior = (heading.irregular.sum() + 5 * known.irregular.mean()) / (len(heading) + 5)
    own = known[known.hs_code == this.hs_code]
    assert found["hs6_hit_rate"].iloc[-1] == pytest.approx((own.irregular.sum() + 5 * prior) / (len(own) + 5))


def test_novelty_is_missing_when_part_of_the_key_is(world):
    without = world.assign(seller_id=world.seller_id.where(world.index % 2 == 0, None))
    found = _features(without, {"family": "novelty", "keys": [["importer_id", "seller_id"]]})
    assert found["importer_x_seller_is_new"].isna().tolist() == (world.index % 2 == 1).tolist()
    assert found["importer_x_seller_is_new"][0] == 1.0


def test_the_duty_gap_compares_with_the_usual_rate_of_the_subheading(world):
    found = _features(world, {"family": "duty", "window": "all"})
    this = world.iloc[-1]
    before = world[(world.hs_code == this.hs_code) & (world.registered_on < this.registered_on)]
    assert found["duty_gap"].iloc[-1] == pytest.approx(this.duty_rate - before.duty_rate.mean())


def test_route_and_preference(world):
    found = _features(world, {"family": "route", "preference": True})
    differs = (world.origin_country != world.departure_country).astype(float)
    assert found["departure_differs"].tolist() == differs.tolist()
    assert found["preference_elsewhere"].tolist() == (differs * world.preference_claimed).tolist()


PUBLISHED = pd.Timestamp("2024-01-03")
"""A day at whose end reference prices are published."""


def test_unit_price_speaks_in_both_directions():
    """One cell with prices 1 to 40 per kg; then one declaration far below, and one far above."""
    usual = pd.concat(
        [
            small_world(1).assign(
                declaration_id=str(i), importer_id=f"I{i % 9}", customs_value=10.0 * i, net_mass=10.0
            )
            for i in range(1, 41)
        ]
    )
    usual["registered_on"] = PUBLISHED
    odd = pd.concat(
        [
            small_world(1).assign(declaration_id=i, customs_value=v, net_mass=10.0)
            for i, v in (("lo", 1.0), ("hi", 9000.0))
        ]
    )
    odd["registered_on"] = pd.Timestamp("2024-02-01")
    world = pd.concat([usual, odd], ignore_index=True)
    found = _features(world, {"family": "unit_price"}).iloc[-2:].reset_index(drop=True)
    q1, q3 = np.quantile(np.log(np.arange(1, 41)), [0.25, 0.75])
    assert found["price_per_kg_under"].tolist() == pytest.approx([(np.exp(q1) - 0.1) * 10, 0.0])
    assert found["price_per_kg_over"].tolist() == pytest.approx([0.0, (900 - np.exp(q3)) * 10])
    assert found["price_per_kg_z"][0] < -3.5 and found["price_per_kg_z"][1] > 3.5


def test_a_degenerate_price_cell_gives_a_missing_value_never_infinity():
    same = pd.concat(
        [
            small_world(1).assign(
                declaration_id=str(i), importer_id=f"I{i}", customs_value=50.0, net_mass=10.0
            )
            for i in range(40)
        ]
    )
    same["registered_on"] = PUBLISHED
    odd = small_world(1).assign(
        declaration_id="odd", customs_value=500.0, net_mass=10.0, registered_on=pd.Timestamp("2024-02-01")
    )
    found = _features(pd.concat([same, odd], ignore_index=True), {"family": "unit_price"}).iloc[-1]
    assert np.isnan(found["price_per_kg_z"])
    assert found["price_per_kg_log_ratio"] == pytest.approx(np.log(10))


def test_no_feature_is_ever_infinite(world):
    zeros = world.assign(customs_value=0.0, net_mass=0.0, gross_mass=0.0, quantity=0.0)
    amounts = ["customs_value", "value_per_kg", "net_to_gross", "mass_per_unit", "roundness"]
    found = _features(zeros, {"family": "amounts", "amounts": amounts}, {"family": "unit_price"})
    assert not np.isinf(found.to_numpy("float64")).any()


def test_roundness_counts_zeros():
    assert trailing_zeros(np.array([100.0, 100.25, np.nan]))[:2].tolist() == [2.0, 0.0]


def test_timing_follows_the_calendar():
    world = small_world(1).assign(registered_on=pd.Timestamp("2024-02-28"))
    found = _features(world, {"family": "timing"}).iloc[0]
    assert found.tolist() == [3.0, 28.0, 1.0]


@pytest.mark.parametrize(
    "name", [c.name for c in COLUMNS.values() if c.role not in ("declared", "identifier")]
)
def test_what_is_known_only_after_inspection_can_never_be_a_feature(name):
    for family in (
        {"family": "history", "key": [name]},
        {"family": "novelty", "keys": [["importer_id", name]]},
        {"family": "codes", "codes": [name]},
    ):
        with pytest.raises(RedlaneError, match=name):
            _settings(family)


@pytest.mark.parametrize("party", ["importer_id", "seller_id", "declarant_id", "carrier_id"])
def test_party_ids_never_become_categories(party):
    with pytest.raises(RedlaneError, match=party):
        _settings({"family": "codes", "codes": [party]})


def test_a_column_that_is_not_mapped_is_an_error_at_start_naming_both(world):
    settings = _settings({"family": "route", "preference": True})
    profiles = build_profiles(world, settings.needs())
    with pytest.raises(RedlaneError, match=r"'route' reads 'preference_claimed'"):
        build(world.drop(columns="preference_claimed"), profiles, settings)


def test_profiles_built_for_other_features_are_refused(world):
    profiles = build_profiles(world, _settings({"family": "timing"}).needs())
    with pytest.raises(RedlaneError, match="the profiles lack activity by importer_id"):
        build(world, profiles, _settings(_history(["count"])))


def test_unknown_families_and_keys_are_refused_by_name():
    with pytest.raises(RedlaneError, match="no family 'histroy'"):
        _settings({"family": "histroy"})
    with pytest.raises(RedlaneError, match="unknown key 'window'"):
        _settings({"family": "history", "key": ["hs6"], "window": 3})
    with pytest.raises(RedlaneError, match="'importer'"):
        _settings({"family": "history", "key": ["importer"]})


def test_two_features_of_one_name_are_refused():
    with pytest.raises(RedlaneError, match="importer_count"):
        _settings(_history(["count"]), _history(["count"]))


def test_settings_survive_being_written_down():
    settings = _settings(_history(["count", "hit_rate"]), {"family": "unit_price"})
    assert FeatureSettings.parse(settings.plain()) == settings


def test_every_family_offers_the_facts_it_promises(world):
    settings = _settings(_history(["count", "hit_rate"]), {"family": "duty"}, {"family": "unit_price"})
    known = facts(world.tail(5), build_profiles(world, settings.needs()), settings)
    assert set(settings.fact_names()) <= set(known.columns)
    assert len(known) == 5


def test_every_family_is_registered_under_its_own_name():
    assert all(family.model_fields["family"].default == name for name, family in FAMILIES.items())
