"""The price filter matrix as a page."""

import pandas as pd

from redlane.analysis import plots
from redlane.analysis.analysis import Analysis, Drawing, Period, Tables, both_sides
from redlane.analysis.price_filter import price_filter
from redlane.errors import RedlaneError

_BARS = 16
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
    return both_sides(frame, "under_invoiced", "over_invoiced")[list(_SHOWN)]


def _drawn(tables: Tables) -> Drawing:
    frame = tables["cells"]
    top = _shown(frame).head(_BARS)
    names = (top["hs6"] + " from " + top["origin_country"]).tolist()
    under, over = top["under_invoiced"].to_numpy(), top["over_invoiced"].to_numpy()
    alt = (
        f"Bars for {len(top)} cells of subheading and origin: to the left the amount below the first quartile of the "
        f"usual prices, to the right the amount above the third. Furthest left {names[int(under.argmax())]} with "
        f"{plots.amount(under.max())}, furthest right {names[int(over.argmax())]} with {plots.amount(over.max())}."
    )
    figure = plots.diverging(
        names,
        under,
        over,
        sides=("under-invoiced", "over-invoiced"),
        title="Value outside the usual band of prices",
        unit="Reference currency",
    )
    return Drawing(figure, alt, "The largest cells of either side, by turns.")


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
