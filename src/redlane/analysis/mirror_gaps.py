"""Mirror gaps of a year, by good and partner: what partners recorded as exports against what was declared here.

Method: partner-country comparison (United Nations Comtrade on bilateral asymmetries; Hamanaka, "Whose trade
statistics are correct?", Journal of Economic Policy Reform 15, 2012). Values are compared free on board.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from redlane.errors import RedlaneError
from redlane.profiles.build import Profiles
from redlane.profiles.keys import KeyHashes, part_text
from redlane.profiles.mirror_lookup import sides_in
from redlane.profiles.mirror_reference import MirrorReference
from redlane.profiles.mirror_table import MirrorTable
from redlane.settings import Settings

Mask = npt.NDArray[np.bool_]

CAUTIONS = (
    "Re-exports of a partner are left out of its exports; goods sent through a third country may still be recorded by "
    "one side only.",
    "Goods that left at the end of a year arrive in the next; small flows are not recorded, some are confidential.",
    "Freight differs by good and distance; one factor by mode of transport stands for it.",
    "Two sides may classify the same goods differently, in good faith.",
    "A gap concerns a good and a partner, never a firm: it says where to look.",
)
"""To be read with every table of mirror gaps."""

READINGS = {
    "undervaluation": "as much mass, less value declared than recorded abroad",
    "over-invoicing": "as much mass, more value declared than recorded abroad",
    "classification": "more of one subheading and less of its siblings than recorded abroad, or the other way round",
    "origin": "more from one partner and less from others than they recorded, or the other way round",
    "unrecorded imports": "less declared than recorded abroad, in value and mass",
    "unrecorded exports": "more declared than recorded abroad, in value and mass",
    "agreement": "no gap beyond the tolerance",
    "unknown": "one side or its mass is missing",
}
"""What a gap looks like, and why; the first that fits is given."""


class GapReading(Settings):
    """``tolerance`` is the relative gap from which two sides disagree; ``least_value`` leaves small flows out."""

    tolerance: float = Field(default=0.3, gt=0, lt=2)
    least_value: float = Field(default=0.0, ge=0)


def mirror_gaps(
    declarations: pd.DataFrame, profiles: Profiles, year: int, reading: GapReading | None = None
) -> pd.DataFrame:
    """Both sides of every good and country that occur in *declarations*, in *year*, the largest gap first.

    Columns: ``hs6``, ``country``, ``pair`` (*matched*, *orphan*: declared and never recorded, *lost*: recorded and
    never declared), ``exports`` and ``imports`` (FOB, reference currency), ``gap`` = imports - exports (above 0:
    over-invoicing or under-recorded exports), ``relative_gap`` = (exports - imports) / mean in -2 to 2,
    ``log_gap`` = ln(exports / imports), masses and ``mass_gap`` (relative), ``price_gap`` (log of both prices per kg),
    ``sibling_gap`` (relative, of the heading's other subheadings), ``others_gap`` (relative, of the same good
    from all other countries), ``reexports``, and ``reading``, one of :data:`READINGS`.

    Raises:
        RedlaneError: the profiles hold no mirror statistics, none of that year, or its imports are not known.
    """
    rules = reading or GapReading()
    need, table = _table_of(profiles)
    grid = _grid(declarations)
    frame = grid.rename(columns={"hs_code": "hs6", "origin_country": "country"}).assign(
        **sides_in(table, KeyHashes(grid), year, need)
    )
    _require(frame, year)
    frame = frame[(frame["exports"] > 0) | (frame["imports"] > 0)]
    frame = _compared(
        frame[frame[["exports", "imports"]].max(axis=1) >= rules.least_value].reset_index(drop=True)
    )
    frame["reading"] = _readings(frame, rules.tolerance)
    order = frame["gap"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order, list(_COLUMNS)].reset_index(drop=True)


_COLUMNS = (
    *("hs6", "country", "pair", "reading", "exports", "imports", "gap", "relative_gap", "log_gap"),
    *("exports_mass", "imports_mass", "mass_gap", "price_gap", "sibling_gap", "others_gap", "reexports"),
)


def gaps_by(gaps: pd.DataFrame, key: str) -> pd.DataFrame:
    """Totals of :func:`mirror_gaps` by *key* (``hs6`` or ``country``): both sides, gap, orphans, lost pairs."""
    grouped = gaps.groupby(key, sort=True)
    totals = grouped[["exports", "imports", "gap"]].sum()
    totals["relative_gap"] = _relative(totals["exports"], totals["imports"])
    for pair in ("orphan", "lost"):
        totals[f"{pair}_pairs"] = (gaps["pair"] == pair).groupby(gaps[key], sort=True).sum()
    order = totals["gap"].abs().sort_values(ascending=False, kind="stable").index
    return totals.loc[order].reset_index()


def _table_of(profiles: Profiles) -> tuple[MirrorReference, MirrorTable]:
    if not profiles.needs.mirror:
        raise RedlaneError(
            "the profiles hold no mirror statistics; build them with --partner-exports FILE and the feature family "
            "'mirror'"
        )
    need = profiles.needs.mirror[0]
    table: MirrorTable = profiles.tables["mirror"][need]
    return need, table


def _grid(declarations: pd.DataFrame) -> pd.DataFrame:
    """Every subheading with every country of origin or departure that was declared."""
    goods = sorted(part_text(declarations, "hs6").dropna().unique())
    sides: Iterable[pd.Series] = (
        declarations[name] for name in ("origin_country", "departure_country") if name in declarations
    )
    countries = sorted({country for side in sides for country in side.dropna().unique()})
    cells = pd.MultiIndex.from_product([goods, countries], names=["hs_code", "origin_country"])
    return cells.to_frame(index=False)


def _require(frame: pd.DataFrame, year: int) -> None:
    if frame["exports"].isna().all():
        raise RedlaneError(f"the profiles hold no partner's exports of {year} among the countries declared")
    if frame["imports"].isna().all():
        raise RedlaneError(
            f"the imports of {year} are not known: declarations do not cover the whole year, and the partner exports "
            "came without this country's own imports"
        )


def _compared(frame: pd.DataFrame) -> pd.DataFrame:
    exports, imports = frame["exports"], frame["imports"]
    prices = [_positive(frame[side]) / _positive(frame[f"{side}_mass"]) for side in ("exports", "imports")]
    goods = frame.groupby("hs6")[["exports", "imports"]].transform("sum") - frame[["exports", "imports"]]
    siblings = {side: frame[f"heading_{side}"] - frame[side] for side in ("exports", "imports")}
    return frame.assign(
        pair=np.select([exports == 0, imports == 0], ["orphan", "lost"], "matched"),
        gap=imports - exports,
        relative_gap=_relative(exports, imports),
        log_gap=np.log(_positive(exports)) - np.log(_positive(imports)),
        mass_gap=_relative(frame["exports_mass"].where(exports > 0, 0.0), frame["imports_mass"]),
        price_gap=np.log(prices[0]) - np.log(prices[1]),
        sibling_gap=_relative(siblings["exports"], siblings["imports"]),
        others_gap=_relative(goods["exports"], goods["imports"]),
    )


def _readings(frame: pd.DataFrame, tolerance: float) -> npt.NDArray[np.object_]:
    value, mass = frame["relative_gap"].to_numpy("float64"), frame["mass_gap"].to_numpy("float64")
    wide, weighed = np.abs(value) > tolerance, np.isfinite(mass)
    same_mass = weighed & (np.abs(mass) <= tolerance)

    def opposite(name: str) -> Mask:
        other = frame[name].to_numpy("float64")
        return np.asarray((np.abs(other) > tolerance) & (np.sign(other) == -np.sign(value)))

    cases = [
        (np.isnan(value), "unknown"),
        (~wide, "agreement"),
        (same_mass & (value > 0), "undervaluation"),
        (same_mass, "over-invoicing"),
        (opposite("sibling_gap"), "classification"),
        (opposite("others_gap"), "origin"),
        (~weighed, "unknown"),
        (value > 0, "unrecorded imports"),
    ]
    return np.select([case for case, _ in cases], [name for _, name in cases], "unrecorded exports").astype(
        object
    )


def _positive(values: pd.Series) -> pd.Series:
    return values.where(values > 0)


def _relative(exports: pd.Series, imports: pd.Series) -> pd.Series:
    """(exports - imports) over their mean; NaN where both are nothing (a cent, for differences of sums)."""
    total = exports + imports
    return (exports - imports) / (total.where(total > 0.01) / 2)
