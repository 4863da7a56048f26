"""Settings of a comparison: which measure decides, at which capacity, and how much is explained."""

from typing import Annotated, Literal

from pydantic import Field

from redlane.evaluation.settings import Cut, Rate
from redlane.settings import Settings

Primary = Literal["precision", "recall", "revenue", "average_precision"]


class ComparisonSettings(Settings):
    """How bundles are compared (``conf/comparison/default.yaml``).

    >>> ComparisonSettings(rate=0.02).cut.label
    '2 %'
    """

    primary: Primary = "precision"
    """The one measure whose difference decides; all others are shown beside it and decide nothing."""
    rate: Rate = 0.05
    """Share of the declarations that is inspected where models are held against each other."""
    least_blocks: Annotated[int, Field(ge=3)] = 4
    """With fewer weeks no verdict is given: nothing tells how much weeks differ."""
    explained_rows: Annotated[int, Field(ge=1)] = 1000
    """Most rows on which the reasons of the models are held against each other, and most explained a side."""
    examples: Annotated[int, Field(ge=0)] = 5
    """Declarations shown of those that only one model selects."""
    reasons: Annotated[int, Field(ge=1)] = 8
    """Most reasons listed where models disagree."""
    timed_rows: Annotated[int, Field(ge=1)] = 5000
    """Most rows that every bundle scores, in turns, to measure its speed."""

    @property
    def cut(self) -> Cut:
        """The capacity that decides."""
        return Cut(rate=self.rate)
