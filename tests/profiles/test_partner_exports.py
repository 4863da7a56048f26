"""A table of partner exports: what counts, what is left out, what is rejected, and what refuses the table."""

import numpy as np
import pandas as pd
import pytest

from redlane.errors import RedlaneError
from redlane.profiles.partner_exports import COLUMNS, read_partner_exports
from tests.profiles.partner_tables import USUAL, comtrade, read, table


def test_exports_reexports_and_own_imports_of_a_cell_become_one_row(tmp_path):
    found = read(
        tmp_path,
        table(
            {},
            {"flowCode": "RX", "fobvalue": "250", "primaryValue": "250"},
            {"flowCode": "M", "reporterISO": "BGD", "partnerISO": "CHN", "cifvalue": "1100", "fobvalue": ""},
        ),
    )
    assert tuple(found.frame.columns) == COLUMNS
    assert found.frame.iloc[0].tolist() == ["620342", "CN", 2023, 750.0, 30.0, 250.0, 1100.0, 40.0]
    assert found.counts == {"read": 3, "accepted": 3, "rejected": 0, "left_out": 0}


def test_numbers_of_countries_serve_where_their_letters_are_missing(tmp_path):
    found = read(
        tmp_path,
        table(
            {"reporterISO": "", "partnerISO": ""},
            {"reporterISO": "", "partnerISO": "", "reporterCode": "842"},
        ),
    )
    assert sorted(found.frame["country"]) == ["CN", "US"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"motCode": "1000", "primaryValue": "7"}, "details by mode"),
        ({"customsCode": "C01"}, "details by customs"),
        ({"partner2Code": "156"}, "details by second partner"),
        ({"mosCode": "1"}, "details by supply"),
        ({"cmdCode": "6203"}, "other levels than HS subheadings"),
        ({"cmdCode": "62"}, "other levels than HS subheadings"),
        ({"cmdCode": "TOTAL"}, "totals of all goods"),
        ({"isLeaf": "False"}, "not the lowest level"),
        ({"freqCode": "M"}, "not yearly"),
        ({"typeCode": "S"}, "services or other trade"),
        ({"flowCode": "DX"}, "other flows"),
        ({"partnerISO": "W00", "partnerCode": "0"}, "totals of all countries"),
        ({"reporterISO": "W00", "reporterCode": "0"}, "totals of all countries"),
        ({"reporterISO": "_X ", "reporterCode": "899"}, "areas that are no country"),
        ({}, "repetitions"),
    ],
)
def test_totals_details_and_repetitions_are_left_out_and_counted(tmp_path, change, reason):
    found = read(tmp_path, table({}, change))
    assert found.left_out == {reason: 1}
    assert found.frame["exports"].tolist() == [1000.0]
    assert found.counts["accepted"] + found.counts["rejected"] + found.counts["left_out"] == found.read == 2
    assert any(reason in note for note in found.notes)


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"primaryValue": "1.0.0"}, "primaryValue", "number-format"),
        ({"netWgt": "heavy"}, "netWgt", "number-format"),
        ({"primaryValue": "-5"}, "primaryValue", "negative-number"),
        ({"fobvalue": "-5"}, "fobvalue", "negative-number"),
        ({"netWgt": "-1"}, "netWgt", "negative-number"),
        ({"primaryValue": "1e15"}, "primaryValue", "number-size"),
        ({"primaryValue": ""}, "primaryValue", "missing-value"),
        ({"refYear": "23"}, "refYear", "year-format"),
        ({"refYear": "9999"}, "refYear", "year-format"),
        ({"cmdCode": "62O342"}, "cmdCode", "hs-format"),
        ({"qtyUnitCode": "99"}, "qtyUnitCode", "unknown-unit"),
    ],
)
def test_unreadable_rows_are_rejected_with_a_code(tmp_path, change, column, code):
    found = read(tmp_path, table({"reporterISO": "DEU"}, change))
    line = found.rejects.iloc[0]
    assert (line["record_number"], line["column"], line["code"]) == (2, column, code)
    assert f"{column} is '{change[column]}'" in line["sentence"]
    assert found.counts == {"read": 2, "accepted": 1, "rejected": 1, "left_out": 0}


def test_broken_records_are_rejected_and_counted(tmp_path):
    path = tmp_path / "comtrade.csv"
    table({}).to_csv(path, index=False)
    path.write_text(path.read_text() + "C,A\n")
    found = read_partner_exports(path, comtrade())
    assert found.rejects["code"].tolist() == ["missing-cell"]
    assert found.counts == {"read": 2, "accepted": 1, "rejected": 1, "left_out": 0}


@pytest.mark.parametrize(
    "change",
    [{"netWgt": "0", "qtyUnitCode": "5"}, {"netWgt": "", "qtyUnitCode": "5"}, {"isNetWgtEstimated": "True"}],
)
def test_masses_of_zero_missing_or_estimated_are_missing(tmp_path, change):
    found = read(tmp_path, table(change))
    assert np.isnan(found.frame["exports_mass"][0]) and found.frame["exports"][0] == 1000
    assert any("without a mass: 1" in note for note in found.notes)


def test_estimated_masses_can_be_kept(tmp_path):
    assert (
        read(tmp_path, table({"isNetWgtEstimated": "True"}), estimated_masses="keep").frame["exports_mass"][0]
        == 40
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [{}, {"classificationCode": "H5", "cmdCode": "620343"}],
            r"row 2: classificationCode is 'H5' where hs_revision says 'H6'",
        ),
        (
            [{}, {"primaryValue": "9", "fobvalue": "9"}],
            r"rows 1 and 2 both state exports of 620342, CN, 2023.*\(1000 and 9 USD\)",
        ),
        (
            [{}, {"partnerISO": "NPL"}],
            r"row 2: exports go to 'NPL', those of row 1 to 'BGD'; say in importing_country",
        ),
        ([{"motCode": "1000"}], r"holds no usable row: 1 details by mode"),
        ([{"freqCode": "M"}], r"holds no usable row: 1 not yearly"),
    ],
)
def test_tables_that_mean_something_else_are_refused_in_a_sentence(tmp_path, rows, words):
    with pytest.raises(RedlaneError, match=words):
        read(tmp_path, table(*rows))


def test_mixed_currencies_are_refused(tmp_path):
    frame = table({}, {"cmdCode": "620343"}).assign(unit_of_value=["USD", "EUR"])
    columns = {**comtrade().columns, "unit_of_value": "currency"}
    with pytest.raises(RedlaneError, match=r"row 2: unit_of_value is 'EUR' where currency says 'USD'"):
        read(tmp_path, frame, columns=columns)


def test_trade_of_others_is_left_out_once_the_country_is_named(tmp_path):
    found = read(tmp_path, table({}, {"partnerISO": "NPL"}), importing_country="BGD")
    assert found.left_out == {"trade of another country": 1}


def test_a_lacking_column_is_named(tmp_path):
    with pytest.raises(RedlaneError, match=r"lacks the column 'cmdCode' \(good\)"):
        read(tmp_path, table({}).drop(columns="cmdCode"))


def test_values_are_converted_by_year(tmp_path):
    frame = table({}, {"refYear": "2022"})
    found = read(tmp_path, frame, exchange_rates={2022: 100.0, 2023: 110.0}).frame
    assert dict(zip(found["year"], found["exports"], strict=True)) == {2022: 100_000.0, 2023: 110_000.0}
    with pytest.raises(RedlaneError, match="has no rate for 2022"):
        read(tmp_path, frame, exchange_rates={2023: 110.0})


@pytest.mark.parametrize("suffix", ["parquet", "csv.gz"])
def test_other_containers_and_lost_zeros_give_the_same(tmp_path, suffix):
    frame = table({"cmdCode": "010121"}, {"cmdCode": "10129"})
    path = tmp_path / f"comtrade.{suffix}"
    frame.to_parquet(path) if suffix == "parquet" else frame.to_csv(path, index=False)
    assert read_partner_exports(path, comtrade()).frame["hs6"].tolist() == ["010121", "010129"]


def test_the_order_of_rows_changes_nothing(tmp_path):
    rows = [
        {"reporterISO": c, "cmdCode": g, "refYear": y}
        for c in ("CHN", "DEU")
        for g in ("620342", "620343")
        for y in ("2022", "2023")
    ]
    frame = table(*rows)
    shuffled = read(tmp_path, frame.sample(frac=1, random_state=1)).frame
    pd.testing.assert_frame_equal(read(tmp_path, frame).frame, shuffled)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"columns": {"a": "colour"}}, "'colour' is no field"),
        ({"columns": {"a": "year", "b": "flow", "c": "good"}}, "no label is mapped to value"),
        ({"exchange_rates": {2023: 0}}, "exchange rate of 2023 is 0"),
        ({"hs_version": "H6"}, "unknown key 'hs_version'"),
    ],
)
def test_settings_are_checked(change, words):
    with pytest.raises(RedlaneError, match=words):
        comtrade(**change)


def test_usual_row_has_every_mapped_label():
    assert set(comtrade().columns) == set(USUAL)
