"""The price filter matrix as a page."""

import pandas as pd

from redlane.analysis.analysis import Analysis, Drawing, Period, Tables
from redlane.analysis.entries.two_sided import TwoSided
from redlane.analysis.price_filter import price_filter
from redlane.errors import RedlaneError
from redlane.words.saying import Say

_SIDES = ("under_invoiced", "over_invoiced")
_PICTURE = TwoSided(*_SIDES)
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


def _drawn(tables: Tables, say: Say) -> Drawing:
    return _PICTURE.drawn(tables["cells"], say)


def _found(tables: Tables, say: Say) -> str:
    sums = {name: say.amount(float(tables["cells"][name].sum())) for name in ("value", *_SIDES)}
    return say("finding", value=sums["value"], low=sums[_SIDES[0]], high=sums[_SIDES[1]])


ANALYSIS = Analysis(
    name="price_filter",
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
