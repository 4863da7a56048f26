"""When a declaration was registered."""

from typing import ClassVar, Literal

import numpy as np

from redlane.features.family import Computed, Family
from redlane.features.spec import Feature
from redlane.features.view import View


class Timing(Family):
    """Weekday, day of the month and days left in the month: quotas and rosters have their rhythm."""

    title: ClassVar[str] = "Timing"
    family: Literal["timing"] = "timing"

    def columns(self) -> tuple[str, ...]:
        """The registration day."""
        return ("registered_on",)

    def features(self) -> tuple[Feature, ...]:
        """Three numbers of the calendar."""
        return (
            Feature(
                "weekday",
                "Day of the week, Monday is 1",
                "it was registered on day {value} of the week",
                "behaviour",
                "day",
                family="timing",
            ),
            Feature(
                "day_of_month",
                "Day of the month",
                "it was registered on day {value} of the month",
                "behaviour",
                "day",
                family="timing",
            ),
            Feature(
                "days_to_month_end",
                "Days left in the month",
                "it was registered {value} days before the end of the month",
                "behaviour",
                "days",
                family="timing",
            ),
        )

    def compute(self, view: View) -> Computed:
        """Counted on the proleptic Gregorian calendar."""
        date = view.days.astype("datetime64[D]")
        month = date.astype("datetime64[M]")
        following = (month + 1).astype("datetime64[D]")
        return {
            "weekday": ((view.days + 3) % 7 + 1).astype(np.float64),
            "day_of_month": (date - month.astype("datetime64[D]")).astype(np.float64) + 1,
            "days_to_month_end": (following - date).astype(np.float64) - 1,
        }
