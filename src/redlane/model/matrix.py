"""From a features frame to the matrix LightGBM reads: by name, in the model's order, in bounded memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.errors import RedlaneError
from redlane.model.categories import encode

Matrix = npt.NDArray[np.float64]

CHUNK = 50_000
"""Rows turned into a matrix at a time (24 MB at 60 features). Scores do not depend on it."""


@dataclass(frozen=True)
class MatrixColumns:
    """The columns of a features frame as plain numbers, in the model's order; copied only where needed."""

    columns: tuple[Matrix, ...]
    rows: int

    @classmethod
    def read(
        cls, features: pd.DataFrame, names: Sequence[str], levels: Mapping[str, Sequence[str]]
    ) -> "MatrixColumns":
        """Take the columns *names*; those named in *levels* are categories and are encoded.

        Raises:
            RedlaneError: a column is missing, unknown or twice there, holds text where a number belongs (or
                the other way round), or an infinite number.
        """
        check_names(features.columns, names)
        columns = tuple(
            encode(features[name], levels[name]) if name in levels else _numbers(features[name])
            for name in names
        )
        return cls(columns, len(features))

    def chunks(self, rows: int = CHUNK) -> Iterator[tuple[slice, Matrix]]:
        """Matrices of up to *rows* rows (column-major), each with the slice it covers."""
        for start in range(0, self.rows, rows):
            where = slice(start, min(start + rows, self.rows))
            matrix = np.empty((where.stop - start, len(self.columns)), dtype=np.float64, order="F")
            for position, column in enumerate(self.columns):
                matrix[:, position] = column[where]
            yield where, matrix

    def whole(self) -> Matrix:
        """All rows as one matrix; for training."""
        return next(matrix for _, matrix in self.chunks(self.rows))


def check_names(found: "pd.Index[str]", wanted: Sequence[str]) -> None:
    """Refuse a frame whose columns are not exactly the model's features, in any order.

    >>> check_names(pd.Index(["a", "c"]), ["a", "b"])
    Traceback (most recent call last):
    ...
    redlane.errors.RedlaneError: the features do not fit the model: missing b; not known to it c

    Raises:
        RedlaneError: a column is missing, unknown or there twice.
    """
    missing = [name for name in wanted if name not in found]
    extra = [str(name) for name in found if name not in set(wanted)]
    twice = sorted({str(name) for name in found[found.duplicated()]})
    words = {"missing": missing, "not known to it": extra, "twice there": twice}
    faults = [f"{fault} {_listed(names)}" for fault, names in words.items() if names]
    if faults:
        raise RedlaneError(f"the features do not fit the model: {'; '.join(faults)}")


def _numbers(values: pd.Series) -> Matrix:
    if values.dtype == object or not (
        pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)
    ):
        raise RedlaneError(f"feature '{values.name}' holds {values.dtype} instead of numbers")
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        raise RedlaneError(f"feature '{values.name}' holds an infinite number; use NaN for what has no value")
    return numbers


def _listed(names: Sequence[str], most: int = 5) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
