"""Features as the plain numeric matrix that other learners take: categories become columns of 0 and 1.

Every column comes from one feature, so that what a learner splits on can be said of the feature again.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import Field

from redlane.errors import RedlaneError
from redlane.model.matrix import MatrixColumns
from redlane.model.settings import Count, ModelSettings

Floats = npt.NDArray[np.float64]

NUMBER = -1
"""Instead of a category's code: the column holds the feature's own numbers."""

_LARGEST = float(np.finfo(np.float32).max)
_ZERO = float(np.float32(1e-35))
"""LightGBM reads what is this close to zero as zero; so must whoever grows trees for it."""


class WideSettings(ModelSettings):
    """Settings of learners that take a plain numeric matrix."""

    category_columns: Count = Field(default=40)
    """The most frequent values of each category that get a column of their own; all others count as none of them."""


@dataclass(frozen=True)
class Wide:
    """Where each column of the matrix comes from: a feature's position, and a category's code or :data:`NUMBER`.

    >>> rows = MatrixColumns((np.array([0.5, np.nan]), np.array([1.0, 0.0])), 2)
    >>> wide = Wide.over(rows, categories={1}, most=40)
    >>> wide.sources, wide.matrix(rows).tolist()
    (((0, -1), (1, 0), (1, 1)), [[0.5, 0.0, 1.0], [nan, 1.0, 0.0]])
    """

    sources: tuple[tuple[int, int], ...]

    @classmethod
    def over(cls, columns: MatrixColumns, categories: Collection[int], most: int) -> "Wide":
        """A plan for *columns*, those at *categories* being codes; at most *most* columns for each of these.

        Raises:
            RedlaneError: no feature has a value in any row.
        """
        sources: list[tuple[int, int]] = []
        for place, column in enumerate(columns.columns):
            known = column[~np.isnan(column)]
            if place in categories:
                counts = np.bincount(known.astype(np.int64))
                frequent = sorted(np.argsort(-counts, kind="stable")[:most].tolist())
                sources += [(place, code) for code in frequent if counts[code] > 0]
            elif len(known):
                sources.append((place, NUMBER))
        if not sources:
            raise RedlaneError("no feature has a value in any training row")
        return cls(tuple(sources))

    def matrix(self, columns: MatrixColumns) -> Floats:
        """The rows as a matrix; numbers within what a float32 can hold, the nearly zero as zero."""
        matrix = np.empty((columns.rows, len(self.sources)), dtype=np.float64)
        for place, (feature, code) in enumerate(self.sources):
            column = columns.columns[feature]
            matrix[:, place] = _readable(column) if code == NUMBER else column == code
        return matrix


def medians(matrix: Floats) -> Floats:
    """The median of each column's numbers."""
    return np.asarray(np.nanmedian(matrix, axis=0), dtype=np.float64)


def filled(matrix: Floats, values: Floats) -> Floats:
    """*matrix* with each column's *values* where a number is missing."""
    return np.asarray(np.where(np.isnan(matrix), values, matrix), dtype=np.float64)


def _readable(column: Floats) -> Floats:
    held = np.clip(column, -_LARGEST, _LARGEST)
    return np.asarray(np.where(np.abs(held) <= _ZERO, 0.0, held), dtype=np.float64)
