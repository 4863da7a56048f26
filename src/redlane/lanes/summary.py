"""What the lanes came to, for people: a small table and the sentences that must not be missed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from redlane.lanes.capacity import in_words
from redlane.lanes.queue import LANE_REASONS, LANES, LaneQueue, LaneResult
from redlane.lanes.settings import LaneSettings


@dataclass(frozen=True)
class LaneSummary:
    """``table``: one row per lane and reason that occurred. ``rules``: rows per mandatory rule id."""

    table: pd.DataFrame
    rules: dict[str, int]
    capacity: int
    selected: int
    minimum_propensity: float
    """The smallest probability of examination any row had; 0 where nothing was drawn by lot."""
    notes: list[str]


def summarise(queue: LaneQueue, result: LaneResult, settings: LaneSettings) -> LaneSummary:
    """Count lanes, reasons and rules, and say what an operator should know about this selection.

    >>> from redlane.hashing import hash64
    >>> from redlane.lanes.assignment import assign
    >>> queue = LaneQueue(np.arange(40.0), hash64(map(str, range(40))), np.zeros(40, dtype=np.int64))
    >>> settings = LaneSettings(capacity=0.5, yellow=0, blue=0)
    >>> summary = summarise(queue, assign(queue, settings), settings)
    >>> print(summary.table.to_string(index=False))
     lane   reason  declarations
      red   random             2
      red    score            18
    green released            20
    >>> print(*summary.notes)
    capacity 50 % per day: 20 places, 20 selected; every declaration had at least a 5 % chance of examination
    """
    minimum = float(result.propensity.min(initial=1.0))
    selected = int(result.selected.sum())
    return LaneSummary(
        table=_table(result),
        rules=_rule_counts(queue, settings),
        capacity=result.capacity,
        selected=selected,
        minimum_propensity=minimum,
        notes=[_capacity_note(result, settings, selected, minimum), *_overrun_note(result)],
    )


def _table(result: LaneResult) -> pd.DataFrame:
    pairs = np.bincount(result.lane.astype(np.int64) * len(LANE_REASONS) + result.reason)
    occurred = np.flatnonzero(pairs)
    return pd.DataFrame(
        {
            "lane": [LANES[pair // len(LANE_REASONS)] for pair in occurred],
            "reason": [LANE_REASONS[pair % len(LANE_REASONS)] for pair in occurred],
            "declarations": pairs[occurred],
        }
    )


def _rule_counts(queue: LaneQueue, settings: LaneSettings) -> dict[str, int]:
    if queue.rule is None:
        return {}
    return {rule.id: int((queue.rule == place).sum()) for place, rule in enumerate(settings.mandatory)}


def _capacity_note(result: LaneResult, settings: LaneSettings, selected: int, minimum: float) -> str:
    unit = {"day": " per day", "file": ""}[settings.per] + {"office": " per office", "overall": ""}[
        settings.by
    ]
    chance = (
        f"every declaration had at least a {minimum * 100:.3g} % chance of examination"
        if minimum > 0
        else "some declarations had no chance of examination, so results cannot speak for all"
    )
    capacity = f"capacity {in_words(settings.capacity)}{unit}"
    return f"{capacity}: {result.capacity} places, {selected} selected; {chance}"


def _overrun_note(result: LaneResult) -> list[str]:
    if not result.overrun:
        return []
    where = (
        "one group, which left"
        if result.overrun_groups == 1
        else f"{result.overrun_groups} groups, which left"
    )
    return [f"mandatory rules exceeded the capacity by {result.overrun} in {where} no place for lot or score"]
