"""Declarations that stand more than once, found over whole files in eight bytes per record.

A first look keeps a 64-bit hash of every id; only ids whose hash occurs twice are compared exactly.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from redlane.hashing import MISSING, Hashes, hash64

Numbers = npt.NDArray[np.int64]


def _none() -> Numbers:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Duplicates:
    """Record numbers of one file, sorted: ``ids`` clash with others, ``rows`` repeat an earlier record."""

    ids: Numbers = field(default_factory=_none)
    rows: Numbers = field(default_factory=_none)


@dataclass(frozen=True)
class Suspects:
    """Records whose id's hash occurs more than once: their file, number, id, and a digest of all cells."""

    file: npt.NDArray[np.int32]
    number: Numbers
    key: pa.Array
    content: npt.NDArray[np.bytes_]


def keys(ids: pa.Array, items: pa.Array | None) -> pa.Array:
    """One text per record that two records share when id and item number are the same; missing if either is.

    >>> keys(pa.array(["A", None]), pa.array(["1", "1"])).to_pylist()
    ['A\\x1f1', None]
    """
    return ids if items is None else pc.binary_join_element_wise(ids, items, "\x1f")


def repeated(hashes: Sequence[Hashes]) -> Hashes:
    """The hashes that occur more than once, sorted."""
    together = np.concatenate([np.empty(0, dtype=np.uint64), *hashes])
    together.sort()
    twice: Hashes = np.unique(together[1:][together[1:] == together[:-1]])
    return np.asarray(twice[twice != MISSING])


def suspects(
    file: int, numbers: Numbers, key: pa.Array, cells: Sequence[pa.Array], among: Hashes
) -> Suspects:
    """The records of a block whose hash is *among* the repeated ones; *cells* are digested, where given."""
    chosen = np.flatnonzero(np.isin(hash64(key), among))
    picked = pa.array(chosen)
    columns = [column.take(picked).to_pylist() for column in cells]
    digests = [_digest(row) for row in zip(*columns, strict=True)] if columns else [b""] * len(chosen)
    return Suspects(
        np.full(len(chosen), file, dtype=np.int32),
        numbers[chosen],
        key.take(picked).cast(pa.large_string()),
        np.array(digests, dtype="S16") if digests else np.empty(0, dtype="S16"),
    )


def settle(found: Iterable[Suspects], files: int, keep_first_identical: bool) -> list[Duplicates]:
    """Which records of each file are duplicates: all of a group, or all but the first of identical ones."""
    parts = list(found)
    if not parts:
        return [Duplicates()] * files
    file = np.concatenate([part.file for part in parts])
    number = np.concatenate([part.number for part in parts])
    group, first = _groups(pa.concat_arrays([part.key for part in parts]))
    clash = np.bincount(group)[group] > 1
    again = np.zeros(len(group), dtype=bool)
    if keep_first_identical:
        content = np.concatenate([part.content for part in parts])
        differs = np.bincount(group, weights=content != content[first[group]]) > 0
        identical = clash & ~differs[group]
        again = identical & (np.arange(len(group)) != first[group])
        clash &= ~identical
    return [Duplicates(number[clash & (file == one)], number[again & (file == one)]) for one in range(files)]


def _groups(key: pa.Array) -> tuple[Numbers, Numbers]:
    """For each key the number of its group (compared exactly), and for each group its first record."""
    group = key.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    first = np.full(int(group.max(initial=-1)) + 1, len(group), dtype=np.int64)
    np.minimum.at(first, group, np.arange(len(group)))
    return group, first


def _digest(parts: Iterable[object]) -> bytes:
    return hashlib.blake2b("\x1f".join(repr(part) for part in parts).encode(), digest_size=16).digest()
