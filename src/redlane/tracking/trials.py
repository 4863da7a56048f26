"""The trials of a study as nested runs: one finished run for each finished trial, whatever was interrupted between.

A trial is put on record when it has ended, with its own start and end. What a killed process left half recorded is
removed when the study goes on, and recorded anew.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from redlane.tracking.environment import environment
from redlane.tracking.mlflow_run import RecordedRun
from redlane.tracking.parameters import flat_numbers, flat_parameters
from redlane.tracking.run import Run, Untracked
from redlane.tracking.settings import TrackingSettings
from redlane.tracking.store import as_sentences, prepare, quiet_mlflow

_STUDY, _TRIAL, _PARENT = "redlane.study", "redlane.trial", "mlflow.parentRunId"


@dataclass(frozen=True)
class Trial:
    """What is recorded of a trial: its number, what was tried, and what it was worth on each fold."""

    number: int
    state: str
    worth: float | None
    values: Mapping[str, Any]
    folds: Sequence[float]
    begun: datetime
    ended: datetime


class StudyLog:
    """A study nobody records."""

    run: Run = Untracked()

    def record(self, trials: Sequence[Trial]) -> None:
        """Put the *trials* that are not yet on record there."""


class RecordedStudy(StudyLog):
    """A study recorded by MLflow: a run with one nested run for each trial."""

    def __init__(self, run: RecordedRun) -> None:
        self.run = run
        self._client, self._info, self._settings = run.client, run.info, run.settings
        self._known = self._recorded()

    def record(self, trials: Sequence[Trial]) -> None:
        """Record the trials that have no finished run yet.

        Raises:
            RedlaneError: the store cannot be written to.
        """
        with as_sentences(self._settings.uri), redirect_stdout(sys.stderr):
            for trial in trials:
                if trial.number not in self._known:
                    self._add(trial)
                    self._known.add(trial.number)

    def _recorded(self) -> set[int]:
        """Numbers of the trials with a finished run; half-written runs are removed."""
        found: set[int] = set()
        for run in self._children():
            number = int(run.data.tags.get(_TRIAL, -1))
            if run.info.status != "FINISHED" or number in found:
                self._client.set_terminated(run.info.run_id, "KILLED")
                self._client.delete_run(run.info.run_id)
            else:
                found.add(number)
        return found

    def _children(self) -> Iterator[Any]:
        token = None
        while True:
            page = self._client.search_runs(
                [self._info.experiment_id], f"tags.`{_PARENT}` = '{self.run.id}'", page_token=token
            )
            yield from page
            token = page.token
            if not token:
                return

    def _add(self, trial: Trial) -> None:
        from mlflow.entities import Metric, Param

        tags = {_PARENT: str(self.run.id), _TRIAL: str(trial.number), "redlane.state": trial.state}
        begun, ended = (int(each.timestamp() * 1000) for each in (trial.begun, trial.ended))
        run = self._client.create_run(
            self._info.experiment_id, start_time=begun, run_name=f"trial {trial.number}", tags=tags
        )
        numbers = flat_numbers({"objective": trial.worth, "duration_seconds": (ended - begun) / 1000})
        metrics = [Metric(name, value, ended, 0) for name, value in numbers.items()]
        metrics += [Metric("fold", value, ended, step) for step, value in enumerate(trial.folds, 1)]
        params = [Param(key, value) for key, value in flat_parameters(trial.values).items()]
        self._client.log_batch(run.info.run_id, metrics=metrics, params=params)
        self._client.set_terminated(run.info.run_id, "FINISHED", end_time=ended)


@contextmanager
def track_study(
    settings: TrackingSettings, name: str, key: str, folder: Path | None = None
) -> Iterator[StudyLog]:
    """The record of the study *key*, begun or gone on with; it ends as *failed* when the block raises.

    Raises:
        RedlaneError: the place cannot be written to or reached.
    """
    if not settings.enabled:
        yield StudyLog()
        return
    mlflow = quiet_mlflow()
    with redirect_stdout(sys.stderr):
        uri, experiment = prepare(settings, folder or Path.cwd())
    client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
    with as_sentences(settings.uri):
        info = _parent(client, experiment, name, key)
        status = "FAILED"
        try:
            client.log_dict(info.run_id, environment(), "environment.json")
            yield RecordedStudy(RecordedRun(client, info, settings))
            status = "FINISHED"
        finally:
            client.set_terminated(info.run_id, status)


def _parent(client: Any, experiment: str, name: str, key: str) -> Any:
    found = client.search_runs([experiment], f"tags.`{_STUDY}` = '{key}'", order_by=["start_time ASC"])
    if found:
        client.update_run(found[0].info.run_id, status="RUNNING")
        return found[0].info
    tags = {"mlflow.source.name": "redlane", _STUDY: key}
    return client.create_run(experiment, run_name=name, tags=tags).info
