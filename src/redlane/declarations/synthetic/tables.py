"""The hand-written part of the world: sections of the tariff, countries and codes.

Nothing here is measured. Countries are real ISO codes so that files look right; which of them share a
trade agreement, are watched or carry an anti-dumping duty is drawn by the seed, not taken from life.
"""

from typing import NamedTuple


class Section(NamedTuple):
    """A run of chapters with its share of trade, usual price (per kg), unit, duty range and air share."""

    first: int
    last: int
    share: float
    price: float
    unit: str
    unit_mass: float
    duty_low: float
    duty_high: float
    air: float


SECTIONS = (
    Section(1, 5, 0.05, 4.0, "KGM", 1.0, 5, 30, 0.08),
    Section(6, 14, 0.07, 1.5, "KGM", 1.0, 0, 25, 0.05),
    Section(15, 15, 0.02, 1.6, "KGM", 1.0, 2, 15, 0.01),
    Section(16, 24, 0.09, 3.0, "LTR", 1.1, 10, 40, 0.02),
    Section(25, 27, 0.04, 0.4, "KGM", 1.0, 0, 5, 0.01),
    Section(28, 38, 0.10, 5.0, "KGM", 1.0, 0, 8, 0.10),
    Section(39, 40, 0.08, 3.5, "KGM", 1.0, 3, 12, 0.05),
    Section(41, 43, 0.02, 25.0, "NMB", 0.6, 5, 20, 0.15),
    Section(44, 49, 0.06, 1.4, "KGM", 1.0, 0, 10, 0.03),
    Section(50, 60, 0.06, 7.0, "MTK", 0.3, 5, 16, 0.06),
    Section(61, 63, 0.08, 16.0, "NMB", 0.35, 12, 30, 0.15),
    Section(64, 67, 0.04, 14.0, "PAR", 0.8, 10, 30, 0.10),
    Section(68, 70, 0.03, 1.5, "KGM", 1.0, 3, 15, 0.02),
    Section(71, 71, 0.01, 900.0, "GRM", 0.001, 0, 15, 0.90),
    Section(72, 83, 0.08, 2.8, "KGM", 1.0, 0, 12, 0.03),
    Section(84, 84, 0.10, 18.0, "NMB", 12.0, 0, 8, 0.20),
    Section(85, 85, 0.09, 45.0, "NMB", 1.2, 0, 15, 0.40),
    Section(86, 89, 0.06, 11.0, "NMB", 40.0, 5, 35, 0.02),
    Section(90, 92, 0.04, 60.0, "NMB", 0.8, 0, 8, 0.50),
    Section(93, 97, 0.05, 9.0, "NMB", 1.5, 3, 20, 0.10),
)

UNUSED_CHAPTERS = frozenset({77})
"""Chapters the Harmonized System keeps free."""

SUBHEADINGS = ("10", "11", "19", "20", "21", "29", "30", "40", "50", "60", "70", "80")
"""Endings of specific subheadings; the residual one is always 90."""


class Country(NamedTuple):
    """An exporting country: its share of trade, currency of its invoices, and its part in transport."""

    code: str
    share: float
    currency: str
    hub: bool = False
    neighbour: bool = False


COUNTRIES = (
    Country("CN", 0.20, "USD"),
    Country("DE", 0.08, "EUR"),
    Country("US", 0.08, "USD"),
    Country("IN", 0.06, "USD"),
    Country("JP", 0.05, "JPY"),
    Country("KR", 0.04, "USD"),
    Country("TR", 0.04, "EUR", neighbour=True),
    Country("IT", 0.04, "EUR"),
    Country("FR", 0.03, "EUR"),
    Country("GB", 0.03, "GBP"),
    Country("VN", 0.03, "USD"),
    Country("TH", 0.025, "USD"),
    Country("MY", 0.025, "USD"),
    Country("ID", 0.02, "USD"),
    Country("BD", 0.02, "USD"),
    Country("PK", 0.015, "USD"),
    Country("ES", 0.02, "EUR"),
    Country("PL", 0.015, "EUR"),
    Country("RO", 0.01, "EUR", neighbour=True),
    Country("UA", 0.01, "EUR", neighbour=True),
    Country("EG", 0.012, "USD"),
    Country("MA", 0.01, "EUR"),
    Country("ZA", 0.012, "USD"),
    Country("KE", 0.006, "USD"),
    Country("NA", 0.004, "USD"),
    Country("BR", 0.018, "USD"),
    Country("MX", 0.015, "USD"),
    Country("AR", 0.008, "USD"),
    Country("CL", 0.008, "USD"),
    Country("PE", 0.006, "USD"),
    Country("AU", 0.01, "USD"),
    Country("NZ", 0.006, "USD"),
    Country("CH", 0.012, "CHF"),
    Country("SE", 0.01, "EUR"),
    Country("KH", 0.008, "USD"),
    Country("LK", 0.007, "USD"),
    Country("AE", 0.02, "USD", hub=True),
    Country("SG", 0.015, "USD", hub=True),
    Country("HK", 0.015, "USD", hub=True),
    Country("NL", 0.02, "EUR", hub=True),
    Country("PA", 0.005, "USD", hub=True),
)

CODES = tuple(country.code for country in COUNTRIES)
CURRENCIES = ("USD", "EUR", "JPY", "GBP", "CHF")

SEA, ROAD, AIR, POST = 0, 1, 2, 3
MODES = ("1", "3", "4", "5")
"""Transport modes by the code of UN/ECE Recommendation 19: sea, road, air, post."""
MODE_PRICE = (0.0, -0.02, 0.22, 0.10)
"""What a mode adds to the logarithm of the unit price."""

PROCEDURES = ("4000", "4071", "5100", "7100")
PROCEDURE_SHARES = (0.82, 0.07, 0.06, 0.05)
IMPORT_TYPES = ("COM", "ECO", "LSE", "SMP")
IMPORT_TYPE_SHARES = (0.86, 0.08, 0.03, 0.03)
PAYMENTS = ("A", "D", "G")
"""How duty is paid: at once, deferred, under guarantee."""
INDICATORS = ("M", "C", "S", "N")
"""How origin is proved: mark on the goods, certificate, statement of the seller, none."""
TAX_TYPES = ("MFN", "PRF", "ADD", "DEM")
"""Tariff treatment: most favoured nation, preference, anti-dumping added, below the de minimis value."""

TYPOLOGIES = (
    "honest",
    "honest_mistake",
    "undervaluation",
    "over_invoicing",
    "quantity_misdeclaration",
    "misclassification",
    "false_origin",
    "transshipment",
    "splitting",
    "phoenix",
    "phantom_shipment",
    "collusion",
)
HONEST, MISTAKE = 0, 1
SCHEMES = TYPOLOGIES[2:]
CODE = {name: number for number, name in enumerate(TYPOLOGIES)}
