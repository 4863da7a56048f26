"""Learners: one kind of model each, chosen by the class of its settings.

A learner takes a :class:`Lesson` and its settings and gives back what scores. Its settings stand beside it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from redlane.model.learners import catboost, forest, hist_boosting, isolation, lightgbm, linear, xgboost
from redlane.model.learners.lesson import Learnt, Lesson
from redlane.model.learners.workshop import library_of
from redlane.model.settings import LightGBMSettings, ModelSettings

Learner = Callable[[Lesson, Any], Learnt]

LEARNERS: Mapping[type[ModelSettings], Learner] = {
    LightGBMSettings: lightgbm.learn,
    lightgbm.LightGBMRankerSettings: lightgbm.learn_order,
    lightgbm.LightGBMRevenueSettings: lightgbm.learn_by_revenue,
    linear.LogisticSettings: linear.learn,
    hist_boosting.HistBoostingSettings: hist_boosting.learn,
    forest.RandomForestSettings: forest.learn,
    isolation.IsolationForestSettings: isolation.learn,
    xgboost.XGBoostSettings: xgboost.learn,
    catboost.CatBoostSettings: catboost.learn,
}
"""What learns, by the class of settings it understands."""


def learner_of(settings: ModelSettings) -> Learner:
    """The learner for *settings*.

    Raises:
        TypeError: their class is in no learner's table.
    """
    try:
        return LEARNERS[type(settings)]
    except KeyError:
        raise TypeError(f"no learner is known for {type(settings).__name__}") from None


__all__ = ["LEARNERS", "Learner", "Learnt", "Lesson", "learner_of", "library_of"]
