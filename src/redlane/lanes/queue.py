"""What lanes are assigned from, and what comes out: slim arrays, one value per declaration item.

A file is scored in batches but its lanes are decided together. :class:`QueueBuilder` keeps about 30 bytes
of each row, so that the queue of ten million declarations fits in 300 MB.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.identity import tie_hash
from redlane.declarations.periods import Days, days
from redlane.errors import RedlaneError
from redlane.hashing import Hashes
from redlane.lanes.mandatory import Mask, RuleCodes, mandatory
from redlane.lanes.settings import LaneSettings

Numbers = npt.NDArray[np.float64]

LANES = ("red", "yellow", "blue", "green")
"""Examined; documents; post-clearance audit; released. ``LaneResult.lane`` holds places in this tuple."""

LANE_REASONS = ("mandatory", "random", "score", "released")
"""Why that lane. ``LaneResult.reason`` holds places in this tuple."""


@dataclass(frozen=True)
class LaneQueue:
    """Rows waiting for a lane, in any order.

    ``priority`` (n,): higher is examined first, NaN last. ``tie`` (n,): hash of declaration and item, lower
    first among equals. ``day`` (n,): day of registration. ``office`` (n,): places in ``office_names``, -1
    where missing. ``mandatory`` (n,): a rule requires examination. ``rule`` (n,): which, for the record.
    """

    priority: Numbers
    tie: Hashes
    day: Days
    office: npt.NDArray[np.int32] | None = None
    office_names: tuple[str, ...] = ()
    mandatory: Mask | None = None
    rule: RuleCodes | None = None

    def __len__(self) -> int:
        return len(self.priority)


@dataclass(frozen=True)
class LaneResult:
    """Lanes of the rows of a queue, in its order.

    ``lane`` and ``reason`` (n,) uint8: places in :data:`LANES` and :data:`LANE_REASONS`. ``propensity`` (n,):
    the probability of being examined under this design, given the priorities and before the lot was drawn.
    ``rank`` (n,) int64: 1 is first of all rows by priority, then tie. ``capacity``: examinations planned, all
    groups together. ``overrun``: mandatory rows beyond it, in ``overrun_groups`` groups.
    """

    lane: npt.NDArray[np.uint8]
    reason: npt.NDArray[np.uint8]
    propensity: Numbers
    rank: npt.NDArray[np.int64]
    capacity: int
    overrun: int
    overrun_groups: int

    def __len__(self) -> int:
        return len(self.lane)

    @property
    def selected(self) -> Mask:
        """Which rows are in the red lane."""
        return np.equal(self.lane, LANES.index("red"))


def priority(margin: Numbers, expected_revenue: Numbers | None, settings: LaneSettings) -> Numbers:
    """What to rank by: the margin, or the expected revenue when ``rank_by`` says so.

    Raises:
        RedlaneError: expected revenue is asked for and the model gives none.
    """
    if settings.rank_by == "margin":
        return margin
    if expected_revenue is None:
        raise RedlaneError(
            "lanes rank by expected_revenue, but this model gives none; set lanes.rank_by=margin"
        )
    return expected_revenue


@dataclass
class QueueBuilder:
    """Collects a queue from batches of declarations, in any order and of any size.

    >>> builder = QueueBuilder(LaneSettings())
    >>> builder.add(pd.DataFrame({
    ...     "declaration_id": ["A1", "A2"], "item_number": ["1", "1"],
    ...     "registered_on": pd.to_datetime(["2024-05-02", "2024-05-02"]),
    ... }), margin=np.array([0.5, -1.0]))
    >>> len(builder.queue())
    2
    """

    settings: LaneSettings
    _parts: list[LaneQueue] = field(default_factory=list)
    _offices: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        declarations: pd.DataFrame,
        margin: Numbers,
        expected_revenue: Numbers | None = None,
        flags: Mapping[str, Numbers] | None = None,
    ) -> None:
        """Add a batch: *margin*, *expected_revenue* and the red *flags* (by id: 1, 0, NaN) are of its rows.

        Raises:
            RedlaneError: the settings need a column or a number that is not there.
        """
        met, rule = mandatory(declarations, self.settings.mandatory, flags or {})
        part = LaneQueue(
            priority=priority(margin, expected_revenue, self.settings),
            tie=tie_hash(declarations),
            day=days(declarations["registered_on"]),
            office=self._office_codes(declarations) if self.settings.by == "office" else None,
            mandatory=met,
            rule=rule,
        )
        self._parts.append(part)

    def queue(self) -> LaneQueue:
        """Everything added so far as one queue, rows in the order they came."""
        by_office = self.settings.by == "office"
        return LaneQueue(
            priority=_join([part.priority for part in self._parts], np.float64),
            tie=_join([part.tie for part in self._parts], np.uint64),
            day=_join([part.day for part in self._parts], np.int64),
            office=_join([part.office for part in self._parts], np.int32) if by_office else None,
            office_names=tuple(self._offices),
            mandatory=_join([part.mandatory for part in self._parts], np.bool_),
            rule=_join([part.rule for part in self._parts], np.int16),
        )

    def _office_codes(self, declarations: pd.DataFrame) -> npt.NDArray[np.int32]:
        if "office" not in declarations.columns:
            raise RedlaneError("lanes are set by office, but the declarations have no column 'office'")
        codes, names = pd.factorize(declarations["office"], use_na_sentinel=True)
        places = [self._offices.setdefault(str(name), len(self._offices)) for name in names]
        return np.array([*places, -1], dtype=np.int32)[codes]


def _join(parts: Sequence[npt.NDArray[Any] | None], kind: type[np.generic]) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=kind), *(part for part in parts if part is not None)])
