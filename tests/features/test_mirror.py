"""Mirror features: signs, bounds and missing values, and sentences that hold."""

import numpy as np
import pandas as pd
import pytest

from redlane.explanations.sentences import check_sentences
from redlane.features.catalogue import FeatureSettings, build, facts
from redlane.profiles.build import build as build_profiles
from tests.profiles.test_mirror import FULL_YEAR, exports, imports

SETTINGS = FeatureSettings.parse({"families": [{"family": "mirror"}]})


def computed(table, asked, settings=SETTINGS, declared=FULL_YEAR) -> pd.DataFrame:
    profiles = build_profiles(declared, settings.needs(), references={"partner_exports": table})
    return build(asked, profiles, settings)


def one(table, **row) -> pd.Series:
    return computed(table, imports({"registered_on": "2024-06-01", **row})).iloc[0]


def test_gaps_of_a_matched_pair():
    row = one(exports({"exports": 800.0, "exports_mass": 24.0}))
    assert row["mirror_log_gap"] == pytest.approx(np.log(2))
    assert row["mirror_relative_gap"] == pytest.approx(400 / 600)
    assert row["mirror_mass_log_gap"] == pytest.approx(np.log(2))
    assert row["mirror_unit_value_gap"] == pytest.approx(0.0)
    assert (row["mirror_orphan"], row["mirror_lost"], row["mirror_without_exports"]) == (0, 0, 0)
    assert row["mirror_origin_share"] == 1


def test_this_declaration_against_the_partners_price_and_year():
    table = exports({"exports": 1000.0, "exports_mass": 20.0})
    row = one(table, customs_value=105.0, net_mass=4.0)
    assert row["mirror_price_log_ratio"] == pytest.approx(np.log(25 / 50))
    assert (row["mirror_value_missing"], row["mirror_value_above"]) == (pytest.approx(100), 0)
    assert row["mirror_size"] == pytest.approx(np.log(100 / 1000))
    assert one(table, customs_value=420.0, net_mass=4.0)["mirror_value_above"] == pytest.approx(200)


def test_orphans_lost_pairs_and_origins_without_exports():
    table = exports({"hs6": "870323"}, {"hs6": "620343"}, {"country": "DE", "exports": 600.0})
    orphan = one(table, departure_country="DE")
    assert (orphan["mirror_orphan"], orphan["mirror_without_exports"]) == (1, 1)
    assert orphan["mirror_relative_gap"] == -2 and np.isnan(orphan["mirror_log_gap"])
    assert (orphan["mirror_origin_share"], orphan["mirror_departure_instead"]) == (0, 1)
    assert orphan["mirror_departure_share"] == 1
    lost = one(table, hs_code="870323")
    assert (lost["mirror_lost"], lost["mirror_orphan"], lost["mirror_relative_gap"]) == (1, 0, 2)
    never = one(table, hs_code="010121")
    assert (never["mirror_without_exports"], never["mirror_orphan"]) == (1, 0)
    assert np.isnan(never["mirror_relative_gap"])


def test_siblings_with_the_opposite_gap():
    row = one(exports({"exports": 200.0}, {"hs6": "620343", "exports": 900.0}))
    assert row["mirror_relative_gap"] < 0 and row["mirror_sibling_gap"] == 2


def test_reexporters_are_told_by_their_records_or_by_a_list():
    table = exports({}, {"country": "SG", "exports": 100.0, "reexports": 300.0})
    assert one(table, departure_country="SG")["mirror_departure_reexports"] == 0.75
    listed = FeatureSettings.parse({"families": [{"family": "mirror", "hubs": ["CN"]}]})
    asked = imports({"registered_on": "2024-06-01"}, {"registered_on": "2024-06-01", "origin_country": "SG"})
    assert computed(table, asked, listed)["mirror_origin_reexports"].tolist() == [1.0, 0.75]


@pytest.mark.parametrize(
    "change",
    [
        {"origin_country": None},
        {"hs_code": None},
        {"hs_code": "62"},
        {"origin_country": "FR"},
        {"registered_on": "2023-01-01"},
    ],
)
def test_what_cannot_be_compared_is_missing(change):
    row = one(exports({}), **change)
    assert (
        row.drop(["mirror_departure_reexports", "mirror_departure_share"])
        .drop("mirror_origin_reexports")
        .isna()
        .all()
    )


def test_no_amount_makes_a_feature_infinite():
    rows = [
        {"registered_on": "2024-06-01", "customs_value": value, "net_mass": mass}
        for value in (0.0, 5e-324, 1e14, np.nan)
        for mass in (0.0, 5e-324, 1e14, np.nan)
    ]
    found = computed(exports({"exports_mass": 1e-3}, {"hs6": "870323"}), imports(*rows))
    assert not np.isinf(found.to_numpy("float64")).any()


def test_every_sentence_can_be_written():
    check_sentences(SETTINGS.features(), [*SETTINGS.columns(), *SETTINGS.fact_names()])
    profiles = build_profiles(FULL_YEAR, SETTINGS.needs(), references={"partner_exports": exports({})})
    asked = imports({"registered_on": "2024-06-01"})
    known = facts(asked, profiles, SETTINGS)
    assert set(SETTINGS.fact_names()) <= set(known.columns)
    assert (known["mirror_year"][0], known["mirror_exports"][0], known["mirror_imports"][0]) == (
        2023,
        1000,
        400,
    )


def test_without_departure_or_mode_the_rest_is_kept():
    family = SETTINGS.families[0]
    columns = {"hs_code", "origin_country", "customs_value", "net_mass"}
    part = family.reduced_to(columns)
    assert part is not None and set(part.columns()) == columns
    assert not [feature.name for feature in part.features() if "departure" in feature.name]
    settings = FeatureSettings(families=(part,))
    asked = imports({"registered_on": "2024-06-01"})[[*columns, "registered_on"]]
    declared = FULL_YEAR[[*columns, "registered_on"]]
    assert computed(exports({}), asked, settings, declared)["mirror_log_gap"].notna().all()
    assert family.reduced_to(columns - {"net_mass"}) is None
