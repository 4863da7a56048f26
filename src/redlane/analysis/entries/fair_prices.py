"""Fair prices as a page."""

import pandas as pd

from redlane.analysis.analysis import Analysis, Drawing, Period, Tables
from redlane.analysis.entries.two_sided import TwoSided
from redlane.analysis.fair_prices import FairPriceSettings, fair_prices
from redlane.words.saying import Say

_PICTURE = TwoSided("missing_value", "excess_value")
_IDENTITY = ("declaration_id", "item_number", "registered_on", "importer_id")


def _tables(period: Period) -> Tables:
    made = fair_prices(period.declarations, FairPriceSettings())
    markets = made.markets[made.markets["fair_price"].notna()].reset_index(drop=True)
    held = [name for name in _IDENTITY if name in period.declarations]
    who = period.declarations.loc[made.outliers["row"], held].reset_index(drop=True)
    return {"markets": markets, "outliers": pd.concat([who, made.outliers.drop(columns="row")], axis=1)}


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return _PICTURE.shown(frame)


def _drawn(tables: Tables, say: Say) -> Drawing:
    return _PICTURE.drawn(tables["markets"], say)


def _found(tables: Tables, say: Say) -> str:
    frame = tables["markets"]
    amounts = {name: say.amount(float(frame[f"{name}_value"].sum())) for name in ("missing", "excess")}
    return say(
        "finding", markets=len(frame), low=int(frame["low"].sum()), high=int(frame["high"].sum()), **amounts
    )


ANALYSIS = Analysis(
    name="fair_prices",
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
