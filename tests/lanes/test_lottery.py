"""The stated probability of examination is the true one: by counting every draw, and by drawing often."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.hashing import hash64
from redlane.lanes import LaneQueue, LaneSettings, assign
from redlane.lanes.lottery import last_places, lot_probability, random_quota


def by_enumeration(eligible, room, drawn):
    """Probability of examination by rank: every possible draw, each followed by the score's choice."""
    times = np.zeros(eligible)
    draws = list(combinations(range(eligible), drawn))
    for draw in draws:
        rest = [rank for rank in range(eligible) if rank not in draw]
        times[list(draw) + rest[: room - drawn]] += 1
    return times / len(draws)


@pytest.mark.parametrize("eligible", [1, 2, 5, 9])
def test_probabilities_equal_those_of_all_possible_draws(eligible):
    for room in range(1, eligible + 1):
        for drawn in range(room + 1):
            expected = by_enumeration(eligible, room, drawn)
            stated = np.full(eligible, drawn / eligible)
            stated[:room] = 1.0
            stated[room - drawn : room] = last_places(eligible, room, drawn, 0.0)
            np.testing.assert_allclose(stated, expected, atol=1e-12)


@given(st.integers(1, 3000), st.data())
def test_probabilities_of_a_group_sum_to_its_places(eligible, data):
    room = data.draw(st.integers(1, eligible))
    whole = data.draw(st.integers(0, room))
    chance = data.draw(st.sampled_from([0.0, 0.25, 0.9]))
    last = last_places(eligible, room, whole, chance)
    counts = (np.array([value]) for value in (eligible, room, whole))
    lot = lot_probability(*counts, np.array([chance]))[0]
    assert (room - len(last)) + last.sum() + (eligible - room) * lot == pytest.approx(room, rel=1e-9)
    assert (np.diff(last) <= 1e-9).all()
    assert ((last > 0) & (last <= 1)).all()
    assert (last >= lot - 1e-12).all()


def test_the_random_quota_is_right_on_average_even_for_one_place():
    capacity = np.ones(20_000, dtype=np.int64)
    _, _, decided = random_quota(capacity, 0.1, hash64([f"day {i}" for i in range(20_000)]))
    assert decided.mean() == pytest.approx(0.1, abs=0.01)


def test_ten_percent_of_fifty_is_five_without_rounding_noise():
    whole, chance, decided = random_quota(np.array([50, 30]), 0.1, hash64(["a", "b"]))
    assert (whole.tolist(), chance.tolist(), decided.tolist()) == ([5, 3], [0.0, 0.0], [5, 3])


def simulated(queue, seeds, **design):
    times = np.zeros(len(queue))
    for seed in range(seeds):
        times += assign(queue, LaneSettings(seed=seed, **design)).selected
    return times / seeds


@pytest.mark.parametrize(
    "design",
    [
        {"capacity": 8, "random_share": 0.3},  # two or three lots, two rows mandatory
        {"capacity": 1, "random_share": 0.1},  # rules exceed the capacity on the first day
        {"capacity": 0.5, "random_share": 1.0},
        {"capacity": 0.5, "random_share": 0.0},
        {"capacity": 4, "random_share": 0.25, "per": "file"},
        {"capacity": 2, "random_share": 0.4, "by": "office"},
    ],
)
def test_frequency_over_seeds_equals_the_stated_propensity(design):
    n, seeds = 24, 600
    queue = LaneQueue(
        priority=np.round(np.sin(np.arange(n)), 1),
        tie=hash64([f"d{i}" for i in range(n)]),
        day=np.repeat([1, 2], n // 2),
        office=np.tile(np.array([0, 1], dtype=np.int32), n // 2),
        office_names=("Port", "Airport"),
        mandatory=np.isin(np.arange(n), [3, 7]),
    )
    stated = assign(queue, LaneSettings(**design)).propensity
    spread = np.sqrt(stated * (1 - stated) / seeds)
    assert (np.abs(simulated(queue, seeds, **design) - stated) <= 4.5 * spread + 1e-12).all()


def test_propensity_is_positive_wherever_a_place_is_left_for_the_lot():
    queue = LaneQueue(np.arange(100.0), hash64(map(str, range(100))), np.arange(100) % 10)
    result = assign(queue, LaneSettings(capacity=1, random_share=0.05))
    assert ((result.propensity > 0) & (result.propensity <= 1)).all()
    assert result.propensity.sum() == pytest.approx(10)


def test_the_worked_example_of_the_documentation():
    queue = LaneQueue(-np.arange(100.0), hash64(map(str, range(100))), np.zeros(100, dtype=np.int64))
    stated = assign(queue, LaneSettings(capacity="5%", random_share="20%")).propensity
    np.testing.assert_allclose(stated, [1, 1, 1, 1, 0.05] + [0.01] * 95, rtol=1e-12)


def test_another_seed_draws_other_rows_and_the_same_seed_the_same():
    queue = LaneQueue(np.arange(1000.0), hash64(map(str, range(1000))), np.zeros(1000, dtype=np.int64))
    first, again, other = (
        assign(queue, LaneSettings(capacity=200, random_share=0.5, seed=seed)).reason for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()
    assert ((first == 1) & (other == 1)).sum() < 30
