"""Days, and the split of history into burn-in, training, tuning and test: in time, and only in time."""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from redlane.errors import RedlaneError
from redlane.settings import Settings

Days = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NEVER = np.iinfo(np.int64).max
"""The day of something that has not become known."""


def days(dates: pd.Series) -> Days:
    """Whole days since 1970-01-01; a missing date gives :data:`NEVER`.

    >>> days(pd.Series(pd.to_datetime(["1970-01-03", None]))).tolist() == [2, NEVER]
    True
    """
    values = dates.to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(values), NEVER, values.astype(np.int64))


def day_number(day: date) -> int:
    """Whole days since 1970-01-01 of one date.

    >>> day_number(date(1970, 1, 3))
    2
    """
    return (day - date(1970, 1, 1)).days


def day_date(day: int) -> date:
    """The date of a day number; the inverse of :func:`day_number`."""
    return date(1970, 1, 1) + timedelta(days=int(day))


class Split(NamedTuple):
    """Which rows serve for what (boolean arrays over the declarations), and where the borders lie."""

    train: Mask
    tune: Mask
    test: Mask
    tune_from: date
    test_from: date


class Periods(Settings):
    """Borders of the periods. A date left empty is counted back from the last declaration.

    The model is fitted on the morning of ``test_from``: an outcome that was not known by the day before is
    not used, neither for training nor for early stopping, however old the declaration is.

    Findings take longer to become known than clean results. Among declarations registered shortly before, the
    outcomes known so far are therefore too good, and a model calibrated on them would state probabilities that
    are too low. Declarations younger than ``maturity_days`` are left out for that reason: before ``test_from``
    and, where ``test_until`` is empty, at the end of the data.
    """

    maturity_days: int = Field(default=0, ge=0)
    """Days after which nearly all outcomes of a declaration are known."""
    burn_in_days: int = Field(default=0, ge=0)
    """Days at the start left out of training: as-of counts start at zero where the data starts."""
    tune_from: date | None = None
    test_from: date | None = None
    test_until: date | None = None
    tune_days: int = Field(default=60, gt=0)
    test_days: int = Field(default=60, gt=0)

    def split(self, registered: Days, known: Days, labelled: Mask) -> Split:
        """Split rows by registration day; *known* is the day each outcome became known.

        Raises:
            RedlaneError: the borders are out of order, or a period holds no labelled row.
        """
        if not len(registered):
            raise RedlaneError("there are no declarations to split into periods")
        end = day_number(self.test_until) if self.test_until else int(registered.max()) - self.maturity_days
        test_from = self.test_from or day_date(end + 1 - self.test_days)
        tune_from = self.tune_from or test_from - timedelta(days=self.maturity_days + self.tune_days)
        tune_day, test_day = day_number(tune_from), day_number(test_from)
        start = int(registered.min()) + self.burn_in_days
        if not start < tune_day < test_day - self.maturity_days <= end:
            raise RedlaneError(
                f"the periods are out of order: training from {day_date(start)}, tuning from {tune_from}, "
                f"testing from {test_from} to {day_date(end)}; each must begin after the one before"
            )
        usable = labelled & (known < test_day) & (registered < test_day - self.maturity_days)
        split = Split(
            train=usable & (registered >= start) & (registered < tune_day),
            tune=usable & (registered >= tune_day),
            test=labelled & (registered >= test_day) & (registered <= end),
            tune_from=tune_from,
            test_from=test_from,
        )
        for name in ("train", "tune", "test"):
            if not getattr(split, name).any():
                raise RedlaneError(
                    f"the {name} period holds no declaration with an outcome known by {test_from}"
                )
        return split
