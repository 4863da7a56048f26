"""How far a number lies from its peers: pure functions of a logarithm and the statistics of its cell.

All are NaN where there is no number or no cell, and for a degenerate cell, in which nothing spreads at all: its
peers say nothing of how unusual a difference is.
"""

from collections.abc import Mapping

import numpy as np

from redlane.features.view import Numbers

Cell = Mapping[str, Numbers]
"""Statistics of the cell of each of n declarations, as :meth:`PriceBook.before` gives them."""

_NORMAL_MAD, _NORMAL_IQR = 1.4826, 1.349
"""Standard deviation of a normal distribution over its MAD; its interquartile range over its standard deviation."""


def scale(cell: Cell, floor: float) -> Numbers:
    """Robust standard deviation of the cell: max(1.4826 MAD, IQR / 1.349, *floor*); NaN if degenerate.

    >>> one = {"mad": np.array([0.1, 0.0]), "q1": np.array([1.0, 1.0]), "q3": np.array([1.2, 1.0])}
    >>> scale(one, 0.05).round(4).tolist()
    [0.1483, nan]
    """
    spread = np.maximum(_NORMAL_MAD * cell["mad"], (cell["q3"] - cell["q1"]) / _NORMAL_IQR)
    return np.where(spread > 0, np.maximum(spread, floor), np.nan)


def robust_z(x: Numbers, cell: Cell, floor: float) -> Numbers:
    """Deviations from the median; beyond 3.5 either way is an outlier (Iglewicz and Hoaglin 1993)."""
    result: Numbers = (x - cell["median"]) / scale(cell, floor)
    return result


def beyond_tukey(x: Numbers, cell: Cell, floor: float, whiskers: float = 1.5) -> Numbers:
    """Signed distance beyond Tukey's fences, *whiskers* times the IQR from the quartiles (3: extreme).

    Negative below, positive above, 0 between the fences.

    >>> one = {"mad": np.full(3, 0.5), "q1": np.full(3, 0.0), "median": np.full(3, 0.5), "q3": np.full(3, 1.0)}
    >>> beyond_tukey(np.array([-2.0, 0.4, 3.5]), one, 0.05).tolist()
    [-0.5, 0.0, 1.0]
    """
    reach = whiskers * _spread(cell, floor)
    return _beyond(x, cell["q1"] - reach, cell["q3"] + reach)


def beyond_adjusted(x: Numbers, cell: Cell, floor: float) -> Numbers:
    """Signed distance beyond the fences of the adjusted boxplot (Hubert and Vandervieren 2008).

    With the medcouple MC: [Q1 - 1.5 exp(-4 MC) IQR, Q3 + 1.5 exp(3 MC) IQR] for MC >= 0; -3 and 4 for MC < 0.
    On skewed prices Tukey's fences flag the whole long tail, and nothing on the other side.
    """
    skew, iqr = cell["medcouple"], _spread(cell, floor)
    below = 1.5 * np.exp(np.where(skew >= 0, -4.0, -3.0) * skew) * iqr
    above = 1.5 * np.exp(np.where(skew >= 0, 3.0, 4.0) * skew) * iqr
    return _beyond(x, cell["q1"] - below, cell["q3"] + above)


def position(x: Numbers, cell: Cell, floor: float) -> Numbers:
    """Distance from the median in halves of the IQR, each side by its own half: 1 is Q3, -1 is Q1.

    >>> one = {"mad": np.full(2, 0.5), "q1": np.full(2, 0.0), "median": np.full(2, 1.0), "q3": np.full(2, 4.0)}
    >>> position(np.array([0.0, 7.0]), one, 0.05).tolist()
    [-1.0, 2.0]
    """
    away = x - cell["median"]
    half = np.where(away < 0, cell["median"] - cell["q1"], cell["q3"] - cell["median"])
    least = floor * _NORMAL_IQR / 2.0
    result: Numbers = away / np.where(np.isfinite(scale(cell, floor)), np.maximum(half, least), np.nan)
    return result


def shortfall(x: Numbers, cell: Cell) -> Numbers:
    """What lacks to the first quartile, over what was declared: 1 means that the quartile is twice as much."""
    return np.expm1(np.maximum(0.0, cell["q1"] - x))


def excess(x: Numbers, cell: Cell) -> Numbers:
    """What exceeds the third quartile, over what was declared: 0.5 means that the quartile is half of it.

    >>> excess(np.log([4.0, 1.0]), {"q3": np.log([2.0, 2.0])}).round(9).tolist()
    [0.5, 0.0]
    """
    return 0.0 - np.expm1(np.minimum(0.0, cell["q3"] - x))


def _spread(cell: Cell, floor: float) -> Numbers:
    degenerate = ~np.isfinite(scale(cell, floor))
    return np.where(degenerate, np.nan, np.maximum(cell["q3"] - cell["q1"], floor * _NORMAL_IQR))


def _beyond(x: Numbers, low: Numbers, high: Numbers) -> Numbers:
    result: Numbers = np.minimum(0.0, x - low) + np.maximum(0.0, x - high)
    return result
