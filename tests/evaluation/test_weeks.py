"""The per-week table: each week inspects its own top."""

import numpy as np
import pytest

from redlane.evaluation import EvaluationSettings, evaluate


def weekly(truth, score, rate):
    settings = EvaluationSettings(rates=(rate,), inspections=3, bootstrap_repeats=0)
    return evaluate({"model": score}, truth, settings).per_week


@pytest.mark.parametrize("seed", range(3))
def test_each_week_is_what_it_would_be_alone(make_truth, seed):
    truth = make_truth(300, seed)
    score = np.round(np.random.default_rng(seed).normal(size=300) + truth.irregular, 1)
    table = weekly(truth, score, 0.1)
    week = (truth.registered_day + 3) // 7 * 7 - 3
    assert table["week"].tolist() == sorted(np.unique(week).astype("datetime64[D]").astype("datetime64[s]"))
    for row in table.itertuples():
        alone = week == np.datetime64(row.week, "D").astype(int)
        found = evaluate({"model": score[alone]}, truth.where(alone), EvaluationSettings(rates=(0.1,)))
        assert (row.n, row.k) == (alone.sum(), -(-alone.sum() // 10))
        for measure in ("precision", "recall", "revenue"):
            assert getattr(row, measure) == pytest.approx(found.get("model", measure, 0.1).value)


def test_the_moving_average_covers_a_quarter(make_truth):
    truth = make_truth(2000, weeks=20)
    table = weekly(truth, truth.tie.astype(float), 0.2)
    assert table["precision_13"].iloc[0] == table["precision"].iloc[0]
    assert table["precision_13"].iloc[19] == pytest.approx(table["precision"].iloc[7:20].mean())


def test_a_stated_number_for_the_whole_period_is_not_shown_by_week(make_truth):
    assert weekly(make_truth(100), np.zeros(100), 0.1)["rate"].unique().tolist() == [0.1]
