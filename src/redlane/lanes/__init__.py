"""Margin and capacity -> lane, and why: who is examined, on papers, afterwards, or released."""

from redlane.lanes.assignment import assign
from redlane.lanes.mandatory import Rule, mandatory
from redlane.lanes.queue import LANE_REASONS, LANES, LaneQueue, LaneResult, QueueBuilder, priority
from redlane.lanes.settings import LaneSettings
from redlane.lanes.summary import LaneSummary, summarise
from redlane.settings import Settings

REGISTRY: dict[str, type[Settings]] = {"asycuda": LaneSettings}
"""What ``name:`` in a file of ``conf/lanes/`` may say."""

__all__ = [
    "LANE_REASONS",
    "LANES",
    "REGISTRY",
    "LaneQueue",
    "LaneResult",
    "LaneSettings",
    "LaneSummary",
    "QueueBuilder",
    "Rule",
    "assign",
    "mandatory",
    "priority",
    "summarise",
]
