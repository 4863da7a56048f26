"""Ids of parties replaced by keyed hashes: the same party keeps the same name, and nobody without the key has it."""

import hmac
import os
from base64 import b32encode
from pathlib import Path

import pandas as pd

from redlane.declarations.columns import COLUMNS
from redlane.errors import RedlaneError

VARIABLE = "REDLANE_MASK_KEY"
"""The environment variable that may hold the key."""

_LEAST_BYTES = 16
_LETTERS = 12


def mask_key(file: Path | None) -> bytes:
    """The key: the bytes of *file*, or of the environment variable; spaces around it do not count.

    Raises:
        RedlaneError: there is none, it cannot be read, or it is short enough to be guessed.
    """
    try:
        key = (os.environ.get(VARIABLE, "").encode() if file is None else file.read_bytes()).strip()
    except OSError as error:
        raise RedlaneError(f"the mask key {file} cannot be read: {error.strerror}") from None
    where = f"the environment variable {VARIABLE}" if file is None else str(file)
    if not key:
        raise RedlaneError(
            f"masking needs a secret key: give --mask-key FILE or set {VARIABLE}; {where} is empty"
        )
    if len(key) < _LEAST_BYTES:
        raise RedlaneError(
            f"the mask key in {where} has {len(key)} bytes; give at least {_LEAST_BYTES} random ones"
        )
    return key


def masked(ids: pd.Series, key: bytes) -> pd.Series:
    """Ids of one column as ``#`` and 12 letters of their HMAC-SHA256; missing ones stay missing.

    Sixty bits: among a million parties two share a mask with a probability of one in two million.

    >>> masked(pd.Series(["ACME", None, "ACME"], dtype="object"), b"sixteen bytes or more").tolist()
    ['#LXHE3HO7Q347', None, '#LXHE3HO7Q347']
    """
    names = {word: mask(str(word), key) for word in ids.dropna().unique()}
    return ids.astype("object").map(names).astype("object").where(ids.notna(), None)


def mask_parties(frame: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """The same frame, every column of party ids masked; free text may hold names, and is left out."""
    parties = [str(name) for name in frame if COLUMNS[str(name)].sensitivity == "party"]
    return frame.drop(columns="description", errors="ignore").assign(
        **{name: masked(frame[name], key) for name in parties}
    )


def mask(word: str, key: bytes) -> str:
    """One id masked."""
    return "#" + b32encode(hmac.new(key, word.encode(), "sha256").digest()).decode()[:_LETTERS]
