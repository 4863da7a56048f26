"""The batch report: from the sources to the page, in one pure function."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

import redlane
from redlane.errors import RedlaneError
from redlane.reports import overview
from redlane.reports.content import Look, Sources, page_data
from redlane.reports.document import render
from redlane.reports.translation import Translator


def batch_report(sources: Sources, previous: Sequence[tuple[str, pd.DataFrame]], look: Look) -> str:
    """The report of a scored batch as one HTML text.

    *previous* are earlier batches, oldest first: a name, and probability and lane of every row.

    Raises:
        RedlaneError: bundle or profiles are not those the batch was scored with.
    """
    _check_ids(sources)
    translator = Translator.of(look.language, sources.bundle)
    data = page_data(sources, look, translator)
    english = len(data["reasons"]["english"]) + len(data["flags"]["english"])
    first = {**_first_part(sources, previous, look), **_named(sources, translator), "english": english}
    return render(look.language, first, data)


def _named(sources: Sources, translator: Translator) -> dict[str, Any]:
    """Facts by code: what each means, and its group."""
    specs = sources.bundle.specs if sources.bundle else ()
    return {"meanings": {spec.name: (translator.meaning(spec), spec.group) for spec in specs}}


def _check_ids(sources: Sources) -> None:
    manifest = sources.scored.manifest
    for what, given, scored_with in (
        ("bundle", sources.bundle and sources.bundle.id, manifest["bundle_id"]),
        ("profiles store", sources.profiles and sources.profiles.id, manifest["profiles_id"]),
    ):
        if given and given != scored_with:
            raise RedlaneError(
                f"the {what} given has the id {given}, but the batch was scored with {scored_with}; give that one"
            )


def _first_part(sources: Sources, previous: Sequence[tuple[str, pd.DataFrame]], look: Look) -> dict[str, Any]:
    scored, declared = sources.scored, sources.declared
    manifest = scored.manifest
    this = (manifest["input"]["file"], scored.every)
    return {
        "file": manifest["input"]["file"],
        "counts": scored.counts,
        "shown": len(scored.chosen),
        "lanes": overview.lane_table(scored),
        "capacity": overview.capacity(scored, declared),
        "reasons": overview.reason_table(scored.chosen, look.top_reasons),
        "flags": overview.flag_table(scored.chosen),
        "groups": overview.group_table(scored.chosen),
        "controls": overview.control_table(scored.chosen),
        "offices": overview.office_table(scored, declared),
        "rejects": overview.reject_table(scored.rejects),
        "distribution": overview.distribution([*previous, this]),
        "gaps": _gaps(sources, previous),
        "masked": look.key is not None,
        "provenance": _provenance(sources),
    }


def _gaps(sources: Sources, previous: Sequence[object]) -> list[str]:
    """Keys of the sentences about what this report could not show."""
    declared, scored = sources.declared, sources.scored
    gaps = []
    if declared is None:
        gaps.append("no_declarations")
    elif not declared.found.all():
        gaps.append("some_not_found")
    if declared is not None and scored.manifest["input"]["sha256"] not in declared.hashes:
        gaps.append("other_declarations")
    if sources.profiles is None:
        gaps.append("no_profiles")
    if sources.bundle is None:
        gaps.append("no_bundle")
    if (
        declared is not None
        and sources.profiles is not None
        and sources.bundle is not None
        and not sources.recount
    ):
        gaps.append("not_recounted")
    elif sources.recount is not None and not sources.recount.held.all() and "some_not_found" not in gaps:
        gaps.append("other_scores")
    if not previous:
        gaps.append("no_previous")
    if scored.chosen["reasons"].null_count:
        gaps.append("not_explained")
    return gaps


def _provenance(sources: Sources) -> dict[str, str]:
    manifest = sources.scored.manifest
    return {
        "input_file": str(manifest["input"]["file"]),
        "input_sha256": str(manifest["input"]["sha256"]),
        "scores_file": sources.scored.places.scores.name,
        "scores_sha256": str(manifest["outputs"][sources.scored.places.scores.name]),
        "manifest_sha256": sources.scored.manifest_sha256,
        "bundle_id": str(manifest["bundle_id"]),
        "profiles_id": str(manifest["profiles_id"]),
        "configuration_sha256": str(manifest.get("configuration_sha256", "")),
        "as_of": str(manifest["configuration"].get("as_of", "")),
        "scored_at": str(manifest.get("scored_at", "")),
        "scored_by": f"redlane {manifest.get('versions', {}).get('redlane', '')}",
        "reported_by": f"redlane {redlane.__version__}",
    }
