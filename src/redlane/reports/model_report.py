"""The model report: from the documents of a bundle to the page, which is also the model's card."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import jinja2

import redlane
from redlane.errors import RedlaneError
from redlane.features.spec import Feature
from redlane.model.bundle import Bundle
from redlane.reports import model_charts, model_tables
from redlane.reports.document import MODEL_MARK, render_page
from redlane.reports.translation import Translator
from redlane.words.catalogue import Language, catalogue

READ = (
    "data.json",
    "evaluation.json",
    "explanations.json",
    "assurance.json",
    "checks.json",
)


@dataclass(frozen=True)
class ModelSources:
    """What a model report is made of; a document that is absent leaves its sections out, and the report says so.

    ``bundle_id`` and ``files`` (SHA-256 by name) are known once the bundle is sealed: the report inside a bundle
    lacks them. ``decision`` is the last one about the bundle, of the chain of decisions beside it: a bundle is
    sealed before anything can be decided about it.
    """

    facts: Mapping[str, Any]
    specs: Sequence[Feature]
    documents: Mapping[str, str]
    configuration: Mapping[str, Any]
    versions: Mapping[str, str]
    bundle_id: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    decision: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, bundle: Bundle, decision: Mapping[str, Any] | None = None) -> "ModelSources":
        """Those of a bundle that was read, and what was decided about it."""
        manifest = bundle.manifest
        files = {name: str(entry["sha256"]) for name, entry in manifest["files"].items()}
        facts, versions = manifest["facts"], manifest["versions"]
        documents, configuration = bundle.documents, bundle.configuration
        return cls(facts, bundle.specs, documents, configuration, versions, bundle.id, files, decision)


def model_report(sources: ModelSources, language: Language) -> str:
    """The report as one HTML text that asks nobody for anything. What a person wrote into the bundle stays as written.

    Raises:
        RedlaneError: a document of the bundle does not hold what its name says.
    """
    told = {name.removesuffix(".json"): _parsed(sources.documents, name) for name in READ}
    try:
        specs = _in_language(sources, language)
        return render_page("model.html", language, _content(sources, told, specs, language), _LOOK)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, jinja2.UndefinedError) as error:
        raise RedlaneError(f"a document of the bundle does not hold what its name says: {error!r}") from error


_LOOK = {"mark": MODEL_MARK, "scripts": ("model.js",), "styles": ("style.css", "model.css")}


def _parsed(documents: Mapping[str, str], name: str) -> Any:
    if name not in documents:
        return None
    try:
        return json.loads(documents[name])
    except (ValueError, RecursionError):
        raise RedlaneError(f"{name} of the bundle is no JSON") from None


def _in_language(sources: ModelSources, language: str) -> list[Feature]:
    """The features in the words of *language*; what its file does not know stays as it was written."""
    teller = Translator.knowing(language, sources.specs, sources.configuration.get("features", {}))
    return [
        replace(spec, meaning=teller.meaning(spec), unit=teller.unit(spec), sentence=teller.sentence(spec))
        for spec in sources.specs
    ]


def _content(
    sources: ModelSources, told: Mapping[str, Any], specs: Sequence[Feature], language: str
) -> dict[str, Any]:
    evaluation, explanations, data = told["evaluation"], told["explanations"], told["data"]
    meanings = {spec.name: spec for spec in specs}
    return {
        "facts": sources.facts,
        "bundle_id": sources.bundle_id,
        "files": sources.files,
        "versions": sources.versions,
        "made_by": f"redlane {redlane.__version__}",
        "configuration": json.dumps(sources.configuration, indent=1, sort_keys=True, ensure_ascii=False),
        "data": data,
        "specs": specs,
        "meanings": meanings,
        "absent": [name for name in READ if told[name.removesuffix(".json")] is None],
        "findings": {name: told[name] for name in ("assurance", "checks") if told[name]},
        "decision": sources.decision,
        "evaluation": evaluation and model_tables.evaluation(evaluation),
        "subgroups": evaluation and model_tables.subgroups(evaluation["subgroups"]),
        "workload": evaluation
        and model_tables.workload(evaluation["curves"], evaluation["hours"], explanations),
        "flags": evaluation and model_tables.flags(evaluation["flags"]),
        "importance": explanations and model_tables.importance(explanations),
        "explanations": explanations,
        "charts": model_charts.charts(told, meanings, catalogue(language)),
    }
