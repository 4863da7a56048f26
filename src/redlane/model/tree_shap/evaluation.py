"""Contributions of rows: decisions, patterns, look-ups, sums."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import TypeVar

import numpy as np

from redlane.model.tree_shap.decisions import Decisions, Inputs
from redlane.model.tree_shap.games import leaf_shapley
from redlane.model.tree_shap.parsing import Bools, Floats, Ints, Tree, read_trees
from redlane.model.tree_shap.tables import GROUP_BITS, TableGroup, TreeTables, shares, tabulate

Item = TypeVar("Item")

_TOLERANCE = 1e-9
_ROWS = 16_384  # rows at a time: many enough for numpy, few enough to stay near the processor
_FEW_ROWS = 1_024  # rows at a time where patterns are not listed
_TREES = 16  # trees at a time: bounds the tables that are made for one call only
_MOST_BITS = 13  # longest table: 8,192 patterns
_KEPT_BYTES = 192 * 2**20  # tables up to this size are kept for the next call


class TreeShap:
    """Exact path-dependent Tree SHAP of a whole model; a row's values depend on that row alone, to the last bit."""

    def __init__(self, text: str) -> None:
        self.trees: list[Tree] = read_trees(text)
        self.base = sum((tree.expected_value() for tree in self.trees), 0.0)
        self._kept: dict[int, TreeTables] = {}
        self._kept_bytes = 0

    def contributions(self, columns: Sequence[Floats], threads: int | None = None) -> Floats:
        """What each feature adds, shape (features + 1, n), the base value last."""
        rows = len(columns[0]) if columns else 0
        result = np.zeros((len(columns) + 1, rows))
        result[-1] = self.base
        inputs = Inputs.of(columns, self.trees)
        threads = threads or _processors()
        blocks = _blocks(rows, threads)
        with ThreadPoolExecutor(threads) as pool:
            for some in _some(enumerate(self.trees), _TREES):
                tables = self._tables(some, rows)
                add = partial(_add_block, tables, inputs, result)
                deque(pool.map(add, blocks), maxlen=0)
        return result

    def _tables(self, some: Sequence[tuple[int, Tree]], rows: int) -> list[TreeTables]:
        """Tables of *some* trees: those kept from an earlier call, or made now (threads would only wait)."""
        longest = _longest(rows)
        tables = []
        for number, tree in some:
            kept = self._kept.get(number)
            if kept is None or not (kept.whole or kept.most_bits >= longest):
                kept = tabulate(tree, longest)
                self._keep(number, kept)
            tables.append(kept)
        return tables

    def _keep(self, number: int, table: TreeTables) -> None:
        kept = self._kept.get(number)
        grown = self._kept_bytes + table.size - (kept.size if kept else 0)
        if grown <= _KEPT_BYTES:
            self._kept[number] = table
            self._kept_bytes = grown


def _blocks(rows: int, threads: int) -> list[slice]:
    """The rows in equal blocks, as many for each thread; no row depends on its block."""
    count = threads * -(-rows // (threads * _ROWS))
    size = max(-(-rows // max(count, 1)), _FEW_ROWS)
    return [slice(start, min(start + size, rows)) for start in range(0, rows, size)]


def _longest(rows: int) -> int:
    """Bits of the longest table that pays: it must be shorter than the rows that look it up."""
    return min(_MOST_BITS, max(GROUP_BITS, (rows // 2).bit_length() - 1))


def adds_up(contributions: Floats, margin: Floats) -> Bools:
    """Whether each row's contributions (n, features + 1) sum to its margin, within 1e-9 of their magnitude.

    >>> adds_up(np.array([[1.0, 2.0], [1.0, 2.1]]), np.array([3.0, 3.0])).tolist()
    [True, False]
    """
    magnitude = np.maximum(np.abs(contributions).sum(axis=1), 1.0)
    return np.asarray(np.abs(contributions.sum(axis=1) - margin) <= _TOLERANCE * magnitude)


def _add_block(tables: Sequence[TreeTables], inputs: Inputs, result: Floats, where: slice) -> None:
    """Add the contributions of some trees to those of one block of rows."""
    inputs, result = inputs.part(where), result[:, where]
    looked_up = np.empty(result.shape[1])
    for tree in tables:
        decisions = Decisions(tree.tree, inputs)
        for group in tree.groups:
            if group.table is None:
                _add_computed(tree.tree, group, decisions, result)
                continue
            index = _index(list(_bits(group, decisions)))
            for feature, column in zip(group.features, group.table, strict=True):
                column.take(index, out=looked_up, mode="clip")
                result[feature] += looked_up


def _bits(group: TableGroup, decisions: Decisions) -> Iterator[Bools]:
    for _, sides in group.group.way:
        yield decisions.follow(sides)
    for node in group.group.splits:
        yield decisions.follow(((node, True),))


def _index(bits: Sequence[Bools]) -> Ints:
    """Position of each row's pattern in a table; the first bit is the highest."""
    index = _byte(bits[-8:]).astype(np.int64)
    if len(bits) > 8:
        index += _byte(bits[:-8]).astype(np.int64) << 8
    return index


def _byte(bits: Sequence[Bools]) -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    byte = bits[0].astype(np.uint8)
    for bit in bits[1:]:
        byte += byte
        byte |= bit.view(np.uint8)
    return byte


def _add_computed(tree: Tree, group: TableGroup, decisions: Decisions, result: Floats) -> None:
    """A single leaf with more patterns than rows: its Shapley values are computed row by row."""
    (leaf,), (way,) = group.group.leaves, group.group.ways
    value, share = tree.leaf_value[[leaf]][:, None], shares(tree, way)[:, None, None]
    bits = list(_bits(group, decisions))
    for start in range(0, result.shape[1], _FEW_ROWS):
        where = slice(start, start + _FEW_ROWS)
        follows = np.array([bit[where] for bit in bits], dtype=np.float64)[:, None, :]
        for feature, values in zip(group.features, leaf_shapley(value, share, follows)[:, 0], strict=True):
            result[feature, where] += values


def _some(items: Iterable[Item], count: int) -> Iterator[list[Item]]:
    remaining = iter(items)
    while part := list(islice(remaining, count)):
        yield part


def _processors() -> int:
    """Threads as LightGBM chooses them: OMP_NUM_THREADS, or every processor this process may use."""
    stated = os.environ.get("OMP_NUM_THREADS", "")
    if stated.isdigit() and int(stated):
        return int(stated)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
