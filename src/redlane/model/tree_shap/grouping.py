"""Cut a tree into groups of leaves small enough for a table of all patterns of decisions."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from redlane.model.tree_shap.parsing import Tree

Side = tuple[int, bool]
"""A node and whether the way goes left there."""

Step = tuple[int, tuple[Side, ...]]
"""A feature and the decisions on it."""

Way = tuple[Step, ...]
"""The way to a node: its distinct features, in order, each with all decisions on it."""


@dataclass(frozen=True)
class Group:
    """All leaves below one node (or a single leaf).

    What a row adds depends on one bit per distinct feature of the way to the group (does its value follow that
    way at every split on the feature?) and one bit per split inside the group (does it go left?).
    """

    way: Way
    splits: tuple[int, ...]
    leaves: tuple[int, ...]
    ways: tuple[Way, ...]
    """The whole way to each leaf, from the root."""

    @property
    def bits(self) -> int:
        """Number of bits that decide what a row adds."""
        return len(self.way) + len(self.splits)

    @cached_property
    def features(self) -> tuple[int, ...]:
        """Features that share in what a row adds, in a fixed order."""
        return tuple(dict.fromkeys(feature for way in self.ways for feature, _ in way))


def groups(tree: Tree, most_bits: int) -> list[Group]:
    """The largest subtrees of at most *most_bits* bits, and single leaves where even these need more."""
    sizes = _splits_below(tree)
    found: list[Group] = []
    waiting: list[tuple[int, Way]] = [(0, ())]
    while waiting:
        node, way = waiting.pop()
        if node < 0:
            found.append(Group(way, (), (~node,), (way,)))
        elif len(way) + sizes[node] <= most_bits:
            found.append(_whole(tree, node, way))
        else:
            waiting += reversed(list(_children(tree, node, way)))
    return found


def _whole(tree: Tree, top: int, way: Way) -> Group:
    splits, leaves, ways = [], [], []
    waiting = [(top, way)]
    while waiting:
        node, here = waiting.pop()
        if node < 0:
            leaves.append(~node)
            ways.append(here)
        else:
            splits.append(node)
            waiting += reversed(list(_children(tree, node, here)))
    return Group(way, tuple(splits), tuple(leaves), tuple(ways))


def _children(tree: Tree, node: int, way: Way) -> Iterator[tuple[int, Way]]:
    feature = int(tree.feature[node])
    for child, left in ((int(tree.left[node]), True), (int(tree.right[node]), False)):
        sides = dict(way)
        sides[feature] = (*sides.get(feature, ()), (node, left))
        yield child, tuple(sides.items())


def _splits_below(tree: Tree) -> list[int]:
    """Splits in the subtree of each node; LightGBM numbers children after their parents."""
    sizes = [1] * tree.nodes
    for node in range(tree.nodes - 1, -1, -1):
        children = (int(tree.left[node]), int(tree.right[node]))
        sizes[node] += sum(sizes[child] for child in children if child >= 0)
    return sizes
