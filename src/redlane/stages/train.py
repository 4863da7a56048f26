"""Stage *train*: declarations with outcomes -> profiles, a model, its evaluation beside baselines, a bundle."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import Periods
from redlane.errors import ExitCode, RedlaneError
from redlane.evaluation.comparison import Comparison, baseline_needs
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.splitting import Judge
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.flag import FlagSettings
from redlane.governance.model_card import CardFacts, model_card
from redlane.governance.settings import GovernanceSettings
from redlane.governance.study import Study
from redlane.io.files import atomic_folder
from redlane.model.bundle import read_bundle, write_bundle
from redlane.model.learners import library_of
from redlane.model.settings import ModelSettings
from redlane.model.weighting import Weighting
from redlane.pipeline import Recipe, fit
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.partner_exports import PartnerExportsFormat
from redlane.profiles.store import create_store
from redlane.progress import step
from redlane.stages import flagging, governing, learning, recording
from redlane.stages.delivery import BUNDLE, PROFILES, refuse_replacing
from redlane.stages.material import Source, gather, plain
from redlane.stages.model_documents import Told, card_page, model_documents
from redlane.stages.result import StageResult
from redlane.tracking.run import Run, track
from redlane.tracking.settings import TrackingSettings


def run(
    *,
    files: list[Path],
    bundle: Path,
    profiles: Path,
    partner_table: Path | None,
    previous_bundle: Path | None,
    declarations: DeclarationFormat,
    partner_exports: PartnerExportsFormat,
    features: FeatureSettings,
    flags: FlagSettings,
    model: ModelSettings,
    periods: Periods,
    weighting: Weighting,
    evaluation: EvaluationSettings,
    governance: GovernanceSettings,
    tracking: TrackingSettings,
    as_of: date | None,
    caution: str,
) -> StageResult:
    """Learn from *files*; write the profiles store and the bundle, record the run.

    ``caution`` is a sentence that goes wherever the numbers go: what they must not be taken for. Until the
    evaluation is done, a bundle and profiles of an earlier training stay as they are.
    """
    learner = library_of(model)
    as_of = as_of or date.today()
    asked = {
        "files": files,
        "bundle": bundle,
        "profiles": profiles,
        "partner_table": partner_table,
        "previous_bundle": previous_bundle,
        "declarations": declarations,
        "partner_exports": partner_exports,
        "features": features,
        "flags": flags,
        "model": model,
        "periods": periods,
        "weighting": weighting,
        "evaluation": evaluation,
        "governance": governance,
        "as_of": as_of,
        "caution": caution,
    }
    given = [*files, *([partner_table] if partner_table else [])]
    refuse_replacing(bundle, BUNDLE, *given, profiles)
    refuse_replacing(profiles, PROFILES, *given, bundle)
    earlier = None if previous_bundle is None else read_bundle(previous_bundle)
    material = gather(
        Source(files, partner_table, declarations, partner_exports, features, flags, as_of),
    )
    frame, features, references = material.frame, material.features, material.references
    inputs, split = material.inputs, material.split(periods)
    recipe = Recipe(features, model, weighting)
    configuration = {
        **material.configuration(),
        **plain(
            model=model, periods=periods, weighting=weighting, evaluation=evaluation, governance=governance
        ),
    }
    rows = {name: int(getattr(split, name).sum()) for name in ("train", "tune", "test")}
    with _recorded(tracking, bundle, profiles) as record:
        with atomic_folder(profiles) as unfinished:
            step("building profiles")
            needs = ProfileNeeds.union([features.needs(), baseline_needs(frame.columns, evaluation)])
            store = create_store(unfinished, frame, needs, inputs, references.tables)
            step("training")
            fitted = fit(frame, store, split, recipe)
            step("evaluating")
            judge = Judge(frame, store, evaluation, proxy=declarations.revenue_proxy != "none")
            judged = judge.of(fitted, features, split)
            test = judged.test
            flags_judged = flagging.judged_flags(frame, split.test, test, store, features, evaluation)
            comparison = replace(judged.comparison, flags=flags_judged)
            study = Study(
                frame, split, judged.past, test, recipe, evaluation, fitted, references.tables, judge.proxy
            )
            looked = governing.look(study, governance, governing.previous_of(earlier, store))
            step("writing the bundle")
            cautions = learning.cautions(caution, comparison)
            facts = {
                "name": bundle.name,
                "fitted_on": str(split.test_from),
                "inputs": inputs,
                "profiles_id": store.id,
                "rows": rows,
                "caution": caution,
                "model": model.name,
                "learner": learner,
            }
            kind = f"{model.name}: {model.about}"
            told = Told(material, split, fitted, test, comparison, evaluation, cautions)
            documents = {**model_documents(told), **looked.documents()}
            documents["card.html"] = card_page(facts, features.features(), configuration, documents)
            card = CardFacts(bundle.name, kind, inputs, split, features.features(), comparison, cautions)
            bundle_id = write_bundle(
                bundle,
                fitted,
                specs=features.features(),
                configuration=configuration,
                facts=facts,
                golden=learning.golden(test),
                card=model_card(card),
                documents=documents,
            )
        ids = {"bundle_id": bundle_id, "profiles_id": store.id}
        numbers = {**ids, **learning.numbers(comparison), "checks": governing.numbers(looked)}
        if tracking.enabled:
            step("recording the run")
            _record(record, {**configuration, "caution": caution}, inputs, len(frame), comparison)
            hashes = {**material.accepted.hashes, **references.hashes}
            record.log_record(recording.record_of(asked, hashes, recording.results_of(bundle, numbers)))
            record.log_bundle(bundle, learning.golden(test))
    return StageResult(
        title=f"Bundle {bundle_id}, trained on {rows['train']:,} declarations",
        paths={"bundle": bundle, "model card": bundle / "card.md", "profiles": profiles},
        counts={**material.counts(), **rows},
        numbers=numbers if record.id is None else {**numbers, "run_id": record.id},
        tables=[
            *learning.tables(comparison),
            *flagging.flag_tables(comparison.flags),
            *looked.tables(),
            *material.tables(),
        ],
        notes=[*cautions, *material.notes()],
        exit_code=ExitCode.DONE_WITH_REJECTS if material.accepted.rejected else ExitCode.DONE,
    )


@contextmanager
def _recorded(tracking: TrackingSettings, bundle: Path, profiles: Path) -> Iterator[Run]:
    """The run on record, opened before the work so that a place that cannot be written to shows at once.

    Raises:
        RedlaneError: the place cannot be used; where the bundle is written by then, the sentence says so.
    """
    before = _stamp(bundle)
    try:
        with track(tracking, bundle.name) as record:
            yield record
    except RedlaneError as error:
        if _stamp(bundle) == before:
            raise
        raise RedlaneError(f"{error}; {bundle} and {profiles} are written, only the record is not") from error


def _stamp(bundle: Path) -> int:
    """Changes when a bundle takes its place."""
    return bundle.stat().st_ino if bundle.is_dir() else 0


def _record(
    record: Run, configuration: dict[str, Any], inputs: dict[str, str], rows: int, comparison: Comparison
) -> None:
    record.log_configuration(configuration)
    for name, sha256 in inputs.items():
        record.log_data(name, sha256, rows)
    record.log_numbers(learning.flat_metrics(comparison))
    with tempfile.TemporaryDirectory(prefix="redlane-") as folder:
        record.log_files(learning.write_evaluation(Path(folder), comparison), "evaluation")
