"""A queue collected in batches is the queue of the whole file."""

import numpy as np
import pandas as pd
import pytest

from redlane.errors import RedlaneError
from redlane.hashing import hash64
from redlane.lanes import LaneSettings, QueueBuilder, Rule, assign, priority

N = 200
FRAME = pd.DataFrame(
    {
        "declaration_id": [f"D{i:04}" for i in range(N)],
        "item_number": ["1"] * N,
        "registered_on": pd.to_datetime("2024-03-01") + pd.to_timedelta(np.arange(N) % 5, unit="D"),
        "office": [["Port", "Airport", None][i % 3] for i in range(N)],
        "hs_code": ["930100" if i % 50 == 0 else "610910" for i in range(N)],
    }
)
MARGIN = np.sin(np.arange(N))
DESIGN = LaneSettings(
    by="office",
    capacity=3,
    mandatory=(Rule(id="arms", column="hs_code", starts_with=("93",), why="Arms."),),
)


def collected(cuts):
    builder = QueueBuilder(DESIGN)
    for start, stop in zip([0, *cuts], [*cuts, N], strict=True):
        builder.add(FRAME.iloc[start:stop].reset_index(drop=True), MARGIN[start:stop])
    return builder.queue()


@pytest.mark.parametrize("cuts", [[1], [100], [7, 7, 90], list(range(1, N))])
def test_batches_give_the_same_lanes_as_the_whole(cuts):
    whole, parts = assign(collected([]), DESIGN), assign(collected(cuts), DESIGN)
    for name in ("lane", "reason", "propensity", "rank"):
        assert getattr(whole, name).tobytes() == getattr(parts, name).tobytes()


def test_the_queue_knows_ties_days_and_rules():
    queue = collected([50])
    assert queue.tie[3] == hash64(["D0003\x1f1"])[0]
    assert queue.day[0] == 19783
    assert queue.mandatory.sum() == 4
    assert queue.rule.tolist() == [0 if i % 50 == 0 else -1 for i in range(N)]
    assert [(*queue.office_names, None)[code] for code in queue.office[:4]] == [
        "Port",
        "Airport",
        None,
        "Port",
    ]


def test_no_batches_make_an_empty_queue():
    assert len(assign(QueueBuilder(DESIGN).queue(), DESIGN)) == 0


def test_office_lanes_need_the_column():
    with pytest.raises(RedlaneError, match="no column 'office'"):
        QueueBuilder(DESIGN).add(FRAME.drop(columns="office"), MARGIN)


def test_ranking_by_revenue_needs_revenue():
    by_revenue = LaneSettings(rank_by="expected_revenue")
    revenue = np.array([5.0, 7.0])
    assert priority(MARGIN[:2], revenue, by_revenue) is revenue
    assert priority(MARGIN, revenue, LaneSettings()) is MARGIN
    with pytest.raises(RedlaneError, match="this model gives none"):
        priority(MARGIN, None, by_revenue)
