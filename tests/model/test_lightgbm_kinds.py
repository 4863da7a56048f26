"""LightGBM's other objectives: the order within a week, and findings that count by what was recovered."""

from dataclasses import replace

import numpy as np
import pytest

from redlane.errors import RedlaneError
from redlane.model import fit_model
from redlane.model.learners.lightgbm import (
    LightGBMRankerSettings,
    LightGBMRevenueSettings,
    group_sizes,
    revenue_weights,
)
from redlane.model.tree_check import check_trees
from tests.model.test_fitting import area


def of_kind(kind, quick, **changes):
    shared = {key: value for key, value in quick.plain().items() if key != "name"}
    return kind.parse({**shared, "revenue": None, **changes})


@pytest.mark.parametrize("group", ["day", "week"])
def test_a_ranker_finds_the_planted_order_and_its_probabilities_keep_to_the_rate(
    group, training, tuning, later, specs, quick
):
    model = fit_model(training, tuning, specs, of_kind(LightGBMRankerSettings, quick, group=group))
    margin = model.margin(later.features)
    assert "objective=lambdarank\n" in model.trees.text
    check_trees(model.trees.text, model.features)
    assert area(margin, later.irregular) > 0.75
    assert model.probability(margin).mean() == pytest.approx(later.irregular.mean(), abs=0.03)


def test_a_ranker_learns_from_the_order_within_periods_alone(training, tuning, specs, quick):
    """Where whole days are irregular or regular, there is nothing to put in order."""
    settings = of_kind(LightGBMRankerSettings, quick, group="day", refit=False, early_stopping_rounds=0)
    alike = [replace(data, day=data.irregular.astype("int64")) for data in (training, tuning)]
    margin = fit_model(*alike, specs, settings).margin(tuning.features)
    assert len(np.unique(margin)) == 1


def test_a_ranker_needs_days(training, tuning, specs, quick):
    with pytest.raises(RedlaneError, match="the day of registration"):
        fit_model(replace(training, day=None), tuning, specs, of_kind(LightGBMRankerSettings, quick))


def test_periods_become_runs_of_rows():
    periods = np.repeat([1, 2, 5], [3, 20_001, 1])
    assert group_sizes(periods).tolist() == [3, 6667, 6667, 6667, 1]


def test_findings_count_more_the_more_was_recovered_within_bounds(training, quick):
    settings = of_kind(LightGBMRevenueSettings, quick, revenue_most=3.0)
    found = training.irregular > 0
    weight = revenue_weights(training, 100.0, settings)
    order = np.argsort(training.revenue[found])
    assert (np.diff(weight[found][order]) >= 0).all() and weight[found].max() == 3.0 > weight[found].min() > 1
    assert (weight[~found] == 1.0).all()
    unknown = replace(training, revenue=np.full(len(training), np.nan))
    assert (revenue_weights(unknown, 100.0, settings) == 1.0).all()


def test_weighed_by_revenue_large_findings_come_first_and_probabilities_stay(rows, specs, quick):
    training, tuning, later = rows(4000, 21), rows(1500, 22), rows(3000, 23)
    found = later.irregular > 0
    large = found & (later.features["mass"].to_numpy() > 0.7)
    margins = {}
    for kind in (type(quick), LightGBMRevenueSettings):
        model = fit_model(training, tuning, specs, of_kind(kind, quick))
        margins[kind] = margin = model.margin(later.features)
        assert model.probability(margin).mean() == pytest.approx(later.irregular.mean(), abs=0.03)
    by_revenue, plain = margins[LightGBMRevenueSettings], margins[type(quick)]
    assert area(by_revenue[found], large[found]) > area(plain[found], large[found]) + 0.05


def test_without_amounts_there_is_nothing_to_weigh_by(training, tuning, specs, quick):
    settings = of_kind(LightGBMRevenueSettings, quick)
    for revenue in (None, np.full(len(training), np.nan)):
        with pytest.raises(RedlaneError, match="no training row says it; map 'recovered_revenue'"):
            fit_model(replace(training, revenue=revenue), tuning, specs, settings)
