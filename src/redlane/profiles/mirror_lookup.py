"""The as-of look-up of mirror statistics: both sides of a declaration's subheading and origin."""

import numpy as np
import numpy.typing as npt

from redlane.declarations.periods import Days
from redlane.hashing import MISSING, Hashes
from redlane.profiles.keys import KeyHashes
from redlane.profiles.ledger import Ledger
from redlane.profiles.mirror_reference import MirrorReference, first_days, months_covered, years_of
from redlane.profiles.mirror_table import DECLARED, LEDGERS, MirrorTable
from redlane.profiles.prices import Snapshot

Numbers = npt.NDArray[np.float64]


def mirror_before(
    table: MirrorTable, hashes: KeyHashes, days: Days, need: MirrorReference
) -> dict[str, Numbers]:
    """What both sides say of each declaration's subheading and origin in the last year published before its day.

    ``year``; ``exports``, ``exports_mass``: the origin's own (0 where it published, but not this good);
    ``imports``, ``imports_mass``: declared from there in that year, at FOB; ``recent``: declared in the past 365
    days, as a yearly amount; ``heading_exports``, ``heading_imports``: the same of the whole heading;
    ``all_exports``: all partners' own exports of the good; ``country_exports``, ``country_reexports``: of the origin;
    ``departure_exports``, ``departure_total``, ``departure_reexports``: the departure country's, of the good and
    in all, in ``departure_year``. NaN where a country is silent, or the imports of the year are not known. Money is
    in the reference currency, masses in kg.
    """
    land = _published(table.recorded["countries"], hashes.of(("origin_country",)), days, need)
    year = land["year"]
    cell = _in_year(table.recorded["cells"], hashes.of(LEDGERS["cells"]), year, need)
    heading = _in_year(table.recorded["headings"], hashes.of(LEDGERS["headings"]), year, need)
    good = _in_year(table.recorded["goods"], hashes.of(("hs6",)), year, need)
    declared = _declared(table.declared["cells"], hashes.of(LEDGERS["cells"]), year)
    declared_heading = _declared(table.declared["headings"], hashes.of(LEDGERS["headings"]), year)
    covered = months_covered(year, table.first_day, table.last_day) >= need.minimum_months
    factor = need.cif_fob_other
    found = {
        "year": year,
        "exports": cell["exports"] / 100,
        "exports_mass": cell["mass"] / 1000,
        "imports": np.where(covered, declared["fob_cents"], cell["imports"] / factor) / 100,
        "imports_mass": np.where(covered, declared["mass_grams"] / 1000, np.nan),
        "heading_exports": heading["exports"] / 100,
        "heading_imports": np.where(covered, declared_heading["fob_cents"], heading["imports"] / factor)
        / 100,
        "all_exports": good["exports"] / 100,
        "country_exports": land["exports"] / 100,
        "country_reexports": land["reexports"] / 100,
        "recent": _recent(table, hashes, days, need),
    }
    return {**found, **(_departure(table, hashes, days, need) if need.departure else {})}


def _published(countries: Snapshot, keys: Hashes, days: Days, need: MirrorReference) -> dict[str, Numbers]:
    """The last year each country had published, and its totals; NaN where that is too long ago."""
    land = countries.before(keys, days)
    silent = ~(land["year"] >= years_of(days) - need.years_back)
    for values in land.values():
        values[silent] = np.nan
    return land


def _in_year(snapshot: Snapshot, keys: Hashes, year: Numbers, need: MirrorReference) -> dict[str, Numbers]:
    """The amounts of each key in the given year: 0 where it has none, NaN where there is no such year.

    Asked as of the day after that year was published, so that no later year is seen.
    """
    found = snapshot.before(keys, first_days(year + 1) + need.published_after_days)
    same = found["year"] == year
    nothing = np.where(np.isfinite(year) & (keys != MISSING), 0.0, np.nan)
    return {name: np.where(same, values, nothing) for name, values in found.items() if name != "year"}


def _declared(ledger: Ledger, keys: Hashes, year: Numbers) -> dict[str, Numbers]:
    """What was declared under each key in each calendar year; NaN without a year or a key."""
    start, end = ledger.index.since(keys, first_days(year)), ledger.index.since(keys, first_days(year + 1))
    known = np.isfinite(year) & (keys != MISSING)
    return {
        name: np.where(known, ledger.running[name][end] - ledger.running[name][start], np.nan)
        for name in DECLARED
    }


def _recent(table: MirrorTable, hashes: KeyHashes, days: Days, need: MirrorReference) -> Numbers:
    """Declared in the past 365 days; where declarations go back less far, their part of a year made whole."""
    seen = table.declared["cells"].before(hashes.of(LEDGERS["cells"]), days)
    length = np.minimum(days - table.first_day, 365)
    share = np.where(length >= min(need.minimum_days, 365), length / 365.0, np.nan)
    return np.asarray(seen.total("fob_cents", 365) / 100 / share)


def _departure(
    table: MirrorTable, hashes: KeyHashes, days: Days, need: MirrorReference
) -> dict[str, Numbers]:
    """The same of the country of departure: its exports of the good, and its exports and re-exports in all."""
    land = _published(table.recorded["countries"], hashes.of(("departure_country",)), days, need)
    cell = _in_year(table.recorded["cells"], hashes.of(("hs6", "departure_country")), land["year"], need)
    return {
        "departure_year": land["year"],
        "departure_exports": cell["exports"] / 100,
        "departure_total": land["exports"] / 100,
        "departure_reexports": land["reexports"] / 100,
    }
