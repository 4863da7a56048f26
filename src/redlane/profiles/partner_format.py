"""How a table of partners' exports is written: labels, units, edition, currency: ``conf/partner_exports``."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from redlane.declarations.format import DeclarationFormat
from redlane.errors import RedlaneError
from redlane.io.containers import Limits
from redlane.io.encodings import AUTOMATIC, check_encoding
from redlane.settings import Settings

FIELDS: dict[str, str] = {
    "trade": "goods or services",
    "frequency": "yearly or monthly",
    "year": "calendar year",
    "flow": "export, re-export or import",
    "reporter": "country that recorded the flow: alpha-3 code",
    "reporter_number": "the same as a number of UN M49",
    "partner": "country on the other side: alpha-3 code",
    "partner_number": "the same as a number of UN M49",
    "second_partner": "country of consignment; the total is kept",
    "revision": "edition of the Harmonized System",
    "good": "HS code",
    "leaf": "whether the code has no further digits",
    "customs": "customs procedure; the total is kept",
    "supply": "mode of supply; the total is kept",
    "mode": "mode of transport; the total is kept",
    "unit": "unit of the quantity",
    "quantity": "quantity in that unit",
    "mass": "net mass in kg",
    "mass_estimated": "whether the mass was estimated, not recorded",
    "value": "value in the table's currency",
    "value_fob": "value at the border of export",
    "value_cif": "value on arrival",
    "currency": "currency of the value",
}
"""Every field a column may be mapped to, and what it holds."""

REQUIRED = ("year", "flow", "good", "value")
TOTALS: dict[str, tuple[str, ...]] = {
    "second_partner": ("0", "W00", ""),
    "customs": ("C00", ""),
    "supply": ("0", ""),
    "mode": ("0", ""),
}
"""Breakdowns, and the codes of their totals: only totals are kept, so that nothing is added twice."""


class PartnerExportsFormat(Settings):
    """The layout of a table of exports that partner countries recorded, and of this country's own imports.

    ``columns`` maps labels to :data:`FIELDS`. ``importing_country`` is this country as the table writes it
    (``BGD``, or a number); left empty, exports must name one partner only. ``hs_revision`` is the edition of the
    Harmonized System that the declarations use: a table of another one is refused, since without a concordance
    its codes mean other goods. ``exchange_rate`` gives units of the declarations' reference currency for one of
    the table's ``currency``; ``exchange_rates`` gives it by year. An *estimated* mass was derived from the value and
    says nothing of its own: ``estimated_masses`` keeps it or counts it missing.

    Raises:
        RedlaneError: (through :meth:`parse`) a key is unknown, or a value out of place.
    """

    columns: dict[str, str]
    importing_country: str = ""
    hs_revision: str = "H6"
    frequency: str = "A"
    trade: str = "C"
    export_flows: tuple[str, ...] = ("X",)
    reexport_flows: tuple[str, ...] = ("RX",)
    import_flows: tuple[str, ...] = ("M",)
    exports_contain_reexports: bool = True
    currency: str = "USD"
    exchange_rate: float = Field(default=1.0, gt=0)
    exchange_rates: dict[int, float] = {}
    kilogram_units: tuple[str, ...] = ("8", "kg", "KGM")
    other_units: tuple[str, ...] = ()
    estimated_masses: Literal["missing", "keep"] = "missing"
    true_values: tuple[str, ...] = ("1", "true", "True", "TRUE")
    encoding: str = AUTOMATIC
    null_values: tuple[str, ...] = ("",)
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    largest_number: float = Field(default=1e14, gt=0)
    limits: Limits = Limits()

    _encoding = field_validator("encoding")(check_encoding)

    @field_validator("columns")
    @classmethod
    def _known_fields(cls, columns: dict[str, str]) -> dict[str, str]:
        unknown = next((name for name in columns.values() if name not in FIELDS), None)
        if unknown is not None:
            raise ValueError(f"'{unknown}' is no field of partner exports; known are {', '.join(FIELDS)}")
        for name in REQUIRED:
            if name not in columns.values():
                raise ValueError(f"no label is mapped to {name}, which every row needs")
        for side in ("reporter", "partner"):
            if not {side, f"{side}_number"} & set(columns.values()):
                raise ValueError(f"no label is mapped to {side} or {side}_number")
        return columns

    @field_validator("exchange_rates")
    @classmethod
    def _positive(cls, rates: dict[int, float]) -> dict[int, float]:
        wrong = next((year for year, rate in rates.items() if not rate > 0), None)
        if wrong is not None:
            raise ValueError(f"the exchange rate of {wrong} is {rates[wrong]}; give a number above zero")
        return rates

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError("`thousands` and `decimal` are the same character")
        return self

    def label(self, name: str) -> str:
        """The first label of the field *name*; the field itself where none is mapped."""
        return next((label for label, field in self.columns.items() if field == name), name)

    def rate(self, year: int) -> float:
        """Units of the reference currency for one unit of the table's currency in *year*.

        Raises:
            RedlaneError: rates are given by year, and this one is not among them.
        """
        if not self.exchange_rates:
            return self.exchange_rate
        if year not in self.exchange_rates:
            raise RedlaneError(
                f"partner_exports: exchange_rates has no rate for {year}, which the table holds; add it"
            )
        return self.exchange_rates[year]

    def flows(self) -> dict[str, tuple[str, ...]]:
        """The codes of each flow that is read."""
        return {
            "exports": self.export_flows,
            "reexports": self.reexport_flows,
            "imports": self.import_flows,
        }

    def numbers(self) -> DeclarationFormat:
        """The rules by which numbers are read: those of declarations."""
        return DeclarationFormat(
            columns={"id": "declaration_id", "day": "registered_on"},
            decimal=self.decimal,
            thousands=self.thousands,
            largest_number=self.largest_number,
        )
