"""Planted irregularities are found; where outcomes are dealt at random there is nothing to find, and nothing is."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from redlane.declarations.periods import Periods, days
from redlane.evaluation.comparison import MODEL, Rows, baseline_needs, compare
from redlane.evaluation.probe import shuffle_outcomes
from redlane.pipeline import Recipe, fit, score
from redlane.profiles.build import build
from redlane.profiles.needs import ProfileNeeds
from redlane.stages import learning
from tests.runs import QUICK, chosen, world

pytestmark = pytest.mark.slow

RECIPE = Recipe(
    chosen("features", "default"),
    chosen("model", "lightgbm", **{**QUICK, "rounds": 60, "feature_fraction": 0.5}),
)
PERIODS = Periods(burn_in_days=60, tune_days=40, test_days=120)


@pytest.fixture(scope="module")
def declarations():
    return world(
        weeks=52,
        declarations_per_week=450,
        inspection_rate=0.3,
        importers=400,
        sellers=250,
        goods=200,
        offices=5,
        inspectors=20,
    )


def judged(frame: pd.DataFrame):
    """Train on the past of *frame*; its test rows and their scores, and what the comparison needs."""
    split = PERIODS.split(
        days(frame["registered_on"]), days(frame["outcome_known_on"]), learning.labelled(frame)
    )
    needs = ProfileNeeds.union([RECIPE.features.needs(), baseline_needs(frame.columns)])
    profiles = build(frame, needs)
    model = fit(frame, profiles, split, RECIPE)
    test = learning.rows_of(frame, split.test, profiles, RECIPE.features)
    return split, profiles, test, score(test.declarations, profiles, RECIPE.features, model)


def test_planted_irregularities_are_found(declarations):
    split, profiles, test, scores = judged(declarations)
    train = learning.rows_of(declarations, split.train | split.tune, profiles, RECIPE.features)
    comparison = compare(
        Rows(train.declarations, train.features),
        test,
        scores,
        earlier=declarations[declarations["registered_on"] < str(split.test_from)],
        profiles=profiles,
        settings=chosen("evaluation", "default", bootstrap_repeats=100),
        proxy=False,
    )
    found = comparison.whole.get(MODEL, "average_precision")
    assert found.low > 1.5 * comparison.whole.base_rate.value
    for ranking in comparison.rankings:
        if not ranking.startswith(MODEL):
            assert found.value > comparison.whole.get(ranking, "average_precision").value, ranking


def test_shuffled_outcomes_give_nothing_to_find(declarations):
    """Of one shuffle luck alone decides; the mean over several lies at the base rate and at an AUC of a half."""
    precision, area, base = [], [], []
    for seed in range(4):
        _, _, test, scores = judged(shuffle_outcomes(declarations, seed))
        irregular = test.irregular
        precision.append(average_precision_score(irregular, scores.margin))
        area.append(roc_auc_score(irregular, scores.margin))
        base.append(irregular.mean())
    error = np.sqrt(np.mean(base) * (1 - np.mean(base)) / len(irregular))
    assert abs(np.mean(precision) - np.mean(base)) < 1.96 * error
    assert abs(np.mean(area) - 0.5) < 0.04
