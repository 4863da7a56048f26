"""Power sums of log values by key and day: whole numbers, so that parts added in any order give the same sum."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from redlane.declarations.periods import Days
from redlane.profiles.delivery import Delivery, number
from redlane.profiles.keys import Key, KeyHashes, source_columns
from redlane.profiles.ledger import Amounts, Ledger, Seen
from redlane.profiles.ledger_kinds import LedgerKind

Numbers = npt.NDArray[np.float64]

MOMENTS = ("valued", "steps", "squares", "cubes")
"""Declarations with a value; sums of their logarithms in steps from the centre, of the squares and the cubes."""

STEP = 1 / 256
"""Steps of the natural logarithm: about 0.4 % of a value."""
CENTRE = 8.0
"""Where the steps are counted from, about 3 000: keeps the cubes of ten million declarations inside 64 bits."""
_FARTHEST = 24.0


def log_value(values: Numbers) -> Numbers:
    """Natural logarithm; NaN where a value is missing, not positive, or beyond e**32 (8e13) or below e**-16 (1e-7).

    >>> log_value(np.array([1.0, 0.0, 1e30])).tolist()
    [0.0, nan, nan]
    """
    logs = np.full(len(values), np.nan)
    np.log(values, out=logs, where=values > 0)
    logs[~(np.abs(logs - CENTRE) <= _FARTHEST)] = np.nan
    return logs


def power_sums(values: Numbers) -> dict[str, Amounts]:
    """:data:`MOMENTS` of single declarations; a missing value counts as nothing."""
    logs = log_value(values)
    steps = np.rint(np.nan_to_num((logs - CENTRE) / STEP)).astype(np.int64)
    return dict(zip(MOMENTS, (np.isfinite(logs).astype(np.int64), steps, steps**2, steps**3), strict=True))


@dataclass(frozen=True)
class MomentsSeen:
    """Mean, spread and skewness of the log values seen before; each NaN below so many declarations."""

    count: Amounts
    mean: Numbers
    spread: Numbers
    skewness: Numbers

    @classmethod
    def of(cls, seen: Seen, window: int | None = None) -> "MomentsSeen":
        """Of the *window* days before, or of all. Mean from 1, spread from 2, skewness from 3 declarations.

        ``spread`` is the sample standard deviation, ``skewness`` the third standardised moment (of the population);
        NaN where all values are equal.
        """
        count, steps, squares, cubes = (seen.total(name, window) for name in MOMENTS)
        n = np.where(count > 0, count, np.nan).astype(np.float64)
        mean, square, cube = steps / n, squares / n, cubes / n
        variance = np.maximum(square - mean**2, 0.0)
        third = cube - 3 * mean * square + 2 * mean**3
        varies = (variance > _SAME) & (count > 2)
        skewness = third / np.where(varies, variance, np.nan) ** 1.5
        spread = np.sqrt(variance * n / np.where(count > 1, n - 1, np.nan))
        return cls(count, mean * STEP + CENTRE, spread * STEP, skewness)


_SAME = 1e-6


class MomentsKind(LedgerKind):
    """Power sums of the log value, known on the day of registration."""

    name = "moments"
    doing = "adding up values"
    amounts: ClassVar[tuple[str, ...]] = MOMENTS

    def extend(self, need: Key, delivery: Delivery, earlier: Ledger | None) -> Ledger:
        """The newly registered declarations."""
        rows = delivery.arrived
        sums = power_sums(number(delivery.declarations, "customs_value")[rows])
        return Ledger.of_events(delivery.hashes.of(need)[rows], delivery.registered[rows], sums)

    def before(self, table: Ledger, hashes: KeyHashes, days: Days, need: Key) -> Seen:
        """The part of the ledger visible to each declaration; see :meth:`MomentsSeen.of`."""
        return table.before(hashes.of(need), days)

    def columns(self, need: Key) -> tuple[str, ...]:
        """The parts of the key, and the value."""
        return (*source_columns(need), "customs_value")

    def words(self, need: Key) -> str:
        """For example "moments of log value by importer_id"."""
        return f"moments of log value by {', '.join(need) or 'all'}"
