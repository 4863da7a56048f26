"""The rows a model learns from, put in an order that does not depend on how they arrived."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.errors import RedlaneError

Floats = npt.NDArray[np.float64]

_KINDS: dict[str, type[np.generic]] = {
    "irregular": np.float64,
    "revenue": np.float64,
    "weight": np.float64,
    "row_order": np.uint64,
    "day": np.int64,
}


@dataclass(frozen=True)
class TrainingData:
    """Labelled rows: features and what inspection found.

    ``irregular`` is 0 or 1; ``revenue`` is in the reference currency, NaN where unknown; ``weight`` counts a
    row as so many (None: once each); ``row_order`` is the tie hash of each row's id, which fixes the order
    the model sees rows in; ``day`` is the day of registration in days since 1970-01-01, for learners that rank
    within days or weeks. All have one entry per row of ``features``.

    Raises:
        RedlaneError: lengths differ, ``irregular`` is not 0 or 1, or a weight is not a positive number.
    """

    features: pd.DataFrame
    irregular: Floats
    revenue: Floats | None
    weight: Floats | None
    row_order: npt.NDArray[np.uint64]
    day: npt.NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            values = getattr(self, name)
            if values is None:
                continue
            if len(values) != len(self.features):
                raise RedlaneError(f"{name} has {len(values)} entries for {len(self)} rows of features")
            # A pandas Series would be taken by label, not by position: rows would lose their outcomes.
            object.__setattr__(self, name, np.asarray(values, dtype=kind))
        if not np.isin(self.irregular, (0.0, 1.0)).all():
            raise RedlaneError("irregular must be 0 or 1 on every row; leave rows without outcome out")
        if self.weight is not None and not (np.isfinite(self.weight) & (self.weight > 0)).all():
            raise RedlaneError("every weight must be a positive, finite number")

    def __len__(self) -> int:
        return len(self.features)

    @property
    def found(self) -> int:
        """Number of rows where inspection found something."""
        return int(self.irregular.sum())

    def canonical(self) -> Self:
        """The same rows sorted by ``row_order`` (rows with equal hashes keep their order)."""
        return self.take(np.argsort(self.row_order, kind="stable"))

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """Some of the rows, by position or mask."""
        return type(self)(
            features=self.features.iloc[rows],
            irregular=self.irregular[rows],
            revenue=None if self.revenue is None else self.revenue[rows],
            weight=None if self.weight is None else self.weight[rows],
            row_order=self.row_order[rows],
            day=None if self.day is None else self.day[rows],
        )


def together(first: TrainingData, second: TrainingData) -> TrainingData:
    """The rows of both, in canonical order; a missing weight counts as 1, a missing revenue as unknown."""
    return TrainingData(
        features=pd.concat([first.features, second.features], ignore_index=True),
        irregular=np.concatenate([first.irregular, second.irregular]),
        revenue=_joined(first, second, "revenue", np.nan),
        weight=_joined(first, second, "weight", 1.0),
        row_order=np.concatenate([first.row_order, second.row_order]),
        day=None if first.day is None or second.day is None else np.concatenate([first.day, second.day]),
    ).canonical()


def _joined(first: TrainingData, second: TrainingData, name: str, default: float) -> Floats | None:
    parts = [getattr(first, name), getattr(second, name)]
    if all(part is None for part in parts):
        return None
    sizes = [len(first), len(second)]
    filled = [
        np.full(size, default) if part is None else part for part, size in zip(parts, sizes, strict=True)
    ]
    return np.concatenate(filled)
