"""Stage *ablate*: declarations with outcomes -> what each part of the features is worth, and whether that is luck."""

from datetime import date
from pathlib import Path

import pandas as pd

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import Periods
from redlane.errors import ExitCode
from redlane.evaluation.settings import EvaluationSettings
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.flag import FlagSettings
from redlane.governance.ablation import ablate
from redlane.governance.settings import GovernanceSettings
from redlane.io.tables_out import require_table_suffix, write_table
from redlane.model.settings import ModelSettings
from redlane.model.weighting import Weighting
from redlane.pipeline import Recipe
from redlane.profiles.partner_exports import PartnerExportsFormat
from redlane.progress import step
from redlane.stages.governing import studied
from redlane.stages.material import Source, gather, plain
from redlane.stages.result import ResultTable, StageResult
from redlane.tracking.run import track
from redlane.tracking.settings import TrackingSettings

_TITLES = {"without": "Without a part of the features", "alone": "With one part of the features alone"}


def run(
    *,
    files: list[Path],
    out: Path | None,
    partner_table: Path | None,
    bundle: Path | None,
    profiles: Path | None,
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
    """Train the recipe once on all features and once on each variant; judge all on the same test rows.

    ``bundle`` and ``profiles`` are where a training of the recipe would write: nothing is read or written there.

    Raises:
        RedlaneError: ``out`` is no table, or the declarations cannot be learnt from.
    """
    if out is not None:
        require_table_suffix(out)
    material = gather(Source(files, partner_table, declarations, partner_exports, features, flags, as_of))
    recipe = Recipe(material.features, model, weighting)
    study = studied(material, periods, recipe, evaluation, declarations.revenue_proxy != "none")
    step("training on parts of the features")
    table = ablate(study, governance.ablation)
    with track(tracking, f"{bundle.name if bundle else 'features'} ablation") as record:
        settings = plain(
            model=model, periods=periods, weighting=weighting, evaluation=evaluation, governance=governance
        )
        record.log_configuration({**material.configuration(), **settings, "caution": caution})
        for name, sha256 in material.inputs.items():
            record.log_data(name, sha256, len(material.frame))
        record.log_numbers(_numbers(table))
        if out is not None:
            write_table(out, table)
            record.log_files([out])
    return StageResult(
        title=f"{table['variant'].nunique()} variants held against all features",
        paths={} if out is None else {"table": out},
        counts=material.counts(),
        numbers={name: list(triple) for name, triple in _numbers(table).items()},
        tables=[*_tables(table), *material.tables()],
        notes=[*([caution] if caution else []), *material.notes()],
        exit_code=ExitCode.DONE_WITH_REJECTS if material.accepted.rejected else ExitCode.DONE,
    )


def _numbers(table: pd.DataFrame) -> dict[str, tuple[float, float, float]]:
    """The difference in the measure that decides, by variant, with its interval."""
    rows = table[table["decides"]]
    names = rows["variant"].str.replace(" ", "_") + "_average_precision"
    triples = rows[["difference", "low", "high"]].to_numpy("float64").tolist()
    return {name: (value, low, high) for name, (value, low, high) in zip(names, triples, strict=True)}


def _tables(table: pd.DataFrame) -> list[ResultTable]:
    """One line per variant, the largest loss first: differences to all features, and what can be said."""
    shown = []
    for how, title in _TITLES.items():
        rows = table[table["how"] == how]
        if rows.empty:
            continue
        text = rows.assign(text=[_text(*row) for row in rows[["difference", "low", "high"]].to_numpy()])
        wide = text.pivot_table(index="variant", columns="measure", values="text", aggfunc="first")
        deciding = rows[rows["decides"]].set_index("variant").sort_values("difference")
        frame = pd.DataFrame({"part": deciding["part"], "features": deciding["features"]})
        for measure in rows["measure"].unique():
            frame[measure.replace("_", " ")] = wide[measure]
        frame["average precision is"] = deciding["verdict"]
        shown.append(ResultTable(title, frame.reset_index(drop=True), _note(rows)))
    return shown


def _note(rows: pd.DataFrame) -> str:
    first = rows[rows["decides"]].iloc[0]
    cut = next(cut for cut in rows["cut"] if cut)
    return (
        f"difference to all features (average precision {first['all_features']:.3f}) with its interval; precision, "
        f"recall and revenue when inspecting {cut}; intervals of average precision allow for the number of variants"
    )


def _text(value: float, low: float, high: float) -> str:
    return f"{value:+.3f}" if low != low else f"{value:+.3f} ({low:+.3f} to {high:+.3f})"
