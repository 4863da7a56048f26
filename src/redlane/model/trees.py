"""A set of trees as the text LightGBM writes, and the booster read back from it.

The text is the model: what was trained is written as text, normalised, and read again before it scores a row,
so that training, scoring and an auditor with a text editor look at the same thing.
"""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from redlane.errors import RedlaneError
from redlane.model.matrix import CHUNK, MatrixColumns
from redlane.model.tree_shap import NotExplainedHereError, TreeShap, adds_up

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
        self,
        columns: MatrixColumns,
        threads: int | None = None,
        margin: npt.NDArray[np.float64] | None = None,
        rows: int = CHUNK,
    ) -> npt.NDArray[np.float64]:
        """Path-dependent Tree SHAP values of :meth:`raw`, shape (n, features + 1), the base value last.

        Lundberg, Erion, Lee: Consistent individualized feature attribution for tree ensembles (2018). Computed
        the fast way, checked on every row against *margin* (:meth:`raw`, if it is not given); where one row does
        not add up, LightGBM's own way takes its place for all of them, with a warning.
        """
        if self.tree_shap is None:
            return self.lightgbm_contributions(columns, threads)
        result = np.empty((columns.rows, len(columns.columns) + 1), dtype=np.float64)
        for start in range(0, columns.rows, rows):
            where = slice(start, min(start + rows, columns.rows))
            part = [column[where] for column in columns.columns]
            result[where] = self.tree_shap.contributions(part, threads).T
        if np.all(adds_up(result, self.raw(columns, threads) if margin is None else margin)):
            return result
        warnings.warn("fast contributions do not add up to the margin: LightGBM's own are used", stacklevel=2)
        return self.lightgbm_contributions(columns, threads)

    @cached_property
    def tree_shap(self) -> TreeShap | None:
        """These trees prepared for explaining many rows; None, with a warning, for trees of an unknown kind."""
        try:
            return TreeShap(self.text)
        except NotExplainedHereError as reason:
            warnings.warn(f"contributions are LightGBM's own, which is slower: {reason}", stacklevel=2)
            return None

    def lightgbm_contributions(
        self, columns: MatrixColumns, threads: int | None = None, rows: int = 2_000
    ) -> npt.NDArray[np.float64]:
        """The same values by LightGBM's own way: some thirty times slower, and independent of ours."""
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
