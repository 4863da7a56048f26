"""Profiles, features, a model, scores: the flow of :mod:`redlane.pipeline` with frames in and out."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from redlane import pipeline
from redlane.declarations.identity import tie_hash
from redlane.declarations.periods import Split
from redlane.evaluation.comparison import baseline_needs
from redlane.evaluation.order import inspection_order
from redlane.features import catalogue
from redlane.features.availability import available
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.flag import FlagSettings
from redlane.library.choosing import chosen
from redlane.library.data import Declarations, Declared, frame_of
from redlane.library.showing import page, table
from redlane.model.model import Model
from redlane.model.settings import ModelSettings
from redlane.model.weighting import Weighting
from redlane.profiles import build, store
from redlane.profiles.build import Profiles
from redlane.profiles.needs import ProfileNeeds

Features = str | FeatureSettings
"""A file of ``conf/features``, or settings."""


@dataclass(frozen=True)
class Learned:
    """A model with the features it reads and the split it was fitted on: what it takes to score, judge, explain."""

    model: Model
    recipe: pipeline.Recipe
    split: Split

    @property
    def features(self) -> FeatureSettings:
        """The features the model reads."""
        return self.recipe.features

    def __repr__(self) -> str:
        return (
            f"Learned({self.recipe.model.name}, {len(self.model.features)} features, {self.split.test_from})"
        )

    def _repr_html_(self) -> str:
        """What it was fitted on."""
        rows = {name: int(getattr(self.split, name).sum()) for name in ("train", "tune", "test")}
        counted = pd.DataFrame({"period": list(rows), "declarations with an outcome": list(rows.values())})
        said = f"{self.recipe.model.about}: {len(self.model.features)} features, fitted on {self.split.test_from}"
        return page(said, [table(counted)])


def features_for(
    declarations: Declared, features: Features = "default", flags: str | FlagSettings | None = None
) -> FeatureSettings:
    """The features of a choice that these declarations can feed; what they cannot is left out, with a warning.

    *flags* are red flags for the place that the features keep for them; none where it is not given.

    Raises:
        RedlaneError: nothing is left.
    """
    settings: FeatureSettings = chosen("features", features)
    if flags is not None:
        settings = settings.with_flags(chosen("flags", flags))
    lenient = settings.model_copy(update={"unavailable": "leave_out"})
    fed, said = available(lenient, frame_of(declarations).columns)
    for sentence in said:
        warnings.warn(sentence, stacklevel=2)
    return fed


def build_profiles(
    declarations: Declared,
    features: Features = "default",
    out: str | Path | None = None,
    references: Mapping[str, pd.DataFrame] | None = None,
) -> Profiles:
    """What was known, and when, of everything that *features* and the baselines ask for; a store at *out*, if given.

    Only a store that is written has an id, by which scores name it.

    Raises:
        RedlaneError: amounts add up to more than a ledger holds, or the disk refuses.
    """
    frame, settings = frame_of(declarations), chosen("features", features)
    settings.check_columns(frame.columns)
    needs = ProfileNeeds.union([settings.needs(), baseline_needs(frame.columns)])
    if out is None:
        return build.build(frame, needs, references=references)
    hashes = declarations.hashes if isinstance(declarations, Declarations) else {}
    return store.create_store(Path(out), frame, needs, hashes, references)


def open_profiles(folder: str | Path, id: str | None = None) -> Profiles:
    """A profiles store, as it is or as it was when its id was *id*; every file is checked.

    Raises:
        RedlaneError: there is none, it was changed, or it never had that id.
    """
    return store.open_store(Path(folder), id)


def compute_features(
    declarations: Declared, profiles: Profiles, features: Features = "default"
) -> pd.DataFrame:
    """One column a feature, one row a declaration, from what was known before each declaration's day.

    Raises:
        RedlaneError: a column or a profile that a feature reads is not there.
    """
    return catalogue.build(frame_of(declarations), profiles, chosen("features", features))


def fit(
    declarations: Declared,
    profiles: Profiles,
    split: Split,
    features: Features = "default",
    model: str | ModelSettings = "lightgbm",
    weighting: Weighting | None = None,
) -> Learned:
    """Learn from the training rows of *split*; its tuning rows stop the growing and calibrate.

    Raises:
        RedlaneError: a column or a profile is not there, or a period cannot be learnt from.
    """
    recipe = pipeline.Recipe(chosen("features", features), chosen("model", model), weighting or Weighting())
    return Learned(pipeline.fit(frame_of(declarations), profiles, split, recipe), recipe, split)


def score(declarations: Declared, profiles: Profiles, learned: Learned) -> pd.DataFrame:
    """Margin, probability and expected revenue of each declaration, and its rank among them (1 is inspected first).

    The frame has the index of the declarations. All but the rank is each row's own, whatever the company.

    Raises:
        RedlaneError: a column or a profile that a feature reads is not there.
    """
    frame = frame_of(declarations)
    scores = pipeline.score(frame, profiles, learned.features, learned.model)
    rank = np.empty(len(frame), np.int64)
    rank[inspection_order(scores.margin, tie_hash(frame)).rows] = np.arange(1, len(frame) + 1)
    return pd.DataFrame(
        {
            "declaration_id": frame["declaration_id"],
            "item_number": frame["item_number"],
            "rank": rank,
            "margin": scores.margin,
            "probability": scores.probability,
            "expected_revenue": scores.expected_revenue,
        },
        index=frame.index,
    )
