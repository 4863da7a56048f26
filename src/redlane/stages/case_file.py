"""The case file of one declaration: the report's page on it alone, its reasons recomputed where none were stored."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from redlane.declarations.format import DeclarationFormat
from redlane.engines.recompute import TOLD
from redlane.io.files import atomic_path
from redlane.lanes.queue import LANES
from redlane.model.bundle import Bundle
from redlane.profiles.build import Profiles
from redlane.reports.content import Look, Sources
from redlane.reports.declared import read_declared
from redlane.reports.report import batch_report
from redlane.reports.scored import Scored, read_scored
from redlane.stages.report import places_of
from redlane.words.catalogue import Language


def write_case_file(
    out: Path, scores: Path, file: Path, again: pa.Table, sources: tuple[Bundle, Profiles], language: Language
) -> None:
    """Write the page on the rows of *again* (all of one declaration, recomputed) to *out*.

    Raises:
        RedlaneError: the score file or its manifest was changed, or the disk refuses.
    """
    bundle, profiles = sources
    scored = read_scored(places_of(scores), LANES)
    scored = replace(scored, chosen=_chosen(scored, again))
    rules = DeclarationFormat.parse(scored.configuration["declarations"], "the manifest's declarations")
    ids = scored.chosen.select(["declaration_id", "item_number"]).to_pandas()
    declared = read_declared([file], rules, scored.as_of, scored.every, ids)
    page = batch_report(Sources(scored, declared, profiles, bundle), [], Look(language, opens_case=True))
    with atomic_path(out) as path:
        path.write_text(page, encoding="utf-8")


def _chosen(scored: Scored, again: pa.Table) -> pa.Table:
    """The stored rows of the declaration, with everything that is told of them as recomputed."""
    mine = scored.chosen.filter(pc.equal(scored.chosen["declaration_id"], again["declaration_id"][0]))
    items = again["item_number"].to_pylist()
    told = again.take(pa.array([items.index(item) for item in mine["item_number"].to_pylist()]))
    for name in TOLD:
        if name in mine.column_names:
            place = mine.schema.get_field_index(name)
            mine = mine.set_column(place, name, told[name].cast(mine.schema.field(name).type))
    return mine
