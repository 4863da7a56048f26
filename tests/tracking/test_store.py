"""The database of runs is made whole or not at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from redlane.tracking import TrackingSettings, store


class Killed(BaseException):
    """What ends the process while MLflow makes its database."""


def test_a_process_that_ends_while_the_database_is_made_leaves_none(tmp_path, monkeypatch):
    class HalfMade:
        def __init__(self, tracking_uri: str, registry_uri: str) -> None:
            self.file = Path(tracking_uri.removeprefix("sqlite:///"))

        def search_experiments(self, max_results: int) -> None:
            with closing(sqlite3.connect(self.file)) as connection:
                connection.execute("CREATE TABLE experiments (experiment_id INTEGER)")
            raise Killed

    monkeypatch.setattr(store.quiet_mlflow(), "MlflowClient", HalfMade)
    with pytest.raises(Killed):
        store.prepare(TrackingSettings(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mlflow.db.lock"]
