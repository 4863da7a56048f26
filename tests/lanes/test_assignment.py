"""What lane assignment promises, for any queue: the capacity, the order, the ties, the reasons."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.errors import RedlaneError
from redlane.hashing import hash64
from redlane.lanes import LANE_REASONS, LANES, LaneQueue, LaneSettings, assign
from redlane.lanes.capacity import places

RED, YELLOW, BLUE, GREEN = range(4)
MANDATORY, RANDOM, SCORE, RELEASED = range(4)
CAPACITIES = st.one_of(st.integers(0, 12), st.sampled_from([0.0, 0.01, 0.05, 0.07, 0.3, 0.5, 1.0]))


def make_queue(priority, day=0, office=None, mandatory=None):
    n = len(priority)
    return LaneQueue(
        priority=np.asarray(priority, dtype=np.float64),
        tie=hash64([f"d{i}" for i in range(n)]),
        day=np.full(n, day) if np.isscalar(day) else np.asarray(day, dtype=np.int64),
        office=None if office is None else np.asarray(office, dtype=np.int32),
        office_names=("Port", "Airport", "Post"),
        mandatory=None if mandatory is None else np.asarray(mandatory, dtype=bool),
    )


def shuffled(queue, order):
    return replace(
        queue,
        priority=queue.priority[order],
        tie=queue.tie[order],
        day=queue.day[order],
        office=queue.office[order],
        mandatory=queue.mandatory[order],
    )


@st.composite
def queues(draw):
    n = draw(st.integers(0, 40))
    rows = st.lists(
        st.tuples(
            st.sampled_from([-1.5, 0.0, 0.25, 0.25, 2.0, np.nan, np.inf, -np.inf]),
            st.integers(0, 2),
            st.integers(-1, 2),
            st.sampled_from([False, False, False, True]),
        ),
        min_size=n,
        max_size=n,
    )
    values = draw(rows)
    return make_queue(*([row[k] for row in values] for k in range(4)))


@st.composite
def designs(draw):
    return LaneSettings(
        capacity=draw(CAPACITIES),
        yellow=draw(CAPACITIES),
        blue=draw(CAPACITIES),
        per=draw(st.sampled_from(["day", "file"])),
        by=draw(st.sampled_from(["overall", "office"])),
        random_share=draw(st.sampled_from([0.0, 0.1, 0.25, 1.0])),
        seed=draw(st.integers(0, 5)),
    )


def groups_of(queue, design):
    day = queue.day if design.per == "day" else np.zeros(len(queue))
    office = queue.office if design.by == "office" else np.zeros(len(queue))
    for d, o in sorted(set(zip(day.tolist(), office.tolist(), strict=True))):
        yield np.flatnonzero((day == d) & (office == o))


@given(queues(), designs(), st.randoms())
def test_the_order_of_rows_changes_nothing(queue, design, random):
    order = np.array(random.sample(range(len(queue)), len(queue)), dtype=np.int64)
    before, after = assign(queue, design), assign(shuffled(queue, order), design)
    for name in ("lane", "reason", "propensity", "rank"):
        assert getattr(before, name)[order].tobytes() == getattr(after, name).tobytes(), name
    assert (before.capacity, before.overrun) == (after.capacity, after.overrun)


@given(queues(), designs())
def test_exactly_the_capacity_is_selected_unless_rules_exceed_it(queue, design):
    result = assign(queue, design)
    total = overrun = 0
    for rows in groups_of(queue, design):
        k = int(places(design.capacity, np.array([len(rows)]))[0])
        forced = int(queue.mandatory[rows].sum())
        assert (result.lane[rows] == RED).sum() == max(k, forced)
        total, overrun = total + k, overrun + max(forced - k, 0)
    assert (result.capacity, result.overrun) == (total, overrun)


@given(queues(), designs())
def test_yellow_and_blue_follow_in_their_numbers(queue, design):
    result = assign(queue, design)
    for rows in groups_of(queue, design):
        left = int((result.lane[rows] != RED).sum())
        for lane, capacity in ((YELLOW, design.yellow), (BLUE, design.blue)):
            wanted = min(int(places(capacity, np.array([len(rows)]))[0]), left)
            assert (result.lane[rows] == lane).sum() == wanted
            left -= wanted


@given(queues(), designs())
def test_no_row_overtakes_a_better_one_of_its_group(queue, design):
    """Among the rows that rules and lot left to the score, lanes follow the rank without exception."""
    result = assign(queue, design)
    for rows in groups_of(queue, design):
        ranked = rows[np.argsort(result.rank[rows])]
        by_score = ranked[np.isin(result.reason[ranked], [SCORE, RELEASED])]
        assert (np.diff(result.lane[by_score].astype(int)) >= 0).all()


@given(queues(), designs())
def test_lane_and_reason_agree(queue, design):
    result = assign(queue, design)
    forced = queue.mandatory
    assert (result.reason[forced] == MANDATORY).all()
    assert (result.lane[forced] == RED).all()
    assert (result.lane[result.reason == RANDOM] == RED).all()
    assert ((result.lane == GREEN) == (result.reason == RELEASED)).all()
    assert (result.selected == (result.lane == RED)).all()


@given(queues(), designs())
def test_rank_orders_all_rows_by_priority_then_tie(queue, design):
    rank = assign(queue, design).rank
    assert sorted(rank.tolist()) == list(range(1, len(queue) + 1))
    keys = [(np.isnan(p), -p if p == p else 0.0, t) for p, t in zip(queue.priority, queue.tie, strict=True)]
    assert [keys[i] for i in np.argsort(rank)] == sorted(keys)


def test_ties_break_on_the_hash():
    queue = make_queue([1.0] * 50)
    result = assign(queue, LaneSettings(capacity=7, random_share=0, yellow=0, blue=0))
    assert set(np.flatnonzero(result.selected)) == set(np.argsort(queue.tie)[:7])


def test_a_missing_priority_comes_last_even_after_minus_infinity():
    result = assign(make_queue([np.nan, -np.inf, 0.0]), LaneSettings(capacity=2, random_share=0))
    assert result.rank.tolist() == [3, 2, 1]
    assert result.selected.tolist() == [False, True, True]


@pytest.mark.parametrize(("capacity", "selected"), [("0%", 0), ("100%", 3), (0, 0), (99, 3), ("1%", 3)])
def test_days_of_one_row(capacity, selected):
    """A share is rounded up in each group: one row a day at 1 % is one examination a day."""
    result = assign(make_queue([1, 2, 3], day=[1, 2, 3]), LaneSettings(capacity=capacity))
    assert result.selected.sum() == selected


def test_an_empty_queue_gives_an_empty_result():
    result = assign(make_queue([]), LaneSettings(by="office").model_copy(update={"by": "overall"}))
    assert len(result) == 0
    assert result.capacity == 0


def test_offices_without_a_name_share_their_own_capacity():
    queue = make_queue([1, 2, 3, 4], office=[0, 0, -1, -1])
    result = assign(queue, LaneSettings(by="office", capacity=1, random_share=0, yellow=0, blue=0))
    assert result.selected.tolist() == [False, True, False, True]


def test_lanes_by_office_need_offices():
    with pytest.raises(RedlaneError, match="the queue has no offices"):
        assign(make_queue([1.0]), LaneSettings(by="office"))


def test_the_codes_of_offices_do_not_matter_only_their_names():
    """Half a random place per office and day: which half is drawn must follow the office, not its code."""
    queue = make_queue(np.arange(300.0), day=np.arange(300) // 30, office=np.arange(300) % 3)
    renumbered = replace(queue, office=2 - queue.office, office_names=queue.office_names[::-1])
    design = LaneSettings(by="office", capacity=2, random_share=0.25)
    assert (assign(queue, design).reason == assign(renumbered, design).reason).all()


def test_rows_without_office_keep_their_lot_whatever_the_order():
    queue = make_queue(np.arange(300.0), day=np.arange(300) // 15, office=np.arange(300) % 3 - 1)
    queue = replace(queue, mandatory=np.zeros(300, dtype=bool))
    design = LaneSettings(by="office", capacity=2, random_share=0.25)
    backwards = np.arange(300)[::-1]
    before, after = assign(queue, design), assign(shuffled(queue, backwards), design)
    assert (before.reason[backwards] == after.reason).all()
    assert (before.reason[queue.office == -1] == RANDOM).any()


def test_names_of_lanes_and_reasons_are_those_of_the_score_file():
    assert LANES == ("red", "yellow", "blue", "green")
    assert LANE_REASONS == ("mandatory", "random", "score", "released")


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_the_lot_takes_from_all_ranks(seed):
    result = assign(make_queue(np.arange(1000.0)), LaneSettings(capacity=400, random_share=0.5, seed=seed))
    drawn = result.rank[result.reason == RANDOM]
    assert len(drawn) == 200
    assert 400 < drawn.mean() < 600
