"""A linear model that fits on a few pages of JSON: each feature adds its own amount, whatever the others say.

The contribution of a number is ``coefficient x (value - mean)``, the value held between ``low`` and ``high`` and
taken as ``median`` where it is missing; where it is, ``missing x (1 - missing_share)`` is added as well. The
contribution of a category is its coefficient minus the mean one. Means are those of the training rows, so that
``base`` is the mean margin there, and contributions are Shapley values of a model whose features are independent
(Lundberg, Lee 2017, *Linear SHAP*).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redlane.errors import RedlaneError
from redlane.model.categories import Levels
from redlane.model.matrix import MatrixColumns

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class NumberTerm:
    """What a number adds; ``coefficient`` is margin per unit of the feature, ``missing`` what a gap adds.

    >>> term = NumberTerm(low=0, high=10, median=2, mean=3, coefficient=0.5, missing=1.0, missing_share=0.25)
    >>> term.adds(np.array([3.0, 5.0, 99.0, np.nan])).tolist()
    [-0.25, 0.75, 3.25, 0.25]
    """

    low: float
    high: float
    median: float
    mean: float
    coefficient: float
    missing: float
    missing_share: float

    def adds(self, column: Floats) -> Floats:
        """The contribution of each row."""
        gap = np.isnan(column)
        value = np.where(gap, self.median, np.clip(column, self.low, self.high))
        through_gap = (gap - self.missing_share) * self.missing
        return np.asarray((value - self.mean) * self.coefficient + through_gap, dtype=np.float64)

    def plain(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return asdict(self)


@dataclass(frozen=True)
class CategoryTerm:
    """What a category adds: a coefficient for each of its values; 0 for the missing and the never seen.

    >>> CategoryTerm(("air", "sea"), (0.5, 0.0), mean=0.25).adds(np.array([0.0, 1.0, np.nan])).tolist()
    [0.25, -0.25, -0.25]
    """

    levels: tuple[str, ...]
    coefficients: tuple[float, ...]
    mean: float

    def adds(self, column: Floats) -> Floats:
        """The contribution of each row."""
        table = np.array([*self.coefficients, 0.0]) - self.mean
        codes = np.where(np.isnan(column), len(self.levels), column).astype(np.int64)
        return np.asarray(table[codes], dtype=np.float64)

    def plain(self) -> dict[str, Any]:
        """As JSON-ready data; values that add nothing of their own are left out."""
        told = {
            level: value for level, value in zip(self.levels, self.coefficients, strict=True) if value != 0.0
        }
        return {"coefficients": told, "mean": self.mean}


Term = NumberTerm | CategoryTerm


@dataclass(frozen=True)
class Line:
    """The margin as a base value and one term per feature; None for a feature that never had a value."""

    base: float
    terms: tuple[Term | None, ...]

    def raw(self, columns: MatrixColumns, threads: int | None = None) -> Floats:
        """The margin, added up in the order of the features."""
        margin = np.full(columns.rows, self.base)
        for added in self._added(columns):
            margin += added
        return margin

    def contributions(
        self, columns: MatrixColumns, threads: int | None = None, margin: Floats | None = None
    ) -> Floats:
        """What each feature adds, shape (n, features + 1), the base value last."""
        result = np.empty((columns.rows, len(self.terms) + 1))
        for place, added in enumerate(self._added(columns)):
            result[:, place] = added
        result[:, -1] = self.base
        return result

    def _added(self, columns: MatrixColumns) -> Iterator[Floats]:
        for term, column in zip(self.terms, columns.columns, strict=True):
            yield np.zeros(columns.rows) if term is None else term.adds(column)

    def plain(self, names: Sequence[str]) -> dict[str, Any]:
        """As JSON-ready data; :meth:`read` gives the same line back, to the last bit."""
        told = {name: term.plain() for name, term in zip(names, self.terms, strict=True) if term is not None}
        return {"base": self.base, "terms": told}

    @classmethod
    def read(cls, plain: Mapping[str, Any], names: Sequence[str], levels: Levels) -> "Line":
        """The line from :meth:`plain`'s data.

        Raises:
            RedlaneError: it tells of other features or categories, or of something that is no number.
        """
        told = dict(plain["terms"])
        if unknown := sorted(set(told) - set(names)):
            raise RedlaneError(f"the linear model knows {unknown[0]!r}, which is no feature of the bundle")
        terms = [_term(name, told[name], levels.get(name)) if name in told else None for name in names]
        return cls(_number("base", plain["base"]), tuple(terms))


def _term(name: str, told: Mapping[str, Any], levels: Sequence[str] | None) -> Term:
    if levels is None:
        return NumberTerm(**{key: _number(f"{name}: {key}", value) for key, value in told.items()})
    coefficients = dict(told["coefficients"])
    if unknown := sorted(set(coefficients) - set(levels)):
        raise RedlaneError(f"the linear model knows {unknown[0]!r} of {name!r}, which the bundle does not")
    values = tuple(_number(f"{name}: {level}", coefficients.get(level, 0.0)) for level in levels)
    return CategoryTerm(tuple(levels), values, _number(f"{name}: mean", told["mean"]))


def _number(what: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise RedlaneError(f"the linear model holds {value!r} as {what}; it must be a finite number")
    return float(value)
