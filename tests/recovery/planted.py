"""Worlds in which a single scheme is planted, or none, and how well a number finds it."""

from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from sklearn.metrics import roc_auc_score

from redlane.declarations.synthetic.generate import generate
from redlane.declarations.synthetic.settings import SyntheticSettings, TypologyShares
from redlane.features.catalogue import FeatureSettings, build
from redlane.profiles.build import build as build_profiles

DEFAULT = Path(__file__).parents[2] / "conf" / "features" / "default.yaml"
SIZE = {"declarations_per_week": 250, "importers": 220, "sellers": 140, "brokers": 16, "goods": 150}
"""Small enough for a test; prices, severity and habits are those of the default world."""


def world(scheme=None, share=0.01, weeks=30, seed=1, starts=0.0, **size):
    """Honest trade of *weeks*, with *scheme* over *share* of its rows once the part *starts* of them has passed."""
    shares = dict.fromkeys(TypologyShares.model_fields, 0.0) | ({scheme: share} if scheme else {})
    settings = SyntheticSettings(
        seed=seed,
        weeks=weeks,
        typologies=TypologyShares(**shares),
        honest_mistakes=0.0,
        collusive_pairs=0,
        starts={scheme: starts} if scheme else {},
        **{**SIZE, **size},
    )
    return pd.concat(generate(settings), ignore_index=True)


def recipe(families):
    """The features that the default settings make of these families; of single amounts only those of masses."""
    default = yaml.safe_load(DEFAULT.read_text())["families"]
    chosen = [each for each in default if each["family"] in families]
    kept = [f for f in chosen if f["family"] != "unit_price" or "price" not in f["reference"]["measure"]]
    return FeatureSettings.parse({"families": kept})


def features(declarations, family):
    """The features of one family with its own defaults."""
    settings = FeatureSettings.parse({"families": [{"family": family}]})
    return build(declarations, build_profiles(declarations, settings.needs()), settings)


def auc(planted, score, among=None):
    """How surely *score* puts a planted row above another one; where it says nothing, it comes last."""
    among = np.ones(len(planted), bool) if among is None else among
    filled = np.nan_to_num(np.asarray(score, float), nan=-1e9)
    return roc_auc_score(np.asarray(planted)[among], filled[among])


def settled(declarations, days=28):
    """Rows late enough that there is some history."""
    return (
        declarations.registered_on >= declarations.registered_on.min() + pd.Timedelta(days=days)
    ).to_numpy()
