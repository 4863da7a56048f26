"""A run recorded by MLflow, through its client: no state of the process is used but for logging a model."""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from redlane.model.portable import portable
from redlane.tracking.environment import environment
from redlane.tracking.parameters import Number, flat_numbers, flat_parameters, without_secrets
from redlane.tracking.records import RECORD
from redlane.tracking.registering import log_model
from redlane.tracking.settings import TrackingSettings
from redlane.tracking.store import as_sentences, prepare, quiet_mlflow

_BATCH = 100
_LONGEST_DIGEST = 36


@dataclass(frozen=True)
class RecordedRun:
    """See :class:`redlane.tracking.run.Run`; ``client`` is an ``mlflow.MlflowClient``, ``info`` its ``RunInfo``."""

    client: Any
    info: Any
    settings: TrackingSettings

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.info.run_id)

    def log_configuration(self, configuration: Mapping[str, Any]) -> None:
        """Parameters, and the whole as an artifact; passwords and absolute paths are left out of both."""
        from mlflow.entities import Param

        plain = without_secrets(portable(configuration))
        parameters = [Param(key, value) for key, value in flat_parameters(plain).items()]
        for start in range(0, len(parameters), _BATCH):
            self.client.log_batch(self.info.run_id, params=parameters[start : start + _BATCH])
        self.client.log_text(
            self.info.run_id, json.dumps(plain, indent=2, sort_keys=True), "configuration.json"
        )

    def log_data(self, name: str, sha256: str, rows: int, context: str = "training") -> None:
        """A dataset entry with redlane's own hash as digest: MLflow never reads a row."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        file = Path(name).name
        profile = json.dumps({"rows": rows, "sha256": sha256})
        dataset = Dataset(file, sha256[:_LONGEST_DIGEST], "local", json.dumps({"uri": file}), profile=profile)
        tags = [InputTag("mlflow.data.context", context), InputTag("sha256", sha256)]
        self.client.log_inputs(self.info.run_id, datasets=[DatasetInput(dataset, tags)])

    def log_numbers(self, numbers: Mapping[str, Number]) -> None:
        """Metrics, an interval as two more."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        metrics = [Metric(name, value, now, 0) for name, value in flat_numbers(numbers).items()]
        for start in range(0, len(metrics), _BATCH):
            self.client.log_batch(self.info.run_id, metrics=metrics[start : start + _BATCH])

    def log_files(self, paths: Sequence[Path], folder: str = "") -> None:
        """Artifacts of the run."""
        for path in paths:
            self.client.log_artifact(self.info.run_id, str(path), folder or None)

    def log_record(self, record: Mapping[str, Any]) -> None:
        """The record as it is, places of the input files included.

        Nothing is left out as a secret: a stage's own settings have no place for one, and a column's label that
        sounds like one is needed to read the file again.
        """
        text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        self.client.log_text(self.id, text, RECORD)
        for name, value in record.get("results", {}).items():
            if name.endswith("_id"):
                self.client.set_tag(self.id, f"redlane.{name}", value)

    def log_bundle(self, bundle: Path, example: pd.DataFrame) -> str | None:
        """A pyfunc model from code around the bundle; gives ``models:/NAME@ALIAS`` or ``models:/m-ID``."""
        return log_model(self.client, self.info, bundle, example, self.settings)


@contextmanager
def recorded(settings: TrackingSettings, run_name: str, folder: Path) -> Iterator[RecordedRun]:
    """A run in the store of *settings*, ended as the block ends, with its environment and duration in seconds.

    MLflow prints where a run can be seen; that goes to standard error, for standard output is the program's.

    Raises:
        RedlaneError: the store cannot be prepared or written to.
    """
    mlflow = quiet_mlflow()
    with redirect_stdout(sys.stderr):
        uri, experiment = prepare(settings, folder)
    client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
    with as_sentences(settings.uri):
        run = client.create_run(experiment, run_name=run_name, tags=_tags(settings))
        status, begun = "FAILED", time.monotonic()
        try:
            client.log_dict(run.info.run_id, environment(), "environment.json")
            yield RecordedRun(client, run.info, settings)
            status = "FINISHED"
        finally:
            client.log_metric(run.info.run_id, "duration_seconds", time.monotonic() - begun)
            client.set_terminated(run.info.run_id, status)


def _tags(settings: TrackingSettings) -> dict[str, str]:
    nested = {} if settings.parent is None else {"mlflow.parentRunId": settings.parent}
    return {"mlflow.source.name": "redlane", **nested}
