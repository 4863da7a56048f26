"""Explaining in chunks gives what explaining at once gives, and a model's refusal is passed on."""

import numpy as np
import pandas as pd
import pytest

from redlane.errors import RedlaneError
from redlane.explanations import ExplanationSettings, explain
from redlane.features.spec import Feature

SPECS = (
    Feature("x", "X", "x is {value}", "quantity", family="a"),
    Feature("y", "Y", "y is {value} for {importer_id}", "origin", family="b"),
)


class Linear:
    """A model whose margin is 2x - y + 0.5."""

    def __init__(self):
        self.chunks = []

    def contributions(self, features, threads=None):
        self.chunks.append(len(features))
        x, y = features["x"].to_numpy(), features["y"].to_numpy()
        return np.column_stack([2 * x, -y, np.full(len(x), 0.5)])


FEATURES = pd.DataFrame({"x": np.linspace(-1, 1, 25), "y": np.linspace(1, -2, 25)})
FACTS = pd.DataFrame({"importer_id": [f"I{i}" for i in range(25)]})


@pytest.mark.parametrize("rows", [1, 7, 25, 1000])
def test_chunks_change_nothing(rows):
    model = Linear()
    parts = explain(model, FEATURES, FACTS, SPECS, ExplanationSettings(chunk_rows=rows))
    whole = explain(Linear(), FEATURES, FACTS, SPECS, ExplanationSettings())
    assert max(model.chunks) <= rows
    assert parts.reasons.rows() == whole.reasons.rows()
    pd.testing.assert_frame_equal(parts.groups, whole.groups)
    assert (parts.base == 0.5).all()


def test_groups_and_base_sum_to_the_margin():
    result = explain(Linear(), FEATURES, FACTS, SPECS, ExplanationSettings())
    margin = 2 * FEATURES["x"] - FEATURES["y"] + 0.5
    np.testing.assert_allclose(result.groups.sum(axis=1) + result.base, margin, rtol=1e-12)


def test_reasons_name_the_facts_of_their_own_row():
    result = explain(Linear(), FEATURES, FACTS, SPECS, ExplanationSettings(chunk_rows=4))
    assert result.reasons.rows()[24][1].sentence == "y is -2 for I24"


def test_no_rows_are_explained_as_no_rows():
    result = explain(Linear(), FEATURES.iloc[:0], FACTS.iloc[:0], SPECS, ExplanationSettings())
    assert (len(result.reasons), len(result.groups), len(result.base)) == (0, 0, 0)


def test_contributions_that_do_not_add_up_are_never_given_as_reasons():
    class Broken:
        def contributions(self, features, threads=None):
            raise RedlaneError("the contributions of row 0 do not sum to its margin")

    with pytest.raises(RedlaneError, match="do not sum"):
        explain(Broken(), FEATURES, FACTS, SPECS, ExplanationSettings())
