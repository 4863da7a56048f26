"""Fair prices of goods by origin, and the declarations that lie far off them.

After the Joint Research Centre's work on customs data (Riani, Cerioli, Atkinson and Perrotta 2014, "Monitoring
robust regression", and the THESEUS estimates): value on quantity through the origin, fitted robustly; the slope is
the fair price of what is not outlying. Declarations beyond the simultaneous limit are outliers: low ones may have
lost duty, high ones may have moved value abroad. Fair prices indicate risk; WTO rules do not let them replace a
customs value by themselves.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from pydantic import Field, field_validator

from redlane.features.view import Numbers
from redlane.profiles.keys import Key, check_key, part_text
from redlane.profiles.prices import Measure, PriceReference, log_measure
from redlane.profiles.robust import Runs, median_absolute_deviation, quantile
from redlane.settings import Settings


class FairPriceSettings(Settings):
    """Which goods are one market, and when a price is outlying.

    ``by`` is product, origin and, where declarations of several destinations lie in one file, destination.
    ``size`` is the chance that any of a market's honest declarations is called an outlier, shared among them all.
    """

    measure: Measure = "price_per_kg"
    by: Key = ("hs6", "origin_country")
    minimum_count: int = Field(default=30, ge=5)
    size: float = Field(default=0.01, gt=0, lt=1)
    scale_floor: float = Field(default=0.05, gt=0)

    @field_validator("by")
    @classmethod
    def _known(cls, by: Key) -> Key:
        check_key(by, "fair prices")
        return by


@dataclass(frozen=True)
class FairPrices:
    """``markets``: one row per market, largest amounts first; ``outliers``: one row per outlying declaration.

    Markets have ``declarations``, ``fair_price`` (reference currency per kg or unit), ``spread`` (robust standard
    deviation of log prices), ``low`` and ``high`` outliers, ``missing_value`` of the low ones, ``lost_duty`` on it,
    ``excess_value`` of the high ones. Outliers name their ``row`` (place among the declarations), ``fair_value``
    and ``deviation`` in robust standard deviations. Markets too small, or without any spread, have no fair price.
    """

    markets: pd.DataFrame
    outliers: pd.DataFrame


def fair_prices(declarations: pd.DataFrame, settings: FairPriceSettings) -> FairPrices:
    """Estimate the fair price of every market, and find the declarations outlying in it."""
    rows, names = _rows(declarations, settings)
    starts = np.flatnonzero(np.append(True, rows["market"].to_numpy()[1:] != rows["market"].to_numpy()[:-1]))
    starts = starts[: len(rows)]
    runs = Runs(rows["x"].to_numpy(), starts, np.diff(np.append(starts, len(rows))))
    markets = rows.iloc[starts][["market", *names]].reset_index(drop=True)
    markets["declarations"] = runs.counts
    markets["fair_price"], markets["spread"] = _estimates(rows, runs, settings)
    markets["limit"] = _limits(runs.counts, settings.size)
    rows = rows.merge(markets.drop(columns=names), on="market", how="left")
    outliers = _outliers(rows, names)
    return FairPrices(_summed(markets, outliers, names), outliers.drop(columns="market"))


def _rows(declarations: pd.DataFrame, settings: FairPriceSettings) -> tuple[pd.DataFrame, list[str]]:
    """Declarations with a price and a market, by market and price; and the names of the market's parts."""
    reference = PriceReference(measure=settings.measure, levels=(settings.by,), dominant_share=0.0)
    names = list(reference.key(settings.by))
    above, below = reference.ratio.above, reference.ratio.below
    number = {"value": above, "rate": "duty_rate"} | ({"quantity": below} if below else {})
    rows = pd.DataFrame({part: part_text(declarations, part).to_numpy("object") for part in names})
    rows["row"], rows["x"] = np.arange(len(rows)), log_measure(declarations, settings.measure)
    for name, column in number.items():
        held = column in declarations
        rows[name] = declarations[column].to_numpy("float64") if held else np.nan
    rows["quantity"] = rows["quantity"] if below else 1.0
    rows = rows.dropna(subset=[*names, "x"]).sort_values([*names, "x", "quantity", "rate"], ignore_index=True)
    rows["market"] = rows.groupby(names, sort=True).ngroup()
    return rows, names


def _estimates(rows: pd.DataFrame, runs: Runs, settings: FairPriceSettings) -> tuple[Numbers, Numbers]:
    """Fair price and spread of each market; NaN where it is too small or nothing in it spreads."""
    median = quantile(runs, 0.5)
    spread = 1.4826 * median_absolute_deviation(runs, median)
    known = (runs.counts >= settings.minimum_count) & (spread > 0)
    spread = np.where(known, np.maximum(spread, settings.scale_floor), np.nan)
    fair = np.full(len(runs), np.nan)
    value, quantity = rows["value"].to_numpy(), rows["quantity"].to_numpy()
    for market in np.flatnonzero(known).tolist():
        own = slice(runs.starts[market], runs.starts[market] + runs.counts[market])
        usual = np.abs(runs.values[own] - median[market]) <= 2.5 * spread[market]
        fair[market] = through_origin(value[own][usual], quantity[own][usual])
    return fair, spread


def through_origin(value: Numbers, quantity: Numbers) -> float:
    """The slope of value on quantity through the origin: Huber's estimator, with errors growing as its root.

    >>> round(through_origin(np.array([2.0, 4.1, 5.9, 80.0]), np.array([1.0, 2.0, 3.0, 4.0])), 1)
    2.0
    """
    from sklearn.linear_model import HuberRegressor

    unit, root = float(np.median(value / quantity)), np.sqrt(quantity / np.median(quantity))
    scaled = value / (unit * np.median(quantity) * root)
    slope = HuberRegressor(fit_intercept=False, alpha=0.0, max_iter=200).fit(root[:, None], scaled).coef_[0]
    return float(slope) * unit


def _limits(counts: np.ndarray, size: float) -> Numbers:
    """Robust standard deviations beyond which one of *counts* values is outlying: two sides, all together *size*."""
    distinct, place = np.unique(counts, return_inverse=True)
    normal = NormalDist()
    limits = np.array([normal.inv_cdf(1.0 - size / count / 2.0) for count in distinct.tolist()])
    return limits[place]


def _outliers(rows: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    fair_value = rows["fair_price"] * rows["quantity"]
    rows = rows.assign(
        fair_value=fair_value, deviation=(rows["x"] - np.log(rows["fair_price"])) / rows["spread"]
    )
    missing = rows["fair_value"] - rows["value"]
    rows = rows.assign(
        missing_value=missing.clip(lower=0), excess_value=(-missing).clip(lower=0), lost_duty=np.nan
    )
    rows["lost_duty"] = rows["missing_value"] * rows["rate"] / 100.0
    found = rows[rows["deviation"].abs() > rows["limit"]]
    columns = [
        "row",
        *names,
        "value",
        "fair_value",
        "deviation",
        "missing_value",
        "lost_duty",
        "excess_value",
    ]
    return found[["market", *columns]].sort_values(
        "deviation", key=np.abs, ascending=False, ignore_index=True
    )


def _summed(markets: pd.DataFrame, outliers: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    amounts = ["missing_value", "lost_duty", "excess_value"]
    sides = outliers.assign(low=outliers["deviation"] < 0, high=outliers["deviation"] > 0)
    sides["lost_duty"] = sides["lost_duty"].where(sides["low"], 0.0)
    sides = sides.sort_values(["market", *amounts])
    groups = sides.groupby("market")
    sums = groups[["low", "high"]].sum().join(groups[amounts].sum(min_count=1))
    table = markets.merge(sums, on="market", how="left")
    known = table["fair_price"].notna() & table["low"].isna()
    for name in ["low", "high", *amounts]:
        table[name] = table[name].astype("float64").mask(known, 0.0)
    total = table["missing_value"].fillna(0) + table["excess_value"].fillna(0)
    order = np.lexsort((table["market"].to_numpy(), -total.to_numpy()))
    columns = ["declarations", "fair_price", "spread", "low", "high", *amounts]
    return table.iloc[order][[*names, *columns]].reset_index(drop=True)
