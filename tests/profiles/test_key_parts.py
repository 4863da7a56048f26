"""Derived parts of keys: pure functions of one row, missing where they cannot be said, and named consistently."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.declarations.columns import COLUMNS
from redlane.errors import RedlaneError
from redlane.hashing import MISSING
from redlane.profiles.key_parts import same_price
from redlane.profiles.keys import (
    KeyHashes,
    check_key,
    key_name,
    key_phrase,
    key_words,
    part_text,
    source_columns,
)

PARTS = ["unit_price", "mass_and_value", "value_just_below_800", "value_multiple_of_1000"]
amounts = st.floats(min_value=-1e12, max_value=1e12) | st.just(float("nan"))


def rows(values, masses):
    return pd.DataFrame(
        {"customs_value": values, "net_mass": masses, "importer_id": "I"}, dtype=object
    ).astype({"customs_value": "float64", "net_mass": "float64"})


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=30, deadline=None)
@given(pairs=st.lists(st.tuples(amounts, amounts), min_size=1, max_size=20))
def test_equal_rows_have_equal_hashes_and_missing_ones_none(part, pairs):
    frame = rows(*zip(*pairs, strict=True))
    hashes, text = KeyHashes(frame).of((part,)), part_text(frame, part)
    assert ((hashes == MISSING) == text.isna().to_numpy()).all()
    known = hashes != MISSING
    assert len(set(hashes[known])) == text[known].nunique()
    one_by_one = [KeyHashes(frame.iloc[[i]]).of((part,))[0] for i in range(len(frame))]
    assert (hashes == one_by_one).all()


@pytest.mark.parametrize("part", PARTS)
def test_a_missing_value_makes_the_cross_missing(part):
    hashes = KeyHashes(rows([np.nan, 700.0], [5.0, 5.0])).of(("importer_id", part))
    assert hashes[0] == MISSING != hashes[1]


def test_the_threshold_itself_is_not_below_it():
    hashes = KeyHashes(rows([799.99, 400.0, 800.0, 399.99], [1.0] * 4)).of(("value_just_below_800",))
    assert hashes[0] == hashes[1] != hashes[2] == hashes[3]


def test_thresholds_are_kept_apart_by_the_name_of_the_key():
    assert key_name(("importer_id", "value_just_below_150")) == "importer_x_value_just_below_150"
    for bad in ("value_just_below_0", "value_just_below_", "value_just_below_8.5", "xunit_price"):
        with pytest.raises(RedlaneError, match="is not a column; known are hs2, hs4, hs6, unit_price"):
            check_key((bad,), "test")


def test_minus_zero_is_zero():
    assert len(set(KeyHashes(rows([0.0, -0.0], [0.0, -0.0])).of(("mass_and_value",)))) == 1


@given(st.floats(min_value=1e-3, max_value=1e9), st.floats(min_value=1e-3, max_value=1e9))
def test_a_price_is_the_same_when_value_and_mass_are_scaled_alike(value, mass):
    one, two = same_price(np.array([value, value * 4]), np.array([mass, mass * 4]))
    assert one == two == pytest.approx(value / mass, rel=1e-6)


@pytest.mark.parametrize("part", PARTS)
def test_words_phrases_and_columns_fit_together(part):
    check_key((part,), "test")
    assert set(source_columns((part,))) <= set(COLUMNS)
    assert key_words(("importer_id", part)).startswith("importer with ")
    named = dict.fromkeys(source_columns((part,)), 1.0)
    assert "{" not in key_phrase(("importer_id", part)).format(**named)
