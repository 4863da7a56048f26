"""What all rooms share: examples may take as long as a busy machine needs; a small trained world, a database."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["SOURCE_DATE_EPOCH"] = (
    "1735689600"  # manifests are compared byte for byte; a test of its own has the clock
)

import pytest
from hypothesis import settings

from redlane.evaluation import logistic
from tests.runs import Trained, trained_in

logistic.ITERATIONS = 25
"""A third of a small training went into this one baseline; its own tests fit it at its full length."""

MINUTES = ("recovery/test_interrupted", "tuning/test_tune", "real/", "notebooks/")
"""What takes longest begins first: two workers then end together, instead of one waiting for the other's last file."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, otherwise as collected; a worker takes a file at a time."""
    items.sort(key=lambda item: not any(part in item.nodeid for part in MINUTES))


settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return trained_in(tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="session")
def prepared_database(tmp_path_factory):
    """A prepared MLflow database, to be copied: a fresh one takes MLflow seconds to prepare."""
    from redlane.tracking.store import quiet_mlflow

    path = tmp_path_factory.mktemp("template") / "mlflow.db"
    quiet_mlflow().MlflowClient(tracking_uri=f"sqlite:///{path}").search_experiments(max_results=1)
    return path
