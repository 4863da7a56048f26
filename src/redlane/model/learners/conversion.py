"""From what a learner grew to the trees redlane scores with, and the proof that both say the same."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from redlane.errors import RedlaneError
from redlane.model.learners.lesson import Lesson
from redlane.model.learners.nodes import LEAF, Ensemble, Nodes
from redlane.model.learners.wide import Wide
from redlane.model.learners.writing import Spelled, model_text, ranges_of
from redlane.model.matrix import MatrixColumns
from redlane.model.trees import Trees

Ints = npt.NDArray[np.int64]

_AT_A_TIME = 5_000_000
"""Leaf numbers held at a time while rows are counted."""


def as_trees(ensemble: Ensemble, wide: Wide, columns: MatrixColumns, lesson: Lesson, library: str) -> Trees:
    """The *ensemble* that *library* grew on the rows of *columns*, as LightGBM trees.

    The rows that each leaf holds (which explanations weigh by) are counted by sending them through the trees;
    a leaf that none of them reaches counts one.

    Raises:
        RedlaneError: the trees do not give the learner's own scores: this version describes them differently.
    """
    base = Nodes(*(np.array([entry]) for entry in (LEAF, 0.0, False, 0, 0, ensemble.base)))
    spelled = [Spelled.of(tree, wide) for tree in (base, *ensemble.trees)]
    levels = [len(lesson.levels[name]) if name in lesson.levels else None for name in lesson.names]
    ranges = ranges_of(columns, levels)
    once = [np.ones(len(tree.leaf_value), dtype=np.int64) for tree in spelled]
    counts = _counted(Trees(model_text(spelled, once, lesson.names, ranges)), columns, once)
    trees = Trees(model_text(spelled, counts, lesson.names, ranges))
    check_same(trees, columns, wide, ensemble, library)
    return trees


def _counted(trees: Trees, columns: MatrixColumns, once: Sequence[Ints]) -> list[Ints]:
    counts = [np.zeros_like(ones) for ones in once]
    for _, matrix in columns.chunks(max(_AT_A_TIME // len(once), 1)):
        leaves = trees.booster.predict(matrix, pred_leaf=True, num_threads=1).reshape(len(matrix), -1)
        for tree, count in enumerate(counts):
            count += np.bincount(leaves[:, tree].astype(np.int64), minlength=len(count))
    return [np.maximum(count, 1) for count in counts]


def check_same(trees: Trees, columns: MatrixColumns, wide: Wide, ensemble: Ensemble, library: str) -> None:
    """Refuse *trees* that score the rows of *columns* otherwise than the learner itself.

    Raises:
        RedlaneError: naming both scores of the first such row.
    """
    found, own = trees.raw(columns, 1), ensemble.own(wide.matrix(columns))
    wrong = ~(np.abs(found - own) <= ensemble.tolerance * np.maximum(np.abs(own), 1.0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise RedlaneError(
            f"the trees of {library} read as text score {float(found[row])!r} where it says {float(own[row])!r}: this "
            "version describes its trees in a way redlane does not know; install the version named in "
            "requirements.lock"
        )
