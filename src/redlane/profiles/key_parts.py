"""Parts of keys that are worked out from declared columns, so that ordinary ledgers can count by them.

A ledger by (importer, ``value_just_below_800``) counts the consignments an importer declared just below a
threshold; one by (importer, subheading, ``unit_price``) those at the same price. Each part is a pure function of
one declaration: a number or two, missing where one of them cannot be said.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.hashing import MISSING, Hashes, combine

Numbers = npt.NDArray[np.float64]

JUST_BELOW = 0.5
"""A value is "just below" a threshold from this part of it on: pieces of a split consignment are seldom smaller."""

_BITS = 20
"""Unit prices are the same price when they agree in so many bits, that is in about six significant digits."""


@dataclass(frozen=True)
class DerivedPart:
    """A part of a key that no single column holds.

    ``words`` names it in documents, ``phrase`` in a sentence about one declaration (a template that may name
    columns); ``numbers`` are its one or more numbers for each of n declarations.
    """

    columns: tuple[str, ...]
    words: str
    phrase: str
    numbers: Callable[[pd.DataFrame], tuple[Numbers, ...]]

    def hashes(self, declarations: pd.DataFrame) -> Hashes:
        """uint64 hash of each row, 0 where the part is missing; taken of the numbers' 64 bits, not of their text."""
        return hash_numbers(*self.numbers(declarations))

    def text(self, declarations: pd.DataFrame) -> pd.Series:
        """The part of each row spelled out, None where it is missing."""
        numbers = self.numbers(declarations)
        spelled = pd.Series("", index=declarations.index, dtype="object")
        for values in numbers:
            spelled = spelled + " " + pd.Series(values, index=declarations.index).map(repr)
        return spelled.str.strip().where(_known(numbers), None)


def hash_numbers(*numbers: Numbers) -> Hashes:
    """The hash of a derived part whose numbers are these, for look-ups of another value than a row's own.

    >>> hash_numbers(np.array([1.0, np.nan])).tolist()
    [17606793995628413635, 0]
    """
    bits = [(values + 0.0).view(np.uint64) + np.uint64(1) for values in numbers]
    hashed = combine([np.full(len(numbers[0]), len(bits), np.uint64), *bits])
    hashed[~_known(numbers)] = MISSING
    return hashed


def derived_part(name: str) -> DerivedPart | None:
    """The derived part called *name*; None where there is no such part.

    >>> derived_part("value_just_below_800").words, derived_part("hs6") is None
    ('customs value from 400 to below 800, or not', True)
    """
    if name in _FIXED:
        return _FIXED[name]
    for pattern, make in _BY_NUMBER.items():
        found = re.fullmatch(pattern.replace("N", "([1-9][0-9]{0,8})"), name)
        if found:
            return make(int(found[1]))
    return None


def derived_names() -> tuple[str, ...]:
    """Names of the derived parts for messages; N stands for a whole number.

    >>> derived_names()
    ('unit_price', 'mass_and_value', 'value_just_below_N', 'value_multiple_of_N')
    """
    return (*_FIXED, *_BY_NUMBER)


def listed_parts(parts: Iterable[str]) -> list[str]:
    """Those of *parts* whose words are worth a list beside the hashes; a list of derived numbers tells nobody anything.

    >>> listed_parts(["importer_id", "unit_price"])
    ['importer_id']
    """
    return [part for part in parts if derived_part(part) is None]


def just_below(values: Numbers, threshold: float) -> Numbers:
    """1 where a value is at least half of *threshold* and below it, else 0; NaN where it is missing.

    >>> just_below(np.array([799.99, 800.0, 400.0, 399.0, np.nan]), 800).tolist()
    [1.0, 0.0, 1.0, 0.0, nan]
    """
    inside = (values >= JUST_BELOW * threshold) & (values < threshold)
    return np.where(np.isnan(values), np.nan, inside)


def multiple_of(values: Numbers, unit: float) -> Numbers:
    """1 where a value is a whole multiple of *unit*, else 0; NaN where it is missing or not positive.

    >>> multiple_of(np.array([2000.0, 2500.0, 0.0]), 1000).tolist()
    [1.0, 0.0, nan]
    """
    return np.where((values > 0) & np.isfinite(values), np.mod(values, unit) == 0, np.nan)


def same_price(values: Numbers, amounts: Numbers) -> Numbers:
    """Value divided by amount, rounded to 20 bits (about six digits); NaN where either is missing or not positive.

    >>> prices = same_price(np.array([10.0, 100.00001, 101.0]), np.array([3.0, 30.0, 30.0]))
    >>> bool(prices[0] == prices[1]), bool(prices[1] == prices[2])
    (True, False)
    """
    usable = (values > 0) & (amounts > 0)
    price = np.full(len(values), np.nan)
    with np.errstate(over="ignore", under="ignore"):
        np.divide(values, amounts, out=price, where=usable)
    mantissa, exponent = np.frexp(price)
    rounded = np.ldexp(np.rint(np.ldexp(mantissa, _BITS)), exponent - _BITS)
    return np.where(np.isfinite(price) & (price > 0), rounded, np.nan)


def _known(numbers: tuple[Numbers, ...]) -> npt.NDArray[np.bool_]:
    known: npt.NDArray[np.bool_] = np.all(np.isfinite(np.stack(numbers)), axis=0)
    return known


def _column(declarations: pd.DataFrame, name: str) -> Numbers:
    return declarations[name].to_numpy("float64")


def _unit_price(declarations: pd.DataFrame) -> tuple[Numbers, ...]:
    return (same_price(_column(declarations, "customs_value"), _column(declarations, "net_mass")),)


def _mass_and_value(declarations: pd.DataFrame) -> tuple[Numbers, ...]:
    return _column(declarations, "net_mass"), _column(declarations, "customs_value")


def _below(threshold: int, declarations: pd.DataFrame) -> tuple[Numbers, ...]:
    return (just_below(_column(declarations, "customs_value"), threshold),)


def _multiple(unit: int, declarations: pd.DataFrame) -> tuple[Numbers, ...]:
    return (multiple_of(_column(declarations, "customs_value"), unit),)


_FIXED = {
    "unit_price": DerivedPart(
        ("customs_value", "net_mass"), "price per kg", "the price per kg declared", _unit_price
    ),
    "mass_and_value": DerivedPart(
        ("net_mass", "customs_value"),
        "net mass and customs value",
        "net mass {net_mass} kg and customs value {customs_value}",
        _mass_and_value,
    ),
}


_BY_NUMBER: dict[str, Callable[[int], DerivedPart]] = {
    "value_just_below_N": lambda n: DerivedPart(
        ("customs_value",),
        f"customs value from {JUST_BELOW * n:g} to below {n}, or not",
        f"customs value on the same side of 'just below {n}' as {{customs_value}}",
        partial(_below, n),
    ),
    "value_multiple_of_N": lambda n: DerivedPart(
        ("customs_value",),
        f"customs value a multiple of {n}, or not",
        f"customs value as round as {{customs_value}}, in multiples of {n}",
        partial(_multiple, n),
    ),
}
