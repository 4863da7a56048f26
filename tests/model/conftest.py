"""Small labelled tables with a planted answer, and one model learnt from them."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from redlane.features.spec import Feature
from redlane.hashing import hash64
from redlane.model import LightGBMSettings, Model, TrainingData, fit_model

Rows = Callable[..., TrainingData]


@pytest.fixture(scope="session")
def specs() -> list[Feature]:
    return [
        Feature("price_gap", "How far below peers", "{value}", "valuation", direction=1),
        Feature("mass", "Net mass", "{value}", "quantity", unit="kg"),
        Feature("office", "Office", "{value}", "behaviour", kind="category"),
        Feature("noise", "Nothing", "{value}", "identity"),
    ]


@pytest.fixture(scope="session")
def rows() -> Rows:
    """Rows whose outcome follows price_gap and office; about a fifth irregular, amounts grow with mass."""

    def make(count: int, seed: int) -> TrainingData:
        random = np.random.default_rng(seed)
        features = pd.DataFrame(
            {
                "price_gap": np.where(random.random(count) < 0.1, np.nan, random.normal(size=count)),
                "mass": random.normal(size=count),
                "office": random.choice(
                    ["north", "south", "harbour", None], size=count, p=[0.4, 0.3, 0.2, 0.1]
                ),
                "noise": random.normal(size=count),
            }
        )
        log_odds = (
            -2.2
            + 1.6 * features["price_gap"].fillna(0).to_numpy()
            + 1.5 * (features["office"] == "harbour").to_numpy()
        )
        irregular = (random.random(count) < 1 / (1 + np.exp(-log_odds))).astype(float)
        amount = 100 * np.exp(features["mass"].to_numpy() + random.normal(scale=0.5, size=count))
        return TrainingData(
            features=features,
            irregular=irregular,
            revenue=np.where(irregular > 0, amount, np.nan),
            weight=None,
            row_order=hash64([f"{seed}-{number}" for number in range(count)]),
            day=np.random.default_rng(seed).integers(18_000, 18_060, count),
        )

    return make


@pytest.fixture(scope="session")
def quick() -> LightGBMSettings:
    return LightGBMSettings.parse(
        {
            "feature_fraction": 0.6,
            "learning_rate": 0.2,
            "rounds": 40,
            "early_stopping_rounds": 10,
            "members": 1,
            "num_leaves": 7,
            "num_threads": 1,
            "revenue": {"rounds": 20, "num_leaves": 4, "learning_rate": 0.2, "min_findings": 50},
        }
    )


@pytest.fixture(scope="session")
def training(rows: Rows) -> TrainingData:
    return rows(1500, 1)


@pytest.fixture(scope="session")
def tuning(rows: Rows) -> TrainingData:
    return rows(800, 2)


@pytest.fixture(scope="session")
def later(rows: Rows) -> TrainingData:
    return rows(2000, 3)


@pytest.fixture(scope="session")
def model(
    training: TrainingData, tuning: TrainingData, specs: list[Feature], quick: LightGBMSettings
) -> Model:
    return fit_model(training, tuning, specs, quick)
