"""Lane assignment in ASYCUDA's order: mandatory, then random, then score; red over yellow over blue.

A reduce over slim arrays: every step is one sort or one pass, and a row's lane depends on which rows share
its group, never on their order.
"""

from dataclasses import dataclass

import numpy as np

from redlane.hashing import Hashes
from redlane.lanes.capacity import Counts, places
from redlane.lanes.groups import Groups, Rows, group_rows
from redlane.lanes.lottery import last_places, lot_probability, random_quota, tickets
from redlane.lanes.mandatory import Mask
from redlane.lanes.queue import LANE_REASONS, LANES, LaneQueue, LaneResult, Numbers
from redlane.lanes.settings import LaneSettings

_GREEN = LANES.index("green")


@dataclass(frozen=True)
class _Plan:
    """Counts per group: places, rows not mandatory, places left for them, and of these the lots.

    ``drawn`` lots are decided: the ``whole`` ones, and one more where the group's own draw, won with
    probability ``chance``, said so.
    """

    capacity: Counts
    eligible: Counts
    room: Counts
    whole: Counts
    chance: Numbers
    drawn: Counts


def assign(queue: LaneQueue, settings: LaneSettings) -> LaneResult:
    """Give every row of the queue its lane, the reason, its rank, and the probability it had of examination.

    Raises:
        RedlaneError: lanes are set by office and the queue has no offices.

    >>> from redlane.hashing import hash64
    >>> queue = LaneQueue(np.array([0.1, 0.9, 0.5, 0.7]), hash64(list("abcd")), np.zeros(4, dtype=np.int64))
    >>> half = LaneSettings(capacity=0.5, yellow=1, blue=0, random_share=0)
    >>> [LANES[code] for code in assign(queue, half).lane]
    ['green', 'red', 'yellow', 'red']
    """
    groups = group_rows(queue, settings)
    forced = np.zeros(len(queue), dtype=bool) if queue.mandatory is None else queue.mandatory
    plan = _plan(groups, forced, settings)
    rank, best_first = _ranks(queue, groups)
    lane = np.full(len(queue), _GREEN, dtype=np.uint8)
    reason = np.full(len(queue), LANE_REASONS.index("released"), dtype=np.uint8)

    def send(rows: Rows | Mask, to: str, why: str) -> None:
        lane[rows] = LANES.index(to)
        reason[rows] = LANE_REASONS.index(why)

    def best_waiting(quota: Counts) -> Rows:
        return groups.first(best_first[lane[best_first] == _GREEN], quota)

    send(forced, "red", "mandatory")
    send(_draw(queue, groups, forced, plan.drawn, settings.seed), "red", "random")
    send(best_waiting(plan.room - plan.drawn), "red", "score")
    send(best_waiting(places(settings.yellow, groups.sizes)), "yellow", "score")
    send(best_waiting(places(settings.blue, groups.sizes)), "blue", "score")
    over = np.maximum(groups.count(groups.code[forced]) - plan.capacity, 0)
    return LaneResult(
        lane=lane,
        reason=reason,
        propensity=_propensity(best_first[~forced[best_first]], groups, plan, len(queue)),
        rank=rank,
        capacity=int(plan.capacity.sum()),
        overrun=int(over.sum()),
        overrun_groups=int((over > 0).sum()),
    )


def _plan(groups: Groups, forced: Mask, settings: LaneSettings) -> _Plan:
    mandatory = groups.count(groups.code[forced])
    capacity = places(settings.capacity, groups.sizes)
    room = np.maximum(capacity - mandatory, 0)
    whole, chance, wanted = random_quota(capacity, settings.random_share, groups.key)
    return _Plan(capacity, groups.sizes - mandatory, room, whole, chance, np.minimum(wanted, room))


def _ranks(queue: LaneQueue, groups: Groups) -> tuple[Rows, Rows]:
    """Each row's overall rank; and the rows group by group, best first."""
    best_first = np.argsort(queue.tie)
    best_first = best_first[np.argsort(-queue.priority[best_first], kind="stable")]  # missing ones sort last
    rank = np.empty(len(queue), dtype=np.int64)
    rank[best_first] = np.arange(1, len(queue) + 1)
    return rank, groups.together(best_first)


def _draw(queue: LaneQueue, groups: Groups, forced: Mask, drawn: Counts, seed: int) -> Rows:
    """The rows drawn by lot: the lowest tickets of each group among those not mandatory."""
    ticket = tickets(queue.tie, seed)
    candidates = _low_tickets(ticket, groups, forced, drawn)
    return groups.first(groups.together(candidates[np.argsort(ticket[candidates])]), drawn)


def _low_tickets(ticket: Hashes, groups: Groups, forced: Mask, drawn: Counts) -> Rows:
    """Rows among which the lowest tickets surely are: sorting these few is much cheaper than sorting all."""
    expected = drawn + 8 * np.sqrt(drawn) + 30 * (drawn > 0)
    limit = 2.0**64 * expected / np.maximum(groups.sizes, 1)
    low = np.flatnonzero(~forced & (ticket < limit[groups.code]))
    if (groups.count(groups.code[low]) >= np.minimum(drawn, groups.sizes)).all():
        return low
    return np.flatnonzero(~forced & (drawn > 0)[groups.code])


def _propensity(eligible: Rows, groups: Groups, plan: _Plan, n: int) -> Numbers:
    """Probability of examination; *eligible* are the rows not mandatory, group by group, best first."""
    by_lot = lot_probability(plan.eligible, plan.room, plan.whole, plan.chance)
    result = np.ones(n)
    result[eligible] = by_lot[groups.code[eligible]]
    within_room = groups.first(eligible, plan.room)
    certain = np.ones(len(within_room))
    ends = np.cumsum(plan.room)
    for g in np.flatnonzero(by_lot > 0):
        eligible_g, room, whole = int(plan.eligible[g]), int(plan.room[g]), int(plan.whole[g])
        last = last_places(eligible_g, room, whole, float(plan.chance[g]))
        certain[ends[g] - len(last) : ends[g]] = last
    result[within_room] = certain
    return result
