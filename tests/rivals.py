"""Two rankings of made-up declarations whose true difference is known: equally good, or one better by so much.

Weeks differ in how much is irregular, and within a week declarations come in consignments that a model gets right
or wrong together: findings of one week are not independent, as in trade.
"""

from typing import Literal, NamedTuple

import numpy as np

from redlane.evaluation import Truth
from redlane.evaluation.order import inspection_order
from redlane.evaluation.paired import Contender
from redlane.evaluation.settings import Cut

MONDAY = 18_267  # 2020-01-06
CONSIGNMENT = 25
"""So many declarations of a week belong together, on average."""
NOISE = 1.0
"""The error of each of two equally good models, beside a spread of risk of 1."""
LESS_NOISE = 0.725
"""The error of the one whose precision at 5 % is 10 % higher (relative); :func:`true_ratio` measures it."""

Kind = Literal["equal", "ties", "better"]


class Rivals(NamedTuple):
    """The rows, and the two models in the order in which they are compared (the second against the first)."""

    truth: Truth
    contenders: list[Contender]


def rivals(kind: Kind, seed: int, weeks: int, per_week: int) -> Rivals:
    """Two models: with errors of their own (*equal*), equal but for their ties (*ties*), or the second *better*."""
    rng = np.random.default_rng(seed)
    n, week = weeks * per_week, np.repeat(np.arange(weeks), per_week)
    groups = max(4, per_week // CONSIGNMENT)
    group = week * groups + rng.integers(0, groups, n)
    risk = 0.8 * rng.normal(size=n) + 0.6 * rng.normal(size=weeks * groups)[group]
    chance = 1 / (1 + np.exp(2.0 - 1.2 * risk - 0.3 * rng.normal(size=weeks)[week]))
    irregular = (rng.random(n) < chance).astype(float)
    shared = risk + 0.5 * rng.normal(size=n)

    def error() -> np.ndarray:
        return 0.7 * rng.normal(size=n) + 0.7 * rng.normal(size=weeks * groups)[group]

    if kind == "ties":
        common = np.round((shared + NOISE * error()) * 2) / 2
        scores = [common + 1e-3 * rng.random(n) for _ in range(2)]
    else:
        scores = [shared + NOISE * error(), shared + (LESS_NOISE if kind == "better" else NOISE) * error()]
    truth = Truth(
        irregular=irregular,
        revenue=np.where(irregular == 1, rng.lognormal(5, 1, n), np.nan),
        revenue_is_proxy=False,
        registered_day=MONDAY + 7 * week + rng.integers(0, 7, n),
        tie=rng.integers(1, 2**63, n).astype(np.uint64),
    )
    return Rivals(truth, [_contender(name, score) for name, score in zip("ab", scores, strict=True)])


def true_ratio(kind: Kind, rate: float = 0.05, weeks: int = 2000) -> float:
    """Precision of the second model over the first's on very many weeks."""
    truth, models = rivals(kind, 1, weeks, 200)
    size = Cut(rate=rate).size(len(truth))
    first, second = (
        truth.irregular[inspection_order(model.margin, truth.tie).rows[:size]].mean() for model in models
    )
    return float(second / first)


def _contender(name: str, score: np.ndarray) -> Contender:
    return Contender(name, score, 1 / (1 + np.exp(2.0 - score)))
