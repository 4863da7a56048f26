"""XGBoost (Chen, Guestrin 2016), with the extra ``boosters``. It compares and adds up in float32."""

import json
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from redlane.errors import RedlaneError
from redlane.model.learners.lesson import Learnt, Lesson
from redlane.model.learners.nodes import LEAF, Ensemble, Floats, Nodes, single_below
from redlane.model.learners.wide import WideSettings
from redlane.model.learners.workshop import Workshop, package_of
from redlane.model.settings import Count, NotNegative, Share

_SINGLE = 1e-5
"""Relative difference that adding up hundreds of trees in float32 may make."""


class XGBoostSettings(WideSettings):
    """Everything of ``conf/model/xgboost.yaml``."""

    about: ClassVar[str] = "gradient boosted trees (XGBoost) on the log-odds"

    package: ClassVar[str] = "xgboost"

    name: Literal["xgboost"] = "xgboost"
    learning_rate: Share = 0.05
    rounds: Count = 1500
    early_stopping_rounds: Annotated[int, Field(ge=0)] = 100
    metric: Literal["aucpr", "auc", "logloss"] = "aucpr"
    """What early stopping watches on the tuning period."""
    max_depth: Annotated[int, Field(ge=1, le=16)] = 6
    min_child_weight: NotNegative = 5.0
    max_bin: Annotated[int, Field(ge=3, le=65535)] = 256
    feature_fraction: Share = 0.2
    bagging_fraction: Share = 0.8
    lambda_l1: NotNegative = 0.0
    lambda_l2: NotNegative = 5.0


def learn(lesson: Lesson, settings: XGBoostSettings) -> Learnt:
    """Boosted trees, stopped by the tuning rows.

    Raises:
        RedlaneError: XGBoost is not installed, or this version describes its trees differently.
    """
    xgboost = package_of(settings)
    shop = Workshop.over(lesson, settings)
    rows = xgboost.DMatrix(shop.matrix, lesson.rows.irregular, weight=lesson.rows.weight)
    stopping = settings.early_stopping_rounds if lesson.watch is not None else 0
    later = []
    if lesson.watch is not None and stopping:
        later = [(xgboost.DMatrix(shop.watched, lesson.watch.irregular, weight=lesson.watch.weight), "later")]
    rate = float(np.average(lesson.rows.irregular, weights=lesson.rows.weight))
    booster = xgboost.train(
        _parameters(settings, rate),
        rows,
        lesson.rounds or settings.rounds,
        evals=later,
        early_stopping_rounds=stopping or None,
        verbose_eval=False,
    )
    if stopping:
        booster = booster[: booster.best_iteration + 1]
    trees = _trees(booster, shop.library)

    def own(matrix: Floats) -> Floats:
        said = booster.predict(xgboost.DMatrix(matrix), output_margin=True)
        return np.asarray(said, dtype=np.float64)

    base = float(np.log(rate / (1 - rate)))
    return Learnt(shop.trees(Ensemble(trees, base, own, _SINGLE)), len(trees))


def _parameters(settings: XGBoostSettings, rate: float) -> dict[str, Any]:
    return {
        "objective": "binary:logistic",
        "base_score": rate,
        "eval_metric": settings.metric,
        "tree_method": "hist",
        "eta": settings.learning_rate,
        "max_depth": settings.max_depth,
        "min_child_weight": settings.min_child_weight,
        "max_bin": settings.max_bin,
        "colsample_bytree": settings.feature_fraction,
        "subsample": settings.bagging_fraction,
        "alpha": settings.lambda_l1,
        "lambda": settings.lambda_l2,
        "seed": settings.seed,
        "nthread": 1,  # sums of floats depend on how they are shared out
        "verbosity": 0,
    }


def _trees(booster: Any, library: str) -> list[Nodes]:
    """The trees of XGBoost's own JSON, whose layout its documentation lays down (Model IO)."""
    try:
        model = json.loads(bytes(booster.save_raw("json")))
        return [_nodes(tree) for tree in model["learner"]["gradient_booster"]["model"]["trees"]]
    except (KeyError, TypeError, ValueError):
        raise RedlaneError(
            f"{library} writes its trees in a way redlane does not know; install the version named in "
            "requirements.lock, or choose another model"
        ) from None


def _nodes(tree: dict[str, Any]) -> Nodes:
    left = np.array(tree["left_children"], dtype=np.int64)
    is_leaf = left < 0
    # Thresholds and leaf values share one list; both are float32, written so that they read as the same again.
    conditions = np.array(tree["split_conditions"], dtype=np.float32)
    return Nodes(
        column=np.where(is_leaf, LEAF, np.array(tree["split_indices"], dtype=np.int64)),
        threshold=single_below(np.where(is_leaf, np.float32(0), conditions)),
        missing_left=np.array(tree["default_left"], dtype=np.bool_),
        left=left,
        right=np.array(tree["right_children"], dtype=np.int64),
        value=np.where(is_leaf, conditions.astype(np.float64), 0.0),
    )
