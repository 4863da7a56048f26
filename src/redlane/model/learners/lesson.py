"""What a learner is given, and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from redlane.features.spec import Feature
from redlane.model.categories import Levels
from redlane.model.scorer import Scorer
from redlane.model.training_data import TrainingData


@dataclass(frozen=True)
class Lesson:
    """Rows to learn from, in canonical order, and how their features are read.

    ``watch`` are later rows that may stop the growing; ``rounds`` is given instead of them where an earlier
    lesson has shown how long to grow.
    """

    specs: Sequence[Feature]
    levels: Levels
    rows: TrainingData
    watch: TrainingData | None = None
    rounds: int | None = None

    @property
    def names(self) -> list[str]:
        """The features, in the model's order."""
        return [spec.name for spec in self.specs]

    def again(self, rows: TrainingData, learnt: "Learnt") -> "Lesson":
        """The lesson over *rows*, to be grown as long as *learnt* was."""
        return replace(self, rows=rows, watch=None, rounds=learnt.rounds)


@dataclass(frozen=True)
class Learnt:
    """What gives the margin, and the number of rounds it was grown for (None where there are none)."""

    scorer: Scorer
    rounds: int | None = None
