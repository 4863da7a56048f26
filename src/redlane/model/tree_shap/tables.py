"""For each group of leaves: what it adds to each feature's contribution, for every pattern of decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from redlane.model.tree_shap.games import leaf_shapley
from redlane.model.tree_shap.grouping import Group, Step, Way, groups
from redlane.model.tree_shap.parsing import Bools, Floats, Ints, Tree

GROUP_BITS = 10
"""Leaves are grouped as long as a group needs no more bits: 1,024 patterns, some 60 kB a table."""


@dataclass(frozen=True)
class TableGroup:
    """A group with its table (features, 2 ** bits), or None where patterns are too many to list them."""

    group: Group
    features: tuple[int, ...]
    table: Floats | None


@dataclass(frozen=True)
class TreeTables:
    """A tree ready to be evaluated."""

    tree: Tree
    groups: tuple[TableGroup, ...]
    most_bits: int

    @property
    def whole(self) -> bool:
        """Whether every group has its table."""
        return all(group.table is not None for group in self.groups)

    @cached_property
    def size(self) -> int:
        """Bytes of the tables."""
        return sum(group.table.nbytes for group in self.groups if group.table is not None)


def tabulate(tree: Tree, most_bits: int) -> TreeTables:
    """The tables of all groups of up to *most_bits* bits; a single leaf that needs more gets none."""
    if not tree.nodes:
        return TreeTables(tree, (), most_bits)
    found = groups(tree, min(most_bits, GROUP_BITS))
    listed = [group for group in found if group.bits <= most_bits]
    leaves = _leaf_tables(tree, [way for group in listed for way in group.ways])
    tables = {group: _group_table(group, leaves) for group in listed}
    return TreeTables(
        tree, tuple(TableGroup(group, group.features, tables.get(group)) for group in found), most_bits
    )


def shares(tree: Tree, way: Way) -> Floats:
    """Per feature of *way*, the share of training rows that its decisions let pass."""
    result = [1.0] * len(way)
    for place, (_, sides) in enumerate(way):
        for node, left in sides:
            result[place] *= tree.passing[node][0 if left else 1]
    return np.array(result)


def leaf_of(tree: Tree, way: Way) -> int:
    """The leaf at the end of *way*."""
    node, left = max(side for _, sides in way for side in sides)
    return ~int(tree.left[node] if left else tree.right[node])


@lru_cache(maxsize=32)
def pattern_bits(bits: int) -> Bools:
    """Bit by bit, all patterns of *bits* bits in order, the first bit the highest: shape (bits, 2 ** bits)."""
    patterns = np.arange(2**bits)
    return (patterns >> np.arange(bits - 1, -1, -1)[:, None] & 1).astype(bool)


def _leaf_tables(tree: Tree, ways: Sequence[Way]) -> dict[Way, Floats]:
    """Table (d, 2 ** d) of each leaf; leaves with equally many features are computed together."""
    tables: dict[Way, Floats] = {}
    for d in sorted({len(way) for way in ways}):
        alike = [way for way in ways if len(way) == d]
        value = tree.leaf_value[[leaf_of(tree, way) for way in alike]][:, None]
        share = np.stack([shares(tree, way) for way in alike], axis=1)[:, :, None]
        values = leaf_shapley(value, share, pattern_bits(d)[:, None, :].astype(np.float64))
        tables |= {way: values[:, place] for place, way in enumerate(alike)}
    return tables


def _group_table(group: Group, leaves: dict[Way, Floats]) -> Floats:
    """Tables of the group's leaves, added up in the order of the leaves."""
    places = {feature: place for place, feature in enumerate(group.features)}
    result = np.zeros((len(places), 2**group.bits))
    bits = _step_bits(group)
    for way in group.ways:
        patterns = _positions([bits[step] for step in way])
        for (feature, _), values in zip(way, leaves[way], strict=True):
            result[places[feature]] += values.take(patterns)
    return result


def _step_bits(group: Group) -> dict[Step, Bools]:
    """For every pattern of the group's bits, whether it follows each step of the ways to its leaves."""
    bits = pattern_bits(group.bits)
    above = {feature: bits[place] for place, (feature, _) in enumerate(group.way)}
    inside = {node: bits[len(group.way) + place] for place, node in enumerate(group.splits)}
    everything = np.ones(bits.shape[1], dtype=bool)
    result: dict[Step, Bools] = {}
    for step in {step: None for way in group.ways for step in way}:
        feature, sides = step
        result[step] = above.get(feature, everything)
        for node, left in sides:
            if node in inside:
                result[step] = result[step] & (inside[node] if left else ~inside[node])
    return result


def _positions(bits: Sequence[Bools]) -> Ints:
    """The patterns that *bits* spell, the first bit the highest."""
    result = bits[0].astype(np.uint16)
    for bit in bits[1:]:
        result += result
        result |= bit
    return result.astype(np.int64)
