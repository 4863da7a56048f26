"""The measures of one ranking, computed on rows already in inspection order.

Every row may carry a weight: how often the bootstrap drew its week. A row of weight m counts as m copies side
by side, so one sort serves every resample. With weight 1 everywhere these are the plain measures
(``docs/evaluation.md`` gives each formula with a worked example).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from redlane.evaluation.order import Order, Positions
from redlane.evaluation.settings import Cut
from redlane.evaluation.truth import Floats

COUNTED = ("precision", "recall", "lift", "norm_precision", "norm_recall")
MONEY = ("revenue", "average_revenue", "norm_revenue")
CORRECTED = ("precision_ipw", "effective_sample_size")
OVERALL = ("average_precision", "roc_auc")


class Tally:
    """A sparse amount along the order (findings, revenue), summed up to any position under any weights."""

    def __init__(self, amounts: Floats) -> None:
        self.amounts = amounts
        self.at: Positions = np.flatnonzero(amounts)
        self._filled = amounts[self.at]

    def running(self, weight: Floats) -> Floats:
        """Weighted running sum over the non-zero rows, with a leading 0."""
        sums = np.zeros(len(self.at) + 1)
        np.cumsum(weight[self.at] * self._filled, out=sums[1:])
        return sums

    def before(self, positions: Positions) -> Positions:
        """How many non-zero rows lie at or before each position: the index into :meth:`running`."""
        return np.searchsorted(self.at, positions, side="right")


@dataclass(frozen=True)
class Ranked:
    """Labelled rows in inspection order; money, odds of inspection and schemes only where known."""

    order: Order
    irregular: Tally
    revenue: Tally | None = None
    inverse_propensity: Floats | None = None
    kinds: tuple[Tally, ...] = ()

    @cached_property
    def brackets(self) -> tuple[Positions, Positions, Positions, Positions]:
        """For each finding: first and last position of its tie, and the findings before and through it."""
        first, last = self.order.first[self.irregular.at], self.order.last[self.irregular.at]
        return first, last, self.irregular.before(first - 1), self.irregular.before(last)


@dataclass(frozen=True)
class Place:
    """Where in the vector of :func:`measure` a number stands: its measure, cut and kind (typology)."""

    measure: str
    cut: Cut | None = None
    kind: int | None = None


def places(ranked: Ranked, cuts: Sequence[Cut]) -> list[Place]:
    """The meaning of each entry of :func:`measure`, in its order."""
    at_cut = [*COUNTED]
    at_cut += MONEY if ranked.revenue is not None else ()
    at_cut += CORRECTED if ranked.inverse_propensity is not None else ()
    listed = [Place(name, cut) for name in at_cut for cut in cuts]
    listed += [Place(name) for name in OVERALL]
    return listed + [Place("recall", cut, kind) for kind in range(len(ranked.kinds)) for cut in cuts]


def measure(ranked: Ranked, weight: Floats, cuts: Sequence[Cut], ceilings: Floats | None = None) -> Floats:
    """All measures of a ranking as one vector (see :func:`places`); NaN where a measure is undefined.

    *weight* holds whole numbers >= 0, one per position of the order. *ceilings* are the largest revenues that
    any ranking could reach at each cut; required where revenue is known.

    >>> order = Order(np.arange(4), np.arange(4), np.arange(4))
    >>> ranked = Ranked(order, Tally(np.array([1.0, 0.0, 1.0, 0.0])))
    >>> found = dict(zip([p.measure for p in places(ranked, [Cut(rate=0.25)])],
    ...                  measure(ranked, np.ones(4), [Cut(rate=0.25)]).tolist()))
    >>> found["precision"], found["recall"], found["lift"], round(found["average_precision"], 4)
    (1.0, 0.5, 2.0, 0.8333)
    """
    rows = np.cumsum(weight)
    sizes = np.array([cut.size(int(rows[-1])) for cut in cuts], dtype=np.float64)
    edge = np.minimum(np.searchsorted(rows, sizes), len(rows) - 1)
    surplus = rows[edge] - sizes
    hits = ranked.irregular.running(weight)
    parts = [_counted(_taken(ranked.irregular, hits, edge, surplus), sizes, hits[-1], rows[-1])]
    if ranked.revenue is not None and ceilings is not None:
        money = ranked.revenue.running(weight)
        parts.append(_money(_taken(ranked.revenue, money, edge, surplus), sizes, money[-1], ceilings))
    if ranked.inverse_propensity is not None:
        shares = np.array([cut.share(int(rows[-1])) for cut in cuts])
        parts.append(_corrected(ranked.irregular.amounts, ranked.inverse_propensity, weight, shares))
    parts.append(
        np.array([_average_precision(ranked, weight, rows, hits), _roc_auc(ranked, weight, rows, hits)])
    )
    for kind in ranked.kinds:
        members = kind.running(weight)
        parts.append(ratio(_taken(kind, members, edge, surplus), members[-1]))
    return np.concatenate(parts)


def revenue_ceilings(revenue: Tally, weight: Floats, cuts: Sequence[Cut]) -> Floats:
    """Sum of the k largest revenues at each cut; *revenue*, *weight* in descending order of revenue."""
    rows = np.cumsum(weight)
    sizes = np.array([cut.size(int(rows[-1])) for cut in cuts], dtype=np.float64)
    edge = np.minimum(np.searchsorted(rows, sizes), len(rows) - 1)
    return _taken(revenue, revenue.running(weight), edge, rows[edge] - sizes)


def ratio(above: npt.ArrayLike, below: npt.ArrayLike) -> Floats:
    """Elementwise quotient, NaN where the denominator is zero."""
    quotient = np.full(np.broadcast_shapes(np.shape(above), np.shape(below)), np.nan)
    np.divide(above, below, out=quotient, where=np.not_equal(below, 0))
    return quotient


def _taken(tally: Tally, running: Floats, edge: Positions, surplus: Floats) -> Floats:
    # The row at the edge of the cut may be taken only in part of its copies.
    return running[tally.before(edge)] - surplus * tally.amounts[edge]


def _counted(hits: Floats, sizes: Floats, found: float, n: float) -> Floats:
    precision, recall = ratio(hits, sizes), ratio(hits, found)
    best_precision, best_recall = np.minimum(ratio(found, sizes), 1), np.minimum(ratio(sizes, found), 1)
    lift = ratio(precision, found / n)
    return np.concatenate(
        [precision, recall, lift, ratio(precision, best_precision), ratio(recall, best_recall)]
    )


def _money(taken: Floats, sizes: Floats, total: float, ceilings: Floats) -> Floats:
    return np.concatenate([ratio(taken, total), ratio(taken, sizes), ratio(taken, ceilings)])


def _corrected(irregular: Floats, inverse: Floats, weight: Floats, shares: Floats) -> Floats:
    stands_for = weight * inverse
    rows, hits, squares = (np.cumsum(stands_for * factor) for factor in (1.0, irregular, inverse))
    target = shares * rows[-1]
    edge = np.minimum(np.searchsorted(rows, target * (1 - 1e-12)), len(rows) - 1)
    surplus = rows[edge] - target
    taken = hits[edge] - surplus * irregular[edge]
    squared = squares[edge] - surplus * inverse[edge]
    return np.concatenate([ratio(taken, target), ratio(target**2, squared)])


def _average_precision(ranked: Ranked, weight: Floats, rows: Floats, hits: Floats) -> float:
    at = ranked.irregular.at
    if not hits[-1]:
        return float("nan")
    # Rows of weight 0 at the very top have no rows above them yet: they add 0, whatever they are divided by.
    return float(np.sum(weight[at] * hits[1:] / np.maximum(rows[at], 1)) / hits[-1])


def _roc_auc(ranked: Ranked, weight: Floats, rows: Floats, hits: Floats) -> float:
    clean = rows[-1] - hits[-1]
    if not hits[-1] or not clean:
        return float("nan")
    first, last, hits_before, hits_through = ranked.brackets
    through = rows[last] - hits[hits_through]
    above = rows[first] - weight[first] - hits[hits_before]
    return float(np.sum(weight[ranked.irregular.at] * (clean - (through + above) / 2)) / (hits[-1] * clean))
