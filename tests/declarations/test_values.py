"""What one cell means, and which cells mean nothing."""

from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.values import parse

TWO = {"declaration_id": "declaration_id", "registered_on": "registered_on"}
RULES = DeclarationFormat(columns=TWO)
EUROPEAN = DeclarationFormat(columns=TWO, decimal=",", thousands=".", dates=("%d/%m/%Y", "iso"))


def read(kind: str, text: str, rules: DeclarationFormat = RULES) -> Any:
    """The value of one cell, or the name of its fault."""
    parsed = parse(kind, pa.array([text]), rules)
    return next(iter(parsed.faults), None) or parsed.values[0]


def repaired(kind: str, text: str, rules: DeclarationFormat = RULES) -> list[str]:
    return sorted(parse(kind, pa.array([text]), rules).repairs)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("-3.5", -3.5), ("+1.25e3", 1250), ("1E-2", 0.01), ("007", 7), ("-0", 0), ("0.1", 0.1)],
)
def test_numbers_in_the_grammar(text: str, number: float) -> None:
    assert read("number", text) == number
    assert not np.signbit(parse("number", pa.array(["-0"]), RULES).values[0])


NO_NUMBERS = [
    "1.",
    ".5",
    "1,5",
    "1_000",
    "1e",
    "0x10",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "Infinity",
    "1.2.3",
    "--",
    "1-2",
    "٣",
    "１２",
    "12kg",
    "$5",
    "−5",
    "1e5.5",
    ".",
    "-",
    "+",
    "e5",
]


@pytest.mark.parametrize("text", [*NO_NUMBERS, " 1", "1 ", "1\n", "1 000", ""])
def test_texts_that_are_no_numbers(text: str) -> None:
    assert read("number", text) == "number-format"
    assert parse("number", pa.array(["5", text, "6"]), RULES).values.tolist()[::2] == [5, 6]


@pytest.mark.parametrize("text", ["1e400", "-1e400", "9" * 400, "1e15", "1e-400", "0." + "0" * 400 + "1"])
def test_numbers_beyond_truth(text: str) -> None:
    assert read("number", text) == "number-size"


@pytest.mark.parametrize(
    ("text", "number"), [("1.234,5", 1234.5), ("1234,5", 1234.5), ("-1.234.567", -1234567)]
)
def test_decimal_comma_only_when_configured(text: str, number: float) -> None:
    assert read("number", text, EUROPEAN) == number


@pytest.mark.parametrize("text", ["1.5", "12.34,5", "1,234.5", ".123", "1.2345"])
def test_the_configured_grammar_is_as_strict(text: str) -> None:
    assert read("number", text, EUROPEAN) == "number-format"


@settings(deadline=None)
@given(st.floats(-1e14, 1e14))
def test_a_number_reads_as_python_reads_it(number: float) -> None:
    assert read("number", repr(number)) == number + 0.0
    assert read("number", f"{number:+.17e}") == number + 0.0


@settings(deadline=None)
@given(st.text(max_size=8))
def test_any_text_is_a_number_or_a_fault(text: str) -> None:
    found = read("number", text)
    assert isinstance(found, str) or float(text) == found


@pytest.mark.parametrize("text", ["NA", "NO", "ZA", "XK", "QU"])
def test_countries(text: str) -> None:
    assert read("country", text).as_py() == text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("XX", "unknown-country"),
        ("USA", "country-format"),
        ("1A", "country-format"),
        ("ＣＮ", "country-format"),
        (" CN", "country-format"),
    ],
)
def test_no_countries(text: str, fault: str) -> None:
    assert read("country", text) == fault


def test_lower_case_countries_are_repaired_and_counted() -> None:
    assert (read("country", "na").as_py(), repaired("country", "na")) == ("NA", ["country-case"])
    assert repaired("country", "NA") == []
    assert (
        read("country", "na", DeclarationFormat(columns=TWO, upper_case_countries=False)) == "country-format"
    )
    assert read("country", "ZZ", DeclarationFormat(columns=TWO, extra_countries=("ZZ",))).as_py() == "ZZ"


@pytest.mark.parametrize(
    ("text", "code", "repairs"),
    [
        ("010121", "010121", []),
        ("10121", "010121", ["hs-leading-zero"]),
        ("0101.21", "010121", ["hs-separator"]),
        ("101.21", "010121", ["hs-leading-zero", "hs-separator"]),
        ("0101.21.00", "01012100", ["hs-separator"]),
        ("6203424000", "6203424000", []),
    ],
)
def test_hs_codes(text: str, code: str, repairs: list[str]) -> None:
    assert (read("hs", text).as_py(), repaired("hs", text)) == (code, repairs)


@pytest.mark.parametrize(
    "text",
    [
        "10121.0",
        "620342.0",
        "6203",
        "62034A",
        "００６２０３",
        "000000",
        "6203.4.2",
        "12345678901",
        "-10121",
        "1e5",
        " 620342",
    ],
)
def test_no_hs_codes(text: str) -> None:
    assert read("hs", text) == "hs-format"


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2023-02-29",
        "2024-1-1",
        "20240101",
        "01/02/2024",
        "2024-01-01T00:00",
        "２024-01-01",
        "0000-01-01",
        "today",
    ],
)
def test_no_dates(text: str) -> None:
    assert read("date", text) == "date-format"


def test_dates_in_the_configured_ways() -> None:
    assert read("date", "2024-02-29") == np.datetime64("2024-02-29")
    assert read("date", "29/02/2024", EUROPEAN) == np.datetime64("2024-02-29")
    assert read("date", "2024-02-29", EUROPEAN) == np.datetime64("2024-02-29")
    assert read("date", "02/29/2024", EUROPEAN) == "date-format"


def test_flags() -> None:
    assert [read("flag", text) for text in ("1", "true", "0", "0.0", "yes", "2")] == [
        1,
        1,
        0,
        0,
        "flag-format",
        "flag-format",
    ]


def test_typed_cells_need_no_grammar() -> None:
    assert parse("number", pa.array([1.5, None]), EUROPEAN).values[0] == 1.5
    moments = pa.array([datetime(2024, 1, 2, 3), None], type=pa.timestamp("us"))
    parsed = parse("date", moments, EUROPEAN)
    assert parsed.values[0] == np.datetime64(date(2024, 1, 2))
    assert np.isnat(parsed.values[1])
    assert parsed.repairs["time-of-day"].tolist() == [True, False]
    assert parse("hs", pa.array([10121.0]), RULES).values.to_pylist() == ["010121"]
    assert parse("flag", pa.array([1.0, 0.0, None]), RULES).values.tolist()[:2] == [1, 0]


@pytest.mark.parametrize("number", [1.5, float("nan"), float("inf"), 2.0**60])
def test_a_floating_number_is_no_code(number: float) -> None:
    assert list(parse("code", pa.array([number, 7.0]), RULES).faults) == ["number-for-code"]


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_typed_numbers_must_be_finite(number: float) -> None:
    assert list(parse("number", pa.array([number, 7.0]), RULES).faults) == ["number-format"]


def test_spaces_are_trimmed_only_when_asked_and_never_from_ids() -> None:
    trimming = DeclarationFormat(columns=TWO, trim_spaces=True)
    assert (read("country", "CN ", trimming).as_py(), repaired("country", "CN ", trimming)) == (
        "CN",
        ["trimmed-space"],
    )
    assert parse("text", pa.array([" A "]), trimming, opaque=True).values.to_pylist() == [" A "]


@pytest.mark.parametrize("kind", ["text", "code", "country", "hs", "date", "number", "flag"])
def test_missing_cells_are_missing_values(kind: str) -> None:
    for cells in (pa.array([None, None], type=pa.string()), pa.array([], type=pa.string())):
        parsed = parse(kind, cells, RULES)
        assert not parsed.faults
        assert len(parsed.values) == len(cells)
