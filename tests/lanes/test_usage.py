"""What the manifest says of the capacity: its sums are those of the lanes, and it stays small."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.hashing import hash64
from redlane.lanes.assignment import assign
from redlane.lanes.queue import LaneQueue
from redlane.lanes.settings import LaneSettings
from redlane.lanes.usage import MOST_ROWS, usage


def queue_of(n: int, days: int, offices: int, mandatory: float = 0.0) -> LaneQueue:
    rng = np.random.default_rng(n + days)
    names = tuple(f"O{place}" for place in range(offices))
    office = rng.integers(-1, offices, n).astype(np.int32)
    forced = rng.random(n) < mandatory
    return LaneQueue(
        rng.random(n), hash64(map(str, range(n))), rng.integers(0, days, n), office, names, mandatory=forced
    )


@given(
    n=st.integers(1, 300),
    days=st.integers(1, 9),
    per=st.sampled_from(["day", "file"]),
    by=st.sampled_from(["office", "overall"]),
    forced=st.sampled_from([0.0, 0.4]),
)
def test_rows_add_up_to_what_the_lanes_say(n, days, per, by, forced):
    settings = LaneSettings(capacity=0.07, per=per, by=by)
    queue = queue_of(n, days, 3, forced)
    result = assign(queue, settings)
    told = usage(queue, result, settings)
    assert told["places"] == result.capacity
    assert told["used"] == result.selected.sum()
    assert told["by"] == [*(["day"] if per == "day" else []), *(["office"] if by == "office" else [])]
    sums = {name: sum(row[name] for row in told["rows"]) for name in ("declared", "places", "used")}
    assert len(told["rows"]) == told["groups"]
    assert sums == {"declared": n, "places": told["places"], "used": told["used"]}
    keys = [tuple(row[name] or "" for name in told["by"]) for row in told["rows"]]
    assert len(set(keys)) == len(keys)
    assert all(row["used"] >= row["places"] for row in told["rows"])


@pytest.mark.parametrize(("days", "by", "rows"), [(400, ["day"], 400), (3000, [], 0)])
def test_many_groups_are_summed_and_then_left_out(days, by, rows):
    settings = LaneSettings(capacity=1, by="office")
    queue = queue_of(30_000, days, 20)
    told = usage(queue, assign(queue, settings), settings)
    assert told["groups"] > MOST_ROWS
    assert told["by"] == by
    assert len(told["rows"]) == rows
    assert sum(row["used"] for row in told["rows"]) == (told["used"] if by else 0)
