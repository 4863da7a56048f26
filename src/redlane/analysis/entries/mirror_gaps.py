"""Mirror gaps as a page."""

from dataclasses import asdict
from datetime import timedelta

import numpy as np
import pandas as pd

from redlane.analysis import plots
from redlane.analysis.analysis import Analysis, Drawing, Period, Tables, both_sides
from redlane.analysis.evasion_elasticity import CAUTIONS as ELASTICITY_CAUTIONS
from redlane.analysis.evasion_elasticity import duty_rates, evasion_elasticity
from redlane.analysis.mirror_gaps import CAUTIONS, READINGS, gaps_by, mirror_gaps
from redlane.errors import RedlaneError

_BARS = 16
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


def _drawn(tables: Tables) -> Drawing:
    gaps = tables["pairs"]
    sides = pd.DataFrame({"less": (-gaps["gap"]).clip(lower=0), "more": gaps["gap"].clip(lower=0)})
    top = both_sides(sides.groupby(gaps["country"]).sum(), "less", "more").head(_BARS)
    names, less, more = top.index.tolist(), top["less"].to_numpy(), top["more"].to_numpy()
    alt = (
        f"Bars for {len(top)} partner countries: to the left what they recorded as exports and was not declared here, "
        f"to the right what was declared beyond their records. Furthest left {names[int(less.argmax())]} with "
        f"{plots.amount(less.max())}, furthest right {names[int(more.argmax())]} with {plots.amount(more.max())}."
    )
    figure = plots.diverging(
        names,
        less,
        more,
        sides=("declared less", "declared more"),
        title=f"Imports against partners' exports, {gaps['year'].iloc[0]}",
        unit="Reference currency, free on board",
    )
    return Drawing(figure, alt, "Gaps of all goods of a country, each side added up by itself.")


def _found(tables: Tables) -> str:
    gaps = tables["pairs"]
    less, more = -gaps["gap"].clip(upper=0).sum(), gaps["gap"].clip(lower=0).sum()
    sentence = (
        f"In {gaps['year'].iloc[0]}, {plots.amount(float(less))} less and {plots.amount(float(more))} more were "
        f"declared than partners recorded, over {len(gaps):,} pairs of good and country (reference currency)."
    )
    if "elasticity" not in tables:
        return sentence
    found = tables["elasticity"].iloc[0]
    direction = "more" if found["tax"] >= 0 else "less"
    return (
        f"{sentence} With one more percentage point of duty, {abs(found['tax']):.1f} % {direction} is missing "
        f"(standard error {found['tax_error']:.1f}; Fisman and Wei)."
        if np.isfinite(found["tax_error"])
        else sentence
    )


ANALYSIS = Analysis(
    name="mirror_gaps",
    title="Mirror gaps",
    lead="What partner countries recorded as exports to this country, against what was declared here as imports.",
    reading=(
        "Both sides are of one year and free on board. gap: imports less exports; below 0, less was declared than "
        "partners recorded. relative gap: exports less imports over their mean, from -2 to 2.",
        "mass gap: the same in kg; price gap: logarithm of both prices per kg. Pairs of either side stand by turns.",
        "Readings: " + "; ".join(f"{name}: {meaning}" for name, meaning in READINGS.items()) + ".",
        "Tables by country and by good are beside the whole table, and where it can be told one of how gaps grow with "
        "the duty (evasion elasticity). Of that: " + " ".join(ELASTICITY_CAUTIONS),
    ),
    cautions=CAUTIONS,
    columns=("hs_code", "origin_country", "customs_value"),
    tables=_tables,
    draw=_drawn,
    finding=_found,
    shown=_shown,
    units={"exports": "FOB", "imports": "FOB", "gap": "FOB"},
)
