"""What gives a margin: one number per row, with what each feature adds to it."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from redlane.model.matrix import MatrixColumns

Floats = npt.NDArray[np.float64]


class Scorer(Protocol):
    """Trees, or a line. A row's numbers depend on that row alone, to the last bit."""

    def raw(self, columns: MatrixColumns, threads: int | None = None) -> Floats:
        """The margin, shape (n,)."""
        ...

    def contributions(
        self, columns: MatrixColumns, threads: int | None = None, margin: Floats | None = None
    ) -> Floats:
        """What each feature adds to the margin, shape (n, features + 1), the base value last."""
        ...
