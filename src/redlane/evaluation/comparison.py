"""The model beside its baselines, on all test rows and on the honest slice: the table shown with every model."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from redlane.declarations.identity import tie_hash
from redlane.declarations.periods import days
from redlane.errors import RedlaneError
from redlane.evaluation.baselines import (
    lookup_table,
    random_rank,
    repeat_columns,
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
from redlane.profiles.keys import source_columns
from redlane.profiles.needs import ProfileNeeds

MODEL = "redlane"
BY_REVENUE = "redlane, by expected revenue"


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

    ``seen_share`` is the share of test rows whose exact goods tuple an earlier declaration had; 0 where declarations
    have none of the columns such a tuple is made of.
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


def baseline_needs(columns: pd.Index, settings: EvaluationSettings | None = None) -> ProfileNeeds:
    """The profiles the baselines of *settings* read, as far as the declarations have the columns."""
    histories = _histories(columns, settings or EvaluationSettings())
    return ProfileNeeds.union([history.needs() for history in histories.values()])


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
    rankings = {MODEL: scores.margin, **simple_baselines(train.declarations, test, profiles, settings)}
    if len(train.declarations):
        rankings["logistic regression"] = logistic_regression(train.features, train.irregular, test.features)
    if scores.expected_revenue is not None:
        rankings[BY_REVENUE] = scores.expected_revenue
    truth = truth_of(test.declarations, proxy)
    unseen = unseen_rows(earlier, test.declarations, settings)
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


def unseen_rows(earlier: pd.DataFrame, rows: pd.DataFrame, settings: EvaluationSettings) -> Booleans:
    """The honest slice of *rows*: those that repeat no *earlier* declaration; all, where no column could tell."""
    tuple_of = repeat_columns(rows.columns, settings.repeats)
    return unseen_tuple(earlier, rows, tuple_of) if tuple_of else np.ones(len(rows), np.bool_)


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


def simple_baselines(
    train: pd.DataFrame, test: Rows, profiles: Profiles, settings: EvaluationSettings
) -> dict[str, Floats]:
    """Those that the columns at hand allow and that fit no model; random always, a look-up table if *train* has rows.

    *train* are earlier declarations with a known outcome.
    """
    columns = test.declarations.columns
    rankings = {"random": random_rank(tie_hash(test.declarations))}
    if "customs_value" in columns:
        rankings["value rank"] = value_rank(test.declarations["customs_value"].to_numpy("float64"))
    if {"customs_value", "net_mass", "hs_code"} <= set(columns):
        rankings["unit-price rule"] = unit_price_rule(_price_position(train, test))
    for name, history in _histories(columns, settings).items():
        rankings[name] = _hit_rate(name, history, test, profiles)
    if len(train) and (tuple_of := repeat_columns(columns, settings.repeats)):
        found = train["irregular"].to_numpy("float64")
        rankings["goods look-up table"] = lookup_table(train, found, test.declarations, columns=tuple_of)
    return rankings


def _histories(columns: pd.Index, settings: EvaluationSettings) -> dict[str, History]:
    return {
        name: History(key=key, measures=("hit_rate",))
        for name, key in settings.histories.items()
        if set(source_columns(key)) <= set(columns)
    }


def _price_position(train: pd.DataFrame, test: Rows) -> Floats:
    name = "price_per_kg_log_ratio"
    if name in test.features:
        return test.features[name].to_numpy("float64")
    return unit_price_position(train, test.declarations)


def _hit_rate(name: str, history: History, test: Rows, profiles: Profiles) -> Floats:
    """Known offenders first."""
    if history.needs().missing_from(profiles.needs):
        raise RedlaneError(
            f"the profiles lack the outcomes that the baseline '{name}' is read from: build them anew, or leave the "
            f"baseline out of evaluation.histories"
        )
    return history.compute(View(test.declarations, profiles))[history.features()[0].name].astype(np.float64)
