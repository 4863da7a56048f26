"""The goods of the world and what they cost: codes, rates, agreements, anti-dumping, prices."""

from dataclasses import dataclass

import numpy as np

from redlane.declarations.synthetic.arrays import Flags, Floats, Ints, Words, pick, stream
from redlane.declarations.synthetic.settings import SyntheticSettings
from redlane.declarations.synthetic.tables import (
    COUNTRIES,
    MODE_PRICE,
    SECTIONS,
    SUBHEADINGS,
    UNUSED_CHAPTERS,
)

AGREEMENT_REDUCTIONS = (0.0, 1.0, 0.6)
"""Part of the duty lifted by no agreement, by the first and by the second."""
COUNTED = np.array([section.unit not in ("KGM", "GRM") for section in SECTIONS])
"""Sections whose supplementary unit is not a mass: a quantity there says something of its own."""
DUMPED_HEADINGS = 0.15
"""Part of the headings with an anti-dumping duty against one origin."""


@dataclass(frozen=True)
class Tariff:
    """Goods in the order of their codes (G of them, in H headings), countries in the order of the table.

    ``price`` is the logarithm of the usual price per kg in week 0, ``level`` (weeks, G) its drift since;
    ``origin_price`` (G, countries) and ``mode_price`` are added to it. ``rate`` is the most-favoured-nation
    duty in %, ``dumping`` (H, countries) what anti-dumping adds from week ``dumping_from``.
    """

    code: Words
    heading: Ints
    section: Ints
    chapter: Ints
    heading_start: Ints
    heading_size: Ints
    heading_section: Ints
    rate: Floats
    cheaper: Ints
    unit_mass: Floats
    packing: Floats
    price: Floats
    spread: Floats
    level: Floats
    origin_price: Floats
    mode_price: Floats
    agreement: Ints
    dumping: Floats
    dumping_from: int

    def duty(self, good: Ints, origin: Ints, preference: Flags, week: int) -> Floats:
        """Rate of duty (%) of each good from each origin, with or without the preference claimed."""
        lifted = np.array(AGREEMENT_REDUCTIONS)[self.agreement[origin]] * preference
        dumping = self.dumping[self.heading[good], origin] if week >= self.dumping_from else 0.0
        return np.round(self.rate[good] * (1.0 - lifted) + dumping, 2)

    def log_price(self, good: Ints, origin: Ints, mode: Ints, week: int) -> Floats:
        """Logarithm of the usual price per kg of each good in *week*."""
        usual = self.price[good] + self.level[week, good]
        return np.asarray(usual + self.origin_price[good, origin] + self.mode_price[mode])

    def preferential(self, good: Ints, origin: Ints) -> Flags:
        """Whether an agreement lowers the duty on each good from each origin."""
        return np.asarray((self.agreement[origin] > 0) & (self.rate[good] > 0))


def build_tariff(settings: SyntheticSettings) -> Tariff:
    """Draw the tariff of the world: about ``settings.goods`` goods in families of sibling subheadings."""
    rng = stream(settings.seed, "tariff")
    headings = _headings(rng, max(len(SECTIONS), round(settings.goods / 4)))
    sizes = _sizes(rng, len(headings), settings.goods)
    heading = np.repeat(np.arange(len(headings)), sizes)
    section = np.array([place for place, _ in headings])[heading]
    count = len(heading)
    rate = _rates(rng, heading, section)
    start = np.cumsum(sizes) - sizes
    table = {name: np.array([getattr(s, name) for s in SECTIONS]) for name in ("price", "unit_mass")}
    return Tariff(
        code=_codes(rng, [code for _, code in headings], sizes),
        heading=heading,
        section=section,
        chapter=np.array([int(code[:2]) for _, code in headings])[heading],
        heading_start=start,
        heading_size=sizes,
        heading_section=np.array([place for place, _ in headings]),
        rate=rate,
        cheaper=_cheaper_sibling(rate, start, sizes),
        unit_mass=table["unit_mass"][section] * np.exp(rng.normal(0, 0.5, count)) ** COUNTED[section],
        packing=np.exp(rng.normal(-2.6, 0.4, count)),
        price=np.log(table["price"][section])
        + rng.normal(0, 0.6, len(headings))[heading]
        + rng.normal(0, 0.45, count),
        spread=settings.price_spread * rng.uniform(0.6, 1.4, count),
        level=_levels(rng, settings, count),
        origin_price=rng.normal(0, 0.2, len(COUNTRIES)) + rng.normal(0, 0.12, (count, len(COUNTRIES))),
        mode_price=np.array(MODE_PRICE),
        agreement=_agreements(rng),
        dumping=_dumping(rng, len(headings)),
        dumping_from=settings.first_week("transshipment"),
    )


def _headings(rng: np.random.Generator, count: int) -> list[tuple[int, str]]:
    """Section and four-digit code of each heading, in the order of the codes; every section has one."""
    shares = np.array([section.share for section in SECTIONS])
    places = [*range(len(SECTIONS)), *pick(rng, shares, 12 * count).tolist()]
    found: dict[str, int] = {}
    for place in places:
        if len(found) == count:
            break
        chapter = int(rng.integers(SECTIONS[place].first, SECTIONS[place].last + 1))
        if chapter not in UNUSED_CHAPTERS:
            found.setdefault(f"{chapter:02d}{int(rng.integers(1, 25)):02d}", place)
    return sorted((place, code) for code, place in found.items())


def _sizes(rng: np.random.Generator, headings: int, goods: int) -> Ints:
    """Subheadings of each heading, between 2 and 8, about *goods* in all."""
    mean = max(2.0, goods / headings)
    return np.clip(1 + rng.poisson(mean - 1, headings), 2, 8).astype(np.int64)


def _codes(rng: np.random.Generator, headings: list[str], sizes: Ints) -> Words:
    """Six-digit codes: some specific endings and the residual 90 in every heading."""
    codes: list[str] = []
    for heading, size in zip(headings, sizes.tolist(), strict=True):
        endings = sorted(rng.choice(SUBHEADINGS, size=size - 1, replace=False).tolist())
        codes += [heading + ending for ending in [*endings, "90"]]
    return np.array(codes, dtype=object)


def _rates(rng: np.random.Generator, heading: Ints, section: Ints) -> Floats:
    """Duties in steps of half a point: a level per heading, from which half of the siblings depart."""
    low = np.array([s.duty_low for s in SECTIONS])[section]
    high = np.array([s.duty_high for s in SECTIONS])[section]
    base = rng.random(heading.max() + 1)[heading]
    step = np.where(rng.random(len(heading)) < 0.5, rng.normal(0, 0.45, len(heading)), 0.0)
    rate = low + (high - low) * np.clip(base + step, 0, 1.2)
    return np.asarray(np.round(rate * 2) / 2)


def _cheaper_sibling(rate: Floats, start: Ints, sizes: Ints) -> Ints:
    """The sibling with the lowest duty, where it is at least 3 points lower; otherwise -1."""
    cheaper = np.full(len(rate), -1)
    for first, size in zip(start.tolist(), sizes.tolist(), strict=True):
        family = slice(first, first + size)
        lowest = first + int(rate[family].argmin())
        cheaper[family] = np.where(rate[family] - rate[lowest] >= 3.0, lowest, -1)
    return cheaper


def _levels(rng: np.random.Generator, settings: SyntheticSettings, goods: int) -> Floats:
    """Drift of the logarithm of each price since week 0: inflation and a random walk (weeks, goods)."""
    steps = rng.normal(settings.inflation / 52.0, settings.price_drift, (settings.weeks, goods))
    steps[0] = 0.0
    return np.asarray(np.cumsum(steps, axis=0))


def _agreements(rng: np.random.Generator) -> Ints:
    """Trade agreement of each country: 0 none, 1 or 2; hubs have none."""
    drawn = rng.choice(3, size=len(COUNTRIES), p=[0.6, 0.2, 0.2])
    hubs = np.array([country.hub for country in COUNTRIES])
    drawn[int(np.argmax(~hubs)) + 1] = 1
    return np.where(hubs, 0, drawn).astype(np.int64)


def _dumping(rng: np.random.Generator, headings: int) -> Floats:
    """Additional duty (headings, countries): some headings, one large origin each, 15 to 45 points."""
    shares = np.array([0.0 if country.hub else country.share**1.5 for country in COUNTRIES])
    table = np.zeros((headings, len(COUNTRIES)))
    chosen = np.flatnonzero(rng.random(headings) < DUMPED_HEADINGS)
    table[chosen, pick(rng, shares, len(chosen))] = np.round(rng.uniform(15, 45, len(chosen)))
    return table
