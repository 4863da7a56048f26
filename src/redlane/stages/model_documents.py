"""The documents about a model that travel in its bundle, and the model report made of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from redlane.declarations.identity import tie_hash
from redlane.declarations.periods import Split
from redlane.evaluation.comparison import Comparison, Rows
from redlane.evaluation.curves import curves
from redlane.evaluation.order import inspection_order
from redlane.evaluation.result import plain_records
from redlane.evaluation.settings import EvaluationSettings
from redlane.explanations.overall import SAMPLE, overall
from redlane.features.spec import Feature
from redlane.governance.data_summary import data_summary
from redlane.model.bundle import library_versions
from redlane.model.model import Model
from redlane.model.portable import portable
from redlane.reports.model_report import ModelSources, model_report
from redlane.stages import learning
from redlane.stages.material import Material


@dataclass(frozen=True)
class Told:
    """What is told about a model that was just trained and judged on *test*."""

    material: Material
    split: Split
    model: Model
    test: Rows
    comparison: Comparison
    evaluation: EvaluationSettings
    cautions: list[str]


def model_documents(told: Told) -> dict[str, str]:
    """``data.json``, ``evaluation.json`` and ``explanations.json`` as text, the same for the same training."""
    specs = told.material.features.features()
    documents = {
        "data.json": _data(told),
        "evaluation.json": evaluation_document(told.comparison, told.evaluation),
        "explanations.json": _explanations(told, specs),
    }
    return {name: document_text(content) for name, content in documents.items()}


def card_page(
    facts: Mapping[str, Any],
    specs: tuple[Feature, ...],
    configuration: Mapping[str, Any],
    documents: Mapping[str, str],
) -> str:
    """``card.html``: the model report in English, as it travels in the bundle; it cannot know the bundle's id."""
    sources = ModelSources(portable(facts), specs, documents, portable(configuration), library_versions())
    return model_report(sources, "en")


def document_text(content: Any) -> str:
    """JSON as a document holds it: compact, with a line end; what comes first (the main ranking, say) stays first."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text + "\n"


def evaluation_document(comparison: Comparison, settings: EvaluationSettings) -> dict[str, Any]:
    """Everything an evaluation found, as plain numbers: tables, curves, subgroups, red flags."""
    groups = comparison.subgroups
    return {
        "slices": {
            name: _without_weeks(evaluation.plain(), evaluation.main)
            for name, evaluation in (("whole", comparison.whole), ("unseen", comparison.unseen))
            if evaluation is not None
        },
        "seen_share": comparison.seen_share,
        "repeats": learning.REPEATED,
        "curves": curves(comparison, settings),
        "subgroups": None if groups is None else groups.plain(),
        "flags": plain_records(comparison.flags),
        "hours": dict(sorted(settings.hours.items())),
    }


def _without_weeks(plain: Mapping[str, Any], main: str) -> dict[str, Any]:
    """Week by week for the main ranking alone; of the others a report shows the whole period."""
    kept = [{**row, "week": str(row["week"])} for row in plain["per_week"] if row["ranking"] == main]
    return {**plain, "per_week": kept}


def _data(told: Told) -> dict[str, Any]:
    material = told.material
    features = material.features
    rejects = material.accepted.rejects
    return {
        **data_summary(
            material.frame, told.split, {*features.columns(), *features.optional_columns()}, material.inputs
        ),
        "counts": material.counts(),
        "rejects": {str(code): int(n) for code, n in rejects["code"].value_counts().sort_index().items()},
        "cautions": told.cautions,
        "notes": material.notes(),
    }


def _explanations(told: Told, specs: tuple[Feature, ...]) -> dict[str, Any]:
    """Of a sample of the test rows, the same whatever the order of the file."""
    ties = tie_hash(told.test.declarations)
    order = inspection_order(told.comparison.rankings[told.comparison.whole.main], ties).rows
    place = np.empty(len(order))
    place[order] = np.arange(1, len(order) + 1) / len(order)
    chosen = np.argsort(ties, kind="stable")[:SAMPLE]
    features = told.test.features.iloc[chosen].reset_index(drop=True)
    return {**overall(told.model, features, place[chosen], specs), "of": len(order)}
