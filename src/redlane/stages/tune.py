"""Stage *tune*: declarations with outcomes and a search space -> the settings that did best on folds, as a recipe."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from redlane import configuration
from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import Periods
from redlane.errors import RedlaneError
from redlane.evaluation.settings import EvaluationSettings
from redlane.features.availability import available
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.flag import FlagSettings
from redlane.io.files import canonical_json, sha256_text
from redlane.model.settings import ModelSettings
from redlane.model.weighting import Weighting
from redlane.profiles.partner_exports import PartnerExportsFormat
from redlane.progress import step, track
from redlane.registry import settings_of
from redlane.stages import recording
from redlane.stages.delivery import TUNING, refuse_replacing
from redlane.stages.material import Material, Source, gather
from redlane.stages.result import StageResult
from redlane.stages.tuned import Destination, deliver
from redlane.stages.tuning_words import words_of
from redlane.tracking.settings import TrackingSettings
from redlane.tracking.trials import Trial, track_study
from redlane.tuning.applying import Basis
from redlane.tuning.ground import Ground, eve_of
from redlane.tuning.judging import Bench
from redlane.tuning.recipe import refuse_replacing_recipe
from redlane.tuning.settings import Objective, Search, Windows
from redlane.tuning.space import SearchSpace
from redlane.tuning.study import FILE, Study, opened
from redlane.tuning.task import Task


def run(
    *,
    files: list[Path],
    bundle: Path,
    profiles: Path,
    out: Path | None,
    partner_table: Path | None,
    declarations: DeclarationFormat,
    partner_exports: PartnerExportsFormat,
    features: FeatureSettings,
    flags: FlagSettings,
    model: ModelSettings,
    periods: Periods,
    weighting: Weighting,
    evaluation: EvaluationSettings,
    search: SearchSpace,
    objective: Objective,
    folds: Windows,
    trials: Annotated[int, Field(ge=1)],
    strategy: Search,
    recipe: str | None,
    tracking: TrackingSettings,
    as_of: date | None,
    caution: str,
    config_dir: Path | None,
    overrides: list[str],
) -> StageResult:
    """Try settings of *search* on time-ordered folds before the test period; write the best as a recipe.

    The study lives in *out* (``tuning/NAME`` for the bundle NAME): the same command again goes on with it, after a
    kill as after an end with fewer ``trials``. Trial 0 is the recipe the search begins with.

    Raises:
        RedlaneError: a fold lacks rows, a key of the search is unknown, or *out* holds another study.
    """
    out = out or Path("tuning") / bundle.name
    to = Destination(
        out, config_dir, recipe or f"{bundle.name}_tuned", bundle, profiles, files, partner_table
    )
    refuse_replacing(out, TUNING, *files)
    refuse_replacing_recipe(to.recipe)
    material = gather(Source(files, partner_table, declarations, partner_exports, features, flags, as_of))
    basis = Basis(features, model, weighting, periods)
    task = _task(material, basis, search, objective, folds, config_dir)
    asked = {
        "declarations": declarations,
        "partner_exports": partner_exports,
        "features": features,
        "flags": flags,
        "model": model,
        "periods": periods,
        "weighting": weighting,
        "search": search,
        "objective": objective,
        "folds": folds,
        "strategy": strategy,
    }
    settings = recording.composed(asked)
    key = sha256_text(canonical_json({"inputs": material.inputs, "settings": settings}))
    step("laying the folds")
    count, start = len(task.folds), task.start
    with (
        opened(out / FILE, key, strategy, search, count) as study,
        track_study(tracking, f"tune {bundle.name}", key) as log,
    ):
        stale = study.clean()
        log.record(_records(study))
        for _ in track(range(len(study.tried()), trials), "trials", trials - len(study.tried())):
            study.next(start, task.judge)
            log.record(_records(study))
        everything = {
            **settings,
            **recording.composed({"evaluation": evaluation, "as_of": as_of, "caution": caution}),
        }
        log.run.log_configuration({**settings, "caution": caution})
        for name, sha256 in material.inputs.items():
            log.run.log_data(name, sha256, len(material.frame), "tuning")
        result = deliver(study, task, evaluation, to, words_of(overrides, everything), material)
        log.run.log_numbers(result.metrics)
        log.run.log_files([*result.files, *([to.recipe] if "recipe" in result.stage.paths else [])], "tuning")
    notes = [f"{stale} trial(s) that were cut off were ended; others took their place"] if stale else []
    return result.with_notes([*([caution] if caution else []), *notes], log.run.id)


def _task(
    material: Material,
    basis: Basis,
    search: SearchSpace,
    objective: Objective,
    windows: Windows,
    config_dir: Path | None,
) -> Task:
    split = material.split(basis.periods)
    source = material.source

    def feed(features: FeatureSettings) -> FeatureSettings:
        labels = source.declarations.labels()
        tables = material.references.tables
        return available(features.with_flags(source.flags), material.frame.columns, tables, labels)[0]

    def features_of(name: str) -> FeatureSettings:
        values = configuration.load(f"features/{name}", configuration.search_folders(config_dir))
        found = settings_of("features", values)
        if not isinstance(found, FeatureSettings):
            raise RedlaneError(f"search: features={name} is no list of families")
        return found

    ground = Ground(
        eve_of(material.frame, split.test_from), material.references.tables, split.test_from, feed
    )
    bench = Bench(ground, objective, source.declarations.revenue_proxy != "none")
    return Task(bench, basis, search, windows, split, features_of)


def _records(study: Study) -> list[Trial]:
    return [
        Trial(each.slot, each.state, each.worth, each.values, each.folds, each.begun, each.ended)
        for each in study.tried()
    ]
