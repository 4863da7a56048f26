"""Grow sets of LightGBM trees over one list of features with one seed: the model's own, and the revenue head's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redlane.features.spec import Feature
from redlane.model.categories import Levels
from redlane.model.matrix import MatrixColumns
from redlane.model.settings import ModelSettings, TreeSettings
from redlane.model.training_data import TrainingData
from redlane.model.trees import Trees

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Columns with what they should say, and how much each row counts.

    ``groups`` are the sizes of consecutive runs of rows that are ranked among themselves, for a ranking
    objective.
    """

    columns: MatrixColumns
    target: Floats
    weight: Floats | None
    groups: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Grower:
    """Grows trees over the features *specs*, their categories encoded as *levels* say."""

    specs: Sequence[Feature]
    levels: Levels
    settings: ModelSettings

    def table(self, data: TrainingData, target: Floats) -> Table:
        """The rows of *data* with their *target*."""
        names = [spec.name for spec in self.specs]
        return Table(MatrixColumns.read(data.features, names, self.levels), target, data.weight)

    def grow(
        self, parameters: dict[str, Any], limits: TreeSettings, table: Table, watch: Table | None
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

    def _dataset(self, table: Table, parameters: dict[str, Any], reference: Any = None) -> Any:
        import lightgbm

        return lightgbm.Dataset(
            table.columns.whole(),
            table.target,
            weight=table.weight,
            group=table.groups,
            reference=reference,
            feature_name=[spec.name for spec in self.specs],
            categorical_feature=[place for place, spec in enumerate(self.specs) if spec.kind == "category"],
            params=parameters,
        )
