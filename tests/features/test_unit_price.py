"""Every part of the unit price family is what its definition says, on both sides alike."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.errors import RedlaneError
from redlane.explanations.sentences import check_sentences
from redlane.explanations.siblings import reason_keys
from redlane.features import deviation
from redlane.features.catalogue import FeatureSettings, build, facts
from redlane.features.unit_price import _MEANINGS, UnitPrice
from redlane.profiles.build import build as build_profiles
from redlane.profiles.prices import MEASURES, PriceReference
from tests.worlds import small_world

PARTS = tuple(_MEANINGS)


def cell_of(values):
    x = np.asarray(values, float)
    q1, median, q3 = np.quantile(x, [0.25, 0.5, 0.75])
    made = {"q1": q1, "median": median, "q3": q3, "mad": np.median(np.abs(x - median)), "medcouple": 0.0}
    return {name: np.array([value]) for name, value in made.items()}


def settings_of(**changes):
    levels = (("hs6", "origin_country"), ("hs6",))
    reference = {"levels": levels, "minimum_count": 10, "window_days": 60, **changes.pop("reference", {})}
    return FeatureSettings.parse(
        {"families": [{"family": "unit_price", "reference": reference, "parts": PARTS, **changes}]}
    )


def computed(world, chosen):
    return build(world, build_profiles(world, chosen.needs()), chosen)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_part_is_finite_or_missing_and_consistent(measure):
    world = small_world(700).assign(quantity_unit="NMB", gross_mass=lambda f: f["net_mass"] * 1.5)
    world["net_mass"] *= np.random.default_rng(0).uniform(0.5, 1, 700)
    found = computed(world, settings_of(reference={"measure": measure}))
    found.columns = [name.removeprefix(f"{measure}_") for name in found.columns]
    assert found.columns.tolist() == list(PARTS)
    assert not np.isinf(found.to_numpy("float64")).any()
    known = found.dropna(subset=["z"])
    assert 100 < len(known) < len(found)
    assert ((known["under"] > 0) == (known["position"] < -1 - 1e-12)).all()
    assert ((known["over"] > 0) == (known["position"] > 1 + 1e-12)).all()
    assert (known["far_fence"].abs() <= known["fence"].abs()).all()
    assert (known["fence"] * known["log_ratio"] >= 0).all()
    assert known["over_share"].between(0, 1, inclusive="left").all() and (known["under_share"] >= 0).all()
    declared = world.loc[known.index, MEASURES[measure].above]
    assert known["under"].tolist() == pytest.approx((known["under_share"] * declared).tolist())
    assert known["over"].tolist() == pytest.approx((known["over_share"] * declared).tolist())


@given(st.lists(st.floats(-5, 5), min_size=5, max_size=30), st.floats(-9, 9))
@settings(max_examples=60)
def test_both_sides_are_given_equal_room(values, x):
    """Turned upside down, prices give the same distances with the other sign."""
    up, down = cell_of(values), cell_of(-np.array(values))
    one, other = np.array([x]), np.array([-x])
    for measure in (
        deviation.robust_z,
        deviation.beyond_tukey,
        deviation.beyond_adjusted,
        deviation.position,
    ):
        np.testing.assert_allclose(measure(one, up, 0.05), -measure(other, down, 0.05), rtol=1e-6, atol=1e-9)


def test_the_adjusted_fences_are_those_of_hubert_and_vandervieren():
    cell = {"q1": 0.0, "median": 0.4, "q3": 1.0, "mad": 0.4, "medcouple": 0.2}
    right = {name: np.array([value]) for name, value in cell.items()}
    left = right | {"medcouple": np.array([-0.2])}
    high, low = np.array([6.0]), np.array([-6.0])
    assert deviation.beyond_adjusted(high, right, 0.05) == pytest.approx(5 - 1.5 * np.exp(0.6))
    assert deviation.beyond_adjusted(low, right, 0.05) == pytest.approx(-6 + 1.5 * np.exp(-0.8))
    assert deviation.beyond_adjusted(high, left, 0.05) == pytest.approx(5 - 1.5 * np.exp(-0.8))
    assert deviation.beyond_adjusted(low, left, 0.05) == pytest.approx(-6 + 1.5 * np.exp(0.6))


def test_a_degenerate_cell_says_nothing_and_a_narrow_one_is_floored():
    same, narrow = cell_of([1.0] * 30), cell_of(np.linspace(1, 1.0001, 30))
    for measure in (
        deviation.robust_z,
        deviation.beyond_tukey,
        deviation.beyond_adjusted,
        deviation.position,
    ):
        assert np.isnan(measure(np.array([3.0]), same, 0.05))[0]
        assert abs(measure(np.array([1.01]), narrow, 0.05)[0]) < 0.5


def test_what_is_too_high_is_a_reason_of_its_own():
    features = settings_of().features()
    names = [feature.name.removeprefix("price_per_kg_") for feature in features]
    groups = [{names[place] for place in places} for places in reason_keys(features)]
    assert {"over", "over_share"} in groups
    assert {f.name for f in features if f.group == "over_invoicing"} == {
        "price_per_kg_over",
        "price_per_kg_over_share",
    }


@pytest.mark.parametrize("measure", MEASURES)
def test_sentences_can_be_written_and_name_no_party(measure):
    chosen = settings_of(
        name="own",
        reference={"measure": measure, "levels": [["importer_id", "hs6"]], "minimum_count": 3},
    )
    check_sentences(chosen.features(), [*chosen.columns(), *chosen.fact_names()])
    world = small_world(400).assign(quantity_unit="NMB")
    known = facts(world, build_profiles(world, chosen.needs()), chosen)
    cells = known["own_cell"].dropna()
    assert len(cells) and set(cells.str.split(" HS ").str[0]) == {"by this importer"}


def test_one_measure_may_be_compared_with_several_cells_under_other_names():
    families = [
        {"family": "unit_price"},
        {"family": "unit_price", "name": "own_price", "reference": {"levels": [["importer_id"]]}},
    ]
    names = [feature.name for feature in FeatureSettings.parse({"families": families}).features()]
    assert {"price_per_kg_z", "own_price_z"} <= set(names)


def test_what_the_declarations_lack_is_left_out_level_by_level():
    family = UnitPrice(reference=PriceReference(levels=(("hs6", "transport_mode"), ("hs6",))))
    columns = {"customs_value", "net_mass", "hs_code"}
    reduced = family.reduced_to(columns)
    assert reduced.reference.levels == (("hs6",),) and reduced.reference.dominant_share == 0
    assert set(reduced.columns()) == columns
    assert family.reduced_to(columns - {"net_mass"}) is None
    assert family.reduced_to(columns - {"hs_code"}) is None
    assert family.reduced_to(columns | {"importer_id", "transport_mode"}) == family


def test_extreme_amounts_never_give_infinity():
    world = small_world(300, days=60)
    odd = pd.concat([world.tail(4)] * 3, ignore_index=True).assign(importer_id="NEW")
    odd["customs_value"] = np.repeat([1e-90, 1e15, 5e-324], 4)
    odd["net_mass"] = np.tile([1e-12, 1e12, 0.0, np.nan], 3)
    whole = pd.concat([world, odd], ignore_index=True)
    found = computed(whole, settings_of())
    assert not np.isinf(found.to_numpy("float64")).any()


def test_adjusted_fences_without_the_medcouple_are_refused():
    with pytest.raises(RedlaneError, match=r"adjusted_fence.*skewness: true"):
        settings_of(reference={"skewness": False})
    assert settings_of(reference={"skewness": False}, parts=("z",))
