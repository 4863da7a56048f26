"""Small made-up studies: features by hand, outcomes that depend on two of them, and nothing else."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd

from redlane.declarations.periods import Split
from redlane.evaluation.comparison import Rows
from redlane.features.spec import Feature
from redlane.governance.study import Study
from redlane.pipeline import Recipe
from tests.runs import QUICK, chosen
from tests.worlds import small_world

N, TUNE, TEST = 2400, 1200, 1600
SPECS = (
    Feature("price", "Price", "price {value}", "valuation"),
    Feature("habit", "Habit", "habit {value}", "behaviour"),
    Feature("mass", "Mass", "mass {value}", "quantity"),
    Feature("mode", "Mode", "mode {value}", "origin", kind="category"),
)


def study(seed: int = 0, specs: tuple[Feature, ...] = SPECS) -> Study:
    """A clean study without a model: 20 weeks, half of it to learn from, a sixth to tune, a third to test."""
    rng = np.random.default_rng(seed)
    frame = small_world(N, seed, days=140)
    numbers = {name: rng.normal(size=N) for name in ("price", "habit", "mass")}
    features = pd.DataFrame({**numbers, "mode": rng.choice(["sea", "air", "road"], N)})
    odds = 1 / (1 + np.exp(1.5 - 1.2 * features["price"] - 1.2 * features["habit"]))
    frame["irregular"] = (rng.random(N) < odds).astype(float)
    frame["outcome_known_on"] = frame["registered_on"] + pd.Timedelta(days=1)
    frame["selection_propensity"] = 0.5
    test_from = frame["registered_on"].iloc[TEST]
    last = int((frame["outcome_known_on"] < test_from).sum())
    place = np.arange(N)
    split = Split(
        place < TUNE,
        (place >= TUNE) & (place < last),
        place >= int((frame["registered_on"] < test_from).sum()),
        frame["registered_on"].iloc[TUNE].date(),
        test_from.date(),
    )
    recipe = Recipe(SimpleNamespace(features=lambda: specs), chosen("model", "lightgbm", **QUICK))
    rows = [rows_of(frame, features, mask) for mask in (split.train | split.tune, split.test)]
    return Study(frame, split, *rows, recipe, chosen("evaluation", "default", bootstrap_repeats=100))


def rows_of(frame: pd.DataFrame, features: pd.DataFrame, mask: np.ndarray) -> Rows:
    return Rows(frame[mask].reset_index(drop=True), features[mask].reset_index(drop=True))


def with_features(clean: Study, change) -> Study:
    """The study with its features changed by *change* (frame of rows, name of the period)."""
    return replace(
        clean,
        past=Rows(clean.past.declarations, change(clean.past.features.copy(), "past", clean.past)),
        test=Rows(clean.test.declarations, change(clean.test.features.copy(), "test", clean.test)),
    )


def with_columns(clean: Study, **test) -> Study:
    """The study with columns of the test declarations changed."""
    return replace(clean, test=Rows(clean.test.declarations.assign(**test), clean.test.features))
