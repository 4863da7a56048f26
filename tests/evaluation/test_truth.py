"""Labelled rows: what is accepted, how they fall into weeks, how they are ordered."""

from dataclasses import replace

import numpy as np
import pytest

from redlane.errors import RedlaneError
from redlane.evaluation.order import extreme_order, inspection_order
from redlane.evaluation.truth import Truth, blocks


def day(text):
    return np.array([np.datetime64(text, "D").astype(int)])


@pytest.mark.parametrize(
    ("kind", "first"), [("day", "2020-03-04"), ("week", "2020-03-02"), ("month", "2020-03-01")]
)
def test_blocks_start_on_their_own_day_on_monday_or_on_the_first(kind, first):
    codes, starts = blocks(day("2020-03-04"), kind)
    assert codes.tolist() == [0]
    assert starts.tolist() == day(first).tolist()


@pytest.mark.parametrize("text", ["1969-12-29", "2019-12-30", "2020-03-02"])
def test_a_week_runs_from_monday_to_sunday(text):
    monday = day(text)[0]
    codes, starts = blocks(np.arange(monday - 1, monday + 8), "week")
    assert codes.tolist() == [0, *[1] * 7, 2]
    assert starts[1] == monday


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"irregular": np.array([0.0, 0.5])}, "found 0.5"),
        ({"revenue": np.array([np.inf, 1.0])}, "infinite revenue"),
        ({"propensity": np.array([0.0, 1.0])}, "propensity of 0 is impossible"),
        ({"propensity": np.array([1.5, 1.0])}, "propensity of 1.5 is impossible"),
        ({"tie": np.array([1], dtype=np.uint64)}, "'tie' has shape"),
    ],
)
def test_impossible_values_are_refused_in_a_sentence(make_truth, change, sentence):
    with pytest.raises(RedlaneError, match=sentence):
        replace(make_truth(2), **change)


def test_no_rows_at_all_are_refused():
    nothing = np.empty(0)
    with pytest.raises(RedlaneError, match="at least one labelled row"):
        Truth(nothing, None, False, nothing.astype(np.int64), nothing.astype(np.uint64))


def test_missing_revenue_counts_as_nothing_recovered(make_truth):
    truth = replace(make_truth(2), revenue=np.array([np.nan, 3.0]))
    assert truth.paid().tolist() == [0.0, 3.0]


def test_a_slice_takes_every_array_along(make_truth):
    truth = replace(make_truth(3), typology=np.array(["a", "b", "c"], dtype=object), propensity=np.ones(3))
    part = truth.where(np.array([True, False, True]))
    assert (len(part), part.typology.tolist()) == (2, ["a", "c"])
    assert part.tie.tolist() == truth.tie[[0, 2]].tolist()


def test_equal_scores_are_inspected_by_ascending_hash_and_unscored_rows_last():
    score = np.array([1.0, np.nan, 2.0, 1.0, np.nan, -np.inf])
    tie = np.array([9, 5, 1, 2, 3, 7], dtype=np.uint64)
    order = inspection_order(score, tie)
    assert order.rows.tolist() == [2, 3, 0, 5, 4, 1]
    assert order.first.tolist() == [0, 1, 1, 3, 4, 4]
    assert order.last.tolist() == [0, 2, 2, 3, 5, 5]


def test_hashes_above_the_signed_range_still_sort_upwards():
    tie = np.array([2**64 - 1, 2**63, 1], dtype=np.uint64)
    assert inspection_order(np.zeros(3), tie).rows.tolist() == [2, 1, 0]


def test_extreme_orders_move_rows_only_within_their_tie():
    score, gain = np.array([1.0, 1.0, 5.0]), np.array([0.0, 1.0, 0.0])
    assert extreme_order(score, gain, best=True).rows.tolist() == [2, 1, 0]
    assert extreme_order(score, gain, best=False).rows.tolist() == [2, 0, 1]
