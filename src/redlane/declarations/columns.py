"""Every column redlane knows, once: its name, type, unit, role and meaning.

A column's **role** decides what it may be used for:

* *identifier*: names a row or dates it; never a feature by itself.
* *declared*: what the trader stated before any inspection; may become a feature.
* *assessed*: what customs put in its place afterwards; never a feature.
* *outcome*: what an inspection found, and when that became known; never a feature.
* *selection*: why a row was inspected, by whom, with which probability; never a feature.
* *truth*: what a generator planted; never a feature.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from redlane.errors import RedlaneError

Kind = Literal["text", "code", "country", "hs", "date", "number", "flag"]
Role = Literal["identifier", "declared", "assessed", "outcome", "selection", "truth"]
Sensitivity = Literal["open", "party", "restricted"]


@dataclass(frozen=True)
class Column:
    """One canonical column.

    ``kind`` decides how text is parsed (`number` is float64, `flag` is 0.0/1.0, missing is NaN; `date` is
    ``datetime64[us]`` at midnight; the rest is text). ``wco`` is the WCO Data Model element it stands for.
    ``sensitivity`` is *party* for ids of persons and firms (never in logs or models) and *restricted* for
    officers (only the integrity screen may read them).
    """

    name: str
    kind: Kind
    role: Role
    meaning: str
    unit: str = ""
    wco: str = ""
    sensitivity: Sensitivity = "open"


_ALL = (
    Column("declaration_id", "text", "identifier", "Identifier of the declaration", wco="Declaration/ID"),
    Column(
        "item_number",
        "text",
        "identifier",
        "Goods item within the declaration",
        wco="GovernmentAgencyGoodsItem/SequenceNumeric",
    ),
    Column(
        "registered_on",
        "date",
        "identifier",
        "Day the declaration was registered",
        wco="Declaration/AcceptanceDateTime",
    ),
    Column(
        "registered_hour",
        "number",
        "declared",
        "Time of the day of registration, read off its date where the format says `time_of_day`",
        unit="hours after midnight",
    ),
    Column(
        "office", "code", "declared", "Customs office of declaration", wco="Declaration/DeclarationOfficeID"
    ),
    Column(
        "procedure",
        "code",
        "declared",
        "Customs procedure or process type",
        wco="GovernmentProcedure/CurrentCode",
    ),
    Column("import_type", "code", "declared", "Kind of import transaction", wco="Declaration/TypeCode"),
    Column("import_use", "code", "declared", "Stated use of the goods", wco="GoodsItem/UsageCode"),
    Column("payment_type", "code", "declared", "How the duty is paid or deferred", wco="Payment/MethodCode"),
    Column(
        "transport_mode",
        "code",
        "declared",
        "Mode of transport at the border",
        wco="BorderTransportMeans/ModeCode",
    ),
    Column(
        "declarant_id", "code", "declared", "Declarant or customs broker", wco="Agent/ID", sensitivity="party"
    ),
    Column("importer_id", "code", "declared", "Importer", wco="Importer/ID", sensitivity="party"),
    Column(
        "seller_id", "code", "declared", "Seller or consignor abroad", wco="Seller/ID", sensitivity="party"
    ),
    Column("carrier_id", "code", "declared", "Carrier or courier", wco="Carrier/ID", sensitivity="party"),
    Column("hs_code", "hs", "declared", "Tariff classification, 6 to 10 digits", wco="Classification/ID"),
    Column(
        "departure_country", "country", "declared", "Country the goods departed from", wco="ExportCountry/ID"
    ),
    Column(
        "origin_country", "country", "declared", "Country of origin of the goods", wco="Origin/CountryCode"
    ),
    Column(
        "origin_indicator", "code", "declared", "How the origin is marked or proved", wco="Origin/TypeCode"
    ),
    Column(
        "duty_rate", "number", "declared", "Rate of duty applied", unit="%", wco="DutyTaxFee/TaxRateNumeric"
    ),
    Column(
        "tax_type",
        "code",
        "declared",
        "Tariff treatment or duty regime claimed",
        wco="DutyTaxFee/DutyRegimeCode",
    ),
    Column(
        "preference_claimed",
        "flag",
        "declared",
        "A tariff preference is claimed",
        wco="DutyTaxFee/PreferenceCode",
    ),
    Column("net_mass", "number", "declared", "Net mass", unit="kg", wco="GoodsMeasure/NetNetWeightMeasure"),
    Column("gross_mass", "number", "declared", "Gross mass", unit="kg", wco="GoodsMeasure/GrossMassMeasure"),
    Column(
        "quantity",
        "number",
        "declared",
        "Quantity in the tariff's supplementary unit",
        wco="GoodsMeasure/TariffQuantity",
    ),
    Column(
        "quantity_unit", "code", "declared", "Supplementary unit", wco="GoodsMeasure/TariffQuantity/@unitCode"
    ),
    Column(
        "customs_value",
        "number",
        "declared",
        "Customs value (CIF) in the reference currency",
        unit="reference currency",
        wco="CustomsValuation/CustomsValueAmount",
    ),
    Column(
        "invoice_currency", "code", "declared", "Currency of the invoice", wco="InvoiceAmount/@currencyID"
    ),
    Column(
        "description", "text", "declared", "Description of the goods in words", wco="Commodity/Description"
    ),
    Column(
        "assessed_value",
        "number",
        "assessed",
        "Customs value after the inspection",
        unit="reference currency",
    ),
    Column("assessed_hs_code", "hs", "assessed", "Classification after the inspection"),
    Column("assessed_origin", "country", "assessed", "Origin after the inspection"),
    Column("assessed_quantity", "number", "assessed", "Quantity after the inspection"),
    Column("assessed_net_mass", "number", "assessed", "Net mass after the inspection", unit="kg"),
    Column("assessed_duty", "number", "assessed", "Duty after the inspection", unit="reference currency"),
    Column("inspected", "flag", "outcome", "The goods or papers were examined"),
    Column("irregular", "flag", "outcome", "The inspection found an irregularity"),
    Column(
        "recovered_revenue",
        "number",
        "outcome",
        "Additional revenue the finding brought",
        unit="reference currency",
    ),
    Column("outcome_known_on", "date", "outcome", "Day the outcome became known"),
    Column("inspector_id", "code", "selection", "Inspecting officer", sensitivity="restricted"),
    Column("selection_reason", "code", "selection", "Why it was selected (rule, random, score)"),
    Column("selection_propensity", "number", "selection", "Probability with which it was selected"),
    Column("typology", "code", "truth", "Scheme planted by a generator; 'honest' where none"),
    Column(
        "truly_irregular", "flag", "truth", "A generator's truth, known for inspected and uninspected alike"
    ),
)

COLUMNS: dict[str, Column] = {column.name: column for column in _ALL}
"""Every canonical column by name."""

REQUIRED = ("declaration_id", "registered_on")
"""The only columns a file must have."""


def column(name: str) -> Column:
    """The canonical column called *name*.

    Raises:
        RedlaneError: there is no such column.

    >>> column("net_mass").unit
    'kg'
    """
    try:
        return COLUMNS[name]
    except KeyError:
        raise RedlaneError(f"'{name}' is not a canonical column; known are {', '.join(COLUMNS)}") from None


def require_declared(names: Iterable[str], user: str) -> None:
    """Check that *user* (a feature family, say) reads nothing but declared columns and identifiers.

    Raises:
        RedlaneError: a column is assessed, an outcome, about the selection, or a planted truth.

    >>> require_declared(["assessed_value"], "unit price")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    redlane.errors.RedlaneError: unit price reads 'assessed_value', which is assessed: known only after ...
    """
    for name in names:
        role = column(name).role
        if role not in ("declared", "identifier"):
            raise RedlaneError(
                f"{user} reads '{name}', which is {role}: known only after the inspection, so it can never be a "
                f"feature"
            )
