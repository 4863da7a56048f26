"""How good a ranking is, at what capacity, and how surely: measures, baselines, intervals, plots."""

from redlane.evaluation.evaluating import evaluate
from redlane.evaluation.result import Evaluation, Measured
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.truth import Truth
from redlane.settings import Settings

REGISTRY: dict[str, type[Settings]] = {"evaluation": EvaluationSettings}
"""The ``name:`` of a file in ``conf/evaluation/`` -> the class its other keys are fields of."""

__all__ = ["Evaluation", "EvaluationSettings", "Measured", "REGISTRY", "Truth", "evaluate"]
