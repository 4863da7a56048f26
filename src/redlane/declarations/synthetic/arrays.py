"""Array types and random streams of the generator.

Every week draws from its own stream, named by seed, purpose and week. A week is therefore the same
whichever weeks were generated before it, in whatever portions.
"""

import zlib

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]

_ALPHABET = np.frombuffer(b"0123456789BCDFGHJKLMNPQRSTVWXYZ", dtype=np.uint8)
_LETTERS = 10
"""Where the letters of the alphabet start: an id begins with one, so that no reader takes it for a number."""


def stream(seed: int, purpose: str, week: int = 0) -> np.random.Generator:
    """The random stream of one *purpose* in one *week* of the world with this *seed*.

    >>> int(stream(7, "trade", 3).integers(1000)) == int(stream(7, "trade", 3).integers(1000))
    True
    """
    words = [seed, zlib.crc32(purpose.encode()), week]
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(words)))


def opaque(numbers: Ints, length: int) -> Words:
    """Write each non-negative number as *length* characters that start with a letter.

    Distinct numbers below 21 x 31 ** (length - 1) give distinct texts.

    >>> opaque(np.array([0, 1, 31]), 4).tolist()
    ['B000', 'B001', 'B010']
    """
    base = len(_ALPHABET)
    characters = np.empty((len(numbers), length), dtype=np.uint8)
    rest = numbers.copy()
    for position in range(length - 1, 0, -1):
        rest, digit = np.divmod(rest, base)
        characters[:, position] = _ALPHABET[digit]
    characters[:, 0] = _ALPHABET[_LETTERS + rest]
    return characters.view(f"S{length}").ravel().astype(f"U{length}").astype(object)


def party_ids(count: int, rng: np.random.Generator) -> Words:
    """*count* distinct random ids of seven characters; their order says nothing."""
    limit = (len(_ALPHABET) - _LETTERS) * len(_ALPHABET) ** 6
    numbers = np.unique(rng.integers(0, limit, size=2 * count + 16))
    return opaque(rng.permutation(numbers)[:count], 7)


def pick(rng: np.random.Generator, weights: Floats, size: int) -> Ints:
    """*size* positions drawn with probability proportional to *weights* (by inversion, so in one pass)."""
    edges = np.cumsum(weights)
    found = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return np.asarray(np.minimum(found, len(weights) - 1), dtype=np.int64)


def pick_within(rng: np.random.Generator, start: Ints, count: Ints, skew: float = 1.0) -> Ints:
    """One position in each range [start, start + count); a *skew* above 1 favours the first ones."""
    u = rng.random(len(start))
    return start + np.floor(count * u**skew).astype(np.int64)
