"""The matrix: columns by name, kinds checked, nothing silently turned into something else."""

import numpy as np
import pandas as pd
import pytest

from redlane.errors import RedlaneError
from redlane.model.matrix import MatrixColumns

LEVELS = {"c": ["x", "y"]}
FRAME = pd.DataFrame({"a": [1.5, np.nan, 3.0], "b": [1.0, 2.0, 3.0], "c": ["y", None, "x"]})
EXPECTED = np.array([[1.5, 1.0, 1.0], [np.nan, 2.0, np.nan], [3.0, 3.0, 0.0]])


def matrix(frame):
    return MatrixColumns.read(frame, ["a", "b", "c"], LEVELS).whole()


@pytest.mark.parametrize(
    "frame",
    [
        FRAME,
        FRAME[["c", "a", "b"]],
        FRAME.astype({"a": "float32", "b": "int64", "c": "category"}),
        FRAME.astype({"a": "Float64", "b": "Int64"}),
        FRAME.set_axis([7, 7, 7]),
    ],
)
def test_the_same_values_give_the_same_matrix(frame):
    assert np.array_equal(matrix(frame), EXPECTED, equal_nan=True)


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (FRAME.drop(columns="b"), "do not fit the model: missing b"),
        (FRAME.assign(d=1.0), "not known to it d"),
        (FRAME[["a", "b", "c", "a"]], "twice there a"),
        (FRAME.assign(b=np.inf), "'b' holds an infinite number"),
        (FRAME.assign(b="1"), "'b' holds .* instead of numbers"),
        (FRAME.assign(b=pd.Series([1, "x", 2.5], dtype=object)), "'b' holds object instead of numbers"),
        (FRAME.assign(c=1.0), "'c' holds double instead of text"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused_in_one_sentence(frame, sentence):
    with pytest.raises(RedlaneError, match=sentence) as caught:
        matrix(frame)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rows", [1, 2, 3, 10])
def test_chunks_cover_every_row_once(rows):
    parts = list(MatrixColumns.read(FRAME, ["a", "b", "c"], LEVELS).chunks(rows))
    assert np.array_equal(np.concatenate([part for _, part in parts]), EXPECTED, equal_nan=True)
    assert [where.start for where, _ in parts] == list(range(0, 3, rows))


def test_many_wrong_names_are_counted_not_listed():
    with pytest.raises(RedlaneError, match="c0, c1, c2, c3, c4 and 15 more"):
        MatrixColumns.read(FRAME, [f"c{number}" for number in range(20)], {})
