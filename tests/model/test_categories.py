"""Categories: numbered by value alone; what was not learnt is treated as missing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.errors import RedlaneError
from redlane.model.categories import check_levels, encode, learn_levels

words = st.one_of(st.none(), st.text(max_size=3))


@given(st.lists(words, max_size=40), st.randoms())
def test_levels_do_not_depend_on_row_order(values, random):
    shuffled = random.sample(values, len(values))
    first, second = (learn_levels(pd.Series(rows, dtype=object), 2) for rows in (values, shuffled))
    assert (
        first == second == sorted({word for word in values if word is not None and values.count(word) >= 2})
    )


@given(st.lists(words, max_size=30), st.lists(st.text(max_size=3), unique=True, max_size=10))
def test_codes_point_back_to_their_value_and_all_else_is_missing(values, levels):
    levels = sorted(levels)
    for value, code in zip(values, encode(pd.Series(values, dtype=object), levels), strict=True):
        assert np.isnan(code) if value not in levels else levels[int(code)] == value


def test_text_and_pandas_categories_encode_alike():
    text = pd.Series(["sea", None, "air", "NA", "sea"])
    levels = ["NA", "air", "sea"]
    assert np.array_equal(encode(text, levels), encode(text.astype("category"), levels), equal_nan=True)
    assert encode(text, levels)[3] == 0


@pytest.mark.parametrize("values", [[1.0, 2.0], ["a", 1], [True, False]])
def test_a_category_that_is_not_text_is_refused_by_name(values):
    with pytest.raises(RedlaneError, match="category feature 'office'"):
        encode(pd.Series(values, name="office"), ["a"])


@pytest.mark.parametrize("levels", [["b", "a"], ["a", "a"], [1]])
def test_levels_nobody_could_have_learnt_are_refused(levels):
    with pytest.raises(RedlaneError, match="'office' are not distinct, sorted text"):
        check_levels({"office": levels})


def test_unseen_and_missing_values_score_alike(model, later):
    frame = later.features
    unseen, missing = frame.assign(office="moon"), frame.assign(office=None)
    assert np.array_equal(model.margin(unseen), model.margin(missing))


def test_rare_values_are_not_learnt(model, training):
    assert model.categories == {"office": ["harbour", "north", "south"]}
    assert learn_levels(training.features["office"], 500) == ["north"]
