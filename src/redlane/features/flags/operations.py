"""The operators and functions an expression may use, each on whole columns."""

from collections.abc import Callable
from typing import Any

import numpy as np

from redlane.features.flags.values import (
    ExpressionError,
    Floats,
    Listed,
    Mask,
    Number,
    Text,
    Truth,
    Value,
    described,
    known,
)

Compared = Callable[[Value, Value], Truth]


def number(value: Value, what: str) -> Floats:
    """The numbers of *value*.

    Raises:
        ExpressionError: it is none.
    """
    if not isinstance(value, Number):
        raise ExpressionError(f"{what} needs a number, and has {described(value)}")
    return value.values


def arithmetic(name: str, compute: Callable[[Floats, Floats], Any]) -> Callable[[Value, Value], Number]:
    """An operator on two numbers; what has no finite result is unknown."""

    def operate(left: Value, right: Value) -> Number:
        with np.errstate(all="ignore"):
            return Number.of(compute(number(left, f"'{name}'"), number(right, f"'{name}'")))

    return operate


def negative(value: Value) -> Number:
    """Minus a number."""
    return Number(-number(value, "'-'"))


def negation(value: Value) -> Truth:
    """Not; unknown where the statement is."""
    return ~truth(value)


def truth(value: Value) -> Truth:
    """*value* as a statement.

    Raises:
        ExpressionError: it is none, a bare number perhaps: 1 and 0 have to be compared with.
    """
    if isinstance(value, Truth):
        return value
    raise ExpressionError(
        f"a statement is needed and {described(value)} stands there; compare it, like 'preference == 1'"
    )


def ordering(name: str, compute: Callable[[Floats, Floats], Any]) -> Compared:
    """One of < <= > >= on numbers."""

    def compare(left: Value, right: Value) -> Truth:
        a, b = number(left, f"'{name}'"), number(right, f"'{name}'")
        holds: Mask = np.asarray(compute(a, b))
        return Truth(holds & (is_known := ~(np.isnan(a) | np.isnan(b))), ~holds & is_known)

    return compare


def equal(left: Value, right: Value) -> Truth:
    """Equality of two numbers or of two texts."""
    if isinstance(left, Number) and isinstance(right, Number):
        return ordering("==", np.equal)(left, right)
    if not (isinstance(left, Text) and isinstance(right, Text)):
        raise ExpressionError(f"'==' compares {described(left)} with {described(right)}")
    _spells_no_party(left, right)
    place = {word: code for code, word in enumerate(left.words)}
    moved = np.array([*(place.get(word, -2) for word in right.words), -1], dtype=np.int64)[right.codes]
    both = (left.codes >= 0) & (right.codes >= 0)
    return Truth((left.codes == moved) & both, (left.codes != moved) & both)


def unequal(left: Value, right: Value) -> Truth:
    """The contrary of :func:`equal`."""
    return ~equal(left, right)


def among(left: Value, right: Value) -> Truth:
    """Whether a text or a number is one of a list."""
    if not isinstance(right, Listed):
        raise ExpressionError(f"'in' needs a list, and has {described(right)}")
    if isinstance(left, Text):
        texts = _texts(right)
        _spells_no_party(left, right)
        return left.where([word in texts for word in left.words])
    values = number(left, "'in'")
    if any(isinstance(word, str) for word in right.words):
        raise ExpressionError("'in' looks for a number in a list of texts")
    return Truth(np.isin(values, right.words) & known(left), ~np.isin(values, right.words) & known(left))


def not_among(left: Value, right: Value) -> Truth:
    """The contrary of :func:`among`."""
    return ~among(left, right)


def is_missing(value: Value) -> Truth:
    """Whether a value is unknown: the one statement that is never unknown itself."""
    return Truth(~known(value), known(value))


def starts_with(value: Value, beginnings: Value) -> Truth:
    """Whether a text begins with one of the texts given."""
    return _text_test(value, beginnings, "starts_with", str.startswith)


def ends_with(value: Value, endings: Value) -> Truth:
    """Whether a text ends with one of the texts given."""
    return _text_test(value, endings, "ends_with", str.endswith)


def coalesce(*values: Value) -> Number:
    """The first of several numbers that is known."""
    found, *others = [number(value, "coalesce") for value in values]
    for other in others:
        found = np.where(np.isnan(found), other, found)
    return Number(found)


def smallest(*values: Value) -> Number:
    """The smallest of several numbers; unknown where one is."""
    return Number(np.asarray(_reduced(np.minimum, values, "min")))


def largest(*values: Value) -> Number:
    """The largest of several numbers; unknown where one is."""
    return Number(np.asarray(_reduced(np.maximum, values, "max")))


def absolute(value: Value) -> Number:
    """A number without its sign."""
    return Number(np.abs(number(value, "abs")))


def logarithm(value: Value) -> Number:
    """The natural logarithm; unknown for zero and below."""
    with np.errstate(all="ignore"):
        return Number.of(np.log(number(value, "log")))


def _reduced(compute: Callable[[Floats, Floats], Floats], values: tuple[Value, ...], name: str) -> Floats:
    found, *others = [number(value, name) for value in values]
    for other in others:
        found = compute(found, other)
    return found


def _text_test(value: Value, wanted: Value, name: str, test: Callable[[str, tuple[str, ...]], bool]) -> Truth:
    if not isinstance(value, Text):
        raise ExpressionError(f"{name} needs a text, and has {described(value)}")
    wanted = Listed(tuple(wanted.words)) if isinstance(wanted, Text) and wanted.literal else wanted
    _spells_no_party(value, wanted)
    texts = _texts(wanted)
    return value.where([test(word, texts) for word in value.words])


def _texts(value: Value) -> tuple[str, ...]:
    texts = tuple(word for word in value.words if isinstance(word, str)) if isinstance(value, Listed) else ()
    if not isinstance(value, Listed) or len(texts) != len(value.words):
        raise ExpressionError("texts in quotes are needed, a list of them or one")
    return texts


def _spells_no_party(left: Text, right: Value) -> None:
    """A flag travels in the bundle, where nobody's id may stand in clear."""
    spelt = isinstance(right, Listed) or (isinstance(right, Text) and right.literal)
    if (left.party and spelt) or (left.literal and isinstance(right, Text) and right.party):
        raise ExpressionError("the id of a person or firm is spelt out, which a flag may never do")


FUNCTIONS: dict[str, tuple[Callable[..., Value], int, int]] = {
    "abs": (absolute, 1, 1),
    "coalesce": (coalesce, 2, 8),
    "ends_with": (ends_with, 2, 2),
    "is_missing": (is_missing, 1, 1),
    "log": (logarithm, 1, 1),
    "max": (largest, 2, 8),
    "min": (smallest, 2, 8),
    "starts_with": (starts_with, 2, 2),
}
"""Functions by the name expressions call them, with the least and the greatest number of arguments."""
