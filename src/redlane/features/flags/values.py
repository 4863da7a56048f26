"""What an expression computes with: columns of numbers, of text, and of three-valued truth.

Truth follows Kleene's strong logic (Kleene, *Introduction to Metamathematics*, 1952, section 64): "unknown or
true" is true, "unknown and false" is false, everything else that rests on an unknown is unknown. Each truth is
two masks, so that ``and``, ``or`` and ``not`` are single operations on whole columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class ExpressionError(Exception):
    """An expression asks for what it may not, or for what has no meaning; ``place`` counts characters from 1."""

    def __init__(self, why: str, place: int | None = None) -> None:
        super().__init__(why)
        self.why, self.place = why, place


@dataclass(frozen=True, eq=False)
class Number:
    """Numbers (n,), or one number for all rows (); NaN where unknown, never infinite."""

    values: Floats

    @classmethod
    def of(cls, values: npt.ArrayLike) -> "Number":
        """*values* with NaN in place of infinities."""
        array = np.asarray(values, dtype=np.float64)
        return cls(np.where(np.isinf(array), np.nan, array))


@dataclass(frozen=True, eq=False)
class Text:
    """Texts (n,), or one text for all rows (): ``words[codes]``, unknown where the code is -1.

    ``party``: the words name persons or firms, and no expression may spell one out.
    """

    codes: npt.NDArray[np.int64]
    words: npt.NDArray[np.object_]
    party: bool = False
    literal: bool = False

    @classmethod
    def of(cls, values: pd.Series, party: bool = False) -> "Text":
        """A column, each distinct text held once.

        >>> text = Text.of(pd.Series(["CN", None, "DE", "CN"]))
        >>> text.codes.tolist(), text.words.tolist()
        ([0, -1, 1, 0], ['CN', 'DE'])
        """
        codes, words = pd.factorize(values, use_na_sentinel=True)
        return cls(codes.astype(np.int64), np.asarray(words, dtype=object), party)

    @classmethod
    def one(cls, word: str) -> "Text":
        """The same text for all rows."""
        return cls(np.zeros((), dtype=np.int64), np.array([word], dtype=object), literal=True)

    def prefix(self, length: int) -> "Text":
        """The first *length* characters; unknown where the text is shorter."""
        words = np.array(
            [word[:length] if len(word) >= length else None for word in self.words], dtype=object
        )
        places, kept = pd.factorize(words, use_na_sentinel=True)
        return Text(
            _taken(places.astype(np.int64), self.codes, -1), np.asarray(kept, dtype=object), self.party
        )

    def where(self, holds: Sequence[bool]) -> "Truth":
        """Truth of a statement about each distinct word; unknown where the text is."""
        true = _taken(np.asarray(holds, dtype=np.bool_), self.codes, False)
        return Truth(true, ~true & (self.codes >= 0))


@dataclass(frozen=True, eq=False)
class Truth:
    """Where a statement is true and where it is false, (n,) or (); it is unknown where it is neither."""

    true: Mask
    false: Mask

    def __and__(self, other: "Truth") -> "Truth":
        return Truth(self.true & other.true, self.false | other.false)

    def __or__(self, other: "Truth") -> "Truth":
        return Truth(self.true | other.true, self.false & other.false)

    def __invert__(self) -> "Truth":
        return Truth(self.false, self.true)

    def as_numbers(self, n: int) -> Floats:
        """1 where true, 0 where false, NaN where unknown, for n rows.

        >>> Truth(np.array([True, False, False]), np.array([False, True, False])).as_numbers(3).tolist()
        [1.0, 0.0, nan]
        """
        numbers = np.full(n, np.nan)
        numbers[np.broadcast_to(self.true, n)] = 1.0
        numbers[np.broadcast_to(self.false, n)] = 0.0
        return numbers


@dataclass(frozen=True, eq=False)
class Listed:
    """A list of texts or of numbers, as it is written in an expression or among its parameters."""

    words: tuple[str | float, ...]


Value = Number | Text | Truth | Listed


def known(value: Value) -> Mask:
    """Where a value is known."""
    if isinstance(value, Number):
        return ~np.isnan(value.values)
    if isinstance(value, Text):
        return np.asarray(value.codes >= 0)
    if isinstance(value, Truth):
        return value.true | value.false
    return np.ones((), dtype=np.bool_)


def described(value: Value) -> str:
    """The kind of a value, for people."""
    return {Number: "a number", Text: "a text", Truth: "a comparison", Listed: "a list"}[type(value)]


def _taken(of_words: npt.NDArray[Any], codes: npt.NDArray[np.int64], missing: Any) -> npt.NDArray[Any]:
    """``of_words[codes]``, with *missing* where the code is -1."""
    return np.append(of_words, np.array([missing], dtype=of_words.dtype))[codes]
