"""A party's prices as a mixture: honest ones about a level of its own, and a share that was lowered or raised.

Method: Bayes' rule over a small grid of hypotheses (a finite mixture; McLachlan and Peel 2000). Under one of them the
party's honest logarithms of price over the usual lie about its own level, t-distributed; a share of its declarations
states a price lowered, or raised, by a random factor. What was counted of the party before weighs the hypotheses;
together they say how sure it is that the price at hand is not an honest one. No outcome is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import gamma, pi, sqrt
from typing import NamedTuple

import numpy as np

from redlane.features.view import Numbers
from redlane.profiles.ledger import Amounts

SHARES = (0.005, 0.03, 0.1, 0.3, 0.6)
"""Shares of lowered (or of raised) prices that are thought possible of a party: of nobody it is certain that it never
does. With a share of nothing, a party with many honest declarations could state any price and not be doubted."""
WEIGHTS = (0.8, 0.1, 0.04, 0.03, 0.03)
"""How likely each is before anything is known."""
_LEVELS = 9
_FREEDOM = 5.0
"""Degrees of freedom of honest prices about their level: their tails are heavier than normal."""
_STEP, _REACH = 0.01, 4.0
_EXACT = 2.0**20
"""Logarithms of likelihoods are kept in steps of 2^-20: sums of them are exact, in any order and portion."""
_LEAST = 1e-9
_PORTION = 16384


class Shape(NamedTuple):
    """Standard deviation of honest log prices about a party's level, and of levels; mean log of a change."""

    spread: float
    level_spread: float
    departure: float


class Verdict(NamedTuple):
    """Of n declarations: log odds that the price was lowered, raised; the party's shares of such; its level."""

    low_odds: Numbers
    high_odds: Numbers
    low_rate: Numbers
    high_rate: Numbers
    level: Numbers


@dataclass(frozen=True)
class Mixture:
    """All hypotheses of one :class:`Shape`: densities on a fine grid (points, levels), and of whole bins.

    ``likelihood`` has one row per hypothesis, one column per bin; ``level``, ``low`` and ``high`` say what each
    hypothesis states; ``prior`` is the logarithm of its weight.
    """

    honest: Numbers
    lowered: Numbers
    raised: Numbers
    likelihood: Numbers
    prior: Numbers
    level: Sequence[int]
    low: Sequence[float]
    high: Sequence[float]
    levels: Numbers

    def judge(self, counts: Amounts, deviation: Numbers) -> Verdict:
        """Judge n deviations, given the (bins, n) *counts* of each party's earlier ones; NaN where there is none.

        >>> shape = Shape(spread=0.3, level_spread=0.25, departure=0.6)
        >>> honest, bent = [0, 1, 18, 1, 0], [9, 0, 10, 1, 0]
        >>> counts = np.array([honest, bent]).T
        >>> verdict = mixture(shape, (-1.0, -0.5, 0.5, 1.0)).judge(counts, np.array([-0.9, -0.9]))
        >>> bool(verdict.low_odds[1] > verdict.low_odds[0] + 1), bool(verdict.low_rate[1] > verdict.low_rate[0])
        (True, True)
        """
        parts = [
            self._judge(counts[:, at : at + _PORTION], deviation[at : at + _PORTION])
            for at in range(0, max(1, len(deviation)), _PORTION)
        ]
        return Verdict(*(np.concatenate(values) for values in zip(*parts, strict=True)))

    def _judge(self, counts: Amounts, deviation: Numbers) -> Verdict:
        weight = self.likelihood @ counts.astype(np.float64) + self.prior[:, None]
        np.exp(weight - weight.max(axis=0), out=weight)
        point = np.clip(np.nan_to_num(deviation), -_REACH, _REACH - _STEP)
        place = ((point + _REACH) / _STEP).astype(np.int64)
        total, low_rate, high_rate, level = np.zeros((4, len(deviation)))
        honest, lowered, raised = np.zeros((3, len(deviation)))
        at_level = np.zeros((_LEVELS, 3, len(deviation)))
        for number, mine in enumerate(weight):  # one by one: sums are the same in any portion
            at, low, high = self.level[number], self.low[number], self.high[number]
            parts = low * mine, high * mine
            total += mine
            low_rate += parts[0]
            high_rate += parts[1]
            level += self.levels[at] * mine
            at_level[at, 0] += mine - parts[0] - parts[1]
            at_level[at, 1] += parts[0]
            at_level[at, 2] += parts[1]
        for at, (neither, low_part, high_part) in enumerate(at_level):
            honest += neither * self.honest[at][place]
            lowered += low_part * self.lowered[at][place]
            raised += high_part * self.raised[at][place]
        base = np.log(honest / total + _LEAST)
        found = (np.log(lowered / total + _LEAST) - base, np.log(raised / total + _LEAST) - base)
        rates = (low_rate / total, high_rate / total, level / total)
        known = np.isfinite(deviation)
        return Verdict(*(np.where(known, values, np.nan) for values in (*found, *rates)))


@cache
def mixture(shape: Shape, borders: tuple[float, ...]) -> Mixture:
    """The hypotheses of *shape* for counts between *borders*."""
    levels = np.linspace(-2.2, 2.2, _LEVELS) * shape.level_spread
    grid = np.arange(-_REACH, _REACH, _STEP) + _STEP / 2
    change = np.arange(0.05, 2.5, 0.1)
    likely = change * np.exp(-2.0 * change / shape.departure)  # a gamma distribution of shape 2
    likely /= likely.sum()
    honest = np.stack([_density(grid - level, shape.spread) for level in levels])
    lowered, raised = (
        np.stack(
            [
                np.sum(
                    [
                        p * _density(grid - level - side * c, shape.spread)
                        for c, p in zip(change, likely, strict=True)
                    ],
                    axis=0,
                )
                for level in levels
            ]
        )
        for side in (-1.0, 1.0)
    )
    place = np.searchsorted(borders, grid, side="right")
    bins = [
        np.stack([d[:, place == b].sum(axis=1) for b in range(len(borders) + 1)]) * _STEP
        for d in (honest, lowered, raised)
    ]
    thought = [(t, s, 0) for t in range(_LEVELS) for s in range(len(SHARES))]
    thought += [(t, 0, s) for t in range(_LEVELS) for s in range(1, len(SHARES))]
    near = np.exp(-0.5 * np.linspace(-2.2, 2.2, _LEVELS) ** 2)
    prior = np.log([near[t] / near.sum() * WEIGHTS[low] * WEIGHTS[high] for t, low, high in thought])
    whole = [
        (1.0 - SHARES[low] - SHARES[high]) * bins[0][:, t]
        + SHARES[low] * bins[1][:, t]
        + SHARES[high] * bins[2][:, t]
        for t, low, high in thought
    ]
    return Mixture(
        honest,
        lowered,
        raised,
        np.rint(np.log(np.maximum(whole, _LEAST)) * _EXACT) / _EXACT,
        np.rint(prior * _EXACT) / _EXACT,
        [t for t, _, _ in thought],
        [SHARES[low] for _, low, _ in thought],
        [SHARES[high] for _, _, high in thought],
        levels,
    )


def _density(away: Numbers, spread: float) -> Numbers:
    scale = gamma((_FREEDOM + 1) / 2) / gamma(_FREEDOM / 2) / sqrt(_FREEDOM * pi) / spread
    result: Numbers = scale * (1.0 + (away / spread) ** 2 / _FREEDOM) ** (-(_FREEDOM + 1) / 2)
    return result
