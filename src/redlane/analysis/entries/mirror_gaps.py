"""Mirror gaps as a page."""

from dataclasses import asdict
from datetime import timedelta

import numpy as np
import pandas as pd

from redlane.analysis.analysis import Analysis, Drawing, Period, Tables, both_sides
from redlane.analysis.entries.two_sided import BARS, bars
from redlane.analysis.evasion_elasticity import duty_rates, evasion_elasticity
from redlane.analysis.mirror_gaps import gaps_by, mirror_gaps
from redlane.errors import RedlaneError
from redlane.words.saying import Say

_YEARS_BACK = 3
_SHOWN = (
    "hs6",
    "country",
    "year",
    "reading",
    "exports",
    "imports",
    "gap",
    "relative_gap",
    "mass_gap",
    "price_gap",
    "reexports",
)


def _tables(period: Period) -> Tables:
    year, gaps = _latest(period)
    tables = {
        "pairs": gaps.assign(year=year),
        "countries": gaps_by(gaps, "country").assign(year=year),
        "goods": gaps_by(gaps, "hs6").assign(year=year),
    }
    try:
        found = evasion_elasticity(gaps, duty_rates(period.declarations))
    except (RedlaneError, KeyError):  # too few pairs, or no duty rates: the gaps stand without it
        return tables
    return {**tables, "elasticity": pd.DataFrame([{"year": year, **asdict(found)}])}


def _latest(period: Period) -> tuple[int, pd.DataFrame]:
    """The latest year that had ended by the period's last day and of which the profiles know both sides.

    Raises:
        RedlaneError: there is none; the reason is that of the first year tried.
    """
    reasons = []
    last = (period.until + timedelta(days=1)).year - 1
    for year in range(last, last - _YEARS_BACK, -1):
        try:
            return year, mirror_gaps(period.declarations, period.profiles, year)
        except RedlaneError as error:
            reasons.append(error)
    raise reasons[0]


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    sides = frame.assign(less=-frame["gap"], more=frame["gap"])
    return both_sides(sides, "less", "more")[list(_SHOWN)]


def _drawn(tables: Tables, say: Say) -> Drawing:
    gaps = tables["pairs"]
    sides = pd.DataFrame({"less": (-gaps["gap"]).clip(lower=0), "more": gaps["gap"].clip(lower=0)})
    top = both_sides(sides.groupby(gaps["country"]).sum(), "less", "more").head(BARS)
    names, year = top.index.tolist(), str(gaps["year"].iloc[0])
    return bars(names, top["less"].to_numpy(), top["more"].to_numpy(), say, year=year)


def _found(tables: Tables, say: Say) -> str:
    gaps = tables["pairs"]
    less, more = -gaps["gap"].clip(upper=0).sum(), gaps["gap"].clip(lower=0).sum()
    sums = {"low": say.amount(float(less)), "high": say.amount(float(more))}
    sentence = say("finding", year=str(gaps["year"].iloc[0]), pairs=len(gaps), **sums)
    if "elasticity" not in tables:
        return sentence
    found = tables["elasticity"].iloc[0]
    if not np.isfinite(found["tax_error"]):
        return sentence
    numbers = {"share": say.fixed(abs(found["tax"]), 1) + " %", "error": say.fixed(found["tax_error"], 1)}
    return f"{sentence} {say('more' if found['tax'] >= 0 else 'less', **numbers)}"


ANALYSIS = Analysis(
    name="mirror_gaps",
    columns=("hs_code", "origin_country", "customs_value"),
    tables=_tables,
    draw=_drawn,
    finding=_found,
    shown=_shown,
    units={"exports": "FOB", "imports": "FOB", "gap": "FOB"},
)
