"""Unit prices, masses per unit and other ratios, each against its reference cell."""

from collections.abc import Callable, Container
from typing import ClassVar, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from redlane.errors import RedlaneError
from redlane.features import deviation
from redlane.features.family import Computed, Family
from redlane.features.spec import Feature, Group
from redlane.features.view import Numbers, View
from redlane.profiles.keys import source_columns
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.prices import PARTY, Measure, PriceReference

Part = Literal[
    "log_ratio",
    "z",
    "position",
    "fence",
    "far_fence",
    "adjusted_fence",
    "under",
    "under_share",
    "over",
    "over_share",
    "level",
    "n",
    "importers",
]
_ABOVE: tuple[Part, ...] = ("over", "over_share")


class _Wording(NamedTuple):
    """How a measure is put in a sentence and counted; groups of what is too low, and of what is too high."""

    says: str
    noun: str
    amount: str
    low: Group
    high: Group
    form: str = ""


_WORDING: dict[Measure, _Wording] = {
    "price_per_kg": _Wording(
        "declared {} per kg", "unit price per kg", "reference currency", "valuation", "over_invoicing"
    ),
    "price_per_unit": _Wording(
        "declared {} per unit", "unit price per unit", "reference currency", "valuation", "over_invoicing"
    ),
    "mass_per_unit": _Wording("each unit weighs {} kg", "mass per unit", "kg", "quantity", "quantity"),
    "net_to_gross": _Wording(
        "the net mass is {} of the gross mass", "net by gross mass", "kg", "quantity", "quantity", "share"
    ),
    "value": _Wording(
        "the customs value is {}", "customs value", "reference currency", "valuation", "over_invoicing"
    ),
}

_MEANINGS: dict[Part, tuple[str, str]] = {
    "log_ratio": ("Natural logarithm of the {noun} over the median of its cell", "log"),
    "z": ("Robust z-score of the log {noun} in its cell", "deviations"),
    "position": ("Log {noun} from the median, in half interquartile ranges of its side", "half IQR"),
    "fence": ("Log {noun} beyond Tukey's fences (1.5 IQR): negative below, positive above, 0 inside", "log"),
    "far_fence": (
        "Log {noun} beyond Tukey's far fences (3 IQR): negative below, positive above, 0 inside",
        "log",
    ),
    "adjusted_fence": (
        "Log {noun} beyond the fences of the adjusted boxplot: negative below, positive above, 0 inside",
        "log",
    ),
    "under": ("What lacks to the first quartile of the cell (price filter)", "{amount}"),
    "under_share": ("What lacks to the first quartile of the cell, over what was declared", "share"),
    "over": ("What exceeds the third quartile of the cell (price filter)", "{amount}"),
    "over_share": ("What exceeds the third quartile of the cell, over what was declared", "share"),
    "level": ("Level of the reference cell, 0 is the finest", "level"),
    "n": ("Declarations in the reference cell", "declarations"),
    "importers": ("Importers in the reference cell", "importers"),
}


class UnitPrice(Family):
    """A unit price (or another ratio) against its reference cell: unit price analysis, in both directions.

    * log ratio: ln(unit price / median); robust z: that over max(1.4826 MAD, IQR / 1.349, ``scale_floor``);
    * signed distances beyond the fences of Tukey's boxplot and of the adjusted one (Hubert and Vandervieren);
    * under- and over-invoiced amount of the price filter matrix (Pak and Zdanowicz): what the value falls
      short of the first quartile, or exceeds the third, times the quantity; also as a share of the value;
    * the level of the cell that served (0 is the finest), how many declarations and importers it held.

    ``name`` begins the features' names where one measure is compared with several cells. ``parts`` are the
    features wanted.
    """

    title: ClassVar[str] = "Unit price"
    family: Literal["unit_price"] = "unit_price"
    reference: PriceReference = PriceReference()
    scale_floor: float = Field(default=0.05, gt=0)
    name: str = Field(default="", pattern=r"^[A-Za-z0-9_]*$")
    parts: tuple[Part, ...] = Field(default=("log_ratio", "z", "under", "over", "level", "n"), min_length=1)

    @model_validator(mode="after")
    def _skewness_is_published(self) -> Self:
        if "adjusted_fence" in self.parts and not self.reference.skewness:
            raise RedlaneError(
                "unit_price: adjusted_fence reads the medcouple; write reference.skewness: true"
            )
        return self

    @property
    def _stem(self) -> str:
        return self.name or self.reference.measure

    def columns(self) -> tuple[str, ...]:
        """The amounts compared, the parts of the cells, and the importer who may be left out of them."""
        return self.reference.columns()

    def needs(self) -> ProfileNeeds:
        """The published reference prices."""
        return ProfileNeeds(prices=(self.reference,))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Without the levels that lack a column, and with everybody compared where no importer is declared."""
        reference = self.reference
        levels = [
            level for level in reference.levels if _all_in(source_columns(reference.key(level)), columns)
        ]
        if not levels or not _all_in(reference.ratio.columns(), columns):
            return None
        share = reference.dominant_share if PARTY in columns else 0.0
        fewer = reference.model_copy(update={"levels": tuple(levels), "dominant_share": share})
        return self.model_copy(update={"reference": fewer})

    def features(self) -> tuple[Feature, ...]:
        """One per part asked for. What is too high has a sentence of its own, and is a reason of its own."""
        return tuple(self._feature(part) for part in self.parts)

    def _feature(self, part: Part) -> Feature:
        words = _WORDING[self.reference.measure]
        meaning, unit = (text.format(noun=words.noun, amount=words.amount) for text in _MEANINGS[part])
        group = words.high if part in _ABOVE else words.low
        sentence, zero = self._sentences(part, words)
        family = f"{self._stem.replace('_', ' ')} among peers"
        name = f"{self._stem}_{part}"
        return Feature(name, meaning, sentence, group, unit, family=family, sentence_zero=zero)

    def _sentences(self, part: Part, words: _Wording) -> tuple[str, str]:
        """The sentence, and the one for a value of 0."""
        stem, form = self._stem, f":{words.form}" if words.form else ""
        says = words.says.format(f"{{{stem}_declared{form}}}")
        cell, q1, q3 = f"{{{stem}_cell}}", f"{{{stem}_q1{form}}}", f"{{{stem}_q3{form}}}"
        window = self.reference.window_days
        past = f"{{{stem}_among}} declarations in the past {'year' if window == 365 else f'{window} days'}"
        if part == "level":
            thin = f"only the level {{value}} of reference cells holds enough declarations to compare the {words.noun}"
            return thin, f"the finest level of reference cells serves to compare the {words.noun}"
        if part in _ABOVE:
            high = f"{says}, high for {cell}: three quarters of {past} lie below {q3}"
            return high, f"{says}, not high for {cell}: a quarter of {past} lie above {q3}"
        return f"{says}; for {cell} the middle half of {past} lies between {q1} and {q3}", ""

    def compute(self, view: View) -> Computed:
        """NaN where the ratio or a cell with enough declarations is missing."""
        x, floor = view.log_measure(self.reference.measure), self.scale_floor
        cell = view.prices(self.reference)
        declared = view.number(self.reference.ratio.above)
        made: dict[Part, Callable[[], Numbers]] = {
            "log_ratio": lambda: x - cell["median"],
            "z": lambda: deviation.robust_z(x, cell, floor),
            "position": lambda: deviation.position(x, cell, floor),
            "fence": lambda: deviation.beyond_tukey(x, cell, floor),
            "far_fence": lambda: deviation.beyond_tukey(x, cell, floor, whiskers=3.0),
            "adjusted_fence": lambda: deviation.beyond_adjusted(x, cell, floor),
            "under": lambda: deviation.shortfall(x, cell) * declared,
            "under_share": lambda: deviation.shortfall(x, cell),
            "over": lambda: deviation.excess(x, cell) * declared,
            "over_share": lambda: deviation.excess(x, cell),
            "level": lambda: cell["level"],
            "n": lambda: cell["n"],
            "importers": lambda: cell["importers"],
        }
        return {f"{self._stem}_{part}": made[part]() for part in self.parts}

    def fact_names(self) -> tuple[str, ...]:
        """The ratio, and the cell it is compared with."""
        return tuple(f"{self._stem}_{fact}" for fact in ("declared", "q1", "q3", "among", "cell"))

    def facts(self, view: View) -> Computed:
        """The ratio and the quartiles, the declarations of the cell, and the cell in words."""
        cell = view.prices(self.reference)
        made: Computed = {
            "declared": np.exp(view.log_measure(self.reference.measure)),
            "q1": np.exp(cell["q1"]),
            "q3": np.exp(cell["q3"]),
            "among": cell["n"],
            "cell": self._cell_words(view, cell["level"]),
        }
        return {f"{self._stem}_{fact}": values for fact, values in made.items()}

    def _cell_words(self, view: View, level: Numbers) -> npt.NDArray[np.object_]:
        words = np.full(len(view), None, dtype=object)
        for number, key in enumerate(self.reference.levels):
            rows = np.flatnonzero(level == number)
            parts = [_part_words(view, part)[rows] for part in key]
            words[rows] = [" ".join(row) for row in zip(*parts, strict=True)]
        return words


def _all_in(names: tuple[str, ...], columns: Container[str]) -> bool:
    return all(name in columns for name in names)


def _part_words(view: View, part: str) -> npt.NDArray[np.object_]:
    if part in _PARTIES:
        return np.full(len(view), _PARTIES[part], dtype=object)
    if part.startswith("hs"):
        return ("HS " + view.column("hs_code").str.slice(0, int(part[2:]))).astype("object").to_numpy()
    prefix = {"origin_country": "from ", "departure_country": "departed ", "transport_mode": "by mode "}
    text = prefix.get(part, f"{part.replace('_', ' ')} ") + view.column(part).astype("object").astype(str)
    return text.to_numpy("object")


_PARTIES = {
    "importer_id": "by this importer",
    "seller_id": "by this seller",
    "declarant_id": "by this declarant",
    "carrier_id": "by this carrier",
}
"""Ids of parties stay out of sentences."""
