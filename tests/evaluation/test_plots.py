"""The pictures: they can always be drawn, show what was measured, and come out the same twice."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.evaluation import EvaluationSettings, evaluate
from redlane.evaluation.drawing import apart, save
from redlane.evaluation.plots import calibration, gain_curve, precision_recall, wilson


@pytest.fixture
def ranked(make_truth):
    truth, rng = make_truth(300), np.random.default_rng(0)
    return {"model": truth.irregular + rng.normal(size=300), "random": rng.random(300)}, truth


def words(figure):
    return " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


def test_the_mark_at_capacity_is_the_recall_that_was_measured(ranked):
    figure = gain_curve(*ranked, capacity=0.1)
    recall = evaluate(*ranked, EvaluationSettings(bootstrap_repeats=0)).get("model", "recall", 0.1).value
    assert f"model finds {100 * recall:.0f} %" in words(figure)
    for name in ("model", "random", "oracle"):
        assert name in words(figure)


def test_precision_recall_states_the_average_precision_that_was_measured(ranked):
    figure = precision_recall(*ranked)
    for name in ranked[0]:
        value = (
            evaluate(*ranked, EvaluationSettings(bootstrap_repeats=0)).get(name, "average_precision").value
        )
        assert f"{name}  {value:.3f}" in words(figure)


def test_the_oracle_is_above_every_line(ranked):
    for of in ("irregularities", "revenue"):
        *lines, oracle = gain_curve(*ranked, of=of).axes[0].lines
        assert all((oracle.get_ydata() >= line.get_ydata() - 1e-12).all() for line in lines)


def test_calibration_shows_one_point_per_bin(make_truth):
    truth = make_truth(200)
    figure = calibration(np.random.default_rng(0).random(200), truth.irregular, bins=5)
    points = figure.axes[0].containers[0].lines[0]
    assert len(points.get_xdata()) == 5


@given(rows=st.integers(1, 10_000), found=st.integers(0, 10_000))
def test_an_interval_holds_its_share(rows, found):
    share = np.array([min(found, rows) / rows])
    low, high = wilson(share, np.array([float(rows)]))
    assert 0 <= low <= share <= high <= 1


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_same_figure_gives_the_same_bytes(ranked, tmp_path, ending):
    one, two = (save(gain_curve(*ranked), tmp_path / f"{name}.{ending}") for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml")


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_samples_with_a_single_outcome_or_a_single_row_can_be_drawn(make_truth, tmp_path, outcome, recwarn):
    for rows in (1, 30):
        truth = make_truth(rows)
        truth.irregular[:] = outcome
        truth.revenue[:] = 0.0
        rankings = {"model": np.zeros(rows)}
        save(gain_curve(rankings, truth, of="revenue", capacity=0.5), tmp_path / "gain.png")
        save(precision_recall(rankings, truth), tmp_path / "recall.png")
        save(calibration(np.full(rows, 0.5), truth.irregular), tmp_path / "calibration.png")
    assert not recwarn.list


def test_evaluating_does_not_import_what_only_drawing_and_fitting_need():
    code = "import sys, redlane.evaluation; print([m for m in ('matplotlib', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_labels_keep_their_order_their_distance_and_the_plot(heights):
    heights = np.array(heights)
    places = apart(heights, 0.05, 0.0, 1.0)
    in_order = places[np.argsort(heights, kind="stable")]
    assert (np.diff(in_order) >= 0.05 - 1e-3).all()
    assert places.min() >= -1e-3
    assert places.max() <= 1 + 1e-3


def test_intervals_of_a_share_agree_with_published_values():
    # Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662
    low, high = wilson(np.array([81 / 263]), np.array([263.0]))
    assert (low[0], high[0]) == pytest.approx((0.2553, 0.3662), abs=1e-4)
