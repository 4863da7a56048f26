"""A run recorded by MLflow, through its client: no state of the process is used but for logging a model."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from redlane.model.portable import portable
from redlane.tracking.parameters import Number, flat_numbers, flat_parameters, without_secrets
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
        for name, value in flat_numbers(numbers).items():
            self.client.log_metric(self.info.run_id, name, value)

    def log_files(self, paths: Sequence[Path], folder: str = "") -> None:
        """Artifacts of the run."""
        for path in paths:
            self.client.log_artifact(self.info.run_id, str(path), folder or None)

    def log_bundle(self, bundle: Path, example: pd.DataFrame) -> str | None:
        """A pyfunc model from code around the bundle; gives ``models:/NAME@ALIAS`` or ``models:/m-ID``."""
        return log_model(self.client, self.info, bundle, example, self.settings)


@contextmanager
def recorded(settings: TrackingSettings, run_name: str, folder: Path) -> Iterator[RecordedRun]:
    """A run in the store of *settings*, ended as the block ends.

    MLflow prints where a run can be seen; that goes to standard error, for standard output is the program's.

    Raises:
        RedlaneError: the store cannot be prepared or written to.
    """
    mlflow = quiet_mlflow()
    with redirect_stdout(sys.stderr):
        uri, experiment = prepare(settings, folder)
    client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
    with as_sentences(settings.uri):
        run = client.create_run(experiment, run_name=run_name, tags={"mlflow.source.name": "redlane"})
        status = "FAILED"
        try:
            yield RecordedRun(client, run.info, settings)
            status = "FINISHED"
        finally:
            client.set_terminated(run.info.run_id, status)
