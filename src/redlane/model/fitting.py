"""Learn a :class:`Model` from labelled rows: trees on one period, stopping and calibration on a later one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redlane.errors import RedlaneError
from redlane.features.spec import Feature
from redlane.model.calibration import fit_calibration
from redlane.model.categories import Levels, learn_levels
from redlane.model.matrix import MatrixColumns, check_names
from redlane.model.model import Model
from redlane.model.revenue import RevenueHead
from redlane.model.settings import LightGBMSettings, ModelSettings, RevenueSettings, TreeSettings
from redlane.model.training_data import TrainingData, together
from redlane.model.trees import Trees

Floats = npt.NDArray[np.float64]


def fit_model(
    training: TrainingData, tuning: TrainingData, specs: Sequence[Feature], settings: ModelSettings
) -> Model:
    """Fit trees, calibration and, where amounts are known, the revenue head.

    ``tuning`` must lie after ``training`` and before any test period: it stops the growing and calibrates.
    Its outcomes are thus used twice, which flatters calibration a little on that period and nowhere else. The
    result is the same, byte for byte, whatever the order of rows and the number of threads. Weights come in
    with the data; redlane never reweights classes, so that probabilities keep their meaning.

    Raises:
        RedlaneError: a period is empty or has one outcome only, or its columns are not those of *specs*.
    """
    if not isinstance(settings, LightGBMSettings):
        raise TypeError(f"no learner is known for {type(settings).__name__}")
    training, tuning = training.canonical(), tuning.canonical()
    for period, data in (("training", training), ("tuning", tuning)):
        _check_period(period, data, specs)
    grower = _Grower.over(training, specs, settings)
    parameters = {**settings.parameters(), "objective": "binary", "metric": settings.metric}
    if settings.monotone:
        parameters["monotone_constraints"] = [spec.direction for spec in specs]
    labelled = [grower.table(data, data.irregular) for data in (training, tuning)]
    trees = grower.grow(parameters, settings, labelled[0], labelled[1])
    tuning_margin = trees.raw(labelled[1].columns, settings.num_threads)
    calibration = fit_calibration(
        tuning_margin, tuning.irregular, tuning.weight, settings.calibration_min_count
    )
    if settings.refit:
        everything = together(training, tuning)
        table = grower.table(everything, everything.irregular)
        trees = grower.grow(parameters, settings.model_copy(update={"rounds": trees.count}), table, None)
    revenue = _fit_revenue(grower, training, tuning, settings.revenue) if settings.revenue else None
    return Model(trees, grower.levels, calibration, revenue, tuple(spec.name for spec in specs))


@dataclass(frozen=True)
class _Table:
    columns: MatrixColumns
    target: Floats
    weight: Floats | None


@dataclass(frozen=True)
class _Grower:
    """Trains sets of trees over one list of features with one seed."""

    specs: Sequence[Feature]
    levels: Levels
    settings: LightGBMSettings

    @classmethod
    def over(cls, training: TrainingData, specs: Sequence[Feature], settings: LightGBMSettings) -> "_Grower":
        levels = {
            spec.name: learn_levels(training.features[spec.name], settings.category_min_count)
            for spec in specs
            if spec.kind == "category"
        }
        return cls(specs, levels, settings)

    def table(self, data: TrainingData, target: Floats) -> _Table:
        names = [spec.name for spec in self.specs]
        return _Table(MatrixColumns.read(data.features, names, self.levels), target, data.weight)

    def grow(
        self, parameters: dict[str, Any], limits: TreeSettings, table: _Table, watch: _Table | None
    ) -> Trees:
        """Trees grown on *table*, stopped by *watch* where one is given."""
        import lightgbm

        everything = {**parameters, **self._reproducible()}
        dataset = self._dataset(table, everything)
        stopping = limits.early_stopping_rounds if watch is not None else 0
        booster = lightgbm.train(
            everything,
            dataset,
            limits.rounds,
            valid_sets=[self._dataset(watch, everything, dataset)] if watch is not None and stopping else [],
            callbacks=[lightgbm.early_stopping(stopping, verbose=False)] if stopping else [],
        )
        return Trees.of(booster, booster.best_iteration if booster.best_iteration > 0 else limits.rounds)

    def _reproducible(self) -> dict[str, Any]:
        return {
            "seed": self.settings.seed,
            "num_threads": self.settings.num_threads,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }

    def _dataset(self, table: _Table, parameters: dict[str, Any], reference: Any = None) -> Any:
        import lightgbm

        return lightgbm.Dataset(
            table.columns.whole(),
            table.target,
            weight=table.weight,
            reference=reference,
            feature_name=[spec.name for spec in self.specs],
            categorical_feature=[place for place, spec in enumerate(self.specs) if spec.kind == "category"],
            params=parameters,
        )


def _fit_revenue(
    grower: _Grower, training: TrainingData, tuning: TrainingData, settings: RevenueSettings
) -> RevenueHead | None:
    findings = _with_amount(training, settings)
    if findings is None or len(findings) < settings.min_findings:
        return None
    unit = float(_amounts(findings).mean())
    if unit <= 0:
        return None
    later = _with_amount(tuning, settings)
    enough = later is not None and len(later) >= max(settings.min_findings // 4, 1)
    parameters = {
        **settings.parameters(),
        "objective": settings.objective,
        "metric": settings.objective,
        "tweedie_variance_power": settings.tweedie_variance_power,
    }
    table = grower.table(findings, _amounts(findings) / unit)
    watch = grower.table(later, _amounts(later) / unit) if later is not None and enough else None
    head = RevenueHead(grower.grow(parameters, settings, table, watch), unit)
    return RevenueHead(head.trees, unit * _level(head, [table] if watch is None else [table, watch]))


def _level(head: RevenueHead, tables: Sequence[_Table]) -> float:
    """What the head must be multiplied by to expect, over all findings, what was recovered.

    Boosting shrinks amounts towards their typical size and loses the balance between predicted and observed
    sums (Wüthrich, Buser: Data analytics for non-life insurance pricing, 2021); this puts it back.
    """
    sums = np.zeros(2)
    for table in tables:
        weight = np.ones(len(table.target)) if table.weight is None else table.weight
        sums += weight @ table.target, weight @ np.exp(head.trees.raw(table.columns))
    return float(sums[0] / sums[1])


def _with_amount(data: TrainingData, settings: RevenueSettings) -> TrainingData | None:
    """The rows where something was found and the amount is known; amounts below 0 (repayments) count as 0."""
    if data.revenue is None:
        return None
    least = 0.0 if settings.objective == "gamma" else -np.inf
    return data.take((data.irregular > 0) & np.isfinite(data.revenue) & (data.revenue > least))


def _amounts(findings: TrainingData) -> Floats:
    amounts = findings.revenue if findings.revenue is not None else np.zeros(len(findings))
    return np.maximum(amounts, 0.0)


def _check_period(period: str, data: TrainingData, specs: Sequence[Feature]) -> None:
    check_names(data.features.columns, [spec.name for spec in specs])
    if len(data) == 0:
        raise RedlaneError(f"the {period} period holds no row with a known outcome; move its dates")
    if data.found in (0, len(data)):
        only = "irregular" if data.found else "regular"
        raise RedlaneError(f"all {len(data)} rows of the {period} period are {only}; it needs both outcomes")
