"""The small steps from a learner's trees to LightGBM text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from redlane.model.learners.nodes import LEAF, Nodes, single_at_most, single_below
from redlane.model.learners.wide import NUMBER, Wide
from redlane.model.learners.writing import Spelled, model_text, ranges_of
from redlane.model.matrix import MatrixColumns
from redlane.model.tree_check import check_trees
from redlane.model.trees import Trees

singles = st.floats(-(2.0**126), 2.0**126, width=32)
borders = st.floats(-1e38, 1e38) | singles


@given(threshold=borders, other=borders)
def test_one_border_says_of_every_number_what_float32_says(threshold, other):
    border = single_at_most(np.array([threshold]))[0]
    for x in (border, np.nextafter(border, np.inf), np.nextafter(border, -np.inf), threshold, other):
        assert (x <= border) == (np.float64(np.float32(x)) <= threshold)


@given(threshold=singles, other=borders)
def test_below_a_float32_is_one_border_too(threshold, other):
    border = single_below(np.array([threshold], dtype=np.float32))[0]
    for x in (border, np.nextafter(border, np.inf), threshold, other):
        assert (x <= border) == (np.float32(x) < np.float32(threshold))


def test_what_float32_cannot_hold_goes_the_way_of_its_largest():
    assert single_at_most(np.array([np.inf, float(np.finfo(np.float32).max)])).tolist() == [np.inf, np.inf]


def tree(column, threshold, missing_left=False):
    """One split, -1 to the left and 1 to the right."""
    return Nodes(
        column=np.array([column, LEAF, LEAF]),
        threshold=np.array([threshold, 0.0, 0.0]),
        missing_left=np.array([missing_left, False, False]),
        left=np.array([1, 0, 0]),
        right=np.array([2, 0, 0]),
        value=np.array([0.0, -1.0, 1.0]),
    )


def scored(nodes, wide, columns, categories=40):
    spelled = [Spelled.of(nodes, wide)]
    counts = [np.ones(len(spelled[0].leaf_value), dtype=np.int64)]
    text = model_text(spelled, counts, ["amount", "code"], ranges_of(columns, [None, categories]))
    check_trees(text, ["amount", "code"])
    return Trees(text).raw(columns).tolist()


ROWS = MatrixColumns((np.array([1.0, 2.0, np.nan]), np.array([33.0, 2.0, np.nan])), 3)
WIDE = Wide(((0, NUMBER), (1, 33)))


def test_a_missing_number_goes_where_its_learner_sends_it():
    assert scored(tree(0, 1.0, missing_left=True), WIDE, ROWS) == [-1.0, 1.0, -1.0]
    assert scored(tree(0, 1.0), WIDE, ROWS) == [-1.0, 1.0, 1.0]


def test_a_split_on_a_category_column_becomes_one_on_the_category():
    assert scored(tree(1, 0.5), WIDE, ROWS) == [1.0, -1.0, -1.0]


def test_a_split_that_parts_no_category_is_left_out():
    assert scored(tree(1, 1.0), WIDE, ROWS) == [-1.0] * 3
    assert scored(tree(1, -0.1), WIDE, ROWS) == [1.0] * 3


def test_only_frequent_categories_get_a_column_and_features_without_values_none():
    columns = MatrixColumns((np.array([np.nan] * 5), np.array([2.0, 2.0, 0.0, 0.0, 1.0])), 5)
    wide = Wide.over(columns, {1}, most=2)
    assert wide.sources == ((1, 0), (1, 2))
    assert wide.matrix(columns).tolist() == [[0, 1], [0, 1], [1, 0], [1, 0], [0, 0]]
