"""What people are told about a selection."""

import numpy as np

from redlane.hashing import hash64
from redlane.lanes import LaneQueue, LaneSettings, Rule, assign, summarise


def make_summary(mandatory_rows, **design):
    n = 100
    rule = np.where(np.arange(n) < mandatory_rows, 0, -1).astype(np.int16)
    queue = LaneQueue(
        priority=np.arange(n, dtype=float),
        tie=hash64(map(str, range(n))),
        day=np.zeros(n, dtype=np.int64),
        mandatory=rule >= 0,
        rule=rule,
    )
    arms = Rule(id="arms", column="hs_code", starts_with=("93",), why="Arms.")
    settings = LaneSettings(mandatory=(arms,), **design)
    return summarise(queue, assign(queue, settings), settings)


def test_counts_add_up_to_the_queue():
    summary = make_summary(2, capacity="10%", random_share="50%")
    counts = {(row.lane, row.reason): row.declarations for row in summary.table.itertuples()}
    assert sum(counts.values()) == 100
    assert counts["red", "mandatory"] == summary.rules["arms"] == 2
    assert counts["red", "random"] == 5
    assert counts["red", "score"] == 3
    assert (summary.capacity, summary.selected) == (10, 10)


def test_rules_that_exceed_the_capacity_are_said():
    summary = make_summary(12, capacity="10%")
    assert summary.selected == 12
    assert summary.minimum_propensity == 0
    assert "some declarations had no chance of examination" in summary.notes[0]
    assert "mandatory rules exceeded the capacity by 2 in one group" in summary.notes[1]


def test_the_smallest_chance_of_examination_is_stated():
    summary = make_summary(0, capacity=10, random_share="10%")
    assert summary.minimum_propensity == 0.01
    assert summary.notes == [
        "capacity 10 declarations per day: 10 places, 10 selected; "
        "every declaration had at least a 1 % chance of examination"
    ]
