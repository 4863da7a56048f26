"""Settings of the evaluation, and the cuts (capacities) at which rankings are judged."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, field_validator

from redlane.declarations.columns import COLUMNS
from redlane.evaluation.baselines import GOODS
from redlane.explanations.typology import CONTROLS
from redlane.profiles.keys import Key, check_key
from redlane.settings import Settings

Rate = Annotated[float, Field(gt=0, le=1)]

DERIVED = ("hs_chapter", "preference_claimed", "importer_size", "importer_known")
"""Ways of dividing declarations that are made from their columns rather than being one of them."""

PARTITIONS = (
    *DERIVED,
    *(
        column.name
        for column in COLUMNS.values()
        if column.role == "declared" and column.sensitivity == "open" and column.kind in ("code", "country")
    ),
)
"""Every way of dividing declarations into subgroups: no id of a party is one."""


@dataclass(frozen=True)
class Cut:
    """How many declarations are inspected: a share of them, or a stated number (exactly one of the two).

    >>> Cut(rate=0.05).label, Cut(inspections=200).label
    ('5 %', '200 inspections')
    """

    rate: float | None = None
    inspections: int | None = None

    @property
    def label(self) -> str:
        """The cut in words."""
        return f"{self.inspections} inspections" if self.rate is None else f"{self.rate * 100:g} %"

    def size(self, n: int) -> int:
        """Number of rows inspected out of *n*: ``ceil(rate * n)``, or the stated number but never above *n*.

        The ceiling is taken of the decimal the user wrote, not of its binary neighbour.

        >>> Cut(rate=0.07).size(100), Cut(rate=0.05).size(8481), Cut(inspections=200).size(150)
        (7, 425, 150)
        """
        if self.rate is None:
            return min(self.inspections or 0, n)
        share = Fraction(repr(float(self.rate)))
        return -(-share.numerator * n // share.denominator)

    def share(self, n: int) -> float:
        """The cut as a share of *n* rows: the rate as stated, or the stated number divided by *n*."""
        return self.size(n) / n if self.rate is None else self.rate


class EvaluationSettings(Settings):
    """How rankings are judged (``conf/evaluation/default.yaml``).

    >>> [cut.label for cut in EvaluationSettings(rates=(0.05,), inspections=100).cuts]
    ['5 %', '100 inspections']
    """

    rates: tuple[Rate, ...] = (0.01, 0.02, 0.05, 0.10)
    """Shares of the declarations that would be inspected."""
    inspections: Annotated[int, Field(gt=0)] | None = None
    """A stated number of inspections over the whole period, judged beside the rates."""
    block: Literal["day", "week", "month"] = "week"
    """Stretch of time that is resampled as one; also the periods of the per-week table."""
    bootstrap_repeats: Annotated[int, Field(ge=0)] = 500
    """Resamples behind each interval; 0 switches intervals off."""
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    """Level of the intervals."""
    seed: int = 7
    """Seed of the resampling."""
    calibration_bins: Annotated[int, Field(ge=2)] = 10
    """Bins of equal count for the calibration error."""
    histories: dict[str, Key] = {"importer history": ("importer_id",)}
    """Baselines that rank by what is known of one key: its hit rate as of the day, smoothed. Name -> key."""
    repeats: tuple[str, ...] = GOODS
    """Rows that agree in all of these columns repeat each other: look-up baseline and honest slice go by them."""

    subgroups: tuple[str, ...] = (
        *("office", "origin_country", "hs_chapter", "transport_mode", "import_type", "tax_type"),
        *("preference_claimed", "importer_size", "importer_known"),
    )
    """Ways of dividing the test rows; those whose columns are absent are passed over."""
    subgroup_rate: Rate = 0.05
    """Share of all declarations that is inspected when subgroups are compared."""
    subgroup_least: Annotated[int, Field(ge=1)] = 50
    """Fewest test rows of a group; smaller ones are pooled."""
    subgroup_most: Annotated[int, Field(ge=1)] = 12
    """Most groups shown of one partition, the largest; the others are pooled."""

    hours: dict[str, Annotated[float, Field(ge=0)]] = {
        "documents": 0.5,
        "physical examination": 3.0,
        "laboratory": 4.0,
        "origin verification": 2.0,
        "post-clearance audit": 8.0,
        "other": 2.0,
    }
    """Officer hours of one inspection by the control suggested for it; *other* where none is."""

    @field_validator("hours")
    @classmethod
    def _every_control(cls, hours: dict[str, float]) -> dict[str, float]:
        if set(hours) != {*CONTROLS, "other"}:
            raise ValueError(
                f"hours are needed for each of {', '.join([*CONTROLS, 'other'])}, and for nothing else"
            )
        return hours

    @field_validator("histories")
    @classmethod
    def _keys(cls, histories: dict[str, Key]) -> dict[str, Key]:
        for name, key in histories.items():
            check_key(key, f"the baseline '{name}'")
        return histories

    @field_validator("subgroups")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in PARTITIONS:
                raise ValueError(f"'{name}' divides nothing; there are {', '.join(PARTITIONS)}")
        return names

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """The rates in ascending order, then the stated number of inspections if there is one."""
        stated = () if self.inspections is None else (Cut(inspections=self.inspections),)
        return (*(Cut(rate=rate) for rate in sorted(set(self.rates))), *stated)
