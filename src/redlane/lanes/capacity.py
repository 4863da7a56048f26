"""How many: shares and numbers as people write them, counted without rounding noise."""

from fractions import Fraction
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator

Counts = npt.NDArray[np.int64]

_HOW = "give a share (5% or 0.05) or a number (200)"


def parse_capacity(value: Any) -> int | float:
    """A share as a float between 0 and 1, or a number of declarations as an int.

    A whole number without a decimal point counts declarations: 1 is one declaration, 1.0 and "100%" are all.

    Raises:
        ValueError: it is neither, in a sentence that says what would be right.

    >>> parse_capacity("5%"), parse_capacity(0.05), parse_capacity("200"), parse_capacity("2.5 %")
    (0.05, 0.05, 200, 0.025)
    >>> parse_capacity("5 per cent")
    Traceback (most recent call last):
    ...
    ValueError: it is no capacity; give a share (5% or 0.05) or a number (200)
    """
    number = _fraction(value)
    if isinstance(value, int) or (isinstance(value, str) and value.strip().isdecimal()):
        if number < 0:
            raise ValueError(f"a number of declarations cannot be negative; {_HOW}")
        return int(number)
    if not 0 <= number <= 1:
        raise ValueError(f"a share lies between 0 % and 100 %; {_HOW}")
    return float(number)


def parse_share(value: Any) -> float:
    """A share as a float between 0 and 1; numbers of declarations are refused.

    Raises:
        ValueError: it is not a share.

    >>> parse_share("10%"), parse_share(0), parse_share(1.0)
    (0.1, 0.0, 1.0)
    """
    number = _fraction(value)
    if not 0 <= number <= 1 or (number == 1 and isinstance(value, int)):
        raise ValueError('a share lies between 0 % and 100 %; write it like "10%" or 0.1')
    return float(number)


def _fraction(value: Any) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"it is no capacity; {_HOW}")
    text = str(value).strip()
    try:
        return Fraction(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise ValueError(f"it is no capacity; {_HOW}") from None


Capacity = Annotated[int | float, BeforeValidator(parse_capacity)]
"""A settings field: a share (float) or a number of declarations (int)."""

Share = Annotated[float, BeforeValidator(parse_share)]
"""A settings field: a share between 0 and 1."""


def places(capacity: int | float, sizes: Counts) -> Counts:
    """Places in groups of these sizes: the number itself or the share rounded up, never more than the group.

    Shares are taken as they are written: in floating point 7 % of 100 would come to 7.000000000000001,
    hence to 8 places.

    >>> places(0.07, np.array([100, 101, 1, 0])).tolist(), places(5, np.array([100, 3])).tolist()
    ([7, 8, 1, 0], [5, 3])
    """
    if isinstance(capacity, int):
        return np.minimum(capacity, sizes)
    share = Fraction(str(capacity))
    distinct, inverse = np.unique(sizes, return_inverse=True)
    return np.array([-(-int(n) * share // 1) for n in distinct], dtype=np.int64)[inverse]


def in_words(capacity: int | float) -> str:
    """A capacity for people.

    >>> in_words(0.05), in_words(0.125), in_words(1), in_words(200)
    ('5 %', '12.5 %', '1 declaration', '200 declarations')
    """
    if isinstance(capacity, int):
        return f"{capacity} declaration" + ("" if capacity == 1 else "s")
    percent = Fraction(str(capacity)) * 100
    return f"{float(percent):.10g} %"
