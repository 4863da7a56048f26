"""The measures of one ranking on many resamples of weeks at once.

The same numbers as :func:`redlane.evaluation.measures.measure` gives one resample at a time (a test holds them
together), from running counts by week along the order: a resample is then a product of matrices, and 1,000 of
them on 100,000 rows take about a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redlane.evaluation.measures import ratio
from redlane.evaluation.order import Order, Positions
from redlane.evaluation.settings import Cut
from redlane.evaluation.truth import Floats

AT_CUT = ("precision", "recall", "revenue")
_AT_ONCE = 2_000_000
"""Products of findings and resamples held in memory at once."""


@dataclass(frozen=True)
class Along:
    """Running sums by block along an inspection order, each with a leading row of zeros.

    ``rows`` (n + 1, blocks) counts rows, ``hits`` and ``money`` (findings + 1, blocks) add up findings and revenue
    over the rows that have any; ``at`` and ``paid_at`` are those rows' positions.
    """

    rows: npt.NDArray[np.int32]
    at: Positions
    hits: Floats
    paid_at: Positions
    money: Floats | None
    irregular: Floats
    revenue: Floats | None
    block: Positions

    @classmethod
    def of(cls, order: Order, block: Positions, irregular: Floats, revenue: Floats | None) -> "Along":
        """The sums along *order*; *block*, *irregular* and *revenue* have one entry per row, as they lie."""
        where, blocks = block[order.rows], int(block.max()) + 1
        found = irregular[order.rows]
        paid = None if revenue is None else revenue[order.rows]
        at = np.flatnonzero(found)
        paid_at = np.empty(0, np.intp) if paid is None else np.flatnonzero(paid)
        rows = np.zeros((len(where) + 1, blocks), np.int32)
        rows[np.arange(1, len(where) + 1), where] = 1
        np.cumsum(rows, axis=0, out=rows)
        money = None if paid is None else _running(paid[paid_at], where[paid_at], blocks)
        return cls(rows, at, _running(found[at], where[at], blocks), paid_at, money, found, paid, where)


def measures(along: Along, drawn: Floats, cuts: Sequence[Cut]) -> dict[tuple[str, str], Floats]:
    """Each measure on each resample: (measure, cut in words or "") -> one value per row of *drawn*.

    *drawn* (resamples, blocks) says how often each block was drawn. NaN where a measure is undefined.

    >>> order = Order(np.arange(4), np.arange(4), np.arange(4))
    >>> along = Along.of(order, np.array([0, 0, 1, 1]), np.array([1.0, 0.0, 1.0, 0.0]), None)
    >>> found = measures(along, np.array([[1.0, 1.0], [2.0, 0.0]]), [Cut(rate=0.5)])
    >>> found["precision", "50 %"].tolist(), found["average_precision", ""].round(3).tolist()
    ([0.5, 1.0], [0.833, 1.0])
    """
    total = drawn @ along.rows[-1]
    found = drawn @ along.hits[-1]
    result: dict[tuple[str, str], Floats] = {}
    for cut in cuts:
        sizes = _sizes(cut, total)
        edge = _edge(along.rows, drawn, sizes)
        surplus = np.einsum("rw,rw->r", drawn, along.rows[edge + 1]) - sizes
        hits = _taken(along.at, along.hits, along.irregular, drawn, edge, surplus)
        result["precision", cut.label] = ratio(hits, sizes)
        result["recall", cut.label] = ratio(hits, found)
        if along.money is not None and along.revenue is not None:
            paid = _taken(along.paid_at, along.money, along.revenue, drawn, edge, surplus)
            result["revenue", cut.label] = ratio(paid, drawn @ along.money[-1])
    result["average_precision", ""] = _average_precision(along, drawn, found)
    return result


def _running(amounts: Floats, block: Positions, blocks: int) -> Floats:
    sums = np.zeros((len(amounts) + 1, blocks))
    sums[np.arange(1, len(amounts) + 1), block] = amounts
    return np.asarray(np.cumsum(sums, axis=0, out=sums))


def _sizes(cut: Cut, total: Floats) -> Floats:
    counts, place = np.unique(total.astype(np.int64), return_inverse=True)
    return np.array([cut.size(count) for count in counts.tolist()], np.float64)[place]


def _edge(rows: npt.NDArray[np.int32], drawn: Floats, sizes: Floats) -> Positions:
    """First position through which at least ``sizes`` rows were drawn, by halving, for all resamples together."""
    low = np.zeros(len(drawn), np.intp)
    high = np.full(len(drawn), len(rows) - 2, np.intp)
    while (low < high).any():
        middle = (low + high) // 2
        enough = np.einsum("rw,rw->r", drawn, rows[middle + 1]) >= sizes
        high, low = np.where(enough, middle, high), np.where(enough, low, middle + 1)
    return high


def _taken(
    at: Positions, running: Floats, amounts: Floats, drawn: Floats, edge: Positions, surplus: Floats
) -> Floats:
    # The row at the edge of the cut may be taken only in part of its copies.
    through = running[np.searchsorted(at, edge, side="right")]
    return np.asarray(np.einsum("rw,rw->r", drawn, through) - surplus * amounts[edge])


def _average_precision(along: Along, drawn: Floats, found: Floats) -> Floats:
    total = np.zeros(len(drawn))
    step = max(1, _AT_ONCE // max(1, len(drawn)))
    for start in range(0, len(along.at), step):
        at = along.at[start : start + step]
        hits = along.hits[start + 1 : start + 1 + len(at)] @ drawn.T
        above = along.rows[at + 1] @ drawn.T
        total += np.sum(drawn.T[along.block[at]] * hits / np.maximum(above, 1), axis=0)
    return ratio(total, found)
