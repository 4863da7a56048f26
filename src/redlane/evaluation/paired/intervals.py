"""The interval of a paired difference from resampled weeks: honest where weeks are few and findings fewer.

A percentile interval is too narrow with few weeks: of two models equally good on four to thirteen weeks it leaves out
the truth 6 to 12 times in 100 instead of 5 (``benchmarks/bench_compare.py``). The spread of the resamples, widened by
sqrt(W / (W - 1)) and multiplied by Student's quantile with W - 1 degrees of freedom, keeps its word down to four.
Sources: T. Hesterberg, *What Teachers Should Know About the Bootstrap*, The American Statistician 69 (2015); on few
clusters A. C. Cameron, J. B. Gelbach and D. L. Miller, Review of Economics and Statistics 90 (2008).
"""

from dataclasses import dataclass

import numpy as np

from redlane.evaluation.order import Positions
from redlane.evaluation.truth import Floats

POWER = 0.8
"""How often a difference of the size called *detectable* would be found."""


@dataclass(frozen=True)
class Difference:
    """A difference with its interval, and the smallest one that :data:`POWER` of comparisons like this would find."""

    value: float
    low: float
    high: float
    detectable: float

    @property
    def sign(self) -> int:
        """1 or -1 where the interval lies on one side of zero, else 0."""
        return int(self.low > 0) - int(self.high < 0)


def paired(value: float, draws: Floats, weeks: int, confidence: float, floor: float = 0.0) -> Difference:
    """The interval of a difference of *value*; *draws* are its resamples over *weeks*, NaN ones left out.

    Its standard error is never taken below *floor* (see :func:`coin_floor`). Without two draws, or where the value
    is unknown, there is no interval.

    >>> same = paired(0.0, np.zeros(100), 8, 0.95)
    >>> same.low, same.high, same.sign
    (0.0, 0.0, 0)
    """
    from scipy.special import stdtrit

    known = draws[~np.isnan(draws)]
    if len(known) < 2 or weeks < 2 or value != value:
        return Difference(value, float("nan"), float("nan"), float("nan"))
    error = max(float(known.std(ddof=1)) * (weeks / (weeks - 1)) ** 0.5, floor)
    quantile, power = (float(stdtrit(weeks - 1, share)) for share in ((1 + confidence) / 2, POWER))
    return Difference(value, value - quantile * error, value + quantile * error, (quantile + power) * error)


def coin_floor(first: Positions, second: Positions, amounts: Floats, total: float) -> float:
    """The least standard error of (sum over *first* - sum over *second*) of *amounts*, divided by *total*.

    Were two models equally good, the rows that only one of them selects would be dealt to one or the other by luck:
    the difference then has the variance of a deal (as in Fisher's exact test), here with one more row like the
    largest, so that five findings are never enough. Weeks alone would not tell: four findings in four weeks, all on
    one side by luck, look like a steady lead. The two selections are of equal size.

    >>> coin_floor(np.array([0, 1, 2]), np.array([2, 3, 4]), np.array([1.0, 1, 1, 0, 0]), 3.0)
    0.37267799624996495
    """
    apart = amounts[np.setxor1d(first, second)]
    if not apart.any() or not total:
        return 0.0
    squares = (apart - apart.mean()) ** 2
    return float((squares.sum() + (apart.max() - apart.mean()) ** 2) ** 0.5 / total)
