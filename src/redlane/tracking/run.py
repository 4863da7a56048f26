"""One run, recorded or not: the stages write to it without knowing which."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from redlane.tracking.parameters import Number
from redlane.tracking.settings import TrackingSettings


class Run(Protocol):
    """What a stage can put on record. Nothing here ever receives a party's id or a declaration."""

    @property
    def id(self) -> str | None:
        """The run's id where it is recorded."""

    def log_configuration(self, configuration: Mapping[str, Any]) -> None:
        """The resolved configuration: flat as parameters, whole as ``configuration.json``."""

    def log_data(self, name: str, sha256: str, rows: int, context: str = "training") -> None:
        """A data file by its name, hash and number of rows; the file itself stays where it is."""

    def log_numbers(self, numbers: Mapping[str, Number]) -> None:
        """Measures; one given as (value, low, high) is recorded with its interval."""

    def log_files(self, paths: Sequence[Path], folder: str = "") -> None:
        """Files (plots, tables, a report) below *folder* of the run."""

    def log_record(self, record: Mapping[str, Any]) -> None:
        """What is needed to do the run again, and what came of it: ``record.json``; its ids as tags as well."""

    def log_bundle(self, bundle: Path, example: pd.DataFrame) -> str | None:
        """A bundle folder, registered, with some rows of features as *example*; gives its address."""


class Untracked:
    """A run nobody records."""

    id: str | None = None

    def log_configuration(self, configuration: Mapping[str, Any]) -> None:
        """Nothing."""

    def log_data(self, name: str, sha256: str, rows: int, context: str = "training") -> None:
        """Nothing."""

    def log_numbers(self, numbers: Mapping[str, Number]) -> None:
        """Nothing."""

    def log_files(self, paths: Sequence[Path], folder: str = "") -> None:
        """Nothing."""

    def log_record(self, record: Mapping[str, Any]) -> None:
        """Nothing."""

    def log_bundle(self, bundle: Path, example: pd.DataFrame) -> str | None:
        """Nothing."""
        return None


@contextmanager
def track(settings: TrackingSettings, run_name: str, folder: Path | None = None) -> Iterator[Run]:
    """Record a run while the block lasts; it ends as *failed* when the block raises.

    Relative places in *settings* are below *folder* (the working folder unless given).

    >>> with track(TrackingSettings(enabled=False), "demo") as run:
    ...     run.log_numbers({"roc_auc": 0.7})

    Raises:
        RedlaneError: the place cannot be written to or reached.
    """
    if not settings.enabled:
        yield Untracked()
        return
    from redlane.tracking.mlflow_run import recorded

    with recorded(settings, run_name, folder or Path.cwd()) as run:
        yield run
