"""How well settings do on each fold: fit on its past, rank its test rows, measure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from redlane.declarations.folds import Fold
from redlane.declarations.identity import tie_hash
from redlane.evaluation.baselines import lookup_table, random_rank
from redlane.evaluation.comparison import truth_of
from redlane.evaluation.evaluating import evaluate
from redlane.evaluation.result import Evaluation
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.truth import Floats, Truth
from redlane.model.fitting import fit_model
from redlane.model.training_data import TrainingData
from redlane.tuning.applying import Basis
from redlane.tuning.ground import Ground
from redlane.tuning.settings import Objective

TUNED, UNTUNED = "tuned", "untuned recipe"


@dataclass(frozen=True)
class Bench:
    """The folds of a study and what is measured on them. ``proxy`` marks a stand-in revenue."""

    ground: Ground
    objective: Objective
    proxy: bool = False

    def margins(self, basis: Basis, folds: Sequence[Fold]) -> Iterator[Floats]:
        """What a model with the settings of *basis* ranks each fold's test rows by, fold after fold."""
        features, data = self.ground.data(basis.features)
        weight = self.ground.weights(basis.weighting)
        settings = basis.model
        if self.objective.measure != "revenue":
            settings = settings.model_copy(update={"revenue": None})
        for fold in folds:
            training, tuning = (
                _taken(data, self.ground.part(mask), weight) for mask in (fold.train, fold.tune)
            )
            model = fit_model(training, tuning, features.features(), settings)
            rows = data.features[self.ground.part(fold.test)].reset_index(drop=True)
            margin = model.margin(rows)
            revenue = model.expected_revenue(rows, model.probability(margin))
            yield margin if revenue is None else revenue

    def worth(self, fold: Fold, score: Floats) -> float:
        """The objective on one fold's test rows, for one *score* per row; NaN where it cannot be measured."""
        truth, rows = self._truth(fold)
        found = evaluate({TUNED: score[rows]}, truth, self._settings(EvaluationSettings(bootstrap_repeats=0)))
        return self._of(found, TUNED)

    def baselines(self, folds: Sequence[Fold]) -> dict[str, list[float]]:
        """The objective of rankings that cost nothing, on each fold."""
        scores = [self._simple(fold) for fold in folds]
        names = list(scores[0])
        return {
            name: [self.worth(fold, score[name]) for fold, score in zip(folds, scores, strict=True)]
            for name in names
        }

    def compared(
        self, folds: Sequence[Fold], margins: Mapping[str, Sequence[Floats]], settings: EvaluationSettings
    ) -> Evaluation:
        """Rankings side by side on the test rows of all folds together; the first one is the main one.

        Margins of different models are not of one scale: each fold's are turned into places within the fold, so
        that the capacity is spent alike in each.
        """
        truths, parts = zip(*(self._truth(fold) for fold in folds), strict=True)
        simple = [self._simple(fold) for fold in folds]
        every = {**margins, **{name: [each[name] for each in simple] for name in simple[0]}}
        rankings = {
            name: np.concatenate([_places(score[rows]) for score, rows in zip(scores, parts, strict=True)])
            for name, scores in every.items()
        }
        return evaluate(rankings, _joined(truths), self._settings(settings))

    def measured(self, evaluation: Evaluation, ranking: str) -> tuple[float, float, float]:
        """The objective of *ranking* in *evaluation*, with its interval."""
        cut = None if self.objective.measure == "average_precision" else self.objective.capacity
        found = evaluation.get(ranking, self.objective.measure, cut)
        return found.value, found.low, found.high

    def difference(self, evaluation: Evaluation, other: str) -> tuple[float, float, float]:
        """The main ranking minus *other* in the objective, both judged on the same resampled weeks.

        Recall differs as precision does, by a constant factor: it is compared through precision.
        """
        measure = "precision" if self.objective.measure == "recall" else self.objective.measure
        rows = evaluation.difference
        rows = rows[(rows["baseline"] == other) & (rows["measure"] == measure)]
        rows = rows[rows["rate"].isna() | ((rows["rate"] - self.objective.capacity).abs() < 1e-12)]
        value, low, high = rows[["value", "low", "high"]].to_numpy("float64")[0].tolist()
        return value, low, high

    def _of(self, evaluation: Evaluation, ranking: str) -> float:
        return self.measured(evaluation, ranking)[0]

    def _settings(self, settings: EvaluationSettings) -> EvaluationSettings:
        return settings.model_copy(update={"rates": (self.objective.capacity,), "inspections": None})

    def _truth(self, fold: Fold) -> tuple[Truth, Any]:
        truth = truth_of(self.ground.declarations(fold.test), self.proxy)
        if self.objective.rows == "all":
            return truth, np.ones(len(truth), np.bool_)
        rows = self.ground.unseen(fold)
        return truth.where(rows), rows

    def _simple(self, fold: Fold) -> dict[str, Floats]:
        learnt, test = (self.ground.declarations(mask) for mask in (fold.train | fold.tune, fold.test))
        table = lookup_table(learnt, learnt["irregular"].to_numpy("float64"), test)
        return {"goods look-up table": table, "random": random_rank(tie_hash(test))}


def _taken(data: TrainingData, rows: Any, weight: Floats | None) -> TrainingData:
    part = data.take(rows)
    if weight is None:
        return part
    return TrainingData(part.features, part.irregular, part.revenue, weight[rows], part.row_order)


def _places(scores: Floats) -> Floats:
    """Place of each score within its fold, between 0 (last) and 1 (first)."""
    ranks = pd.Series(scores).rank(method="average", na_option="top").to_numpy("float64")
    return np.asarray(ranks / max(len(scores), 1), dtype=np.float64)


def _joined(truths: Sequence[Truth]) -> Truth:
    def all_of(name: str) -> Any:
        parts = [getattr(truth, name) for truth in truths]
        return None if any(part is None for part in parts) else np.concatenate(parts)

    return Truth(
        irregular=all_of("irregular"),
        revenue=all_of("revenue"),
        revenue_is_proxy=truths[0].revenue_is_proxy,
        registered_day=all_of("registered_day"),
        tie=all_of("tie"),
        typology=all_of("typology"),
        propensity=all_of("propensity"),
    )
