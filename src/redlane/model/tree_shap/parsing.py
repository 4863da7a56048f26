"""From the text of a LightGBM model to the arrays that explaining it needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_CATEGORY, _LEFT = 1, 2
NO_MISSING, ZERO_MISSING, NAN_MISSING = 0, 1, 2


class NotExplainedHereError(ValueError):
    """The model is of a kind that the fast way does not know; its text says why."""


@dataclass(frozen=True)
class Tree:
    """One tree; node 0 is the root, a child below 0 is the leaf ``~child``. A single leaf has no nodes."""

    feature: Ints
    threshold: Floats
    decision_type: Ints
    left: Ints
    right: Ints
    node_count: Ints
    leaf_value: Floats
    leaf_count: Ints
    category_sets: tuple[Bools, ...]

    @property
    def nodes(self) -> int:
        """Number of splits."""
        return len(self.feature)

    def category_set(self, node: int) -> Bools | None:
        """Which codes go left, one entry per code; None for a split of numbers."""
        return self.category_sets[int(self.threshold[node])] if self.decision_type[node] & _CATEGORY else None

    def missing_type(self, node: int) -> int:
        """What a split of numbers takes as missing: nothing (NaN is 0), zero and NaN, or NaN."""
        return int(self.decision_type[node]) >> 2 & 3

    def missing_left(self, node: int) -> bool:
        """Whether missing numbers go left."""
        return bool(self.decision_type[node] & _LEFT) and self.missing_type(node) != NO_MISSING

    @cached_property
    def passing(self) -> list[tuple[float, float]]:
        """Per node, the shares of its training rows that went left and right."""
        counts = np.concatenate((self.node_count, self.leaf_count[::-1]))  # leaf ~k lies k + 1 from the end
        return list(
            zip(
                *((counts[child] / self.node_count).tolist() for child in (self.left, self.right)),
                strict=True,
            )
        )

    def expected_value(self) -> float:
        """The mean of the leaves over the training rows, added up in LightGBM's own order."""
        if not self.nodes:
            return float(self.leaf_value[0])
        shares = self.leaf_count / self.node_count[0]
        return sum(
            (share * value for share, value in zip(shares.tolist(), self.leaf_value.tolist(), strict=True)),
            0.0,
        )


def read_trees(text: str) -> list[Tree]:
    """The trees of a model text that is known to be whole.

    Raises:
        NotExplainedHereError: several scores per row, averaged or linear trees, or counts that are not positive.
    """
    header, *blocks = text[: text.find("\nend of trees")].split("\nTree=")
    if "num_tree_per_iteration=1\n" not in header:
        raise NotExplainedHereError("it has several scores per row")
    if "\naverage_output" in header:
        raise NotExplainedHereError("its trees are averaged")
    return [_tree(dict(_fields(block))) for block in blocks]


def _fields(block: str) -> Iterator[tuple[str, str]]:
    return ((key, value) for key, _, value in (line.partition("=") for line in block.split("\n")[1:] if line))


def _tree(fields: dict[str, str]) -> Tree:
    def numbers(name: str) -> Floats:
        return np.array([float(word) for word in fields.get(name, "").split()], dtype=np.float64)

    def integers(name: str) -> Ints:
        return np.array([int(word) for word in fields.get(name, "").split()], dtype=np.int64)

    if fields.get("is_linear", "0") != "0":
        raise NotExplainedHereError("its leaves hold linear models")
    tree = Tree(
        feature=integers("split_feature"),
        threshold=numbers("threshold"),
        decision_type=integers("decision_type"),
        left=integers("left_child"),
        right=integers("right_child"),
        node_count=integers("internal_count"),
        leaf_value=numbers("leaf_value"),
        leaf_count=integers("leaf_count"),
        category_sets=_category_sets(integers("cat_boundaries"), integers("cat_threshold")),
    )
    if tree.nodes and min(tree.node_count.min(), tree.leaf_count.min()) <= 0:
        raise NotExplainedHereError("a leaf of it holds no training row")
    return tree


def _category_sets(bounds: Ints, words: Ints) -> tuple[Bools, ...]:
    """Words of 32 bits to one entry per code."""
    bits = (words[:, None] >> np.arange(32) & 1).astype(bool)
    return tuple(bits[low:high].ravel() for low, high in pairwise(bounds))
