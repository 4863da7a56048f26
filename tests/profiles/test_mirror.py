"""Mirror statistics: both sides of a good and a country, as they were known on a day."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from redlane.declarations.periods import day_number, days
from redlane.profiles.build import Profiles, build
from redlane.profiles.keys import KeyHashes
from redlane.profiles.mirror_reference import MirrorReference
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.store import append_to_store, create_store, open_store
from tests.worlds import small_world

NEED = MirrorReference()
NEEDS = ProfileNeeds(mirror=(NEED,))


def exports(*rows: dict) -> pd.DataFrame:
    """Partner exports, one row per mapping of what differs from 1000 of trousers by China in 2023."""
    usual = {"hs6": "620342", "country": "CN", "year": 2023, "exports": 1000.0, "exports_mass": 50.0}
    more = {"reexports": 0.0, "imports": np.nan, "imports_mass": np.nan}
    return pd.DataFrame([{**usual, **more, **row} for row in rows])


def imports(*rows: dict) -> pd.DataFrame:
    """Declarations, one row per mapping of what differs from trousers of China by sea."""
    usual = {
        "hs_code": "6203420010",
        "origin_country": "CN",
        "departure_country": "CN",
        "transport_mode": "1",
    }
    frame = pd.DataFrame([{**usual, "customs_value": 105.0, "net_mass": 4.0, **row} for row in rows])
    return frame.assign(registered_on=pd.to_datetime(frame["registered_on"]))


def seen(profiles: Profiles, asked: pd.DataFrame, need: MirrorReference = NEED) -> pd.DataFrame:
    """What the profile knew of each of *asked* before its day."""
    return pd.DataFrame(profiles.before("mirror", need, KeyHashes(asked), days(asked["registered_on"])))


def built(table: pd.DataFrame | None, declared: pd.DataFrame, need: MirrorReference = NEED) -> Profiles:
    references = {} if table is None else {"partner_exports": table}
    return build(declared, ProfileNeeds(mirror=(need,)), references=references)


FULL_YEAR = imports(
    {"registered_on": "2023-01-02"},
    {"registered_on": "2023-06-01", "customs_value": 240.0, "transport_mode": "4"},
    {"registered_on": "2023-12-31"},
    {"registered_on": "2024-01-01", "customs_value": 5000.0},
)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ("2024-03-29", 2022),
        ("2024-03-30", 2022),
        ("2024-03-31", 2023),
        ("2025-03-31", 2023),
        ("2025-04-01", 2024),
    ],
)
def test_a_year_counts_from_the_day_after_its_publication(day, year):
    table = exports(*({"year": y, "exports": float(y)} for y in (2022, 2023, 2024)))
    row = seen(built(table, FULL_YEAR), imports({"registered_on": day})).iloc[0]
    assert (row["year"], row["exports"]) == (year, year)


def test_nothing_is_known_before_the_first_publication():
    row = seen(built(exports({}), FULL_YEAR), imports({"registered_on": "2024-01-15"}))
    assert row.drop(columns="recent").isna().all(axis=None)


def test_imports_are_those_of_the_same_calendar_year_before_freight():
    row = seen(built(exports({}), FULL_YEAR), imports({"registered_on": "2024-06-01"})).iloc[0]
    assert row["imports"] == 100.0 + 200.0 + 100.0
    assert (row["imports_mass"], row["exports"], row["exports_mass"]) == (12.0, 1000.0, 50.0)


def test_a_silent_country_is_unknown_and_a_missing_good_is_zero():
    table = exports({}, {"country": "DE", "hs6": "870323"}, {"country": "NA", "exports": 0.0, "imports": 7.0})
    asked = imports(
        *({"registered_on": "2024-06-01", "origin_country": c} for c in ("CN", "DE", "NA", "FR", None))
    )
    assert np.array_equal(
        seen(built(table, FULL_YEAR), asked)["exports"], [1000, 0, np.nan, np.nan, np.nan], True
    )


def test_a_country_that_fell_silent_years_ago_is_unknown():
    asked = imports({"registered_on": "2026-12-31"}, {"registered_on": "2027-01-01"})
    assert np.array_equal(seen(built(exports({}), FULL_YEAR), asked)["exports"], [1000, np.nan], True)


def test_published_imports_stand_in_for_a_year_the_declarations_do_not_cover():
    part = FULL_YEAR[FULL_YEAR["registered_on"] >= "2023-05-01"].reset_index(drop=True)
    asked = imports({"registered_on": "2024-06-01"}, {"registered_on": "2024-06-01", "hs_code": "620343"})
    with_them = exports({"imports": 550.0}, {"hs6": "620343", "exports": 1.0})
    assert np.allclose(seen(built(with_them, part), asked)["imports"], [500.0, 0.0])
    assert seen(built(exports({}), part), asked)["imports"].isna().all()


def test_departure_heading_and_all_partners():
    table = exports(
        {"exports": 300.0},
        {"hs6": "620343", "exports": 40.0},
        {"country": "DE", "exports": 100.0, "reexports": 60.0},
        {"country": "DE", "hs6": "870323", "exports": 900.0},
    )
    asked = imports({"registered_on": "2024-06-01", "departure_country": "DE"})
    row = seen(built(table, FULL_YEAR), asked).iloc[0]
    assert (row["heading_exports"], row["all_exports"], row["country_exports"]) == (340, 400, 340)
    assert (row["departure_exports"], row["departure_total"], row["departure_reexports"]) == (100, 1000, 60)


def test_recent_imports_end_the_day_before_and_are_made_a_whole_year():
    declared = imports(*({"registered_on": f"2024-0{m}-01"} for m in (1, 5, 6)))
    asked = imports(
        {"registered_on": "2024-02-01"}, {"registered_on": "2024-06-01"}, {"registered_on": "2025-03-01"}
    )
    length = day_number(date(2024, 6, 1)) - day_number(date(2024, 1, 1))
    recent = seen(built(exports({}), declared), asked)["recent"]
    assert np.allclose(recent, [np.nan, 200 * 365 / length, 200], equal_nan=True)


def test_rows_of_the_day_itself_or_later_change_nothing():
    table = exports({"year": 2022}, {"year": 2023, "imports": 10.0})
    before, after = (
        FULL_YEAR.iloc[:3],
        imports({"registered_on": "2024-06-01"}, {"registered_on": "2024-07-01"}),
    )
    asked = imports({"registered_on": "2024-06-01"})
    more = built(table, pd.concat([before, after], ignore_index=True))
    pd.testing.assert_frame_equal(seen(built(table, before), asked), seen(more, asked))


def world_tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Declarations of eight months, and exports of the two years before."""
    rng = np.random.default_rng(4)
    cells = [(g, c, y) for g in ("010121", "620342", "620343") for c in ("CN", "DE") for y in (2022, 2023)]
    rows = [
        {"hs6": g, "country": c, "year": y, "exports": rng.lognormal(9, 1), "imports": rng.lognormal(9, 1)}
        for g, c, y in cells
    ]
    return small_world(400, days=240), exports(*rows)


def test_neither_order_nor_parts_change_a_bit():
    declared, table = world_tables()
    whole = seen(built(table, declared), declared)
    mixed = declared.sample(frac=1, random_state=2)
    parts = [built(table.sample(frac=1, random_state=3), mixed.reset_index(drop=True))]
    assert seen(parts[0], declared).equals(whole)
    half = [declared.iloc[:150].reset_index(drop=True), declared.iloc[150:].reset_index(drop=True)]
    first = built(table, half[0])
    second = build(half[1], NEEDS, earlier=first, references={"partner_exports": table})
    assert seen(Profiles.merge([first, second]), declared).equals(whole)


def test_a_table_given_again_adds_nothing_and_a_late_country_is_added():
    declared, table = world_tables()
    early = table[table["country"] == "CN"].reset_index(drop=True)
    nothing = declared.iloc[:0]
    first = built(early, declared)
    second = build(nothing, NEEDS, earlier=first, references={"partner_exports": table})
    third = build(
        nothing, NEEDS, earlier=Profiles.merge([first, second]), references={"partner_exports": table}
    )
    assert not len(third.tables["mirror"][NEED].recorded["cells"].index.days)
    assert seen(Profiles.merge([first, second, third]), declared).equals(
        seen(built(table, declared), declared)
    )


def test_the_store_gives_back_what_was_built(tmp_path):
    declared, table = world_tables()
    references = {"partner_exports": table}
    create_store(tmp_path / "p", declared.iloc[:300].reset_index(drop=True), NEEDS, {"a": "1"}, references)
    append_to_store(tmp_path / "p", declared.iloc[300:].reset_index(drop=True), {"b": "2"})
    assert seen(open_store(tmp_path / "p"), declared).equals(seen(built(table, declared), declared))


def test_without_a_table_everything_is_unknown_but_what_was_declared():
    declared, _ = world_tables()
    found = seen(built(None, declared), declared)
    assert found.drop(columns="recent").isna().all(axis=None) and found["recent"].notna().any()


@pytest.mark.parametrize(
    "change", [{"cif_fob": (("1", 0.9),)}, {"cif_fob_other": 3.0}, {"published_after_days": -1}]
)
def test_settings_are_checked(change):
    with pytest.raises(Exception, match=r"is 0\.9|is 3\.0|is -1"):
        MirrorReference.parse(change)
