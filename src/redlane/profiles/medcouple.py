"""The medcouple: how skewed the middle of a distribution is, unmoved by outliers.

Brys, Hubert and Struyf (2004), "A robust measure of skewness", Journal of Computational and Graphical
Statistics 13(4). It is the median, over all pairs of one value above the median and one below, of the
difference of their distances to the median divided by their sum; between -1 and 1, positive for a long upper
tail. The adjusted boxplot (Hubert and Vandervieren 2008) bends its fences by it.
"""

import numpy as np

from redlane.profiles.robust import Numbers, Runs

QUANTILES = 25
"""Equally spaced quantiles that stand for a cell: 13 on either side, the median counted on both."""
LEAST = 50
"""Fewer values than these say too little about skewness."""


def medcouple(runs: Runs) -> Numbers:
    """The medcouple of each run, computed on 25 of its quantiles; NaN for runs of fewer than 50 values.

    All pairs of all values would cost the square of the count. The quantiles come within 0.035 of them in nine of
    ten cells of continuous prices; the medcouple's own chance error is 0.15 for 50 values and 0.04 for 1000.
    Where few distinct prices occur it jumps between a few values, and the quantiles may land on another one.

    >>> skewed = Runs.of([np.exp(np.linspace(-2, 2, 101)), np.linspace(-2, 2, 101)])
    >>> medcouple(skewed).round(1).tolist()
    [0.5, 0.0]
    """
    result = np.full(len(runs), np.nan)
    enough = np.flatnonzero(runs.counts >= LEAST)
    if len(enough):
        result[enough] = _of_quantiles(_quantiles(runs.take(enough)))
    return result


def _quantiles(runs: Runs) -> Numbers:
    """(runs, QUANTILES): the quantiles at the middle of equal shares; the one in the middle is the median."""
    shares = (np.arange(QUANTILES) + 0.5) / QUANTILES
    position = (runs.counts - 1)[:, None] * shares
    below = np.floor(position).astype(np.int64)
    low = runs.values[runs.starts[:, None] + below]
    high = runs.values[runs.starts[:, None] + np.minimum(below + 1, runs.counts[:, None] - 1)]
    result: Numbers = low + (high - low) * (position - below)
    return result


def _of_quantiles(quantiles: Numbers) -> Numbers:
    """The median of the kernel; where both of a pair equal the median, it is 0."""
    middle = QUANTILES // 2
    median = quantiles[:, middle : middle + 1]
    above = (quantiles[:, middle:] - median)[:, :, None]
    below = (median - quantiles[:, : middle + 1])[:, None, :]
    apart = above + below
    kernel = np.zeros(apart.shape)
    np.divide(above - below, apart, out=kernel, where=apart > 0)
    pairs = kernel.reshape(len(quantiles), -1)
    pairs.partition(pairs.shape[1] // 2, axis=1)
    result: Numbers = pairs[:, pairs.shape[1] // 2].copy()
    return result
