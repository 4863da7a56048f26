"""What mirror statistics compare: which years, when they are published, and what freight adds to a value."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, field_validator

from redlane.declarations.periods import Days
from redlane.settings import Settings

Numbers = npt.NDArray[np.float64]


class MirrorReference(Settings):
    """How declared imports and recorded exports are made comparable, and when the latter became known.

    Imports are valued on arrival (CIF), exports at the border of export (FOB). ``cif_fob`` divides the former, by
    mode of transport (UN/ECE Recommendation 19); ``cif_fob_other`` serves all other modes, and the imports that
    this country published (1.10 is the International Monetary Fund's older convention; its newer editions and
    Global Financial Integrity use 1.06).

    Statistics of a year are known ``published_after_days`` after its end: until the day after, the year before
    counts. A country that has not published for ``years_back`` years counts as silent. Declared imports of a year
    count if declarations cover at least ``minimum_months`` of it; else the published ones do, where there are any.
    Declared imports of the past year count from ``minimum_days`` of declarations on.

    >>> MirrorReference().factors(pd.Series(["1", "4", None])).tolist()
    [1.05, 1.2, 1.1]
    """

    cif_fob: tuple[tuple[str, float], ...] = (
        ("1", 1.05),
        ("2", 1.04),
        ("3", 1.04),
        ("4", 1.20),
        ("5", 1.15),
        ("7", 1.02),
    )
    cif_fob_other: float = Field(default=1.10, ge=1, le=2)
    published_after_days: int = Field(default=90, ge=0)
    years_back: int = Field(default=3, ge=1)
    minimum_months: int = Field(default=12, ge=1, le=12)
    minimum_days: int = Field(default=90, ge=1)
    departure: bool = True

    @field_validator("cif_fob")
    @classmethod
    def _sensible(cls, factors: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
        for mode, factor in factors:
            if not 1 <= factor <= 2:
                raise ValueError(f"the factor of mode {mode} is {factor}; give one between 1 and 2")
        return factors

    def columns(self) -> tuple[str, ...]:
        """The declared columns that are compared."""
        mode = ("transport_mode",) if self.cif_fob else ()
        departure = ("departure_country",) if self.departure else ()
        return ("hs_code", "origin_country", *departure, "customs_value", "net_mass", *mode)

    def factors(self, modes: pd.Series | None) -> Numbers:
        """CIF over FOB of each declaration by its mode of transport."""
        if modes is None:
            return np.empty(0)
        codes, distinct = pd.factorize(modes)
        known = dict(self.cif_fob)
        factors = [known.get(mode, self.cif_fob_other) for mode in distinct]
        return np.asarray(np.array([*factors, self.cif_fob_other])[codes], dtype=np.float64)

    def known_on(self, years: Numbers) -> Days:
        """The day after which the statistics of each year are known."""
        return np.asarray(first_days(years + 1) - 1 + self.published_after_days)

    def fob(self, declarations: pd.DataFrame) -> Numbers:
        """Declared values at the border of export, NaN where missing."""
        value = declarations["customs_value"].to_numpy("float64")
        if not self.cif_fob:
            return np.asarray(value / self.cif_fob_other)
        return np.asarray(value / self.factors(declarations["transport_mode"]))

    def words(self) -> str:
        """For people."""
        return f"partners' exports, known {self.published_after_days} days after each year"


def first_days(years: Numbers) -> Days:
    """The first of January of each year as days since 1970; a missing year gives that of 1970.

    >>> first_days(np.array([1971.0, np.nan])).tolist()
    [365, 0]
    """
    whole = np.nan_to_num(years - 1970, nan=0.0).astype(np.int64)
    return whole.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def years_of(days: Days) -> Numbers:
    """The calendar year of each day.

    >>> years_of(np.array([0, 365])).tolist()
    [1970.0, 1971.0]
    """
    years: Numbers = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.float64) + 1970.0
    return years


def months_covered(year: Numbers, first_day: int, last_day: int) -> Numbers:
    """Months of each year for which there are declarations; one that lacks up to a week at an end counts.

    >>> months_covered(np.array([1970.0, 1971.0]), 3, 400).tolist()
    [12.0, 1.0]
    """
    start = (np.nan_to_num(year - 1970, nan=0.0) * 12).astype(np.int64)
    covered = np.zeros(len(year))  # few rows: one per good, country and year
    for month in range(12):
        begins = (start + month).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        ends = (start + month + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1
        covered += (begins >= first_day - 7) & (ends <= last_day + 7)
    return covered
