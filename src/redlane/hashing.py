"""A 64-bit hash of text that is the same on every machine, engine and library version.

Ties break on it, profile keys are looked up by it. The definition fits in four lines of plain Python
(see the example of :func:`hash64`), so that anyone can check a tie or a key by hand.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Hashes = npt.NDArray[np.uint64]

_OFFSET = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
MISSING = np.uint64(0)
"""The hash of a missing value."""

_FEW = 64
"""Below so many words, one step of numpy over all of them takes longer than a step of Python for each."""


def hash64(values: "Iterable[str | None] | pa.Array") -> Hashes:
    """Hash each text: FNV-1a over its UTF-8 bytes, then the finaliser of SplitMix64. Missing gives 0.

    >>> hash64(["A1", None, "A1"]).tolist()
    [6121479046180492146, 0, 6121479046180492146]
    >>> h, mask = 0xCBF29CE484222325, 2**64 - 1
    >>> for byte in b"A1": h = ((h ^ byte) * 0x100000001B3) & mask
    >>> h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & mask
    >>> h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & mask
    >>> h ^ (h >> 31)
    6121479046180492146
    """
    array = _arrow_text(values)
    encoded = array.dictionary_encode() if len(array) else None
    if encoded is None:
        return np.empty(0, dtype=np.uint64)
    hashes = np.append(_hash_distinct(encoded.dictionary), MISSING)
    codes = pc.fill_null(encoded.indices, len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    result: Hashes = hashes[codes]
    return result


def combine(parts: Sequence[Hashes]) -> Hashes:
    """Hash of a cross of keys (importer and HS6, say), order-sensitive; missing if any part is missing.

    >>> a, b = hash64(["x"]), hash64(["y"])
    >>> bool(combine([a, b])[0] == combine([b, a])[0])
    False
    """
    result = parts[0].copy()
    missing = parts[0] == MISSING
    for part in parts[1:]:
        missing |= part == MISSING
        result = _finalise(result * _PRIME + part)
    result[missing] = MISSING
    return result


def _arrow_text(values: Any) -> pa.Array:
    """One array of large strings; pandas hands over chunked arrays where its text is kept by Arrow."""
    arrow = isinstance(values, pa.Array | pa.ChunkedArray)
    array = values if arrow else pa.array(values, type=pa.large_string(), from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.cast(pa.large_string())


def _hash_distinct(words: pa.Array) -> Hashes:
    data = np.frombuffer(words.buffers()[2] or b"", dtype=np.uint8)
    offsets = np.frombuffer(words.buffers()[1], dtype=np.int64)[words.offset : words.offset + len(words) + 1]
    lengths = np.diff(offsets)
    hashes = np.full(len(words), _OFFSET, dtype=np.uint64)
    position, live = 0, np.flatnonzero(lengths > 0)
    while len(live) >= _FEW:
        hashes[live] = (hashes[live] ^ data[offsets[live] + position]) * _PRIME
        position += 1
        live = live[lengths[live] > position]
    for word in live.tolist():
        rest = data[offsets[word] + position : offsets[word + 1]].tobytes()
        hashes[word] = _hash_bytes(int(hashes[word]), rest)
    hashes = _finalise(hashes)
    hashes[hashes == MISSING] = np.uint64(1)
    return hashes


def _hash_bytes(h: int, word: bytes) -> int:
    """The same for one word: quicker where few words are left, as with a text of a megabyte among short ones."""
    for byte in word:
        h = ((h ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return h


def _finalise(h: Hashes) -> Hashes:
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return h ^ (h >> np.uint64(31))
