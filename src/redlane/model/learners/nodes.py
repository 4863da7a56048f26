"""A tree as any learner grows it, in one neutral form: arrays with an entry for each node, the root first."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LEAF = -1
"""Instead of a column: the node is a leaf."""


@dataclass(frozen=True)
class Nodes:
    """Per node: the column it splits on, or :data:`LEAF`; what is at most ``threshold`` goes to ``left``.

    ``missing_left`` says where NaN goes; ``value`` is what a leaf adds. Comparisons are of float64.
    """

    column: Ints
    threshold: Floats
    missing_left: Bools
    left: Ints
    right: Ints
    value: Floats


@dataclass(frozen=True)
class Ensemble:
    """Trees whose sum, with ``base``, is the margin; ``own`` is what their learner itself says of a matrix.

    Own and converted scores must agree within ``tolerance`` of their magnitude: 1e-9 where a learner adds up
    in float64, more where it does not.
    """

    trees: list[Nodes]
    base: float
    own: Callable[[Floats], Floats]
    tolerance: float = 1e-9


def single_at_most(threshold: Floats) -> Floats:
    """The largest float64 that a float32 reads as at most *threshold*.

    Many learners compare ``float32(x) <= threshold``. Rounding is monotone, so that one float64 border says the
    same of every x: the middle between the last float32 that passes and the next, or just below where the middle
    itself would be rounded up (ties go to the even one).

    >>> border = single_at_most(np.array([0.1]))[0]
    >>> [float(np.float32(x)) <= 0.1 for x in (border, np.nextafter(border, 1.0))]
    [True, False]
    """
    with np.errstate(over="ignore"):
        last = np.asarray(threshold, dtype=np.float64).astype(np.float32)
        last = np.where(last > threshold, np.nextafter(last, np.float32(-np.inf)), last)
        after = np.nextafter(last, np.float32(np.inf))
    middle = (last.astype(np.float64) + after.astype(np.float64)) / 2
    even = last.view(np.int32) % 2 == 0
    border = np.where(even | np.isinf(middle), middle, np.nextafter(middle, -np.inf))
    return np.asarray(border, dtype=np.float64)


def single_below(threshold: Floats) -> Floats:
    """The largest float64 that a float32 reads as below the float32 *threshold*.

    >>> border = single_below(np.array([0.5]))[0]
    >>> [float(np.float32(x)) < 0.5 for x in (border, np.nextafter(border, 1.0))]
    [True, False]
    """
    single = np.asarray(threshold).astype(np.float32)
    return single_at_most(np.nextafter(single, np.float32(-np.inf)).astype(np.float64))
