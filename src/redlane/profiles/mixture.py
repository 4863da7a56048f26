"""A party's prices as a mixture: honest ones about the level of each trade, and a share that was lowered or raised.

Method: Bayes' rule over a small grid of hypotheses (a finite mixture; McLachlan and Peel 2000), in two layers. Each
trade of a party (the same seller and good, say) has an honest level of its own, about which its logarithms of price
over the usual lie, t-distributed. Across all its trades a party lowers, or raises, one share of its prices by a random
factor. What was counted in a trade weighs its levels; how well each share foretold the party's declarations, one after
the other, weighs the shares. No outcome is needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import gamma, pi, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

SHARES = (0.1, 0.3, 0.6, 0.9)
"""Shares of lowered (or of raised) prices that are thought possible of a party, besides next to none."""
WEIGHTS = (0.03, 0.03, 0.02, 0.02)
"""How likely each is of either side before anything is known: eight parties in ten do neither, but for accidents."""
BORDERS = (-3.6, -2.6, -1.8, -1.2, -0.6, 0.0, 0.6, 1.2, 1.8, 2.6, 3.6)
"""Deviations are counted between these, in spreads."""
STEPS = 1024
"""Evidence is kept in whole steps of 1/1024 of a natural logarithm, so that sums are exact in any order."""

_LEVELS, _WIDEST = 9, 2.2
_FREEDOM = 5.0
"""Degrees of freedom of honest prices about their level: their tails are heavier than normal."""
_FINE = 33
"""Points of the fine grid within one spread."""
_EXACT = 2.0**20
"""Logarithms of likelihoods are kept in steps of 2^-20: sums of them are exact, in any order and portion."""
_LEAST = 1e-9
_PORTION = 4096
"""So many at a time stay in the processor's cache."""


class Hypothesis(NamedTuple):
    """Shares of lowered and of raised prices, and how likely they are before anything is known."""

    low: float
    high: float
    weight: float

    @property
    def name(self) -> str:
        """For example ``low_30``."""
        return f"low_{self.low:.0%}"[:-1] if self.low else f"high_{self.high:.0%}"[:-1]


SELDOM = 0.004
"""Of nobody it is certain that it never does: with a share of nothing, a party with many honest declarations could
state any price and not be doubted."""
HONEST = Hypothesis(SELDOM, SELDOM, 1.0 - 2 * sum(WEIGHTS))
BENT = tuple(Hypothesis(share, 0.0, weight) for share, weight in zip(SHARES, WEIGHTS, strict=True)) + tuple(
    Hypothesis(0.0, share, weight) for share, weight in zip(SHARES, WEIGHTS, strict=True)
)
"""What may be true of a party instead."""
HYPOTHESES = (HONEST, *BENT)
EVIDENCE = tuple(hypothesis.name for hypothesis in BENT)
"""What the evidence for each is called."""


class Shape(NamedTuple):
    """Standard deviation of honest logarithms about their level, and of levels; mean logarithm of a change."""

    spread: float
    level_spread: float
    departure: float


class Verdict(NamedTuple):
    """Of n declarations: log odds that the price was lowered, raised; the party's shares of such."""

    low_odds: Numbers
    high_odds: Numbers
    low_rate: Numbers
    high_rate: Numbers


class Foretold(NamedTuple):
    """What the history of its trade says of each of n deviations, under each of H hypotheses of the party.

    Densities (H, n) of an honest, a lowered and a raised price here; ``level`` (n,) is the honest level expected of
    the trade where its party is honest.
    """

    honest: Numbers
    lowered: Numbers
    raised: Numbers
    level: Numbers


@dataclass(frozen=True)
class Mixture:
    """All hypotheses of one :class:`Shape`: densities on a fine grid (levels, points), and of whole bins.

    ``likelihood`` (hypotheses, levels, bins) is the logarithm of each bin's probability; ``prior`` (levels) that of
    each level.
    """

    shape: Shape
    honest: Numbers
    lowered: Numbers
    raised: Numbers
    likelihood: Numbers
    prior: Numbers
    levels: Numbers

    def bins(self, deviation: Numbers) -> Counts:
        """The bin of each deviation, from 0 to ``len(BORDERS)``."""
        return np.searchsorted(BORDERS, deviation / self.shape.spread, side="right").astype(np.int64)

    def evidence(self, counts: Counts, bins: Counts) -> Counts:
        """How much better each of :data:`BENT` foretold n declarations than honesty did, in :data:`STEPS`.

        *counts* (bins, n) are the earlier deviations of each declaration's trade, *bins* where its own one lies.
        Returns whole numbers (hypotheses, n).

        >>> of = mixture(Shape(spread=0.3, level_spread=0.25, departure=0.6))
        >>> honest = np.array([[0, 0, 0, 1, 4, 9, 9, 4, 1, 0, 0, 0]]).T
        >>> far_below = of.evidence(honest, np.array([0]))[:, 0]
        >>> bool(far_below[1] > 1000 > 0 > far_below[5])
        True
        """
        found = np.empty((len(BENT), counts.shape[1]), np.int64)
        for part in _portions(counts.shape[1]):
            honest = self._chance(counts[:, part], bins[part], 0)
            for row in range(len(BENT)):
                gain = np.log(self._chance(counts[:, part], bins[part], row + 1) / honest)
                found[row, part] = np.rint(gain * STEPS).astype(np.int64)
        return found

    def _chance(self, counts: Counts, bins: Counts, hypothesis: int) -> Numbers:
        """The probability each trade's history gave to each bin."""
        bin_chance = np.exp(self.likelihood[hypothesis])
        chance = np.zeros(len(bins))
        for level, weight in enumerate(self._levels(counts, hypothesis)):
            chance += weight * bin_chance[level][bins]
        return chance

    def _levels(self, counts: Counts, hypothesis: int) -> Numbers:
        """How likely each level is (levels, n), given what was counted."""
        weight: Numbers = self.likelihood[hypothesis] @ counts.astype(np.float64) + self.prior[:, None]
        np.exp(weight - weight.max(axis=0), out=weight)
        weight /= _sum(weight)
        return weight

    def foretell(self, counts: Counts, deviation: Numbers) -> Foretold:
        """What the earlier deviations of each trade, (bins, n) *counts*, say of n deviations."""
        n = len(deviation)
        honest, lowered, raised = np.zeros((3, len(HYPOTHESES), n))
        level = np.zeros(n)
        for part in _portions(n):
            place = self._place(deviation[part])
            for row in range(len(HYPOTHESES)):
                for at, weight in enumerate(
                    self._levels(counts[:, part], row)
                ):  # one by one: the same in any portion
                    honest[row, part] += weight * self.honest[at][place]
                    lowered[row, part] += weight * self.lowered[at][place]
                    raised[row, part] += weight * self.raised[at][place]
                    if row == 0:
                        level[part] += weight * self.levels[at]
        return Foretold(honest, lowered, raised, level)

    def _place(self, deviation: Numbers) -> Counts:
        points = self.honest.shape[1]
        place = np.nan_to_num(deviation) / self.shape.spread * _FINE + points / 2
        inside: Counts = np.clip(place, 0, points - 1).astype(np.int64)
        return inside


def judge(foretold: Foretold, evidence: Counts, deviation: Numbers) -> Verdict:
    """Weigh the hypotheses by a party's *evidence* (hypotheses but the first, n); NaN where *deviation* is.

    >>> of = mixture(Shape(spread=0.3, level_spread=0.25, departure=0.6))
    >>> away = np.array([-0.9, -0.9])
    >>> nothing, suspect = np.zeros(8, int), np.array([4, 9, 6, 0, -3, -9, -9, -9]) * STEPS
    >>> verdict = judge(of.foretell(np.zeros((12, 2), int), away), np.array([nothing, suspect]).T, away)
    >>> bool(verdict.low_odds[1] > verdict.low_odds[0] + 2), verdict.low_rate.round(2).tolist()
    (True, [0.05, 0.31])
    """
    logs = [np.full(len(deviation), np.log(HONEST.weight))]
    logs += [np.log(h.weight) + e / STEPS for h, e in zip(BENT, evidence, strict=True)]
    most = np.maximum.reduce(logs)
    weights = [np.exp(log - most) for log in logs]
    total = _sum(np.stack(weights))
    low_rate, high_rate, honest, lowered, raised = np.zeros((5, len(deviation)))
    for row, (hypothesis, weight) in enumerate(zip(HYPOTHESES, weights, strict=True)):
        share = weight / total
        low_rate += hypothesis.low * share
        high_rate += hypothesis.high * share
        honest += (1.0 - hypothesis.low - hypothesis.high) * share * foretold.honest[row]
        lowered += hypothesis.low * share * foretold.lowered[row]
        raised += hypothesis.high * share * foretold.raised[row]
    base = np.log(honest + _LEAST)
    odds = np.log(lowered + _LEAST) - base, np.log(raised + _LEAST) - base
    known = np.isfinite(deviation)
    return Verdict(*(np.where(known, values, np.nan) for values in (*odds, low_rate, high_rate)))


@cache
def mixture(shape: Shape) -> Mixture:
    """The hypotheses of *shape*."""
    levels = np.linspace(-_WIDEST, _WIDEST, _LEVELS) * shape.level_spread
    prior = -0.5 * np.linspace(-_WIDEST, _WIDEST, _LEVELS) ** 2
    reach = max(12.0, 4.0 + 4.0 * shape.departure / shape.spread)
    points = 2 * int(reach * _FINE)
    grid = (np.arange(points) - points / 2 + 0.5) / _FINE * shape.spread
    honest = np.stack([_density(grid - level, shape.spread) for level in levels])
    lowered, raised = (np.stack([_changed(grid - at, side, shape) for at in levels]) for side in (-1.0, 1.0))
    place = np.searchsorted(BORDERS, grid / shape.spread, side="right")
    tables = [_binned(density, place) for density in (honest, lowered, raised)]
    tables = [table / table.sum(axis=1, keepdims=True) for table in tables]
    whole = [(1.0 - h.low - h.high) * tables[0] + h.low * tables[1] + h.high * tables[2] for h in HYPOTHESES]
    likelihood = _exact(np.log(np.maximum(np.stack(whole), _LEAST)))
    prior = _exact(prior - np.log(np.exp(prior).sum()))
    return Mixture(shape, honest, lowered, raised, likelihood, prior, levels)


def _exact(logs: Numbers) -> Numbers:
    return np.asarray(np.rint(logs * _EXACT) / _EXACT)


def _changed(away: Numbers, side: float, shape: Shape) -> Numbers:
    """Density of prices that were raised (*side* 1) or lowered (-1), by a gamma-distributed logarithm of shape 2."""
    change = np.arange(0.5, 25.0) * shape.departure / 6.0
    likely = change * np.exp(-2.0 * change / shape.departure)
    likely /= likely.sum()
    parts = [p * _density(away - side * c, shape.spread) for c, p in zip(change, likely, strict=True)]
    return _sum(np.stack(parts))


def _binned(density: Numbers, place: npt.NDArray[np.intp]) -> Numbers:
    return np.stack([density[:, place == number].sum(axis=1) for number in range(len(BORDERS) + 1)], axis=1)


def _density(away: Numbers, spread: float) -> Numbers:
    scale = gamma((_FREEDOM + 1) / 2) / gamma(_FREEDOM / 2) / sqrt(_FREEDOM * pi) / spread
    result: Numbers = scale * (1.0 + (away / spread) ** 2 / _FREEDOM) ** (-(_FREEDOM + 1) / 2)
    return result


def _sum(rows: Numbers) -> Numbers:
    """The sum over rows, one after the other: the same for a column alone and in company."""
    total: Numbers = rows[0].copy()
    for row in rows[1:]:
        total += row
    return total


def _portions(count: int) -> Iterator[slice]:
    return (slice(at, at + _PORTION) for at in range(0, count, _PORTION))
