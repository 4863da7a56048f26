"""Stage *evaluate*: a bundle and declarations with outcomes -> how good it is, beside the baselines."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import day_number, days
from redlane.declarations.reading import read_declarations
from redlane.errors import ExitCode, RedlaneError
from redlane.evaluation.comparison import compare
from redlane.evaluation.settings import EvaluationSettings
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.availability import availability_note
from redlane.io.files import atomic_folder
from redlane.model.bundle import read_bundle
from redlane.pipeline import score
from redlane.profiles.store import open_store
from redlane.progress import step
from redlane.stages import flagging, learning
from redlane.stages.delivery import EVALUATION, refuse_replacing
from redlane.stages.result import StageResult, reject_tables
from redlane.stages.score import beside


def run(
    *,
    files: list[Path],
    bundle: Path,
    profiles: Path | None,
    out: Path | None,
    declarations: DeclarationFormat | None,
    evaluation: EvaluationSettings,
    as_of: date | None,
) -> StageResult:
    """Judge the model of *bundle* on the declarations registered since it was fitted, outcome known.

    Earlier declarations in *files* serve the baselines that learn (look-up table, logistic regression) and
    tell which goods were seen before; without any, those baselines are left out.
    """
    if out is not None:
        refuse_replacing(out, EVALUATION, *files, bundle, profiles or beside(bundle))
    step("checking the bundle and the profiles")
    learnt = read_bundle(bundle)
    store = open_store(profiles or beside(bundle))
    features = FeatureSettings.parse(learnt.configured("features"), "the bundle's features")
    rules = declarations or DeclarationFormat.parse(learnt.configured("declarations"), "the bundle's format")
    step("reading declarations")
    accepted = read_declarations(files, rules, as_of)
    frame = accepted.frame
    learning.require_outcomes(accepted)
    fitted_on = learnt.manifest["facts"]["fitted_on"]
    fitted_day = day_number(date.fromisoformat(fitted_on))
    registered, known = days(frame["registered_on"]), days(frame["outcome_known_on"])
    has_outcome = learning.labelled(frame)
    since = has_outcome & (registered >= fitted_day)
    if not since.any():
        raise RedlaneError(
            f"no declaration with an outcome was registered on {fitted_on} or later, when {bundle} was fitted: a "
            f"model is never judged on rows it may have learnt from"
        )
    step("evaluating")
    test = learning.rows_of(frame, since, store, features)
    comparison = compare(
        learning.rows_of(
            frame, has_outcome & (registered < fitted_day) & (known < fitted_day), store, features
        ),
        test,
        score(test.declarations, store, features, learnt.model),
        earlier=frame[registered < fitted_day],
        profiles=store,
        settings=evaluation,
        proxy=rules.revenue_proxy != "none",
    )
    judged = flagging.judged_flags(frame, since, test, store, features, evaluation)
    comparison = replace(comparison, flags=judged)
    if out is not None:
        with atomic_folder(out) as folder:
            learning.write_evaluation(folder, comparison)
    rejected = accepted.rejected
    return StageResult(
        title=f"Bundle {learnt.id} on {int(since.sum()):,} declarations registered since {fitted_on}",
        paths={} if out is None else {"evaluation": out},
        counts={
            "read": accepted.read,
            "accepted": len(frame),
            "rejected": rejected,
            "judged": int(since.sum()),
        },
        numbers={"bundle_id": learnt.id, "profiles_id": store.id, **learning.numbers(comparison)},
        tables=[
            *learning.tables(comparison),
            *flagging.flag_tables(comparison.flags),
            *reject_tables(accepted.rejects),
        ],
        notes=[
            *learning.cautions(learnt.manifest["facts"].get("caution", ""), comparison),
            *availability_note(features.flags(), features.names(), frame.columns),
            *accepted.notes,
        ],
        exit_code=ExitCode.DONE_WITH_REJECTS if rejected else ExitCode.DONE,
    )
