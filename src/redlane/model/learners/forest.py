"""Random forest: the mean of many trees, each grown on its own draw of rows and columns (Breiman 2001)."""

from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from redlane.model.learners.lesson import Learnt, Lesson
from redlane.model.learners.nodes import LEAF, Ensemble, Nodes, single_at_most
from redlane.model.learners.wide import Floats, WideSettings
from redlane.model.learners.workshop import Workshop
from redlane.model.settings import Count, Share

SCALE = 6.0
"""Margin per unit of probability: what log-odds rise by, roughly, between a tenth and nine tenths."""


class RandomForestSettings(WideSettings):
    """Everything of ``conf/model/random_forest.yaml``."""

    about: ClassVar[str] = (
        "random forest (scikit-learn); its margin is six times (mean leaf probability - 1/2)"
    )

    name: Literal["random_forest"] = "random_forest"
    trees: Count = 400
    max_depth: Annotated[int, Field(ge=1, le=32)] = 12
    min_data_in_leaf: Count = 10
    feature_fraction: Share = 0.15
    """Of the columns, drawn anew at every split."""
    bagging_fraction: Share = 1.0
    """Of the rows, drawn with replacement for every tree."""


def learn(lesson: Lesson, settings: RandomForestSettings) -> Learnt:
    """A forest; it has no rounds and nothing to stop."""
    from sklearn.ensemble import RandomForestClassifier

    shop = Workshop.over(lesson, settings)
    forest = RandomForestClassifier(
        n_estimators=settings.trees,
        max_depth=settings.max_depth,
        min_samples_leaf=settings.min_data_in_leaf,
        max_features=settings.feature_fraction,
        max_samples=settings.bagging_fraction,
        random_state=settings.seed,
        n_jobs=settings.num_threads or None,
    )
    with shop.alone():
        forest.fit(shop.matrix, lesson.rows.irregular, sample_weight=lesson.rows.weight)
    trees = [_nodes(grown.tree_, len(forest.estimators_)) for grown in forest.estimators_]

    def own(matrix: Floats) -> Floats:
        return np.asarray(SCALE * (forest.predict_proba(matrix)[:, 1] - 0.5), dtype=np.float64)

    return Learnt(shop.trees(Ensemble(trees, -0.5 * SCALE, own)))


def _nodes(tree: Any, trees: int) -> Nodes:
    found: Floats = tree.value[:, 0, :]
    share = found[:, 1] / found.sum(axis=1)
    return Nodes(
        column=np.where(tree.children_left < 0, LEAF, tree.feature),
        threshold=single_at_most(tree.threshold),
        missing_left=np.asarray(tree.missing_go_to_left, dtype=np.bool_),
        left=tree.children_left,
        right=tree.children_right,
        value=share * SCALE / trees,
    )
