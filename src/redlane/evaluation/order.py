"""From scores to the order in which declarations would be inspected, ties included."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redlane.evaluation.truth import Floats

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Order:
    """An inspection order of n rows.

    ``rows[p]`` is the row at position p, best first. ``first[p]`` and ``last[p]`` are the first and last
    position of the rows that share its score.
    """

    rows: Positions
    first: Positions
    last: Positions


def inspection_order(score: Floats, tie: npt.NDArray[np.uint64]) -> Order:
    """Highest score first; rows of equal score by ascending *tie*; NaN (no score) after everything else.

    The order does not depend on the order of the rows as long as ties are distinct.

    >>> score, tie = np.array([0.5, np.nan, 0.9, 0.5]), np.array([8, 1, 3, 2], dtype=np.uint64)
    >>> order = inspection_order(score, tie)
    >>> order.rows.tolist(), order.first.tolist(), order.last.tolist()
    ([2, 3, 0, 1], [0, 1, 1, 3], [0, 2, 2, 3])
    """
    rows = np.lexsort((tie, -score))
    return _with_groups(rows, score[rows])


def extreme_order(score: Floats, gain: Floats, *, best: bool) -> Order:
    """The luckiest (or unluckiest) order of ties: rows of equal score by descending (ascending) *gain*.

    The order counts as strict: no two of its rows are tied any more.
    """
    rows = np.lexsort((-gain if best else gain, -score))
    positions = np.arange(len(rows))
    return Order(rows, positions, positions)


def _with_groups(rows: Positions, ordered: Floats) -> Order:
    differs = (ordered[1:] != ordered[:-1]) & ~(np.isnan(ordered[1:]) & np.isnan(ordered[:-1]))
    starts = np.flatnonzero(np.concatenate([[True], differs]))
    sizes = np.diff(np.append(starts, len(rows)))
    return Order(rows, np.repeat(starts, sizes), np.repeat(starts + sizes - 1, sizes))
