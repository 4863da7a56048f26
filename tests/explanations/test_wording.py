"""Numbers, dates and texts read well, carry no float noise, and hide nothing."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.explanations.wording import date, number, share, text, words


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (2.1, "2.10"),
        (0.1 + 0.2, "0.30"),
        (9.996, "10.0"),
        (99.97, "100"),
        (0.999, "1.00"),
        (412.0, "412"),
        (1133.0, "1133"),
        (9999.7, "10\u202f000"),
        (123456.0, "123\u202f456"),
        (-12345.6, "-12\u202f346"),
        (1_234_567.0, "1.23 million"),
        (999_499_999.0, "999 million"),
        (999_600_000.0, "1 billion"),
        (-3e6, "-3 million"),
        (1.5e13, "15000 billion"),
        (-0.0, "0"),
        (1e-17, "0"),
        (math.inf, "unknown"),
    ],
)
def test_numbers_have_the_digits_a_person_wants(value, read):
    assert number(value) == read


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_every_number_can_be_written_and_is_close_to_its_words(value):
    words = number(value)
    assert words
    assert "e" not in words.replace("unknown", "")
    if math.isfinite(value) and 1e-6 <= abs(value) < 999_999:
        assert float(words.replace("\u202f", "")) == pytest.approx(value, rel=0.051)


@pytest.mark.parametrize(
    ("value", "read"), [(0.07, "7 %"), (0.1234, "12.3 %"), (0.29, "29 %"), (2.5, "250 %")]
)
def test_shares_are_percentages(value, read):
    assert share(value) == read


def test_dates_begin_with_the_year():
    assert date(np.datetime64("2024-12-01")) == "2024-12-01"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("a\x00b\x1b[2Jc", "a b [2Jc"),
        ("one\r\ntwo\u2028three\xa0four", "one two three four"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("lone \ud800 half", "lone half"),
        ("Müller & Söhne 株式会社", "Müller & Söhne 株式会社"),
        ("{value.__class__}", "{value.__class__}"),
        ("", "unknown"),
        (pd.NA, "unknown"),
        (float("nan"), "unknown"),
        (7, "7"),
    ],
)
def test_texts_stay_as_they_are_but_for_control_characters(value, read):
    assert text(value) == read


@given(st.text(max_size=300))
def test_no_text_can_break_a_line_or_grow_long(value):
    shown = text(value)
    assert shown.isprintable()
    assert 0 < len(shown) <= 120
    assert shown.encode()


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_text_columns_of_any_kind_are_read_alike(dtype):
    assert words(pd.Series(["CN", None, "NA"], dtype=dtype)) == ["CN", "unknown", "NA"]


def test_columns_of_numbers_and_dates_follow_their_kind():
    assert words(pd.Series([1.5, np.nan])) == ["1.50", "unknown"]
    assert words(pd.Series([3, 4], dtype="Int64")) == ["3", "4"]
    assert words(pd.Series(pd.to_datetime(["2024-05-02", None]))) == ["2024-05-02", "unknown"]
    assert words(pd.Series([], dtype="float64")) == []


@given(st.lists(st.floats(allow_nan=True), max_size=20))
def test_a_column_reads_as_its_values_one_by_one(values):
    assert words(pd.Series(values, dtype="float64")) == [number(value) for value in values]
