"""A set of trees as the text LightGBM writes, and the booster read back from it.

The text is the model: what was trained is written as text, normalised, and read again before it scores a row,
so that training, scoring and an auditor with a text editor look at the same thing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from redlane.errors import RedlaneError
from redlane.model.matrix import MatrixColumns

_MACHINE_LINES = re.compile(r"^\[(num_threads|data|valid|machine_list_filename): .*\]$", re.M)


@dataclass(frozen=True)
class Trees:
    """LightGBM trees; equal when their text is equal."""

    text: str

    @classmethod
    def of(cls, booster: Any, rounds: int) -> "Trees":
        """The first *rounds* rounds of a trained ``lightgbm.Booster``."""
        return cls(normalised(booster.model_to_string(num_iteration=rounds)))

    @cached_property
    def booster(self) -> Any:
        """The ``lightgbm.Booster``. LightGBM's reader can crash on damaged text: check the text first.

        Raises:
            RedlaneError: LightGBM cannot read the text.
        """
        import lightgbm

        try:
            return lightgbm.Booster(model_str=self.text)
        except lightgbm.basic.LightGBMError as error:
            raise RedlaneError(f"LightGBM cannot read the model text: {error}") from None

    @property
    def count(self) -> int:
        """Number of trees."""
        return int(self.booster.num_trees())

    def raw(self, columns: MatrixColumns, threads: int | None = None) -> npt.NDArray[np.float64]:
        """The sum of the leaves, one number per row: the log-odds (or the log of an amount)."""
        result = np.empty(columns.rows, dtype=np.float64)
        self._over_chunks(columns, threads, result.__setitem__, raw_score=True)
        return result

    def contributions(
        self, columns: MatrixColumns, threads: int | None = None, rows: int = 2_000
    ) -> npt.NDArray[np.float64]:
        """Path-dependent Tree SHAP values of :meth:`raw`, shape (n, features + 1), the base value last.

        Lundberg, Erion, Lee: Consistent individualized feature attribution for tree ensembles (2018).
        """
        result = np.empty((columns.rows, len(columns.columns) + 1), dtype=np.float64)
        self._over_chunks(columns, threads, result.__setitem__, rows, pred_contrib=True)
        return result

    def _over_chunks(
        self,
        columns: MatrixColumns,
        threads: int | None,
        keep: Callable[[slice, Any], None],
        rows: int | None = None,
        **kind: bool,
    ) -> None:
        options = {} if threads is None else {"num_threads": threads}
        for where, matrix in columns.chunks(rows) if rows else columns.chunks():
            keep(where, self.booster.predict(matrix, **kind, **options))


def normalised(text: str) -> str:
    """The model text without what depends on the machine it was trained on.

    LightGBM appends its parameters for the record; the number of threads and any file names among them say
    nothing about the model. The trees are left as they are.

    >>> normalised("[seed: 3]\\n[num_threads: 8]\\n")
    '[seed: 3]\\n[num_threads: 0]\\n'
    """

    def neutral(found: re.Match[str]) -> str:
        return "[num_threads: 0]" if found[1] == "num_threads" else f"[{found[1]}: ]"

    return _MACHINE_LINES.sub(neutral, text)
