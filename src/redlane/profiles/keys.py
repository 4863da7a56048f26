"""Keys of profiles: a column, a prefix of the HS code, a derived part, or a cross of several."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from redlane.declarations.columns import COLUMNS, column, require_declared
from redlane.errors import RedlaneError
from redlane.hashing import Hashes, combine, hash64
from redlane.profiles.key_parts import derived_names, derived_part

Key = tuple[str, ...]
"""The parts of a key, in order; the empty key is "all declarations"."""

HS_PREFIXES = {"hs2": 2, "hs4": 4, "hs6": 6}
"""Parts that are the first digits of the HS code: chapter, heading, subheading."""

EVERYTHING = np.uint64(1)
"""The hash of the empty key."""


def key_name(key: Key) -> str:
    """The name of a key in features and file names.

    >>> key_name(("importer_id", "hs6")), key_name(())
    ('importer_x_hs6', 'all')
    """
    return "_x_".join(part.removesuffix("_id").removesuffix("_country") for part in key) or "all"


def key_words(key: Key) -> str:
    """The key in words, for documents.

    >>> key_words(("importer_id", "hs6")), key_words(("hs4",))
    ('importer with HS subheading', 'HS heading')
    """
    return _joined([_part_words(part) for part in key])


def key_phrase(key: Key) -> str:
    """The key in a sentence: parties are "this importer", goods and routes are named by a field.

    >>> key_phrase(("importer_id", "hs6", "origin_country"))
    'this importer with HS subheading {hs6}, origin {origin_country}'
    >>> key_phrase(("seller_id",)), key_phrase(())
    ('this seller', 'all declarations')
    """
    return _joined([_part_phrase(part) for part in key]) or "all declarations"


def _part_words(part: str) -> str:
    derived = derived_part(part)
    return derived.words if derived else _PART_WORDS.get(part, _plain(part))


def _part_phrase(part: str) -> str:
    derived = derived_part(part)
    if derived:
        return derived.phrase
    if part not in HS_PREFIXES and column(part).sensitivity != "open":
        return f"this {_part_words(part)}"
    percent = " %" if part in COLUMNS and column(part).unit == "%" else ""
    return f"{_part_words(part)} {{{part}}}{percent}"


def _plain(part: str) -> str:
    return part.removesuffix("_id").replace("_", " ")


def _joined(words: list[str]) -> str:
    return words[0] + (" with " + ", ".join(words[1:]) if words[1:] else "") if words else ""


_PART_WORDS = {
    "hs2": "HS chapter",
    "hs4": "HS heading",
    "hs6": "HS subheading",
    "origin_country": "origin",
    "departure_country": "departure",
}


def source_columns(key: Key) -> tuple[str, ...]:
    """The declared columns a key is read from.

    >>> source_columns(("importer_id", "hs4"))
    ('importer_id', 'hs_code')
    >>> source_columns(("importer_id", "unit_price"))
    ('importer_id', 'customs_value', 'net_mass')
    """
    return tuple(dict.fromkeys(name for part in key for name in _part_columns(part)))


def _part_columns(part: str) -> tuple[str, ...]:
    derived = derived_part(part)
    return derived.columns if derived else ("hs_code" if part in HS_PREFIXES else part,)


def check_key(key: Key, user: str) -> None:
    """Refuse a key with an unknown, repeated or never-declared part.

    Raises:
        RedlaneError: naming the part and *user*.
    """
    for part in key:
        if part not in HS_PREFIXES and part not in COLUMNS and not derived_part(part):
            declared = (c.name for c in COLUMNS.values() if c.role == "declared")
            known = ", ".join([*HS_PREFIXES, *derived_names(), *declared])
            raise RedlaneError(f"{user}: key part '{part}' is not a column; known are {known}")
    if len(set(key)) != len(key):
        raise RedlaneError(f"{user}: key {'+'.join(key)} names a part twice")
    require_declared(source_columns(key), user)


def part_text(declarations: pd.DataFrame, part: str) -> pd.Series:
    """One part of a key as text, missing where the declaration does not state it.

    Numbers are spelled with their shortest exact digits, so that 8 and 8.0 are one key.
    """
    derived = derived_part(part)
    if derived:
        return derived.text(declarations)
    if part in HS_PREFIXES:
        code = declarations["hs_code"]
        length = HS_PREFIXES[part]
        return code.str.slice(0, length).where(code.str.len() >= length)
    values = declarations[part]
    if column(part).kind in ("number", "flag"):
        number = values.astype("float64")
        return number.map(repr, na_action="ignore").astype("object").where(number.notna(), None)
    return values


class KeyHashes:
    """Hashes of keys over one frame of declarations, each part hashed only once.

    >>> frame = pd.DataFrame({"importer_id": ["a", "b"], "hs_code": ["620342", "620343"]})
    >>> len(KeyHashes(frame).of(("importer_id", "hs4")))
    2
    """

    def __init__(self, declarations: pd.DataFrame) -> None:
        self._declarations = declarations
        self._parts: dict[str, Hashes] = {}
        self._keys: dict[Key, Hashes] = {}

    def of(self, key: Sequence[str]) -> Hashes:
        """uint64 hash of *key* for each row; 0 where a part is missing."""
        key = tuple(key)
        if key not in self._keys:
            parts = [self._part(part) for part in key]
            self._keys[key] = combine(parts) if parts else np.full(len(self._declarations), EVERYTHING)
        return self._keys[key]

    def _part(self, part: str) -> Hashes:
        if part not in self._parts:
            self._parts[part] = _hash_part(self._declarations, part)
        return self._parts[part]


def _hash_part(declarations: pd.DataFrame, part: str) -> Hashes:
    derived = derived_part(part)
    if derived:
        return derived.hashes(declarations)
    if part in HS_PREFIXES or column(part).kind not in ("number", "flag"):
        return hash64(part_text(declarations, part))
    distinct, codes = np.unique(declarations[part].to_numpy("float64"), return_inverse=True)
    words = [None if np.isnan(value) else repr(float(value)) for value in distinct]
    return hash64(words)[codes]
