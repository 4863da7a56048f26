"""How a ranking did in each week by itself, when each week has its own inspections."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.evaluation.measures import ratio
from redlane.evaluation.order import Order
from redlane.evaluation.settings import Cut
from redlane.evaluation.truth import Floats, Integers, Truth, blocks

WINDOW = 13
"""Weeks in the moving average: a quarter."""


def per_week(orders: Mapping[str, Order], truth: Truth, cuts: tuple[Cut, ...], block: str) -> pd.DataFrame:
    """Precision, recall and revenue of each ranking in each week, its top ``ceil(rate * n)`` rows inspected.

    Columns: ranking, week (its first day), rate, n, k, irregular, precision, recall, revenue (share of the
    week's; NaN where not recorded) and precision_13, the mean of the last 13 weeks that have rows. Only the
    cuts that are shares are shown: a stated number is for the whole period.
    """
    codes, starts = blocks(truth.registered_day, block)
    tables = [
        _table(name, order, truth, codes, starts, cut)
        for name, order in orders.items()
        for cut in cuts
        if cut.rate is not None
    ]
    return pd.concat(tables, ignore_index=True)


def _table(
    name: str, order: Order, truth: Truth, codes: npt.NDArray[np.intp], starts: Integers, cut: Cut
) -> pd.DataFrame:
    weeks = len(starts)
    n = np.bincount(codes, minlength=weeks)
    k = np.array([cut.size(int(rows)) for rows in n])
    taken = _place_in_week(order, codes, n) < k[codes]
    revenue = truth.paid()
    found = np.bincount(codes, weights=truth.irregular, minlength=weeks)
    hits = np.bincount(codes[taken], weights=truth.irregular[taken], minlength=weeks)
    frame = pd.DataFrame({"ranking": name, "week": starts.astype("datetime64[D]").astype("datetime64[s]")})
    frame = frame.assign(rate=cut.rate, n=n, k=k, irregular=found.astype(np.int64))
    frame["precision"], frame["recall"] = ratio(hits, k), ratio(hits, found)
    frame["revenue"] = np.nan if revenue is None else _share(revenue, taken, codes, weeks)
    frame["precision_13"] = frame["precision"].rolling(WINDOW, min_periods=1).mean()
    return frame


def _place_in_week(
    order: Order, codes: npt.NDArray[np.intp], n: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    by_week = order.rows[np.argsort(codes[order.rows], kind="stable")]
    first = np.repeat(np.cumsum(n) - n, n)
    place = np.empty(len(codes), dtype=np.intp)
    place[by_week] = np.arange(len(codes)) - first
    return place


def _share(values: Floats, taken: npt.NDArray[np.bool_], codes: npt.NDArray[np.intp], weeks: int) -> Floats:
    total = np.bincount(codes, weights=values, minlength=weeks)
    return ratio(np.bincount(codes[taken], weights=values[taken], minlength=weeks), total)
