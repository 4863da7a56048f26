"""Which way each row goes at each split, as LightGBM decides it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from redlane.model.tree_shap.grouping import Side
from redlane.model.tree_shap.parsing import NO_MISSING, ZERO_MISSING, Bools, Floats, Ints, Tree

_ZERO = float(np.float32(1e-35))  # LightGBM reads what is this close to zero as zero


@dataclass(frozen=True)
class Inputs:
    """Columns of a matrix in the forms that the splits of a model read; missing is NaN in all of them.

    *numbers* holds, per feature and missing type, the numbers; *codes*, per category feature, its codes as
    positions, where everything that is in no set of any split is one position past the last.
    """

    numbers: dict[tuple[int, int], Floats]
    codes: dict[int, Ints]

    @classmethod
    def of(cls, columns: Sequence[Floats], trees: Iterable[Tree]) -> "Inputs":
        """The forms of *columns* that *trees* read."""
        numbers: dict[tuple[int, int], Floats] = {}
        sizes: dict[int, int] = {}
        for tree in trees:
            for node, feature in enumerate(tree.feature.tolist()):
                members = tree.category_set(node)
                if members is None:
                    kind = (feature, tree.missing_type(node))
                    if kind not in numbers:
                        numbers[kind] = _form(columns[feature], kind[1])
                else:
                    sizes[feature] = max(sizes.get(feature, 0), len(members))
        return cls(numbers, {feature: _codes(columns[feature], size) for feature, size in sizes.items()})

    def part(self, where: slice) -> "Inputs":
        """Some of the rows; nothing is copied."""
        return Inputs(
            {kind: column[where] for kind, column in self.numbers.items()},
            {feature: column[where] for feature, column in self.codes.items()},
        )


def _form(column: Floats, missing_type: int) -> Floats:
    near_zero = np.abs(column) <= _ZERO
    if missing_type == NO_MISSING:
        return np.where(near_zero | np.isnan(column), 0.0, column)
    return np.where(near_zero, np.nan if missing_type == ZERO_MISSING else 0.0, column)


def _codes(column: Floats, size: int) -> Ints:
    """Whole part of each number; NaN, what is negative and what is in no set become *size*."""
    known = (column > -1.0) & (column < size)
    return np.where(known, column, size).astype(np.int64)


class Decisions:
    """The decisions of one tree on some rows; computed when asked for, kept for the next group that asks."""

    def __init__(self, tree: Tree, inputs: Inputs) -> None:
        self._tree, self._inputs = tree, inputs
        self._known: dict[tuple[Side, ...], Bools] = {}

    def follow(self, sides: tuple[Side, ...]) -> Bools:
        """Whether each row takes all these sides."""
        known = self._known.get(sides)
        if known is None:
            known = self._known[sides] = self._all(sides)
        return known

    def _all(self, sides: tuple[Side, ...]) -> Bools:
        *before, (node, left) = sides
        if before:
            return self.follow(tuple(before)) & self.follow(((node, left),))
        return self._left(node) if left else ~self.follow(((node, True),))

    def _left(self, node: int) -> Bools:
        tree = self._tree
        feature = int(tree.feature[node])
        members = tree.category_set(node)
        if members is not None:
            column = self._inputs.codes[feature]
            return np.concatenate((members, np.zeros(1, dtype=bool))).take(column, mode="clip")
        numbers = self._inputs.numbers[feature, tree.missing_type(node)]
        threshold = tree.threshold[node]
        # A comparison with NaN is False: asking for the opposite sends the missing left.
        left: Bools = ~(numbers > threshold) if tree.missing_left(node) else numbers <= threshold
        return left
