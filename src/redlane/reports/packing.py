"""Data inside a page: columns as compact JSON that no browser can take for markup."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def json_for_page(value: Any) -> str:
    r"""*value* as JSON that may stand inside a ``<script type="application/json">`` block.

    ``<``, ``>``, ``&`` and the line ends U+2028 and U+2029 are written as escapes (OWASP, cross-site scripting
    prevention), so that no value can end the block or begin another.

    >>> json_for_page(["</script>", "a & b"])
    '["\\u003c/script\\u003e","a \\u0026 b"]'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escape in _UNSAFE.items():
        text = text.replace(character, escape)
    return text


def coded(words: Iterable[Any]) -> dict[str, list[Any]]:
    """A column of texts as distinct words ``d`` and places ``i``; -1 where missing.

    >>> coded(["b", None, "a", "b"])
    {'d': ['b', 'a'], 'i': [0, -1, 1, 0]}
    """
    codes, distinct = pd.factorize(pd.Series(list(words), dtype="object"), use_na_sentinel=True)
    return {"d": [str(word) for word in distinct], "i": codes.tolist()}


def numbers(values: npt.ArrayLike, digits: int | None = 6) -> list[Any]:
    """A column of numbers with so many significant digits (None: all of them); None where missing or infinite.

    >>> numbers([0.123456789, float("nan"), 3.0])
    [0.123457, None, 3]
    """
    array = np.asarray(values, dtype=np.float64)
    return [_number(value, digits) for value in array.tolist()]


def _number(value: float, digits: int | None) -> float | int | None:
    if not np.isfinite(value):
        return None
    short = value if digits is None else float(f"{value:.{digits}g}")
    return int(short) if short == int(short) and abs(short) < 1e15 else short
