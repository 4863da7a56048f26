"""The feature dictionary: ``docs/features.md``, written from the catalogue and from nothing else."""

import inspect
from collections.abc import Sequence

from redlane.features.catalogue import FAMILIES, FeatureSettings
from redlane.features.family import Family
from redlane.features.spec import Feature

_DIRECTION = {1: "may only raise", -1: "may only lower", 0: "free"}


def features_page(settings: FeatureSettings, choice: str) -> str:
    """The dictionary of the features that ``conf/features/<choice>.yaml`` lists, as Markdown."""
    features = settings.features()
    parts = [
        "# Feature dictionary",
        f"Generated from the catalogue for `features={choice}`: {len(features)} features of "
        f"{len(settings.families)} families. Nothing in a feature is fitted: each is a look-up of what was known "
        "strictly before the day of registration, followed by a pure function. A value that cannot be computed is "
        "missing, never zero. *Direction* is the monotone constraint used with `model.monotone=true`.",
        "## Families",
        *(_family(name, family) for name, family in sorted(FAMILIES.items())),
        "## Features",
        _table(features),
        "## What an officer reads",
        "Where a feature is among the reasons of a selected declaration, its sentence is written with the numbers "
        "of that declaration and of its peers.",
        _sentences(features),
    ]
    return "\n\n".join(parts) + "\n"


def _family(name: str, family: type[Family]) -> str:
    text = inspect.cleandoc(family.__doc__ or "").replace("``", "`")
    return f"### {family.title} (`family: {name}`)\n\n{text}"


def _table(features: Sequence[Feature]) -> str:
    lines = ["| feature | meaning | unit | group | direction |", "| --- | --- | --- | --- | --- |"]
    for feature in features:
        direction = "category" if feature.kind == "category" else _DIRECTION[feature.direction]
        lines.append(
            f"| `{feature.name}` | {feature.meaning} | {feature.unit} | {feature.group} | {direction} |"
        )
    return "\n".join(lines)


def _sentences(features: Sequence[Feature]) -> str:
    sentences: dict[str, list[str]] = {}
    for feature in features:
        for sentence in filter(None, (feature.sentence, feature.sentence_zero, feature.sentence_none)):
            sentences.setdefault(sentence, []).append(f"`{feature.name}`")
    lines = ["| sentence | features |", "| --- | --- |"]
    return "\n".join(
        [*lines, *(f"| {sentence} | {', '.join(names)} |" for sentence, names in sentences.items())]
    )
