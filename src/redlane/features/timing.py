"""When a declaration was registered."""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from redlane.declarations.periods import Days
from redlane.features.family import Computed, Family
from redlane.features.spec import Feature
from redlane.features.view import Numbers, View

Part = Literal["weekday", "day_of_month", "days_to_month_end", "hour"]

_PARTS: dict[Part, tuple[str, str, str]] = {
    "weekday": ("Day of the week, Monday is 1", "it was registered on day {value} of the week", "day"),
    "day_of_month": ("Day of the month", "it was registered on day {value} of the month", "day"),
    "days_to_month_end": (
        "Days left in the month",
        "it was registered {value} days before the end of the month",
        "days",
    ),
    "hour": ("Time of the day", "it was registered {value} hours after midnight", "hours"),
}


class Timing(Family):
    """Weekday, day of the month and days left in the month: quotas and rosters have their rhythm. The hour, where the
    declarations format reads the time of day."""

    title: ClassVar[str] = "Timing"
    family: Literal["timing"] = "timing"
    parts: tuple[Part, ...] = Field(default=("weekday", "day_of_month", "days_to_month_end"), min_length=1)

    def columns(self) -> tuple[str, ...]:
        """The registration day, and the hour where it is asked for."""
        return ("registered_on", *(["registered_hour"] if "hour" in self.parts else []))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Without the hour where it is not known."""
        kept = tuple(part for part in self.parts if part != "hour" or "registered_hour" in columns)
        return self.model_copy(update={"parts": kept}) if kept else None

    def features(self) -> tuple[Feature, ...]:
        """Numbers of the calendar and the clock."""
        return tuple(
            Feature(part, meaning, sentence, "behaviour", unit, family="timing")
            for part in self.parts
            for meaning, sentence, unit in [_PARTS[part]]
        )

    def compute(self, view: View) -> Computed:
        """Counted on the proleptic Gregorian calendar."""
        return {
            part: view.number("registered_hour") if part == "hour" else _of_calendar(view.days, part)
            for part in self.parts
        }


def _of_calendar(days: Days, part: Part) -> Numbers:
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    following = (month + 1).astype("datetime64[D]")
    counted = {
        "weekday": (days + 3) % 7 + 1,
        "day_of_month": (date - month.astype("datetime64[D]")).astype(np.int64) + 1,
        "days_to_month_end": (following - date).astype(np.int64) - 1,
    }
    return np.asarray(counted[part], np.float64)
