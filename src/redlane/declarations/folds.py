"""Time-ordered folds: train on the past, leave the gap of outcomes not yet known, test on what follows, repeat.

Each fold is a small version of :class:`redlane.declarations.periods.Periods`: fitted on the morning its test window
begins, with what was known by the day before, and nothing that became known later. (Cerqueira, Torgo, Mozetič:
Evaluating time series forecasting models, Machine Learning 109, 2020, on why folds of dated rows lie in time.)
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from redlane.declarations.periods import Days, Mask, Split, day_date, day_number
from redlane.errors import RedlaneError
from redlane.settings import Settings

Count = Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class Fold:
    """One fold, number 1 the earliest; masks are boolean arrays over the declarations.

    The model is fitted on the morning of ``test_from``. ``train`` are labelled rows registered from ``train_from``
    until ``tune_from``, ``tune`` those from ``tune_from`` on; the outcomes of both were known by the day before
    ``test_from``. ``test`` are labelled rows registered from ``test_from`` to ``test_until``, both included.
    """

    number: int
    train: Mask
    tune: Mask
    test: Mask
    train_from: date
    tune_from: date
    test_from: date
    test_until: date

    @property
    def split(self) -> Split:
        """The fold as :func:`redlane.pipeline.fit` reads it."""
        return Split(self.train, self.tune, self.test, self.tune_from, self.test_from)

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each part has."""
        return {name: int(getattr(self, name).sum()) for name in ("train", "tune", "test")}

    @property
    def label(self) -> str:
        """The fold in words."""
        return f"fold {self.number}, tested {self.test_from} to {self.test_until}"


class FoldSettings(Settings):
    """Where folds lie. They are counted back from the last day that may be tested on.

    >>> FoldSettings(count=3, test_days=30).step
    30
    """

    count: Count | None = 4
    """How many folds; null: as many as the history holds with ``min_rows`` rows in each part."""
    test_days: Count = 60
    """Days of each test window."""
    step_days: Count | None = None
    """Days from one test window to the next; null: ``test_days``, so that they adjoin. At least 1."""
    tune_days: Count = 60
    """Days before each test window (and the gap) that stop the growing and calibrate."""
    window: Literal["expanding", "sliding"] = "expanding"
    """expanding: train on everything before; sliding: on the last ``window_days`` before the tuning rows."""
    window_days: Count | None = None
    """Days of training rows under a sliding window."""
    maturity_days: Annotated[int, Field(ge=0)] = 30
    """The gap: declarations younger than this on the day of fitting are left out, known or not (see Periods)."""
    burn_in_days: Annotated[int, Field(ge=0)] = 0
    """Days at the start of the data left out of training: as-of counts start at zero there."""
    min_rows: Count = 100
    """Fewest labelled rows in each part of a fold."""

    @model_validator(mode="after")
    def _window_has_days(self) -> "FoldSettings":
        if (self.window == "sliding") != (self.window_days is not None):
            raise ValueError("a sliding window needs window_days, an expanding one has none")
        return self

    @property
    def step(self) -> int:
        """Days from one test window to the next."""
        return self.step_days or self.test_days

    def make(self, registered: Days, known: Days, labelled: Mask, before: date | None = None) -> list[Fold]:
        """The folds of these declarations, earliest first; *known* is the day each outcome became known.

        With *before*, the folds stand on the eve of that day: declarations registered on it or later are not
        used, nor any outcome not known by then, in test windows neither. Tuning against a test period that
        begins on *before* thus never sees it.

        Raises:
            RedlaneError: there are no declarations, or a fold lacks rows (with ``count`` empty: every fold).
        """
        if not len(registered):
            raise RedlaneError("there are no declarations to lay folds over")
        eve = int(registered.max()) + 1 if before is None else day_number(before)
        usable = labelled & (registered < eve - self.maturity_days)
        usable &= np.ones_like(labelled) if before is None else known < eve
        first = int(registered.min()) + self.burn_in_days
        found: list[Fold] = []
        test_end = eve - self.maturity_days - 1
        while self.count is None or len(found) < self.count:
            fold = self._fold(registered, known, usable, first, test_end)
            if min(fold.rows.values()) < self.min_rows:
                if self.count is None and found:
                    break
                raise RedlaneError(self._too_few(fold, len(found), first))
            found.append(fold)
            test_end -= self.step
        return [_numbered(fold, number) for number, fold in enumerate(reversed(found), 1)]

    def _fold(self, registered: Days, known: Days, usable: Mask, first: int, test_end: int) -> Fold:
        test_day = test_end + 1 - self.test_days
        mature = test_day - self.maturity_days
        tune_day = mature - self.tune_days
        train_day = max(first, tune_day - self.window_days) if self.window_days else first
        learnt = usable & (known < test_day) & (registered < mature)
        return Fold(
            number=0,
            train=learnt & (registered >= train_day) & (registered < tune_day),
            tune=learnt & (registered >= tune_day),
            test=usable & (registered >= test_day) & (registered <= test_end),
            train_from=day_date(train_day),
            tune_from=day_date(tune_day),
            test_from=day_date(test_day),
            test_until=day_date(test_end),
        )

    def _too_few(self, fold: Fold, later: int, first: int) -> str:
        part, rows = min(fold.rows.items(), key=lambda item: item[1])
        wanted = "" if self.count is None else f" of {self.count}"
        return (
            f"the fold tested from {fold.test_from} to {fold.test_until} ({later} later ones{wanted} have enough) "
            f"has {rows} labelled {part} rows and needs {self.min_rows}; training begins on {day_date(first)}: "
            f"ask for fewer folds or shorter test_days, tune_days or burn_in_days"
        )


def _numbered(fold: Fold, number: int) -> Fold:
    return Fold(**{**fold.__dict__, "number": number})
