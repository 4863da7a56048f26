"""Stage *profile*: declarations and their outcomes -> the profiles store."""

from datetime import date
from pathlib import Path

import pandas as pd

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.reading import read_declarations
from redlane.errors import ExitCode
from redlane.evaluation.comparison import baseline_needs
from redlane.features.availability import available
from redlane.features.catalogue import FeatureSettings
from redlane.profiles.build import Profiles
from redlane.profiles.delivery import Brings
from redlane.profiles.kinds import KINDS
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.partner_exports import PartnerExportsFormat
from redlane.profiles.store import append_to_store, create_store, read_manifest
from redlane.progress import step
from redlane.stages import learning
from redlane.stages.delivery import PROFILES, refuse_replacing
from redlane.stages.references import read_references
from redlane.stages.result import ResultTable, StageResult, reject_tables


def run(
    *,
    files: list[Path],
    out: Path,
    append: bool,
    brings: Brings,
    partner_table: Path | None,
    declarations: DeclarationFormat,
    partner_exports: PartnerExportsFormat,
    features: FeatureSettings,
    as_of: date | None,
) -> StageResult:
    """Build the store at *out* from *files*, or add them to it."""
    if not append:
        refuse_replacing(out, PROFILES, *files)
    step("reading declarations")
    accepted = read_declarations(files, declarations, as_of)
    learning.require_rows(accepted)
    references = read_references(partner_table, partner_exports)
    inputs = learning.by_name({**accepted.hashes, **references.hashes})
    step("building profiles")
    notes = [*accepted.notes, *(_overlap(out, accepted.frame, brings) if append else [])]
    if append:
        profiles = append_to_store(out, accepted.frame, inputs, brings, references.tables)
    else:
        features, left_out = available(
            features, accepted.frame.columns, references.tables, declarations.labels()
        )
        notes += left_out
        needs = ProfileNeeds.union([features.needs(), baseline_needs(accepted.frame.columns)])
        profiles = create_store(out, accepted.frame, needs, inputs, references.tables)
    rejected = accepted.rejected
    return StageResult(
        title=f"Profiles {profiles.id}",
        paths={"profiles": out},
        counts={"read": accepted.read, "accepted": len(accepted.frame), "rejected": rejected},
        numbers={"profiles_id": profiles.id, "repairs": accepted.repairs},
        tables=[
            ResultTable("What the store holds", _sizes(profiles)),
            *reject_tables(accepted.rejects),
            *references.shown,
        ],
        notes=[*notes, *references.notes],
        exit_code=ExitCode.DONE_WITH_REJECTS if rejected else ExitCode.DONE,
    )


def _overlap(store: Path, declarations: pd.DataFrame, brings: Brings) -> list[str]:
    """A caution where outcomes come with declarations of days that the store at *store* holds already."""
    if brings == "outcomes" or not learning.labelled(declarations).any():
        return []
    held = [part for part in read_manifest(store)["segments"] if part["brings"] != "outcomes"]
    last = max((part["last_day"] for part in held), default="")
    first = str(declarations["registered_on"].min().date())
    if first > last:
        return []
    return [
        f"the profiles held declarations up to {last} before, and these begin on {first}: if they are the same ones "
        f"with their outcomes, they now count twice; add outcomes alone with brings=outcomes"
    ]


def _sizes(profiles: Profiles) -> pd.DataFrame:
    rows = [
        size
        for kind, need in profiles.needs.items()
        for size in KINDS[kind].sizes(need, profiles.tables[kind][need])
    ]
    return pd.DataFrame(rows, columns=["profile", "keys", "rows"])
