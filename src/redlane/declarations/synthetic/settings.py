"""What can be set about the synthetic world; the values stand in ``conf/declarations/synthetic.yaml``."""

from datetime import date

from pydantic import Field, field_validator

from redlane.declarations.synthetic.tables import SCHEMES
from redlane.settings import Settings


class TypologyShares(Settings):
    """Share of all rows that each planted scheme takes up, on average, while it is active; 0 leaves it out."""

    undervaluation: float = Field(0.011, ge=0, le=0.2)
    over_invoicing: float = Field(0.004, ge=0, le=0.2)
    quantity_misdeclaration: float = Field(0.006, ge=0, le=0.2)
    misclassification: float = Field(0.006, ge=0, le=0.2)
    false_origin: float = Field(0.005, ge=0, le=0.2)
    transshipment: float = Field(0.004, ge=0, le=0.2)
    splitting: float = Field(0.004, ge=0, le=0.2)
    phoenix: float = Field(0.003, ge=0, le=0.2)
    phantom_shipment: float = Field(0.0025, ge=0, le=0.2)
    collusion: float = Field(0.004, ge=0, le=0.2)


class SyntheticSettings(Settings):
    """The synthetic world: its size, its trade, what is planted in it, and how customs looks at it.

    Shares and rates are between 0 and 1; money is in the reference currency; spreads are standard
    deviations of natural logarithms. The same settings always give the same rows.

    >>> SyntheticSettings(weeks=4).weeks
    4
    """

    seed: int = Field(20240101, ge=0)
    start: date = date(2024, 1, 1)
    weeks: int = Field(78, ge=1, le=1040)
    declarations_per_week: int = Field(1050, ge=1, le=4_000_000)

    importers: int = Field(1200, ge=10)
    sellers: int = Field(900, ge=40)
    brokers: int = Field(80, ge=4)
    carriers: int = Field(120, ge=8)
    offices: int = Field(8, ge=1)
    inspectors: int = Field(48, ge=1)
    goods: int = Field(600, ge=60, le=5000)

    entering_share: float = Field(0.35, ge=0, le=1)
    """Importers that first appear after the start."""
    leaving_share: float = Field(0.2, ge=0, le=1)
    """Importers that fall silent before the end."""
    restructuring_share: float = Field(0.01, ge=0, le=0.5)
    """Honest importers that continue under a new id with the same sellers and broker."""
    novelty: float = Field(0.06, ge=0, le=1)
    """Declarations of goods, sellers and routes that are not the importer's usual ones."""
    several_items: float = Field(0.1, ge=0, le=1)
    """Declarations with two to four items."""
    honest_bursts: float = Field(0.012, ge=0, le=0.5)
    """Honest declarations followed by more of the same within days."""

    price_spread: float = Field(0.3, gt=0, le=2)
    """Usual spread of honest unit prices of one HS6, origin and mode."""
    seller_price_spread: float = Field(0.25, ge=0, le=2)
    """Spread of lasting price differences between honest importer-seller pairs."""
    price_drift: float = Field(0.012, ge=0, le=0.5)
    """Spread of the weekly step of a good's price level."""
    inflation: float = Field(0.03, ge=-0.5, le=1)
    """Yearly rise of all prices."""
    season: float = Field(0.25, ge=0, lt=1)
    """Largest seasonal swing of an importer's trade."""
    growth: float = Field(0.05, ge=-0.5, le=2)
    """Yearly growth of the number of declarations."""

    vat: float = Field(0.15, ge=0, le=1)
    de_minimis: float = Field(800.0, ge=0)
    """Value below which neither duty nor tax is due."""

    typologies: TypologyShares = TypologyShares()
    starts: dict[str, float] = {"transshipment": 0.6}
    """Schemes that begin late: the share of the period that has passed by then."""
    opportunists: float = Field(0.2, ge=0, le=1)
    """Part of undervaluation, quantity, classification and origin schemes done once, by anybody."""
    severity: float = Field(1.0, gt=0, le=3)
    """Scales how far schemes depart from the truth: below 1 is harder to find, above 1 easier."""
    honest_mistakes: float = Field(0.011, ge=0, le=0.5)
    collusive_pairs: int = Field(2, ge=0, le=50)
    """Broker-inspector pairs between which findings disappear."""

    inspection_rate: float = Field(0.08, gt=0, lt=1)
    random_share: float = Field(0.1, gt=0, lt=1)
    """Part of the inspections drawn at random from all declarations."""
    rule_strength: float = Field(1.4, ge=0, le=5)
    """How sharply the selection rule separates; 0 inspects at random."""
    watch_list_hits: float = Field(0.5, ge=0, le=1)
    """Scheming importers that stand on the rule's watch list."""
    watch_list_errors: float = Field(0.05, ge=0, le=1)
    """Other importers that stand on it."""
    missed: float = Field(0.12, ge=0, le=1)
    """Inspected irregularities that are not found."""
    false_findings: float = Field(0.006, ge=0, le=1)
    """Inspected regular items recorded as irregular."""

    delay_days: float = Field(9.0, ge=1)
    """Median days from registration to the outcome; findings take half as long again."""
    delay_spread: float = Field(0.6, ge=0, le=3)
    delay_tail: float = Field(0.06, ge=0, le=1)
    """Outcomes that wait for a laboratory or a dispute."""
    delay_tail_days: float = Field(60.0, ge=1)

    @field_validator("starts")
    @classmethod
    def _known_schemes(cls, starts: dict[str, float]) -> dict[str, float]:
        for name, share in starts.items():
            if name not in SCHEMES:
                raise ValueError(f"'{name}' is not a scheme; known are {', '.join(SCHEMES)}")
            if not 0 <= share <= 1:
                raise ValueError(f"{name} starts at {share}; give a share of the period between 0 and 1")
        return starts

    def share(self, scheme: str) -> float:
        """Share of rows planned for *scheme*."""
        return float(getattr(self.typologies, scheme))

    def first_week(self, scheme: str) -> int:
        """Week, counted from 0, in which *scheme* begins."""
        return int(self.starts.get(scheme, 0.0) * self.weeks)
