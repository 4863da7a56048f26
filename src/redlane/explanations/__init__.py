"""What moved this score: contributions, reasons in words, sums by typology group."""

from redlane.explanations.contributions import Explainable, Explanation, explain
from redlane.explanations.reasons import Reason, ReasonTable, group_contributions, reasons
from redlane.explanations.sentences import check_sentences
from redlane.explanations.settings import ExplanationSettings
from redlane.explanations.typology import CONTROLS, TYPOLOGIES, Typology, suggested_controls
from redlane.settings import Settings

REGISTRY: dict[str, type[Settings]] = {"reasons": ExplanationSettings}
"""What ``name:`` in a file of ``conf/explanations/`` may say."""

__all__ = [
    "CONTROLS",
    "REGISTRY",
    "TYPOLOGIES",
    "Explainable",
    "Explanation",
    "ExplanationSettings",
    "Reason",
    "ReasonTable",
    "Typology",
    "check_sentences",
    "explain",
    "group_contributions",
    "reasons",
    "suggested_controls",
]
