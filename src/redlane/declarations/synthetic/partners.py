"""What the partner countries recorded as their exports to this one, and the imports it published itself.

Recorded abroad is the truth: true goods, true origin, true amounts, before freight (FOB). A consignment that leaves
another country than it was made in is sometimes recorded there, as a re-export, instead of by its maker. Honest
statistics differ all the same: some countries report nothing, some flows escape them, the rest is roughly right,
and goods that arrive in January left the year before. Phantom goods are in nobody's statistics.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from redlane.declarations.synthetic.arrays import Flags, Floats, Ints, stream
from redlane.declarations.synthetic.generate import shipments
from redlane.declarations.synthetic.shipments import Shipments
from redlane.declarations.synthetic.tables import COUNTRIES
from redlane.declarations.synthetic.world import World

CIF_FOB = np.array([1.05, 1.04, 1.20, 1.15])
"""Value on arrival over value at the border of export, by sea, road, air, post."""
VOYAGE_DAYS = np.array([30, 4, 2, 7])
"""Days between the record of export and the declaration here, by mode."""
RECORDED_AT_DEPARTURE = 0.5
"""Part of what leaves another country than its own that is recorded there."""
SILENT_SHARE, SILENT_BELOW = 0.1, 0.012
"""Small countries, by their share of trade, of which some have no statistics; hubs live on theirs."""
CONFIDENTIAL = 0.02
"""Good and country pairs that are never published."""
THRESHOLD, THRESHOLD_SPREAD = 3000.0, 1.2
"""Yearly value below which a pair is not recorded, and its spread over pairs as a logarithm."""
VALUE_NOISE, MASS_NOISE = 0.12, 0.10
"""Spread of recorded about true yearly amounts, as logarithms."""
EARLIER_YEARS = 2
"""Years before the first declaration for which there are statistics: with late ones, two are looked back on."""

SHARES = np.array([country.share for country in COUNTRIES])
HUBS = np.array([country.hub for country in COUNTRIES])
FLOWS = ("exports", "reexports", "imports")


@dataclass
class YearTally:
    """True and declared amounts of one year, each (2, goods, countries): value and mass."""

    exports: Floats
    reexports: Floats
    imports: Floats

    @classmethod
    def empty(cls, goods: int) -> "YearTally":
        """Nothing yet."""
        return cls(*(np.zeros((2, goods, len(COUNTRIES))) for _ in FLOWS))


@dataclass
class PartnerStatistics:
    """Adds up, week by week, what partners record; memory grows with goods and years, not with rows."""

    world: World
    years: dict[int, YearTally] = field(default_factory=dict)

    def add(self, rows: Shipments, monday: date, stream_of: tuple[int, int]) -> None:
        """Add the consignments of the week that begins on *monday*; *stream_of* is its seed and week."""
        arrived = np.datetime64(monday, "D") + rows.day
        left = arrived - VOYAGE_DAYS[rows.mode]
        real = rows.true_net_mass > 0
        abroad = np.flatnonzero(real & (rows.departure != rows.true_origin))
        rng = stream(stream_of[0], "partners", stream_of[1])
        elsewhere = np.zeros(len(rows), dtype=bool)
        elsewhere[abroad] = rng.random(len(abroad)) < RECORDED_AT_DEPARTURE
        true = np.stack([rows.true_value / CIF_FOB[rows.mode], rows.true_net_mass])
        self._add("exports", left, (rows.true_good, rows.true_origin), true, real & ~elsewhere)
        self._add("reexports", left, (rows.true_good, rows.departure), true, elsewhere)
        declared = np.stack([rows.value, rows.net_mass])
        self._add("imports", arrived, (rows.good, rows.origin), declared, np.ones(len(rows), dtype=bool))

    def watch(self, rows: Shipments, week: int) -> None:
        """Add a week of the world itself."""
        settings = self.world.settings
        self.add(rows, settings.start + timedelta(weeks=week), (settings.seed, week))

    def add_earlier(self) -> None:
        """Add the years before the start: the same firms and tariff, other draws, smaller and cheaper trade."""
        settings = self.world.settings
        for back, week, seed in _earlier_weeks(self.world):
            then = replace(self.world, settings=settings.model_copy(update={"seed": seed}))
            rows = shipments(then, week)
            years = back / 52.0
            size, price = (1 + settings.growth) ** -years, np.exp(-settings.inflation * years)
            rows.resize(np.arange(len(rows)), np.full(len(rows), size))
            rows.value *= price
            rows.true_value *= price
            self.add(rows, settings.start - timedelta(weeks=back), (seed, week))

    def recorded(self) -> Iterator[tuple[int, str, Ints, Ints, Floats]]:
        """Year, flow, good, country, and (2, n) value and mass, as published: cells with amounts only."""
        hidden, threshold = self._gaps()
        for year in sorted(self.years):
            if year < self.world.settings.start.year - EARLIER_YEARS:
                continue
            rng = stream(self.world.settings.seed, "statistics", year)
            for flow in FLOWS:
                amounts = getattr(self.years[year], flow)
                noise = np.exp(
                    rng.normal(0, 1, amounts.shape) * np.array([VALUE_NOISE, MASS_NOISE])[:, None, None]
                )
                if flow == "imports":
                    noise = np.ones_like(noise)
                seen = (amounts[0] > 0) & ((flow == "imports") | ~(hidden | (amounts[0] < threshold)))
                good, country = np.nonzero(seen)
                yield year, flow, good, country, np.round((amounts * noise)[:, good, country], 2)

    def _gaps(self) -> tuple[Flags, Floats]:
        """Pairs that are not published, and the value from which others are: both lasting, as in life."""
        rng = stream(self.world.settings.seed, "statistics")
        shape = (len(self.world.tariff.code), len(COUNTRIES))
        silent = (rng.random(len(COUNTRIES)) < SILENT_SHARE) & (SHARES < SILENT_BELOW) & ~HUBS
        hidden = silent | (rng.random(shape) < CONFIDENTIAL)
        return hidden, THRESHOLD * np.exp(rng.normal(0, THRESHOLD_SPREAD, shape))

    def _add(
        self,
        flow: str,
        day: npt.NDArray[np.datetime64],
        cell: tuple[Ints, Ints],
        amounts: Floats,
        chosen: Flags,
    ) -> None:
        calendar = day.astype("datetime64[Y]").astype(np.int64) + 1970
        for year in np.unique(calendar[chosen]).tolist():
            mine = chosen & (calendar == year)
            goods = len(self.world.tariff.code)
            tally = self.years.setdefault(year, YearTally.empty(goods))
            place = cell[0][mine] * len(COUNTRIES) + cell[1][mine]
            for number in (0, 1):
                added = np.bincount(place, amounts[number][mine], goods * len(COUNTRIES))
                getattr(tally, flow)[number] += added.reshape(goods, -1)


def _earlier_weeks(world: World) -> Iterator[tuple[int, int, int]]:
    """Weeks before the start, the week of the world each is drawn like, and its seed.

    Only weeks before any scheme that begins late are used: what begins in the world has no history.
    """
    settings = world.settings
    first = date(settings.start.year - EARLIER_YEARS, 1, 1)
    back = -(-(settings.start - first).days // 7)
    begins = [settings.first_week(name) for name in settings.starts if settings.first_week(name) > 0]
    usable = min([settings.weeks, *begins])
    for number in range(back):
        yield back - number, number % usable, settings.seed + 1 + number // usable
