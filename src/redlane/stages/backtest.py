"""Stage *backtest*: declarations with outcomes -> what a recipe would have found, fold after fold."""

from datetime import date
from pathlib import Path

import pandas as pd

from redlane.declarations.folds import Fold, FoldSettings
from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import days
from redlane.errors import ExitCode
from redlane.evaluation import walk_forward
from redlane.evaluation.comparison import Comparison, baseline_needs
from redlane.evaluation.learning_curves import CurveSettings, Ground, learning_curves
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.splitting import Judge
from redlane.evaluation.walk_forward import Walked
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.flag import FlagSettings
from redlane.io.files import atomic_folder
from redlane.io.tables_out import write_table
from redlane.model.settings import ModelSettings
from redlane.model.weighting import Weighting
from redlane.pipeline import Recipe
from redlane.profiles.build import build
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.partner_exports import PartnerExportsFormat
from redlane.progress import step
from redlane.stages import learning
from redlane.stages.delivery import EVALUATION, refuse_replacing
from redlane.stages.material import Material, Source, gather, plain
from redlane.stages.result import ResultTable, StageResult
from redlane.tracking.run import track
from redlane.tracking.settings import TrackingSettings


def run(
    *,
    files: list[Path],
    out: Path,
    partner_table: Path | None,
    declarations: DeclarationFormat,
    partner_exports: PartnerExportsFormat,
    features: FeatureSettings,
    flags: FlagSettings,
    model: ModelSettings,
    folds: FoldSettings,
    curves: CurveSettings,
    weighting: Weighting,
    evaluation: EvaluationSettings,
    tracking: TrackingSettings,
    as_of: date | None,
    caution: str,
) -> StageResult:
    """Walk forward over *files* and write tables and plots to the folder *out*; record the run.

    No model is kept: a backtest judges a recipe.
    """
    refuse_replacing(out, EVALUATION, *files, *([partner_table] if partner_table else []))
    material = gather(Source(files, partner_table, declarations, partner_exports, features, flags, as_of))
    laid = _folds(material, folds)
    walk_forward.refuse_overlap(laid)
    settings = plain(model=model, folds=folds, curves=curves, weighting=weighting, evaluation=evaluation)
    with track(tracking, out.name) as record:
        judge = _judge(material, evaluation, declarations.revenue_proxy != "none")
        recipe = Recipe(material.features, model, weighting)
        walked = walk_forward.walk(judge, recipe, laid)
        together = walk_forward.pooled(walked, evaluation)
        points = learning_curves(Ground(judge, recipe, laid, material.references.tables), curves)
        step("writing tables and plots")
        with atomic_folder(out) as folder:
            paths = [*learning.write_evaluation(folder, together), *_write(folder, walked, points)]
            record.log_configuration({**material.configuration(), **settings, "caution": caution})
            for name, sha256 in material.inputs.items():
                record.log_data(name, sha256, len(material.frame))
            record.log_numbers(learning.flat_metrics(together))
            record.log_files(paths, "backtest")
    return StageResult(
        title=f"{len(walked)} folds, {together.whole.n:,} declarations tested from {laid[0].test_from} to "
        f"{laid[-1].test_until}",
        paths={"backtest": out},
        counts={**material.counts(), "folds": len(walked), "tested": together.whole.n},
        numbers={**learning.numbers(together), "folds": [_numbers(each) for each in walked]},
        tables=[_fold_table(walked), *learning.tables(together), *_curve_tables(points), *material.tables()],
        notes=[*learning.cautions(caution, together), _spread_note(walked), *material.notes()],
        exit_code=ExitCode.DONE_WITH_REJECTS if material.accepted.rejected else ExitCode.DONE,
    )


def _folds(material: Material, settings: FoldSettings) -> list[Fold]:
    frame = material.frame
    registered, known = days(frame["registered_on"]), days(frame["outcome_known_on"])
    return settings.make(registered, known, learning.labelled(frame))


def _judge(material: Material, evaluation: EvaluationSettings, proxy: bool) -> Judge:
    step("building profiles")
    needs = ProfileNeeds.union(
        [material.features.needs(), baseline_needs(material.frame.columns, evaluation)]
    )
    profiles = build(material.frame, needs, references=material.references.tables)
    return Judge(material.frame, profiles, evaluation, proxy)


def _write(folder: Path, walked: list[Walked], points: pd.DataFrame) -> list[Path]:
    from redlane.evaluation import backtest_plots
    from redlane.evaluation.drawing import save

    paths = [folder / "folds.parquet", folder / "learning_curves.parquet"]
    tables = [walk_forward.fold_table(walked, rate) for rate in learning.HEADLINE_RATES]
    write_table(paths[0], pd.concat(tables).drop_duplicates(ignore_index=True))
    write_table(paths[1], points)
    paths.append(save(backtest_plots.folds_over_time(walked), folder / "folds.png"))
    if len(points):
        paths.append(save(backtest_plots.curves(points), folder / "learning_curves.png"))
    return paths


def _fold_table(walked: list[Walked]) -> ResultTable:
    """The model and the best ranking without one, fold by fold."""
    lines = []
    for each in walked:
        whole = each.comparison.whole
        table = whole.table().set_index("ranking")["average precision"]
        others = {name: whole.get(name, "average_precision").value for name in _others(each.comparison)}
        best = max(others, key=lambda name: others[name])
        rows = each.fold.rows
        lines.append(
            {
                "tested": f"{each.fold.test_from} to {each.fold.test_until}",
                "trained on": rows["train"],
                "rows": rows["test"],
                "irregular": f"{whole.base_rate.value:.1%}",
                "redlane": table[whole.main],
                "best baseline": f"{table[best]} {best}",
            }
        )
    note = (
        "average precision [interval by "
        + walked[0].comparison.whole.block
        + "]; the best baseline is picked afterwards"
    )
    return ResultTable("Fold by fold", pd.DataFrame(lines), note)


def _others(comparison: Comparison) -> list[str]:
    return [name for name in comparison.rankings if not name.startswith(comparison.whole.main)]


def _curve_tables(points: pd.DataFrame) -> list[ResultTable]:
    words = {
        "history": ("Over the length of history", "days"),
        "labels": ("Over the share of outcomes", "share"),
    }
    tables = []
    for curve, (title, column) in words.items():
        rows = points[(points["curve"] == curve) & (points["measure"] == "average_precision")]
        if len(rows):
            told = [f"{v:.3f} ({a:.3f}–{b:.3f})" for v, a, b in rows[["value", "low", "high"]].to_numpy()]
            at = [f"{each:g}" for each in rows["at"]]
            shown = {column: at, "training rows": rows["train_rows"], "average precision": told}
            tables.append(ResultTable(title, pd.DataFrame(shown), "all folds pooled, the same test rows"))
    return tables


def _numbers(walked: Walked) -> dict[str, object]:
    fold = walked.fold
    period = {"test_from": str(fold.test_from), "test_until": str(fold.test_until)}
    return {**period, **fold.rows, **learning.numbers(walked.comparison)}


def _spread_note(walked: list[Walked]) -> str:
    low, high = walk_forward.spread(walked, "average_precision")
    return (
        f"average precision lies between {low:.3f} and {high:.3f} from fold to fold: an interval by week knows "
        f"the luck of weeks, not that one season differs from another"
    )
