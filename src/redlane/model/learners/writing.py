"""Trees of any learner as LightGBM model text: one form to score, check, explain and audit.

A split on a category's column of 0 and 1 becomes LightGBM's split on the category itself: the value goes left,
every other value, the missing and the never seen go right.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from redlane.model.learners.nodes import LEAF, Nodes
from redlane.model.learners.wide import NUMBER, Wide
from redlane.model.matrix import MatrixColumns

Ints = npt.NDArray[np.int64]

_CATEGORY, _MISSING_LEFT, _NAN_IS_MISSING = 1, 2, 8
_WORD = 32
"""Bits in each word of a set of categories."""


@dataclass
class Spelled:
    """A tree in LightGBM's order: splits and leaves numbered apart, leaf k referred to as ~k."""

    feature: list[int] = field(default_factory=list)
    threshold: list[float] = field(default_factory=list)
    decision: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    leaf_value: list[float] = field(default_factory=list)
    categories: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, tree: Nodes, wide: Wide) -> "Spelled":
        """*tree*, its columns of *wide* told as features again."""
        spelled = cls()
        spelled._place(tree, wide, 0)
        return spelled

    def _place(self, tree: Nodes, wide: Wide, node: int) -> int:
        """Add *node* and all below it; gives its number."""
        column = int(tree.column[node])
        if column == LEAF:
            self.leaf_value.append(float(tree.value[node]))
            return ~(len(self.leaf_value) - 1)
        feature, code = wide.sources[column]
        threshold, sides = float(tree.threshold[node]), (int(tree.left[node]), int(tree.right[node]))
        if code != NUMBER and not 0 <= threshold < 1:
            return self._place(tree, wide, sides[0] if threshold >= 1 else sides[1])
        number = len(self.feature)
        self.feature.append(feature)
        self.left.append(0)
        self.right.append(0)
        if code == NUMBER:
            self.threshold.append(threshold)
            self.decision.append(_NAN_IS_MISSING + _MISSING_LEFT * bool(tree.missing_left[node]))
        else:
            self.threshold.append(float(len(self.categories)))
            self.decision.append(_NAN_IS_MISSING + _CATEGORY)
            self.categories.append(code)
            sides = sides[::-1]
        self.left[number] = self._place(tree, wide, sides[0])
        self.right[number] = self._place(tree, wide, sides[1])
        return number

    def text(self, number: int, leaf_count: Ints) -> str:
        """The lines of tree *number*; *leaf_count* rows fell into its leaves."""
        counts, values = self._inner(leaf_count.tolist())
        lines = {
            "Tree": [number],
            "num_leaves": [len(self.leaf_value)],
            "num_cat": [len(self.categories)],
            "split_feature": self.feature,
            "split_gain": [0] * len(self.feature),
            "threshold": [_number(value) for value in self.threshold],
            "decision_type": self.decision,
            "left_child": self.left,
            "right_child": self.right,
            "leaf_value": [_number(value) for value in self.leaf_value],
            "leaf_weight": leaf_count.tolist() if self.feature else [],
            "leaf_count": leaf_count.tolist(),
            "internal_value": [_number(value) for value in values],
            "internal_weight": counts,
            "internal_count": counts,
            **self._sets(),
            "is_linear": [0],
            "shrinkage": [1],
        }
        return "".join(f"{key}={' '.join(map(str, entries))}\n" for key, entries in lines.items()) + "\n\n"

    def _inner(self, leaf_count: Sequence[int]) -> tuple[list[int], list[float]]:
        """Rows and mean value below each split; children come after their parents."""
        counts, sums = [0] * len(self.feature), [0.0] * len(self.feature)
        for node in range(len(self.feature) - 1, -1, -1):
            for child in (self.left[node], self.right[node]):
                counts[node] += leaf_count[~child] if child < 0 else counts[child]
                sums[node] += leaf_count[~child] * self.leaf_value[~child] if child < 0 else sums[child]
        return counts, [total / count for total, count in zip(sums, counts, strict=True)]

    def _sets(self) -> dict[str, list[int]]:
        if not self.categories:
            return {}
        bounds, words = [0], []
        for code in self.categories:
            words += [0] * (code // _WORD) + [1 << code % _WORD]
            bounds.append(len(words))
        return {"cat_boundaries": bounds, "cat_threshold": words}


def model_text(
    trees: Sequence[Spelled], counts: Sequence[Ints], names: Sequence[str], ranges: Sequence[str]
) -> str:
    """The whole text; *counts* are the rows in the leaves of each tree, *ranges* what :func:`ranges_of` gives."""
    blocks = [
        f"{tree.text(number, count)}" for number, (tree, count) in enumerate(zip(trees, counts, strict=True))
    ]
    used = [feature for tree in trees for feature in tree.feature]
    splits = sorted(((used.count(feature), -feature) for feature in set(used)), reverse=True)
    importances = "".join(f"{names[-feature]}={count}\n" for count, feature in splits)
    return (
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n"
        f"max_feature_idx={len(names) - 1}\nobjective=binary sigmoid:1\nfeature_names={' '.join(names)}\n"
        f"feature_infos={' '.join(ranges)}\ntree_sizes={' '.join(str(len(block)) for block in blocks)}\n\n"
        f"{''.join(blocks)}end of trees\n\nfeature_importances:\n{importances}\n"
        "parameters:\n\nend of parameters\n\npandas_categorical:null\n"
    )


def ranges_of(columns: MatrixColumns, levels: Sequence[int | None]) -> list[str]:
    """What LightGBM notes of each feature: the numbers' range, the categories' codes (*levels*: how many)."""
    found = []
    for column, count in zip(columns.columns, levels, strict=True):
        known = column[~np.isnan(column)]
        if count is not None:
            found.append(":".join(map(str, range(count))) or "none")
        elif len(known) == 0:
            found.append("none")
        else:
            found.append(f"[{_number(known.min())}:{_number(known.max())}]")
    return found


def _number(value: float) -> str:
    """The shortest text that reads as the same float64."""
    return repr(float(value))
