"""The price filter matrix: value under- and over-invoiced, by good and origin.

Pak and Zdanowicz: what a unit price falls short of the first quartile of its peers, or exceeds the third, times
the quantity, is the amount by which an import may be under- or over-invoiced. Undervalued imports evade duty or
bring value in; overvalued ones take value out (WCO, "Illicit financial flows via trade mis-invoicing", 2018).
The quartiles are those published before the day of each declaration, as in the features; half of all honest
declarations lie outside them, so amounts are compared between cells, and are no finding of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from redlane.features.deviation import excess, shortfall
from redlane.features.view import View
from redlane.profiles.build import Profiles
from redlane.profiles.keys import Key, check_key, part_text
from redlane.profiles.prices import PriceReference, log_measure

AMOUNTS = ("value", "under_invoiced", "over_invoiced")


@dataclass(frozen=True)
class PriceFilter:
    """The matrix and its margins, each with the largest amounts first.

    Columns beside the keys: ``declarations``; ``compared``, those with a unit price and a cell; their ``value``;
    ``under_invoiced`` and ``over_invoiced`` (reference currency), how many ``under`` and ``over`` there are; both
    amounts as shares of value, and ``risk_index``, their sum. Missing where nothing could be compared.
    """

    cells: pd.DataFrame
    origins: pd.DataFrame
    goods: pd.DataFrame
    total: pd.DataFrame


def price_filter(
    declarations: pd.DataFrame, profiles: Profiles, reference: PriceReference, good: str = "hs6"
) -> PriceFilter:
    """The price filter matrix of *declarations*, by *good* (a part of a key) and country of origin.

    Raises:
        RedlaneError: *good* is no part of a key.
    """
    rows = filter_amounts(declarations, profiles, reference)
    return PriceFilter(
        cells=matrix(declarations, rows, (good, "origin_country")),
        origins=matrix(declarations, rows, ("origin_country",)),
        goods=matrix(declarations, rows, (good,)),
        total=matrix(declarations, rows, ()),
    )


def filter_amounts(declarations: pd.DataFrame, profiles: Profiles, reference: PriceReference) -> pd.DataFrame:
    """Value, under- and over-invoiced amount of each of n declarations; NaN where nothing compares."""
    view = View(declarations, profiles)
    x, cell = log_measure(declarations, reference.measure), view.prices(reference)
    value = view.number(reference.ratio.above)
    under, over = shortfall(x, cell) * value, excess(x, cell) * value
    compared = np.where(np.isfinite(under), value, np.nan)
    return pd.DataFrame({"value": compared, "under_invoiced": under, "over_invoiced": over})


def matrix(declarations: pd.DataFrame, rows: pd.DataFrame, by: Key) -> pd.DataFrame:
    """Add up the amounts of :func:`filter_amounts` by a key; the empty key adds up everything.

    >>> frame = pd.DataFrame({"origin_country": ["CN", "CN", "DE"]})
    >>> amounts = pd.DataFrame({"value": [10.0, 30.0, 5.0], "under_invoiced": [2.0, 0.0, np.nan],
    ...                         "over_invoiced": [0.0, 6.0, np.nan]})
    >>> matrix(frame, amounts.assign(value=[10, 30, np.nan]), ("origin_country",)).risk_index.tolist()
    [0.2, nan]

    Raises:
        RedlaneError: the key has an unknown part.
    """
    check_key(by, "price filter")
    parts = {part: part_text(declarations, part).to_numpy("object") for part in by}
    keys = pd.DataFrame(parts or {"everything": np.zeros(len(declarations))})
    names = list(keys.columns)
    table = pd.concat([keys, rows.reset_index(drop=True)], axis=1).dropna(subset=names)
    table = table.sort_values([*names, *AMOUNTS], ignore_index=True)  # sums that no order of rows changes
    table = table.assign(under=table["under_invoiced"] > 0, over=table["over_invoiced"] > 0)
    groups = table.groupby(names, sort=True)
    sums = groups[list(AMOUNTS)].sum(min_count=1)
    counts = groups.agg(
        declarations=("value", "size"),
        compared=("value", "count"),
        under=("under", "sum"),
        over=("over", "sum"),
    )
    return _with_shares(counts.join(sums).reset_index(), names).drop(columns="everything", errors="ignore")


def _with_shares(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    value = table["value"].where(table["value"] > 0)
    table = table.assign(
        under_share=table["under_invoiced"] / value,
        over_share=table["over_invoiced"] / value,
        risk_index=(table["under_invoiced"] + table["over_invoiced"]) / value,
    )
    amount = table["under_invoiced"] + table["over_invoiced"]
    order = np.lexsort((np.arange(len(table)), -amount.fillna(-1.0).to_numpy()))
    columns = [
        "declarations",
        "compared",
        *AMOUNTS,
        "under",
        "over",
        "under_share",
        "over_share",
        "risk_index",
    ]
    return table.iloc[order][[*names, *columns]].reset_index(drop=True)
