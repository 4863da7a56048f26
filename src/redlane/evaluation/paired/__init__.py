"""Models held against each other on the same rows: differences, intervals, verdicts, and where they disagree."""

from redlane.evaluation.paired.differences import Contender, Contest, contest
from redlane.evaluation.paired.settings import ComparisonSettings
from redlane.settings import Settings

REGISTRY: dict[str, type[Settings]] = {"comparison": ComparisonSettings}
"""The ``name:`` of a file in ``conf/comparison/`` -> the class its other keys are fields of."""

__all__ = ["REGISTRY", "ComparisonSettings", "Contender", "Contest", "contest"]
