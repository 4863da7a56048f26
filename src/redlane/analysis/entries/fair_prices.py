"""Fair prices as a page."""

import pandas as pd

from redlane.analysis import plots
from redlane.analysis.analysis import Analysis, Drawing, Period, Tables
from redlane.analysis.entries.two_sided import TwoSided
from redlane.analysis.fair_prices import FairPriceSettings, fair_prices

_PICTURE = TwoSided(
    "missing_value",
    "excess_value",
    sides=("lacking (low outliers)", "in excess (high outliers)"),
    title="Outlying declarations against the fair price",
    cells="markets",
    left="the value that outlying low declarations lack to the fair price",
    right="the value by which outlying high ones exceed it",
)
_IDENTITY = ("declaration_id", "item_number", "registered_on", "importer_id")


def _tables(period: Period) -> Tables:
    made = fair_prices(period.declarations, FairPriceSettings())
    markets = made.markets[made.markets["fair_price"].notna()].reset_index(drop=True)
    held = [name for name in _IDENTITY if name in period.declarations]
    who = period.declarations.loc[made.outliers["row"], held].reset_index(drop=True)
    return {"markets": markets, "outliers": pd.concat([who, made.outliers.drop(columns="row")], axis=1)}


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return _PICTURE.shown(frame)


def _drawn(tables: Tables) -> Drawing:
    return _PICTURE.drawn(tables["markets"])


def _found(tables: Tables) -> str:
    frame = tables["markets"]
    low, high = int(frame["low"].sum()), int(frame["high"].sum())
    return (
        f"In {len(frame):,} markets with a fair price, {low:,} declarations lie far below it and {high:,} far above; "
        f"they lack {plots.amount(float(frame['missing_value'].sum()))} and exceed by "
        f"{plots.amount(float(frame['excess_value'].sum()))} (reference currency)."
    )


ANALYSIS = Analysis(
    name="fair_prices",
    title="Fair prices",
    lead="What goods of an origin cost where nothing is outlying, and which declarations lie far off.",
    reading=(
        "A market is a subheading and an origin. fair price: the slope of value on net mass, fitted so that outlying "
        "declarations do not bend it (reference currency per kg).",
        "low, high: declarations outlying to either side, with a limit so wide that in a market without any fault "
        "one in a hundred times a single declaration lies beyond it.",
        "missing value: what low ones lack to the fair price; lost duty: the duty on that; excess value: what high "
        "ones exceed it by. Markets of either side stand by turns.",
        "The outlying declarations themselves are in the table beside.",
    ),
    cautions=(
        "A subheading may hold goods of very different price, which no one fair price fits: look at the goods first.",
    ),
    columns=("hs_code", "origin_country", "customs_value", "net_mass"),
    tables=_tables,
    draw=_drawn,
    finding=_found,
    shown=_shown,
    units={
        "fair_price": "per kg",
        "spread": "log price",
        "missing_value": "reference currency",
        "lost_duty": "reference currency",
        "excess_value": "reference currency",
    },
)
