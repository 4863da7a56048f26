"""What the tests of records share: a working folder with a prepared database, a small bundle."""

import shutil

import numpy as np
import pandas as pd
import pytest

from redlane.features.spec import Feature
from redlane.hashing import hash64
from redlane.model import LightGBMSettings, TrainingData, fit_model
from redlane.model.bundle import write_bundle
from redlane.tracking import TrackingSettings


@pytest.fixture
def workplace(prepared_database, tmp_path, monkeypatch):
    """An empty working folder with a prepared database."""
    shutil.copy(prepared_database, tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def settings():
    return TrackingSettings()


@pytest.fixture(scope="session")
def example():
    random = np.random.default_rng(0)
    office = pd.Series(random.choice(["north", "south", None], 300), dtype="str")
    return pd.DataFrame({"price": random.normal(size=300), "count": np.arange(300) % 7, "office": office})


@pytest.fixture(scope="session")
def bundle(example, tmp_path_factory):
    irregular = (example["price"].to_numpy() + np.random.default_rng(1).normal(size=300) > 1).astype(float)
    rows = TrainingData(example, irregular, None, None, hash64([str(number) for number in range(300)]))
    specs = [
        Feature("price", "Price", "{value}", "valuation"),
        Feature("count", "Count", "{value}", "behaviour"),
        Feature("office", "Office", "{value}", "behaviour", kind="category"),
    ]
    settings = LightGBMSettings.parse({"rounds": 5, "num_threads": 1, "revenue": None})
    folder = tmp_path_factory.mktemp("models") / "demo"
    model = fit_model(rows, rows, specs, settings)
    write_bundle(folder, model, specs=specs, configuration={}, facts={}, golden=example.head(3), card="")
    return folder
