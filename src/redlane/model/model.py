"""The model: features in; margin, probability, expected revenue and contributions out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.errors import RedlaneError
from redlane.model.calibration import Calibration
from redlane.model.categories import Levels
from redlane.model.matrix import MatrixColumns
from redlane.model.revenue import RevenueHead
from redlane.model.scorer import Scorer
from redlane.model.tree_shap import adds_up
from redlane.model.trees import Trees

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """What was learnt. Rows are ranked by margin; probability is for people, thresholds and reports.

    Every method takes a features frame with exactly the columns ``features``, in any order, and gives one
    entry per row that depends on that row alone: batches, threads and row order change no bit.
    """

    scorer: Scorer
    categories: Levels
    calibration: Calibration
    revenue: RevenueHead | None
    features: tuple[str, ...]

    @property
    def trees(self) -> Trees:
        """The trees, for whoever looks inside.

        Raises:
            RedlaneError: the model is of a kind that has none.
        """
        if not isinstance(self.scorer, Trees):
            raise RedlaneError("the model has no trees: it is linear")
        return self.scorer

    def columns(self, features: pd.DataFrame) -> MatrixColumns:
        """The frame's columns as numbers, in the model's order.

        Raises:
            RedlaneError: a column is missing, unknown, of the wrong kind or holds an infinite number.
        """
        return MatrixColumns.read(features, self.features, self.categories)

    def margin(self, features: pd.DataFrame, threads: int | None = None) -> Floats:
        """The raw score, shape (n,): log-odds before calibration, or whatever else ranks."""
        return self.scorer.raw(self.columns(features), threads)

    def contributions(self, features: pd.DataFrame, threads: int | None = None) -> Floats:
        """What each feature adds to the margin, shape (n, features + 1), base value last; rows sum to it.

        The first call in a process prepares tables (a second for 500 trees); then a row costs a few times its
        margin.

        Raises:
            RedlaneError: on some row the sum differs from the margin by more than 1e-9 of its magnitude.
        """
        columns = self.columns(features)
        margin = self.scorer.raw(columns, threads)
        contributions = self.scorer.contributions(columns, threads, margin)
        check_sums(contributions, margin)
        return contributions

    def probability(self, margin: Floats) -> Floats:
        """Calibrated probability that inspection finds something; strictly increasing in the margin."""
        return self.calibration.probability(margin)

    def expected_revenue(
        self, features: pd.DataFrame, probability: Floats, threads: int | None = None
    ) -> Floats | None:
        """probability x expected revenue if found, in reference currency; None without a revenue head."""
        if self.revenue is None:
            return None
        return probability * self.revenue.if_found(self.columns(features), threads)


def check_sums(contributions: Floats, margin: Floats) -> None:
    """Refuse contributions that do not add up to the margin they explain.

    Raises:
        RedlaneError: naming the first row that does not add up.
    """
    wrong = ~adds_up(contributions, margin)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise RedlaneError(
            f"the contributions of row {row} sum to {contributions[row].sum()}, but its margin is "
            f"{margin[row]}: they cannot be given as reasons"
        )
