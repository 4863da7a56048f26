"""The model beside its baselines, on all test rows and on the honest slice: the table shown with every model."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from redlane.declarations.identity import tie_hash
from redlane.declarations.periods import days
from redlane.errors import RedlaneError
from redlane.evaluation.baselines import (
    importer_history,
    lookup_table,
    random_rank,
    unit_price_position,
    unit_price_rule,
    unseen_tuple,
    value_rank,
)
from redlane.evaluation.evaluating import evaluate
from redlane.evaluation.logistic import logistic_regression
from redlane.evaluation.partitions import partitions
from redlane.evaluation.result import Evaluation
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.subgroups import Subgroups, judge_subgroups
from redlane.evaluation.truth import Booleans, Floats, Truth
from redlane.features.parties import History
from redlane.features.view import View
from redlane.pipeline import Scores
from redlane.profiles.build import Profiles
from redlane.profiles.needs import ProfileNeeds

MODEL = "redlane"
BY_REVENUE = "redlane, by expected revenue"

_IMPORTER = History(key=("importer_id",), measures=("hit_rate",))


@dataclass(frozen=True)
class Rows:
    """Labelled declarations with their features, aligned."""

    declarations: pd.DataFrame
    features: pd.DataFrame

    @property
    def irregular(self) -> Floats:
        """What the inspections found, 0 or 1."""
        return self.declarations["irregular"].to_numpy("float64")


@dataclass(frozen=True)
class Comparison:
    """Evaluations on all test rows and, where there are enough, on those whose goods tuple is new.

    ``seen_share`` is the share of test rows whose exact goods tuple an earlier declaration had.
    """

    whole: Evaluation
    unseen: Evaluation | None
    rankings: Mapping[str, Floats]
    probability: Floats
    truth: Truth
    unseen_rows: Booleans
    flags: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Hit rates of the red flags; see :func:`redlane.evaluation.flags.flag_table`. Empty where there are none."""
    subgroups: Subgroups | None = None
    """The model's results by subgroup of all test rows."""

    @property
    def seen_share(self) -> float:
        """Between 0 and 1."""
        return 1.0 - float(self.unseen_rows.mean())


def baseline_needs(columns: pd.Index) -> ProfileNeeds:
    """The profiles the baselines read, as far as the declarations have the columns."""
    return _IMPORTER.needs() if "importer_id" in columns else ProfileNeeds()


def compare(
    train: Rows,
    test: Rows,
    scores: Scores,
    *,
    earlier: pd.DataFrame,
    profiles: Profiles,
    settings: EvaluationSettings,
    proxy: bool,
) -> Comparison:
    """Judge the model's *scores* of the *test* rows beside every baseline.

    *earlier* are all declarations registered before the test period, outcome known or not: the honest slice
    leaves out every row whose goods tuple occurs among them. *proxy* marks a stand-in revenue.
    """
    rankings = {MODEL: scores.margin, **_baselines(train, test, profiles)}
    if scores.expected_revenue is not None:
        rankings[BY_REVENUE] = scores.expected_revenue
    truth = truth_of(test.declarations, proxy)
    unseen = unseen_tuple(earlier, test.declarations)
    whole = evaluate(rankings, truth, settings, probability=scores.probability)
    parts = partitions(test.declarations, earlier, settings)
    return Comparison(
        whole,
        _slice(rankings, truth, settings, scores, unseen),
        rankings,
        scores.probability,
        truth,
        unseen,
        subgroups=judge_subgroups(scores.margin, scores.probability, truth, parts, settings),
    )


def truth_of(declarations: pd.DataFrame, proxy: bool) -> Truth:
    """The outcomes of labelled declarations, as evaluation reads them."""

    def numbers(name: str) -> Floats | None:
        return declarations[name].to_numpy("float64") if name in declarations else None

    typology = declarations.get("typology")
    return Truth(
        irregular=declarations["irregular"].to_numpy("float64"),
        revenue=numbers("recovered_revenue"),
        revenue_is_proxy=proxy,
        registered_day=days(declarations["registered_on"]),
        tie=tie_hash(declarations),
        typology=None if typology is None else typology.to_numpy("object"),
        propensity=numbers("selection_propensity"),
    )


def _slice(
    rankings: Mapping[str, Floats],
    truth: Truth,
    settings: EvaluationSettings,
    scores: Scores,
    rows: Booleans,
) -> Evaluation | None:
    """None where the slice is empty or everything: then it says nothing of its own."""
    if rows.all() or not rows.any():
        return None
    chosen = {name: values[rows] for name, values in rankings.items()}
    return evaluate(chosen, truth.where(rows), settings, probability=scores.probability[rows])


def _baselines(train: Rows, test: Rows, profiles: Profiles) -> dict[str, Floats]:
    """Those that the columns at hand, and training rows if there are any, allow; random always."""
    columns = test.declarations.columns
    rankings = {"random": random_rank(tie_hash(test.declarations))}
    if "customs_value" in columns:
        rankings["value rank"] = value_rank(test.declarations["customs_value"].to_numpy("float64"))
    if {"customs_value", "net_mass", "hs_code"} <= set(columns):
        rankings["unit-price rule"] = unit_price_rule(_price_position(train, test))
    if "importer_id" in columns:
        rankings["importer history"] = importer_history(_importer_rate(test, profiles))
    if len(train.declarations):
        rankings["goods look-up table"] = lookup_table(train.declarations, train.irregular, test.declarations)
        rankings["logistic regression"] = logistic_regression(train.features, train.irregular, test.features)
    return rankings


def _price_position(train: Rows, test: Rows) -> Floats:
    name = "price_per_kg_log_ratio"
    if name in test.features:
        return test.features[name].to_numpy("float64")
    return unit_price_position(train.declarations, test.declarations)


def _importer_rate(test: Rows, profiles: Profiles) -> Floats:
    if _IMPORTER.needs().missing_from(profiles.needs):
        raise RedlaneError("the profiles lack the importers' outcomes, which the baselines are read from")
    return _IMPORTER.compute(View(test.declarations, profiles))["importer_hit_rate"].astype(np.float64)
