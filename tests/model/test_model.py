"""The model: a row's score is its own; contributions add up; probability rises with the margin."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redlane.errors import RedlaneError
from redlane.model.model import check_sums
from redlane.model.trees import Trees


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(batch=st.integers(1, 400), seed=st.integers(0, 99))
def test_batches_and_row_order_change_no_bit(batch, seed, model, later):
    frame = later.features.iloc[:400]
    order = np.random.default_rng(seed).permutation(len(frame))
    parts = [model.margin(frame.iloc[order[at : at + batch]]) for at in range(0, len(frame), batch)]
    assert np.array_equal(np.concatenate(parts), model.margin(frame)[order])


def test_threads_and_column_order_change_no_bit(model, later):
    margin = model.margin(later.features, threads=1)
    assert np.array_equal(model.margin(later.features.iloc[:, ::-1], threads=2), margin)


def test_contributions_sum_to_the_margin_on_every_row(model, later):
    contributions = model.contributions(later.features)
    assert contributions.shape == (len(later), len(model.features) + 1)
    assert np.abs(contributions.sum(axis=1) - model.margin(later.features)).max() < 1e-9
    assert len(np.unique(contributions[:, -1])) == 1


def test_contributions_do_not_depend_on_the_chunks_they_are_computed_in(model, later):
    columns = model.columns(later.features.iloc[:200])
    assert np.array_equal(model.trees.contributions(columns, rows=7), model.trees.contributions(columns))


def test_contributions_name_the_planted_features(model, later):
    strength = dict(
        zip(model.features, np.abs(model.contributions(later.features)).mean(axis=0), strict=False)
    )
    assert strength["price_gap"] > strength["office"] > max(strength["mass"], strength["noise"])


@pytest.mark.parametrize("wrong", [0.001, np.nan])
def test_contributions_that_do_not_add_up_are_refused(wrong):
    contributions = np.array([[1.0, 2.0], [1.0, 2.0 + wrong]])
    with pytest.raises(RedlaneError, match="the contributions of row 1 sum to"):
        check_sums(contributions, np.array([3.0, 3.0]))


def test_a_model_whose_contributions_are_off_refuses_to_explain(model, later, monkeypatch):
    honest = Trees.contributions
    monkeypatch.setattr(Trees, "contributions", lambda *arguments: honest(*arguments) + 1e-6)
    with pytest.raises(RedlaneError, match="the contributions of row 0"):
        model.contributions(later.features.head(3))


def test_probability_ranks_as_the_margin_does(model, later):
    margin = np.unique(model.margin(later.features))
    probability = model.probability(margin)
    assert (np.diff(probability) > 0).all()
    assert probability.min() > 0 and probability.max() < 1


def test_expected_revenue_is_probability_times_revenue_if_found(model, later):
    frame = later.features.iloc[:50]
    ones, halves = np.ones(50), np.full(50, 0.5)
    assert np.array_equal(model.expected_revenue(frame, halves), 0.5 * model.expected_revenue(frame, ones))
    assert (model.expected_revenue(frame, ones) > 0).all()
    assert replace(model, revenue=None).expected_revenue(frame, ones) is None


def test_no_rows_give_no_scores(model, later):
    empty = later.features.iloc[:0]
    assert model.margin(empty).shape == (0,)
    assert model.probability(model.margin(empty)).shape == (0,)
    assert model.contributions(empty).shape == (0, 5)
    assert model.expected_revenue(empty, np.empty(0)).shape == (0,)
