"""Isolation forest: how few random cuts set a declaration apart (Liu, Ting, Zhou 2008). It learns no outcome."""

from typing import Any, ClassVar, Literal

import numpy as np

from redlane.model.learners.lesson import Learnt, Lesson
from redlane.model.learners.nodes import LEAF, Ensemble, Nodes, single_at_most
from redlane.model.learners.wide import Floats, WideSettings, filled, medians
from redlane.model.learners.workshop import Workshop
from redlane.model.settings import Count, Share


class IsolationForestSettings(WideSettings):
    """Everything of ``conf/model/isolation_forest.yaml``."""

    about: ClassVar[str] = (
        "isolation forest (scikit-learn), which learns what is usual and no outcome; its margin is minus the mean "
        "number of random cuts that set a declaration apart"
    )

    name: Literal["isolation_forest"] = "isolation_forest"
    trees: Count = 300
    rows_per_tree: Count = 256
    """Rows drawn for each tree; the authors' number, enough to tell the unusual from the usual."""
    feature_fraction: Share = 1.0
    """Of the columns, drawn for each tree."""


def learn(lesson: Lesson, settings: IsolationForestSettings) -> Learnt:
    """A forest of random cuts through the rows, whatever their outcome; missing numbers stand at the median."""
    from sklearn.ensemble import IsolationForest

    shop = Workshop.over(lesson, settings)
    middle = medians(shop.matrix)
    forest = IsolationForest(
        n_estimators=settings.trees,
        max_samples=min(settings.rows_per_tree, len(shop.matrix)),
        max_features=settings.feature_fraction,
        random_state=settings.seed,
        n_jobs=1,
    )
    forest.fit(filled(shop.matrix, middle))
    grown = zip(forest.estimators_, forest.estimators_features_, strict=True)
    trees = [_nodes(tree.tree_, columns, middle, settings.trees) for tree, columns in grown]
    # scikit-learn says minus 2 to the power of -(mean path / usual path); the mean path is what adds up.
    usual = float(usual_path(np.array([forest.max_samples_]))[0])

    def own(matrix: Floats) -> Floats:
        said = forest.score_samples(filled(matrix, middle))
        return np.asarray(np.log2(-said) * usual, dtype=np.float64)

    return Learnt(shop.trees(Ensemble(trees, 0.0, own)))


def usual_path(rows: Floats) -> Floats:
    """Mean number of cuts that it takes to single out one of so many *rows*, in a tree that knows nothing of them.

    >>> usual_path(np.array([1, 2, 256])).round(3).tolist()
    [0.0, 1.0, 10.245]
    """
    count = np.maximum(np.asarray(rows, dtype=np.float64), 2.0)
    path = 2.0 * (np.log(np.maximum(count - 1.0, 1.0)) + np.euler_gamma) - 2.0 * (count - 1.0) / count
    return np.asarray(np.where(rows > 2, path, np.where(rows == 2, 1.0, 0.0)), dtype=np.float64)


def _nodes(tree: Any, columns: Any, middle: Floats, trees: int) -> Nodes:
    is_leaf = tree.children_left < 0
    # With all columns drawn, scikit-learn leaves them in place, whatever order it says it drew them in.
    drawn = np.arange(len(middle)) if len(columns) == len(middle) else np.asarray(columns)
    column = drawn[np.where(is_leaf, 0, tree.feature)]
    threshold = single_at_most(tree.threshold)
    path = _depths(tree) + usual_path(tree.n_node_samples)
    return Nodes(
        column=np.where(is_leaf, LEAF, column),
        threshold=threshold,
        missing_left=middle[column] <= threshold,
        left=tree.children_left,
        right=tree.children_right,
        value=-path / trees,
    )


def _depths(tree: Any) -> Floats:
    """Splits above each node; children come after their parents."""
    depths = np.zeros(tree.node_count)
    for node in np.flatnonzero(tree.children_left >= 0):
        depths[[tree.children_left[node], tree.children_right[node]]] = depths[node] + 1
    return depths
