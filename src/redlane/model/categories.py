"""Category values to numbers and back to nothing: what a value never learnt from turns into.

A level is a value seen on enough training rows. Levels are numbered in sorted order, so that the numbering
depends on the values alone. Every other value, rare in training or never seen there, is encoded like a
missing one. Because rare values are already missing in training, the trees learn what to make of "none of the
usual".
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from redlane.errors import RedlaneError

Levels = dict[str, list[str]]
"""Category features and their levels, in code order."""


def learn_levels(values: pd.Series, min_count: int) -> list[str]:
    """The values seen on at least *min_count* rows, sorted by code point.

    >>> learn_levels(pd.Series(["sea", "air", None, "sea", "road", "air"]), 2)
    ['air', 'sea']

    Raises:
        RedlaneError: the column holds something other than text.
    """
    encoded = _dictionary(values)
    codes = pc.drop_null(encoded.indices).to_numpy(zero_copy_only=False)
    counts = np.bincount(codes, minlength=len(encoded.dictionary))
    words = encoded.dictionary.to_pylist()
    return sorted(word for word, count in zip(words, counts, strict=True) if count >= min_count)


def encode(values: pd.Series, levels: Sequence[str]) -> npt.NDArray[np.float64]:
    """Each value's position in *levels*; NaN for missing values and for any that is not a level.

    >>> encode(pd.Series(["sea", "rail", None, "air"]), ["air", "sea"]).tolist()
    [1.0, nan, nan, 0.0]

    Raises:
        RedlaneError: the column holds something other than text.
    """
    encoded = _dictionary(values)
    positions = {level: float(code) for code, level in enumerate(levels)}
    by_code = np.array([positions.get(word, np.nan) for word in encoded.dictionary.to_pylist()] + [np.nan])
    codes = pc.fill_null(encoded.indices, len(by_code) - 1).to_numpy(zero_copy_only=False)
    encoded_rows: npt.NDArray[np.float64] = by_code[codes]
    return encoded_rows


def check_levels(levels: Mapping[str, Sequence[str]]) -> None:
    """Refuse levels that :func:`learn_levels` could not have made.

    Raises:
        RedlaneError: levels are not distinct sorted text.
    """
    for feature, words in levels.items():
        if not all(isinstance(word, str) for word in words) or list(words) != sorted(set(words)):
            raise RedlaneError(f"the categories of feature '{feature}' are not distinct, sorted text")


def _dictionary(values: pd.Series) -> pa.DictionaryArray:
    try:
        array = pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        raise RedlaneError(f"category feature '{values.name}' mixes text with other values") from None
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if not pa.types.is_dictionary(array.type):
        array = (array.cast(pa.large_string()) if pa.types.is_null(array.type) else array).dictionary_encode()
    if not _is_text(array.type.value_type):
        raise RedlaneError(f"category feature '{values.name}' holds {array.type.value_type} instead of text")
    return pa.DictionaryArray.from_arrays(array.indices.cast(pa.int64()), array.dictionary)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
