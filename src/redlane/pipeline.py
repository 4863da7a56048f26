"""The whole flow as two pure functions: :func:`fit` learns from the past, :func:`score` judges a declaration.

Both call the same :func:`redlane.features.catalogue.build`, so that what was trained is what scores. Neither
touches a disk or a clock: the profiles know what was known when, and the declarations bring their own date.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.identity import tie_hash
from redlane.declarations.periods import Mask, Split, days
from redlane.features.catalogue import FeatureSettings, build
from redlane.model.fitting import fit_model
from redlane.model.model import Model
from redlane.model.settings import ModelSettings
from redlane.model.training_data import TrainingData
from redlane.model.weighting import Weighting
from redlane.profiles.build import Profiles

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    """How to learn: which features, which model, how much each row counts."""

    features: FeatureSettings
    model: ModelSettings
    weighting: Weighting = Weighting()


@dataclass(frozen=True)
class Scores:
    """One entry per declaration: the margin ranks, the probability speaks, the revenue (if known) weighs."""

    features: pd.DataFrame
    margin: Numbers
    probability: Numbers
    expected_revenue: Numbers | None


def fit(declarations: pd.DataFrame, profiles: Profiles, split: Split, recipe: Recipe) -> Model:
    """Learn a model from the training rows of *split*; its tuning rows stop the growing and calibrate.

    Raises:
        RedlaneError: a feature reads a column or profile that is not there, or a period cannot be learnt from.
    """
    weight = recipe.weighting.weights(declarations)
    training = training_data(declarations, profiles, recipe.features, split.train, weight)
    tuning = training_data(declarations, profiles, recipe.features, split.tune, weight)
    return fit_model(training, tuning, recipe.features.features(), recipe.model)


def score(
    declarations: pd.DataFrame,
    profiles: Profiles,
    features: FeatureSettings,
    model: Model,
    threads: int | None = None,
) -> Scores:
    """Score every declaration by itself: its company, their order and their number change nothing.

    Raises:
        RedlaneError: a feature reads a column or profile that is not there.
    """
    computed = build(declarations, profiles, features)
    margin = model.margin(computed, threads)
    probability = model.probability(margin)
    return Scores(computed, margin, probability, model.expected_revenue(computed, probability, threads))


def training_data(
    declarations: pd.DataFrame,
    profiles: Profiles,
    features: FeatureSettings,
    rows: Mask,
    weight: Numbers | None = None,
) -> TrainingData:
    """The labelled *rows* as the model sees them; *weight* has one entry per declaration."""
    chosen = declarations[rows].reset_index(drop=True)
    return labelled_data(chosen, build(chosen, profiles, features), None if weight is None else weight[rows])


def labelled_data(
    declarations: pd.DataFrame, features: pd.DataFrame, weight: Numbers | None = None
) -> TrainingData:
    """Labelled declarations, all of them, with their *features* and *weight*, as the model sees them."""
    revenue = declarations.get("recovered_revenue")
    return TrainingData(
        features=features,
        irregular=declarations["irregular"].to_numpy("float64"),
        revenue=None if revenue is None else revenue.to_numpy("float64"),
        weight=weight,
        row_order=tie_hash(declarations),
        day=days(declarations["registered_on"]),
    )
