"""Block bootstrap: whole weeks are drawn with replacement, so that what happens together stays together."""

import numpy as np
import numpy.typing as npt

from redlane.evaluation.truth import Floats


def draw_blocks(blocks: int, repeats: int, seed: int) -> Floats:
    """How often each of *blocks* weeks is drawn, one row per repeat; every row sums to *blocks*.

    All rankings are judged on the same draws, which makes their differences paired. With fewer than two
    blocks there is nothing to resample: the result has no rows.

    >>> draw_blocks(3, repeats=2, seed=1).sum(axis=1).tolist()
    [3.0, 3.0]
    >>> draw_blocks(1, repeats=2, seed=1).shape
    (0, 1)
    """
    if blocks < 2:
        return np.empty((0, blocks))
    rng = np.random.Generator(np.random.PCG64(seed))
    return rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=repeats).astype(np.float64)


def interval(draws: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Percentile interval of each column of *draws* (repeats x measures); NaN draws are left out.

    A column without any draw has the interval (NaN, NaN).

    >>> low, high = interval(np.arange(101.0)[:, None], 0.5)
    >>> low.tolist(), high.tolist()
    ([25.0], [75.0])
    """
    ends = np.full((2, draws.shape[1]), np.nan)
    known = ~np.isnan(draws).all(axis=0) if len(draws) else np.zeros(draws.shape[1], dtype=np.bool_)
    if known.any():
        tail = (1 - confidence) / 2
        ends[:, known] = np.nanquantile(draws[:, known], [tail, 1 - tail], axis=0)
    return ends[0], ends[1]


def mean_draws(values: Floats, block: npt.NDArray[np.intp], drawn: Floats) -> Floats:
    """The mean of *values* (one per row) in each resample, from its sums by block.

    >>> drawn = np.array([[2.0, 0.0], [1.0, 1.0]])
    >>> mean_draws(np.array([1.0, 0.0, 1.0]), np.array([0, 0, 1]), drawn).tolist()
    [0.5, 0.6666666666666666]
    """
    blocks = drawn.shape[1]
    sums = np.bincount(block, weights=values, minlength=blocks)
    return np.asarray((drawn @ sums) / (drawn @ np.bincount(block, minlength=blocks)), dtype=np.float64)
