"""The price filter matrix as a page."""

import pandas as pd

from redlane.analysis import plots
from redlane.analysis.analysis import Analysis, Drawing, Period, Tables
from redlane.analysis.entries.two_sided import TwoSided
from redlane.analysis.price_filter import price_filter
from redlane.errors import RedlaneError

_PICTURE = TwoSided(
    "under_invoiced",
    "over_invoiced",
    sides=("under-invoiced", "over-invoiced"),
    title="Value outside the usual band of prices",
    cells="cells of subheading and origin",
    left="the amount below the first quartile of the usual prices",
    right="the amount above the third",
)
_SHOWN = (
    "hs6",
    "origin_country",
    "declarations",
    "compared",
    "value",
    "under_invoiced",
    "over_invoiced",
    "under_share",
    "over_share",
    "risk_index",
)


def _tables(period: Period) -> Tables:
    references = [each for each in period.profiles.needs.prices if each.measure == "price_per_kg"]
    if not references:
        raise RedlaneError(
            "the profiles hold no prices per kg; build them with the feature family 'unit_price'"
        )
    made = price_filter(period.declarations, period.profiles, references[0])
    compared = made.cells[made.cells["compared"] > 0]
    return {"cells": compared.reset_index(drop=True), "origins": made.origins, "goods": made.goods}


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return _PICTURE.shown(frame)[list(_SHOWN)]


def _drawn(tables: Tables) -> Drawing:
    return _PICTURE.drawn(tables["cells"])


def _found(tables: Tables) -> str:
    frame = tables["cells"]
    under, over = (float(frame[name].sum()) for name in ("under_invoiced", "over_invoiced"))
    value = float(frame["value"].sum())
    return (
        f"Of a compared value of {plots.amount(value)}, {plots.amount(under)} are missing below the usual band of "
        f"prices and {plots.amount(over)} lie above it (reference currency)."
    )


ANALYSIS = Analysis(
    name="price_filter",
    title="Price filter matrix",
    lead="By subheading and origin, how much value may be under- or over-invoiced.",
    reading=(
        "The usual band is the middle half of the prices per kg of the same goods, origin and mode of transport that "
        "were published before the day of the declaration (Pak and Zdanowicz).",
        "under invoiced: what values fall short of the lower end of the band; undervalued imports evade duty or bring "
        "value in. over invoiced: what values exceed its upper end; overvalued imports take value out.",
        "risk index: both amounts together over the value compared. Cells of either side stand by turns.",
        "Tables by origin alone and by goods alone are beside the whole table.",
    ),
    cautions=(
        "Half of all honest declarations lie outside the middle half of prices: amounts of cells are to be compared "
        "with each other, and are no estimate of a loss.",
    ),
    columns=("hs_code", "origin_country", "customs_value", "net_mass"),
    tables=_tables,
    draw=_drawn,
    finding=_found,
    shown=_shown,
    units={
        "value": "reference currency",
        "under_invoiced": "reference currency",
        "over_invoiced": "reference currency",
    },
)
