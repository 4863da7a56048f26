"""One sort and weights must say exactly what drawing the rows again and sorting them would say."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from redlane.evaluation import EvaluationSettings, Truth, evaluate
from redlane.evaluation.bootstrap import draw_blocks, interval
from redlane.evaluation.calibration import calibration_error_draws, quantile_bins
from redlane.evaluation.judging import Judge
from redlane.evaluation.settings import Cut
from redlane.evaluation.tables import measure_table
from redlane.evaluation.truth import blocks

SETTINGS = EvaluationSettings(rates=(0.01, 0.1, 0.33), inspections=20, bootstrap_repeats=12, seed=5)


def drawn_rows(truth, weeks):
    """The rows themselves, as often as their week was drawn."""
    codes, _ = blocks(truth.registered_day, "week")
    return np.repeat(np.arange(len(truth)), weeks[codes].astype(int))


def by_brute_force(truth, score, rows):
    """Every measure, computed anew from the drawn rows."""
    order = rows[np.lexsort((truth.tie[rows], -score[rows]))]
    y, money = truth.irregular[order], truth.revenue[order]
    values = {}
    for cut in SETTINGS.cuts:
        k = cut.size(len(rows))
        most = np.sort(truth.revenue[rows])[::-1][:k].sum()
        values["precision", cut] = y[:k].mean()
        values["recall", cut] = y[:k].sum() / y.sum()
        values["lift", cut] = y[:k].mean() / y.mean()
        values["norm_precision", cut] = y[:k].sum() / min(k, y.sum())
        values["norm_recall", cut] = values["norm_precision", cut]
        values["revenue", cut] = money[:k].sum() / money.sum()
        values["average_revenue", cut] = money[:k].sum() / k
        values["norm_revenue", cut] = money[:k].sum() / most
    # Copies of one row are one threshold, different rows never are.
    _, distinct = np.unique(np.lexsort((truth.tie, -score)).argsort()[order], return_inverse=True)
    values["average_precision", None] = average_precision_score(y, -distinct)
    values["roc_auc", None] = roc_auc_score(y, score[order])
    return values


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_weighted_formulas_equal_measures_of_the_rows_drawn(make_truth, seed, tied):
    truth = make_truth(250, seed)
    score = np.random.default_rng(seed + 7).normal(size=250) + truth.irregular
    score = np.round(score) if tied else score
    judge = Judge(truth, SETTINGS)
    judged = judge.judge(score)
    for weeks, draw in zip(judge.drawn, judged.draws, strict=True):
        expected = by_brute_force(truth, score, drawn_rows(truth, weeks))
        for place, value in zip(judged.places, draw, strict=True):
            assert value == pytest.approx(expected[place.measure, place.cut]), place


def test_calibration_error_draws_equal_those_of_the_rows_drawn(make_truth):
    truth, rng = make_truth(250), np.random.default_rng(2)
    probability = rng.random(250)
    judge = Judge(truth, SETTINGS)
    bins = quantile_bins(probability, 10)
    draws = calibration_error_draws(probability - truth.irregular, bins, judge.block, judge.drawn)
    for weeks, draw in zip(judge.drawn, draws, strict=True):
        rows = drawn_rows(truth, weeks)
        gaps = [abs((probability - truth.irregular)[rows[bins[rows] == one]].sum()) for one in range(10)]
        assert draw == pytest.approx(sum(gaps) / len(rows))


def test_intervals_are_the_percentiles_of_the_draws(make_truth):
    truth = make_truth(250)
    score = truth.irregular + np.random.default_rng(1).normal(size=250)
    judged = Judge(truth, SETTINGS).judge(score)
    found = evaluate({"model": score}, truth, SETTINGS)
    at = [place.measure for place in judged.places].index("average_precision")
    low, high = np.quantile(judged.draws[:, at], [0.025, 0.975])
    assert found.get("model", "average_precision")[1:] == pytest.approx((low, high))


def test_differences_are_paired_so_that_equal_rankings_differ_by_nothing(make_truth):
    truth = make_truth(250)
    score = truth.irregular + np.random.default_rng(1).normal(size=250)
    found = evaluate({"model": score, "again": 2 * score + 1}, truth, SETTINGS).difference
    assert set(found["measure"]) == {"average_precision", "precision", "revenue"}
    assert (found[["value", "low", "high"]] == 0).all(axis=None)


def test_a_difference_is_narrower_than_its_two_intervals_suggest(make_truth):
    truth, rng = make_truth(1000), np.random.default_rng(1)
    score = truth.irregular + rng.normal(size=1000)
    settings = EvaluationSettings(rates=(0.3,), bootstrap_repeats=200)
    found = evaluate({"model": score, "near": score + 0.1 * rng.normal(size=1000)}, truth, settings)
    row = found.difference[found.difference["measure"] == "average_precision"].iloc[0]
    widths = [np.subtract(*found.get(name, "average_precision")[:0:-1]) for name in ("model", "near")]
    assert row["high"] - row["low"] < 0.7 * max(widths)


def test_the_same_seed_draws_the_same_weeks():
    assert np.array_equal(draw_blocks(9, 50, seed=3), draw_blocks(9, 50, seed=3))
    assert not np.array_equal(draw_blocks(9, 50, seed=3), draw_blocks(9, 50, seed=4))


def test_one_week_alone_has_no_interval(make_truth):
    truth = make_truth(40, weeks=1)
    found = evaluate({"model": truth.irregular}, truth, EvaluationSettings())
    assert np.isnan(found.get("model", "average_precision").low)
    assert found.notes[0] == "All rows fall into one week: no interval can be given."


def test_draws_without_a_value_are_left_out_of_the_interval():
    low, high = interval(np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan]]), 0.5)
    assert (low[0], high[0]) == (1.5, 2.5)
    assert np.isnan([low[1], high[1]]).all()


@pytest.mark.slow
def test_about_nine_intervals_in_ten_hold_the_true_value():
    cut, settings = Cut(rate=0.2), EvaluationSettings(rates=(0.2,), bootstrap_repeats=150)
    held = {"precision": 0, "roc_auc": 0, "average_precision": 0}
    large = simulated(np.random.default_rng(0), weeks=2000)
    expected = evaluate({"model": large[1]}, large[0], settings.model_copy(update={"bootstrap_repeats": 0}))
    for seed in range(100):
        truth, score = simulated(np.random.default_rng(seed + 1), weeks=30)
        rows = measure_table("model", Judge(truth, settings).judge(score), settings, len(truth))
        for name in held:
            at = cut.rate if name == "precision" else None
            row, true = rows[rows["measure"] == name].iloc[0], expected.get("model", name, at).value
            held[name] += row["low"] <= true <= row["high"]
    assert all(count >= 0.85 * 100 for count in held.values()), held


def simulated(rng, weeks):
    """Weeks of fifty declarations that share a mood: some weeks have more irregularities than others."""
    n = weeks * 50
    week = np.repeat(np.arange(weeks), 50)
    score = rng.normal(size=n)
    chance = 1 / (1 + np.exp(1.5 - score - rng.normal(0, 0.5, weeks)[week]))
    irregular = (rng.random(n) < chance).astype(float)
    return Truth(irregular, None, False, week * 7 + 4, rng.permutation(n).astype(np.uint64)), score
