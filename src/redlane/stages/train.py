"""Stage *train*: declarations with outcomes -> profiles, a model, its evaluation beside baselines, a bundle."""

import tempfile
from datetime import date
from pathlib import Path

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import Periods, days
from redlane.declarations.reading import read_declarations
from redlane.errors import ExitCode
from redlane.evaluation.comparison import baseline_needs, compare
from redlane.evaluation.settings import EvaluationSettings
from redlane.features.catalogue import FeatureSettings
from redlane.governance.model_card import CardFacts, model_card
from redlane.model.bundle import write_bundle
from redlane.model.settings import LightGBMSettings
from redlane.model.weighting import Weighting
from redlane.pipeline import Recipe, fit, score
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.store import create_store
from redlane.progress import step
from redlane.stages import learning
from redlane.stages.result import StageResult
from redlane.tracking.run import track
from redlane.tracking.settings import TrackingSettings


def run(
    *,
    files: list[Path],
    bundle: Path,
    profiles: Path,
    declarations: DeclarationFormat,
    features: FeatureSettings,
    model: LightGBMSettings,
    periods: Periods,
    weighting: Weighting,
    evaluation: EvaluationSettings,
    tracking: TrackingSettings,
    as_of: date | None,
    caution: str,
) -> StageResult:
    """Learn from *files*; write the profiles store and the bundle, record the run.

    ``caution`` is a sentence that goes wherever the numbers go: what they must not be taken for.
    """
    step("reading declarations")
    accepted = read_declarations(files, declarations, as_of)
    frame = accepted.frame
    features.check_columns(frame.columns)
    split = periods.split(
        days(frame["registered_on"]), days(frame["outcome_known_on"]), learning.labelled(frame)
    )
    step("building profiles")
    needs = ProfileNeeds.union([features.needs(), baseline_needs(frame.columns)])
    store = create_store(profiles, frame, needs, accepted.hashes)
    step("training")
    fitted = fit(frame, store, split, Recipe(features, model, weighting))
    step("evaluating")
    test = learning.rows_of(frame, split.test, store, features)
    comparison = compare(
        learning.rows_of(frame, split.train | split.tune, store, features),
        test,
        score(test.declarations, store, features, fitted),
        earlier=frame[frame["registered_on"] < str(split.test_from)],
        profiles=store,
        settings=evaluation,
        proxy=declarations.revenue_proxy != "none",
    )
    step("writing the bundle")
    cautions = learning.cautions(caution, comparison)
    configuration = {
        "declarations": declarations.plain(),
        "features": features.plain(),
        "model": model.plain(),
        "periods": periods.plain(),
        "weighting": weighting.plain(),
        "evaluation": evaluation.plain(),
    }
    rows = {name: int(getattr(split, name).sum()) for name in ("train", "tune", "test")}
    facts = {
        "name": bundle.name,
        "fitted_on": str(split.test_from),
        "inputs": dict(accepted.hashes),
        "profiles_id": store.id,
        "rows": rows,
        "caution": caution,
    }
    card = CardFacts(bundle.name, accepted.hashes, split, features.features(), comparison, cautions)
    bundle_id = write_bundle(
        bundle,
        fitted,
        specs=features.features(),
        configuration=configuration,
        facts=facts,
        golden=learning.golden(test),
        card=model_card(card),
    )
    step("recording the run")
    with track(tracking, bundle.name) as record, tempfile.TemporaryDirectory(prefix="redlane-") as folder:
        record.log_configuration({**configuration, "caution": caution})
        for name, sha256 in accepted.hashes.items():
            record.log_data(Path(name).name, sha256, len(frame))
        record.log_numbers(learning.flat_metrics(comparison))
        record.log_files(learning.write_evaluation(Path(folder), comparison), "evaluation")
        record.log_bundle(bundle, learning.golden(test))
    rejected = accepted.rejected
    return StageResult(
        title=f"Bundle {bundle_id}, trained on {rows['train']:,} declarations",
        paths={"bundle": bundle, "model card": bundle / "card.md", "profiles": profiles},
        counts={"read": accepted.read, "accepted": len(frame), "rejected": rejected, **rows},
        numbers={"bundle_id": bundle_id, "profiles_id": store.id, **learning.numbers(comparison)},
        tables=learning.tables(comparison),
        notes=cautions,
        exit_code=ExitCode.DONE_WITH_REJECTS if rejected else ExitCode.DONE,
    )
