"""Digits of amounts against Benford's law: counts, mean absolute deviation, Monte-Carlo p-values, q-values.

Method: Benford (1938); the mean absolute deviation (MAD) of digit shares after Nigrini (Benford's Law, 2012), but
not his fixed cut-off of 0.015: chance alone moves the MAD of n amounts by about 0.235 / sqrt(n), so that the fixed
cut-off calls nine in ten perfectly ordinary traders with 100 declarations non-conforming. The p-value here is the
share of simulated samples *of the same size* that deviate at least as much (Monte-Carlo test, Davison and Hinkley
1997), and q-values hold the false discovery rate over all parties tested (Benjamini and Hochberg 1995).
"""

from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from redlane.profiles.ledger import Amounts
from redlane.profiles.prices import Numbers

Digits = Literal["first", "second", "first_two"]
"""Which leading digits are looked at."""

FIRST_VALUE: dict[Digits, int] = {"first": 1, "second": 0, "first_two": 10}
"""The number that the first category stands for."""

REPEATS = 99_999
"""Samples simulated for each size: the smallest p-value is 1 / 100,000."""

_SEED = 20_240_229
_TEN = 10 ** np.arange(19, dtype=np.int64)
_LARGEST = 9e16
"""Amounts from here on have more hundredths than 64 bits hold."""


def expected(digits: Digits) -> Numbers:
    """The share of each digit (9, 10 or 90 of them) under Benford's law.

    >>> expected("first").round(3).tolist()
    [0.301, 0.176, 0.125, 0.097, 0.079, 0.067, 0.058, 0.051, 0.046]
    >>> expected("second").round(5).tolist()[:3], len(expected("first_two"))
    ([0.11968, 0.11389, 0.10882], 90)
    """
    two: Numbers = np.log10(1 + 1 / np.arange(10, 100))
    if digits == "first_two":
        return two
    summed: Numbers = two.reshape(9, 10).sum(axis=1 if digits == "first" else 0)
    return summed


def hundredths(values: Numbers) -> Amounts:
    """Amounts as whole hundredths, so that their digits are exact; 0 where missing, not positive or too large.

    >>> hundredths(np.array([0.29, 1.005, -3.0, np.nan, 1e300])).tolist()
    [29, 100, 0, 0, 0]
    """
    usable = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    usable = np.where((usable > 0) & (usable < _LARGEST), usable, 0.0)
    whole: Amounts = np.rint(usable * 100).astype(np.int64)
    return whole


def category(cents: Amounts, digits: Digits) -> Amounts:
    """The place of each amount's digits among :func:`expected`; -1 where it has no such digits.

    >>> category(hundredths(np.array([0.07, 0.7, 19.99, 100.0])), "first").tolist()
    [6, 6, 0, 0]
    >>> category(hundredths(np.array([0.07, 0.7, 19.99, 100.0])), "first_two").tolist()
    [-1, 60, 9, 0]
    """
    length = np.searchsorted(_TEN, cents, side="right")
    wanted = 1 if digits == "first" else 2
    leading = cents // _TEN[np.maximum(length - wanted, 0)]
    place = leading % 10 if digits == "second" else leading - FIRST_VALUE[digits]
    return np.where(length >= wanted, place, -1)


def deviation(counts: Amounts, digits: Digits) -> Numbers:
    """Mean absolute deviation of the shares from Benford's, one per row of *counts*; NaN for no amounts.

    >>> deviation(np.array([[301, 176, 125, 97, 79, 67, 58, 51, 46]]), "first").round(5).tolist()
    [0.0001]
    """
    total = counts.sum(axis=1, keepdims=True).astype(np.float64)
    shares = np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0)
    mad: Numbers = np.abs(shares - expected(digits)).mean(axis=1)
    return mad


def chi_square(counts: Amounts, digits: Digits) -> Numbers:
    """Pearson's statistic against Benford's law, one per row; 8, 9 or 89 degrees of freedom; NaN for no amounts.

    >>> chi_square(np.array([[30, 18, 12, 10, 8, 7, 6, 5, 4]]), "first").round(2).tolist()
    [0.14]
    """
    total = counts.sum(axis=1, keepdims=True)
    under = np.where(total > 0, total, np.nan) * expected(digits)
    statistic: Numbers = ((counts - under) ** 2 / under).sum(axis=1)
    return statistic


class Chance(NamedTuple):
    """What chance alone does to parties of given sizes: arrays of one entry per party."""

    expected: Numbers
    p_value: Numbers


def chance(mad: Numbers, n: Amounts, digits: Digits) -> Chance:
    """The MAD to be expected of *n* conforming amounts, and the p-value of the *mad* found.

    Samples are simulated for sizes on a grid; sqrt(n) MAD hardly depends on n, and between two sizes of the grid
    the larger p-value holds. p = (1 + samples that deviate at least as much) / (samples + 1), never 0.
    """
    scaled = mad * np.sqrt(n)
    average, p_value = np.zeros(len(n)), np.zeros(len(n))
    step = _step(n)
    for number in sorted({*step.tolist(), *(step + 1).tolist()}):
        simulated = _simulated(_size(number), digits)
        near = np.flatnonzero((step == number) | (step + 1 == number))
        # A hair's breadth off, so that rounding never turns a tie into a smaller p-value.
        below = np.searchsorted(simulated, scaled[near] * (1 - 1e-12))
        found = (1 + REPEATS - below) / (REPEATS + 1)
        p_value[near] = np.maximum(p_value[near], found)
        average[near] += simulated.mean() / 2
    return Chance(average / np.sqrt(n), p_value)


def q_values(p_values: Numbers) -> Numbers:
    """Benjamini and Hochberg's adjusted p-values, in the order given.

    >>> q_values(np.array([0.01, 0.5, 0.02, 0.03])).tolist()
    [0.04, 0.5, 0.04, 0.04]
    """
    m = len(p_values)
    order = np.argsort(p_values, kind="stable")
    raised = p_values[order] * m / np.arange(1, m + 1)
    result = np.empty(m)
    result[order] = np.minimum(1.0, np.minimum.accumulate(raised[::-1])[::-1])
    return result


_PER_TENFOLD = 4
"""Sizes simulated per factor of ten; beyond a million amounts the largest one serves."""


def _size(step: int) -> int:
    return round(10 ** (min(step, 6 * _PER_TENFOLD) / _PER_TENFOLD))


def _step(n: Amounts) -> Amounts:
    """The step of the grid at or below each size."""
    sizes = np.array([_size(step) for step in range(6 * _PER_TENFOLD + 1)])
    below: Amounts = np.maximum(np.searchsorted(sizes, n, side="right") - 1, 0)
    return below


@cache
def _simulated(size: int, digits: Digits) -> npt.NDArray[np.float64]:
    """sqrt(size) MAD of samples drawn under Benford's law, sorted; the same in every run."""
    random = np.random.default_rng([_SEED, size, FIRST_VALUE[digits]])
    shares, result = expected(digits), np.empty(REPEATS)
    for start in range(0, REPEATS, 10_000):
        samples = random.multinomial(size, shares, size=min(10_000, REPEATS - start))
        result[start : start + len(samples)] = deviation(samples, digits) * np.sqrt(size)
    result.sort()
    return result
