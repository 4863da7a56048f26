"""The as-of look-up of mirror statistics: both sides of a declaration's subheading and origin."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.periods import Days
from redlane.hashing import MISSING, Hashes, combine
from redlane.profiles.asof import Positions
from redlane.profiles.keys import Key, KeyHashes
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
    year, published = land["year"], np.isfinite(land["imports"])
    keys = {key: hashes.of(key) for key in (LEDGERS["cells"], LEDGERS["headings"], ("hs6",))}
    once, places = distinct(keys[LEDGERS["cells"]], year, published)
    both = _both_sides(
        table, {key: of[once] for key, of in keys.items()}, (year[once], published[once]), need
    )
    return {
        "year": year,
        **{name: values[places] for name, values in both.items()},
        "country_exports": land["exports"] / 100,
        "country_reexports": land["reexports"] / 100,
        "recent": _recent(table, hashes, days, need),
        **(_departure(table, hashes, days, need) if need.departure else {}),
    }


def sides_in(table: MirrorTable, hashes: KeyHashes, year: int, need: MirrorReference) -> dict[str, Numbers]:
    """Both sides of each subheading and origin in one *year*, as far as it is known by now.

    ``exports``, ``exports_mass``, ``imports``, ``imports_mass``, ``heading_exports``, ``heading_imports``,
    ``all_exports`` as in :func:`mirror_before`, and ``reexports`` of the good. NaN where a country is silent.
    """
    country = hashes.of(("origin_country",))
    asked = np.full(len(country), float(year))
    land = table.recorded["countries"].on(country, need.known_on(asked))
    keys = {key: hashes.of(key) for key in (LEDGERS["cells"], LEDGERS["headings"], ("hs6",))}
    again = _in_year(table.recorded["cells"], keys[LEDGERS["cells"]], land["year"], need)["reexports"] / 100
    both = _both_sides(table, keys, (land["year"], np.isfinite(land["imports"])), need)
    return {**both, "reexports": again}


def distinct(
    keys: Hashes, year: Numbers, more: npt.NDArray[np.bool_] | None = None
) -> tuple[Positions, Positions]:
    """Rows that stand for all with their key and year, and for every row the place of the one that does.

    >>> keys, year = np.array([5, 7, 5], dtype=np.uint64), np.array([2023.0, 2023.0, 2023.0])
    >>> [rows.tolist() for rows in distinct(keys, year)]
    [[0, 1], [0, 1, 0]]
    """
    parts = [keys, np.nan_to_num(year, nan=1.0).astype(np.uint64)]
    combined = combine([*parts, more + np.uint64(1)] if more is not None else parts)
    places, found = pd.factorize(combined)
    once = np.empty(len(found), np.int64)
    once[places[::-1]] = np.arange(len(places))[::-1]
    return once, places


def _both_sides(
    table: MirrorTable,
    keys: Mapping[Key, Hashes],
    of: tuple[Numbers, npt.NDArray[np.bool_]],
    need: MirrorReference,
) -> dict[str, Numbers]:
    """Exports and imports of each subheading and origin in the year given; whether imports were published."""
    year, published = of
    cell = _in_year(table.recorded["cells"], keys[LEDGERS["cells"]], year, need)
    heading = _in_year(table.recorded["headings"], keys[LEDGERS["headings"]], year, need)
    good = _in_year(table.recorded["goods"], keys[("hs6",)], year, need)
    declared = _declared(table.declared["cells"], keys[LEDGERS["cells"]], year)
    siblings = _declared(table.declared["headings"], keys[LEDGERS["headings"]], year)
    covered = months_covered(year, table.first_day, table.last_day) >= need.minimum_months

    def imports(ours: Numbers, official: Numbers) -> Numbers:
        return np.where(covered, ours, np.where(published, official, np.nan))

    factor = need.cif_fob_other
    return {
        "exports": cell["exports"] / 100,
        "exports_mass": cell["mass"] / 1000,
        "imports": imports(declared["fob_cents"], cell["imports"] / factor) / 100,
        "imports_mass": imports(declared["mass_grams"], cell["imports_mass"]) / 1000,
        "heading_exports": heading["exports"] / 100,
        "heading_imports": imports(siblings["fob_cents"], heading["imports"] / factor) / 100,
        "all_exports": good["exports"] / 100,
    }


def _published(countries: Snapshot, keys: Hashes, days: Days, need: MirrorReference) -> dict[str, Numbers]:
    """The last year each country had published, and its totals; NaN where that is too long ago."""
    land = countries.before(keys, days)
    silent = ~(land["year"] >= years_of(days) - need.years_back)
    for values in land.values():
        values[silent] = np.nan
    return land


def _in_year(snapshot: Snapshot, keys: Hashes, year: Numbers, need: MirrorReference) -> dict[str, Numbers]:
    """The amounts of each key in the given year: 0 where it has none, NaN where there is no such year."""
    found = snapshot.on(keys, need.known_on(year))
    none = np.isnan(found["year"]) & np.isfinite(year) & (keys != MISSING)
    return {name: np.where(none, 0.0, values) for name, values in found.items() if name != "year"}


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
    keys = hashes.of(("hs6", "departure_country"))
    once, places = distinct(keys, land["year"])
    cell = _in_year(table.recorded["cells"], keys[once], land["year"][once], need)
    return {
        "departure_year": land["year"],
        "departure_exports": cell["exports"][places] / 100,
        "departure_total": land["exports"] / 100,
        "departure_reexports": land["reexports"] / 100,
    }
