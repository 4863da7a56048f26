"""Numbers, dates and texts as people read them.

The same number always gives the same words: a sentence can be written again years later from the stored
numbers. Values of declarations are copied as they are, without characters that could hide or reorder text.
"""

import math
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

UNKNOWN = "unknown"
MILLION = "million"
BILLION = "billion"
_THIN_SPACE = "\u202f"
_LONGEST_TEXT = 120

Words = list[str]


def number(value: float) -> str:
    """A number with the digits a person wants: whole numbers in full, others to about three digits.

    Five digits and more are set apart with a narrow no-break space, which no language reads as a decimal
    sign; from a million on, words are used.

    >>> [number(x) for x in (2.1, 7.9, 10.34, 412.0, 0.0342, 3.0, 0.1 + 0.2, -0.5)]
    ['2.10', '7.90', '10.3', '412', '0.034', '3', '0.30', '-0.50']
    >>> [number(x) for x in (1_200_000.0, 999_999.7, 12345.0, 2.5e9, 1e-17, float("nan"))]
    ['1.2 million', '1 million', '12\u202f345', '2.5 billion', '0', 'unknown']
    """
    if not math.isfinite(value):
        return UNKNOWN
    size = abs(value)
    if size < 1e-9:
        return "0"
    if size >= 999_999.5:
        return _large(value)
    if value == int(value) or size >= 99.95:
        whole = f"{value:.0f}"
        return whole if size < 9_999.5 else f"{value:,.0f}".replace(",", _THIN_SPACE)
    return f"{value:.{_decimals(size)}f}"


def share(value: float) -> str:
    """A share as a percentage.

    >>> [share(x) for x in (0.12, 0.0805, 1.0, 0.0, 0.3333333, float("nan"))]
    ['12 %', '8.05 %', '100 %', '0 %', '33.3 %', 'unknown']
    """
    if not math.isfinite(value):
        return UNKNOWN
    return f"{number(float(f'{value * 100:.10g}'))} %"


def date(value: Any) -> str:
    """A day, year first.

    >>> date(np.datetime64("2024-05-02T00:00")), date(np.datetime64("NaT"))
    ('2024-05-02', 'unknown')
    """
    return UNKNOWN if np.isnat(value) else str(np.datetime_as_string(value, unit="D"))


def text(value: Any) -> str:
    """A text of a declaration, verbatim but for its control characters; cut after 120 characters.

    Characters that end lines, move the cursor, hide or reorder text are removed or become a space. Whatever
    shows the text elsewhere (HTML, a spreadsheet) must still escape it in its own way.

    >>> text("ACME <b>Ltd</b>"), text("two\\nlines \\x1b[31m red"), text(None), text(" ")
    ('ACME <b>Ltd</b>', 'two lines [31m red', 'unknown', 'unknown')
    """
    if not isinstance(value, str):
        return UNKNOWN if value is None or value is pd.NA or value != value else text(str(value))
    clean = value if value.isprintable() else _printable(value)
    if len(clean) > _LONGEST_TEXT:
        clean = clean[: _LONGEST_TEXT - 1] + "…"
    return clean.strip() or UNKNOWN


FORMATS: dict[str, Callable[[Any], str]] = {"": number, "share": share}
"""Formats a sentence may ask for after a colon, ``{value:share}``; without one, by the kind of the values."""


def words(values: pd.Series, form: str = "") -> Words:
    """Every value of a column in words: numbers by *form*, dates and texts by their kind.

    >>> words(pd.Series([0.25, None]), "share"), words(pd.Series(["CN", None]))
    (['25 %', 'unknown'], ['CN', 'unknown'])
    """
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return _each_once(numbers, FORMATS[form])
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return [date(day) for day in values.to_numpy(dtype="datetime64[D]")]
    return [text(value) for value in values.astype("object")]


def _each_once(numbers: npt.NDArray[np.float64], form: Callable[[Any], str]) -> Words:
    distinct, places = np.unique(numbers, return_inverse=True)
    spelled = np.array([form(value) for value in distinct.tolist()], dtype=object)
    return list(spelled[places]) if len(distinct) else []


def _large(value: float) -> str:
    unit, name = (1e9, BILLION) if abs(value) >= 999_500_000 else (1e6, MILLION)
    scaled = value / unit
    digits = f"{scaled:.{_decimals(abs(scaled))}f}"
    short = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return f"{short} {name}"


def _decimals(size: float) -> int:
    """Decimals that leave three significant digits, two below 1."""
    if size < 1:
        return 1 - math.floor(math.log10(size))
    return 2 if size < 9.995 else 1 if size < 99.95 else 0


def _printable(value: str) -> str:
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Zs") else c for c in value)
    return " ".join("".join(c for c in kept if c.isprintable()).split())
