"""The Shapley values of a leaf, exactly, for any pattern of decisions on the way to it.

In the path-dependent game of a leaf with value v and the distinct features 1..d on its path, a coalition S earns
v times the product of o_i over S and of z_i over the others: o_i is 1 where the row's value of feature i leads
towards the leaf and 0 elsewhere, z_i the share of training rows that went that way. Its Shapley value for
feature j is an integral (Owen 1972, multilinear extensions of games),

    v (o_j - z_j) * integral over t from 0 to 1 of the product over i != j of (z_i (1 - t) + o_i t),

of a polynomial of degree d - 1, which Gauss-Legendre quadrature with ceil(d / 2) points gives without error.
All factors lie in [0, 1], so nothing cancels however deep the path.
"""

from decimal import Decimal, localcontext
from functools import lru_cache

import numpy as np

from redlane.model.tree_shap.parsing import Floats


def leaf_shapley(value: Floats, share: Floats, follows: Floats) -> Floats:
    """Shapley values of leaves with the same number d of distinct features, shape (d, leaves, patterns).

    *value* is (leaves, 1), *share* (z) is (d, leaves, 1), *follows* (o) is (d, 1 or leaves, patterns) of 0 and 1.
    Every entry is computed by the same operations in the same order, whatever the shapes: an entry looked up in
    a table and one computed for a single row agree to the last bit.

    A leaf of value 2 behind one decision that a quarter of the training rows took:

    >>> leaf_shapley(np.array([[2.0]]), np.array([[[0.25]]]), np.array([[[0.0, 1.0]]])).tolist()
    [[[-0.5, 1.5]]]
    """
    d = len(share)
    result = np.zeros(np.broadcast_shapes(share.shape, follows.shape))
    for point, weight in gauss_legendre((d + 1) // 2):
        factors = [share[i] * (1.0 - point) + follows[i] * point for i in range(d)]
        after: list[Floats | float] = [1.0] * d
        for i in range(d - 2, -1, -1):
            after[i] = factors[i + 1] * after[i + 1]
        before: Floats | float = weight
        for i in range(d):
            result[i] += before * after[i]
            before = before * factors[i]
    result *= (follows - share) * value
    return result


@lru_cache(maxsize=64)
def gauss_legendre(points: int) -> tuple[tuple[float, float], ...]:
    """Points and weights of Gauss-Legendre quadrature on [0, 1], correctly rounded on every machine.

    >>> gauss_legendre(1)
    ((0.5, 1.0),)
    >>> [round(point, 6) for point, _ in gauss_legendre(2)]
    [0.211325, 0.788675]
    """
    with localcontext() as context:
        context.prec = 50
        return tuple(_point(points, k) for k in range(points, 0, -1))


def _point(n: int, k: int) -> tuple[float, float]:
    """The k-th largest root of the Legendre polynomial of degree n, by Newton's method from its usual start."""
    x = Decimal(float(np.cos(np.pi * (k - 0.25) / (n + 0.5))))
    for _ in range(8):
        here, slope = _legendre(n, x)
        x -= here / slope
    slope = _legendre(n, x)[1]
    return float((1 + x) / 2), float(1 / ((1 - x * x) * slope * slope))


def _legendre(n: int, x: Decimal) -> tuple[Decimal, Decimal]:
    """Value and slope of the Legendre polynomial of degree n."""
    before, here = Decimal(1), x
    for k in range(2, n + 1):
        before, here = here, ((2 * k - 1) * x * here - (k - 1) * before) / k
    return here, n * (x * here - before) / (x * x - 1)
