"""The second head: how much is recovered when something is found."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redlane.errors import RedlaneError
from redlane.model.matrix import MatrixColumns
from redlane.model.trees import Trees


@dataclass(frozen=True)
class RevenueHead:
    """E[revenue | found]: trees on the log of the amount, in units of ``unit`` (reference currency).

    Amounts are divided by their training mean before the trees see them, so that regularisation means the
    same in any currency; ``unit`` is that mean.

    Raises:
        RedlaneError: the unit is not a positive number.
    """

    trees: Trees
    unit: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.unit) and self.unit > 0):
            raise RedlaneError(f"the unit of the revenue head is {self.unit}; it must be a positive number")

    def if_found(self, columns: MatrixColumns, threads: int | None = None) -> npt.NDArray[np.float64]:
        """Expected revenue if something is found, in reference currency; one number per row."""
        return self.unit * np.exp(self.trees.raw(columns, threads))
