"""How an administration writes its declarations: one YAML file, checked; see ``conf/declarations``."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from redlane.declarations.columns import COLUMNS, REQUIRED
from redlane.errors import RedlaneError
from redlane.io.containers import Limits
from redlane.io.encodings import AUTOMATIC, check_encoding
from redlane.settings import Settings

Policy = Literal["reject", "missing"]

HOUR = "registered_hour"
"""The one column that no label is mapped to."""


class Policies(Settings):
    """What becomes of a record with a bad value: it is rejected, or accepted with that value missing.

    A missing or impossible value in a column every declaration needs is always a reason to reject.
    """

    number_format: Policy = "reject"
    number_size: Policy = "reject"
    negative_number: Policy = "reject"
    zero_number: Literal["accept", "missing", "reject"] = "accept"
    share_range: Policy = "reject"
    date_format: Policy = "reject"
    future_date: Policy = "reject"
    early_date: Policy = "reject"
    country_format: Policy = "reject"
    unknown_country: Policy = "reject"
    hs_format: Policy = "reject"
    flag_format: Policy = "reject"
    number_for_code: Policy = "reject"
    outcome_before_registration: Policy = "reject"

    def of(self, code: str) -> str:
        """The policy for a reject code; "reject" where there is no choice.

        >>> Policies(hs_format="missing").of("hs-format")
        'missing'
        """
        return str(getattr(self, code.replace("-", "_"), "reject"))


class HsRules(Settings):
    """Which HS codes are legal, and which slips are repaired (and counted).

    A code one digit short of a legal length has lost its leading zero; dots may stand after the heading
    and between later pairs of digits.
    """

    lengths: tuple[int, ...] = (6, 8, 10)
    restore_leading_zero: bool = True
    strip_dots: bool = True

    @field_validator("lengths")
    @classmethod
    def _sensible(cls, lengths: tuple[int, ...]) -> tuple[int, ...]:
        if not lengths or any(not 2 <= length <= 12 for length in lengths):
            raise ValueError("give one or more lengths between 2 and 12 digits")
        return tuple(sorted(set(lengths)))


class DeclarationFormat(Settings):
    """The columns of a file in canonical names, how its values are written, and what to do with bad ones.

    ``columns`` maps a label of the file to a canonical column; several labels may name the same column as
    long as a file has one of them. Columns of the file that are neither mapped nor in ``ignored_columns``
    are noted, or refuse the file (``unknown_columns``). ``dates`` holds "iso" (YYYY-MM-DD) or
    :func:`time.strptime` formats, tried in order.

    ``time_of_day`` keeps what the dates of registration say beside the day, as ``registered_hour``; without it a
    time of day is read and let go.

    ``inspected: all`` says that every record was inspected (as in files of inspections only); ``column``,
    that the file's own column says so. An outcome without a date becomes known
    ``assumed_outcome_delay_days`` after registration. ``revenue_proxy`` stands in where a file has no
    recovered revenue: ``value_times_duty_rate`` is irregular x customs value x duty rate / 100, ``value`` is
    irregular x customs value.

    Raises:
        RedlaneError: (through :meth:`parse`) a key is unknown, or a value out of place.
    """

    columns: dict[str, str]
    ignored_columns: tuple[str, ...] = ()
    unknown_columns: Literal["ignore", "refuse"] = "ignore"
    encoding: str = AUTOMATIC
    quoting: Literal["standard", "none"] = "standard"
    multiline: bool = False
    null_values: tuple[str, ...] = ("",)
    trim_spaces: bool = False
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    largest_number: float = Field(default=1e14, gt=0, le=1e300)
    dates: tuple[str, ...] = ("iso",)
    time_of_day: bool = False
    earliest_date: date = date(1970, 1, 1)
    true_values: tuple[str, ...] = ("1", "1.0", "true", "True", "TRUE")
    false_values: tuple[str, ...] = ("0", "0.0", "false", "False", "FALSE")
    hs: HsRules = HsRules()
    upper_case_countries: bool = True
    extra_countries: tuple[str, ...] = ()
    duplicates: Literal["reject", "keep_first_identical"] = "reject"
    policies: Policies = Policies()
    inspected: Literal["all", "column"] = "column"
    assumed_outcome_delay_days: int = Field(default=30, ge=0)
    revenue_proxy: Literal["none", "value", "value_times_duty_rate"] = "none"
    limits: Limits = Limits()

    _encoding = field_validator("encoding")(check_encoding)

    @field_validator("columns")
    @classmethod
    def _canonical(cls, columns: dict[str, str]) -> dict[str, str]:
        unknown = next((name for name in columns.values() if name not in COLUMNS), None)
        if unknown is not None:
            raise ValueError(f"'{unknown}' is not a canonical column; known are {', '.join(COLUMNS)}")
        lacking = next((name for name in REQUIRED if name not in columns.values()), None)
        if lacking is not None:
            raise ValueError(f"no label is mapped to {lacking}, which every declaration needs")
        if HOUR in columns.values():
            raise ValueError(
                f"{HOUR} is read off the date of registration: set time_of_day, and map the date only"
            )
        return columns

    @field_validator("dates")
    @classmethod
    def _readable(cls, dates: tuple[str, ...]) -> tuple[str, ...]:
        if not dates:
            raise ValueError("give one or more date formats, such as iso or %d/%m/%Y")
        for form in dates:
            if form != "iso" and not _tells_the_day(form):
                raise ValueError(
                    f"'{form}' is no date format; write iso (2025-03-31), or day, month and year with their "
                    f"separators, such as %d/%m/%Y (31/03/2025), %d.%m.%y (31.03.25) or %Y%m%d (20250331)"
                )
        return dates

    @field_validator("extra_countries")
    @classmethod
    def _two_letters(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        wrong = next(
            (code for code in codes if not (len(code) == 2 and code.isascii() and code.isupper())), None
        )
        if wrong is not None:
            raise ValueError(f"'{wrong}' is not a code of two capital letters")
        return codes

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError("`thousands` and `decimal` are the same character")
        if both := set(self.true_values) & set(self.false_values):
            raise ValueError(f"{sorted(both)} stand for both yes and no")
        if both := set(self.columns) & set(self.ignored_columns):
            raise ValueError(f"{sorted(both)} are both mapped and ignored")
        return self

    def labels(self) -> dict[str, str]:
        """The first label of every canonical column that is mapped."""
        return {name: label for label, name in reversed(self.columns.items())}

    def label(self, name: str) -> str:
        """The first label of the canonical column *name* in this format.

        Raises:
            RedlaneError: the format has no such column.
        """
        found = next((label for label, canonical in self.columns.items() if canonical == name), None)
        if found is None:
            raise RedlaneError(f"the declarations format maps no label to '{name}'")
        return found


def _tells_the_day(form: str) -> bool:
    """Whether every day written in *form* can be read back."""
    day = date(1987, 11, 26)
    try:
        return datetime.strptime(day.strftime(form), form).date() == day
    except ValueError:
        return False
