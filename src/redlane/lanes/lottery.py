"""The random part of the selection: a lot that anyone can draw again, and its exact probabilities.

The random quota of a group is drawn among all rows that no rule makes mandatory, the most suspect included:
only then do the drawn rows speak for all. The score then fills what is left of the capacity with the best
rows not drawn. ``docs/lanes.md`` derives the probabilities.
"""

from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from redlane.hashing import Hashes, combine, hash64
from redlane.lanes.capacity import Counts

Numbers = npt.NDArray[np.float64]


def tickets(tie: Hashes, seed: int) -> Hashes:
    """The lot of each row: its tie hash mixed with the seed; the lowest of a group are drawn.

    >>> tickets(hash64(["A1"]), seed=0)[0] == tickets(hash64(["A2", "A1"]), seed=0)[1]
    np.True_
    """
    return combine([np.full(len(tie), hash64([f"lot {seed}"])[0]), tie])


def random_quota(capacity: Counts, share: float, key: Hashes) -> tuple[Counts, Numbers, Counts]:
    """Places that the random share of each group's capacity comes to.

    A share of 10 % of 4 places is no place on six days out of ten and one place on four, decided by the
    group's own hash *key*: rounding to none would leave small offices without any random examination.

    Returns:
        the whole places; the chance of one more; and the places decided.

    >>> whole, chance, decided = random_quota(np.array([4, 40, 25]), 0.1, hash64(["Mon", "Tue", "Thu"]))
    >>> whole.tolist(), chance.tolist(), decided.tolist()
    ([0, 4, 2], [0.4, 0.0, 0.5], [0, 4, 2])
    """
    distinct, inverse = np.unique(capacity, return_inverse=True)
    exact = [Fraction(str(share)) * int(k) for k in distinct]
    whole = np.array([int(x) for x in exact], dtype=np.int64)[inverse]
    chance = np.array([float(x % 1) for x in exact], dtype=np.float64)[inverse]
    return whole, chance, whole + (key / 2.0**64 < chance)


@lru_cache(maxsize=4096)
def _last_places(eligible: int, room: int, drawn: int) -> Numbers:
    """Probability of examination of the rows ranked ``room - drawn + 1`` to ``room`` among *eligible*.

    Better ranks are certain, worse ones come in by lot alone. With ``s = room - drawn`` score places, the
    score reaches down to rank T, the s-th row not drawn: T follows the negative hypergeometric distribution.
    A row at or above T is examined; below T, the remaining ``drawn + s - T`` lots are spread evenly over
    the ``eligible - T`` rows that remain.
    """
    s = room - drawn
    if s == 0:
        return np.full(drawn, drawn / eligible)
    t = np.arange(s, s + drawn)
    lots_below = (drawn + s - t) / (eligible - t)
    log_odds = np.concatenate([[0.0], np.cumsum(np.log(t / (t - s + 1) * lots_below))])
    reach = np.exp(log_odds - log_odds.max())
    reach /= reach.sum()
    at_or_above = np.cumsum(reach[::-1])[::-1][1:]
    below = np.cumsum(reach[:-1] * lots_below)
    examined: Numbers = np.minimum(at_or_above + below, 1.0)
    return examined


def last_places(eligible: int, room: int, whole: int, chance: float) -> Numbers:
    """Probability of examination of the last rows that the score can reach, ending at rank *room*.

    *whole* places are drawn by lot, and one more with probability *chance*; never more than *room*. Ranks
    (among the *eligible*) before the first returned are certain.

    >>> last_places(eligible=100, room=5, whole=1, chance=0.0)  # fifth: drawn itself, or one above it drawn
    array([0.05])
    >>> last_places(eligible=100, room=5, whole=0, chance=0.5)
    array([0.525])
    """
    fewer, more = min(whole, room), min(whole + (chance > 0), room)
    mixed = np.ones(more)
    mixed[more - fewer :] = _last_places(eligible, room, fewer)
    if more > fewer:
        mixed = (1 - chance) * mixed + chance * _last_places(eligible, room, more)
    return mixed


def lot_probability(eligible: Counts, room: Counts, whole: Counts, chance: Numbers) -> Numbers:
    """Probability of being drawn by lot, the same for every eligible row of a group; 0 where there is none.

    >>> lot_probability(np.array([100]), np.array([5]), np.array([0]), np.array([0.5])).tolist()
    [0.005]
    """
    fewer, more = np.minimum(whole, room), np.minimum(whole + (chance > 0), room)
    drawn = (1 - chance) * fewer + chance * more
    return np.divide(drawn, eligible, out=np.zeros(len(drawn)), where=eligible > 0)
