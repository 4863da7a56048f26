"""The place runs are kept: quiet, private, and prepared once before anybody writes to it.

MLflow prepares a fresh SQLite database on first use. Two processes that do so at once fail ("duplicate column
name"); here the first one prepares it under a file lock while the others wait.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from redlane.errors import RedlaneError
from redlane.io.files import atomic_path
from redlane.tracking.settings import TrackingSettings

_ENVIRONMENT = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
_DEFAULTS = {
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "GIT_PYTHON_REFRESH": "quiet",
}


def quiet_mlflow() -> Any:
    """Import ``mlflow`` without telemetry or chatter on standard output, and with short waits for a server."""
    os.environ.update(_ENVIRONMENT)
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    import mlflow

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return mlflow


@contextmanager
def as_sentences(uri: str, doing: str = "recorded") -> Iterator[None]:
    """Turn what MLflow, the database or the network throw into one sentence; *doing* says what could not be done.

    Raises:
        RedlaneError: the store cannot be used.
    """
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError) as error:
        reason = " ".join(str(error).split("\n")[0].split())[:300]
        raise RedlaneError(f"runs cannot be {doing} at {uri}: {reason}") from error


def open_client(settings: TrackingSettings, folder: Path) -> Any:
    """A client of a store that is there already; nothing is made.

    Raises:
        RedlaneError: recording is switched off, or there is no such database.
    """
    if not settings.enabled:
        raise RedlaneError("runs are read from where they are recorded, but tracking.enabled is false")
    uri = resolved_uri(settings, folder)
    database = Path(uri.removeprefix("sqlite:///"))
    if settings.is_local and not database.is_file():
        raise RedlaneError(f"no runs are recorded at {database}: there is no such file")
    if settings.is_local:
        _check_database(database)
    mlflow = quiet_mlflow()
    with as_sentences(settings.uri, "read"):
        return mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)


def resolved_uri(settings: TrackingSettings, folder: Path) -> str:
    """The address of the store; a relative SQLite file is one below *folder*.

    >>> resolved_uri(TrackingSettings(), Path("/data"))
    'sqlite:////data/mlflow.db'
    """
    if not settings.is_local:
        return settings.uri
    return f"sqlite:///{folder / settings.uri.removeprefix('sqlite:///')}"


def prepare(settings: TrackingSettings, folder: Path) -> tuple[str, str]:
    """Prepare the store and its experiment, once; gives the store's address and the experiment's id.

    Raises:
        RedlaneError: the store cannot be reached, is no MLflow database or was written by a newer MLflow.
    """
    mlflow = quiet_mlflow()
    uri = resolved_uri(settings, folder)
    with _alone(uri, settings.is_local), as_sentences(settings.uri):
        client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
        found = client.get_experiment_by_name(settings.experiment)
        if found is not None and found.lifecycle_stage == "deleted":
            raise RedlaneError(
                f"the experiment '{settings.experiment}' was deleted; restore it or name another"
            )
        if found is not None:
            return uri, str(found.experiment_id)
        place = None if settings.artifacts is None else (folder / settings.artifacts).resolve().as_uri()
        return uri, str(client.create_experiment(settings.experiment, artifact_location=place))


@contextmanager
def _alone(uri: str, is_local: bool) -> Iterator[None]:
    if not is_local:
        yield
        return
    database = Path(uri.removeprefix("sqlite:///"))
    _check_database(database)
    import fcntl

    with database.with_name(f"{database.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not database.exists() or not database.stat().st_size:
            _make(database)
        yield


def _make(database: Path) -> None:
    """Make the database aside and move it into place: a process killed meanwhile leaves no half-made one."""
    with atomic_path(database) as unfinished, as_sentences(f"sqlite:///{database}"):
        uri = f"sqlite:///{unfinished}"
        quiet_mlflow().MlflowClient(tracking_uri=uri, registry_uri=uri).search_experiments(max_results=1)


def _check_database(path: Path) -> None:
    """Refuse a file that is no database before MLflow takes ten seconds to find out."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size:
            with closing(sqlite3.connect(path, timeout=60)) as connection:
                connection.execute("PRAGMA schema_version")
    except (sqlite3.DatabaseError, OSError) as error:
        raise RedlaneError(f"{path} cannot be used to record runs: {error}") from None
