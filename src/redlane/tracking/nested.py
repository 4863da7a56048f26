"""Runs nested under another: what became of those that never came to be recorded."""

import sys
from contextlib import redirect_stdout
from pathlib import Path

from redlane.tracking.settings import TrackingSettings
from redlane.tracking.store import as_sentences, open_client


def note_failure(
    settings: TrackingSettings, parent: str, name: str, sentence: str, folder: Path | None = None
) -> None:
    """See that a failed run *name* stands under *parent*, with the *sentence* why as its tag ``redlane.error``.

    Raises:
        RedlaneError: the store cannot be written to.
    """
    client = open_client(settings, folder or Path.cwd())
    with as_sentences(settings.uri), redirect_stdout(sys.stderr):
        experiment = client.get_run(parent).info.experiment_id
        mine = f"tags.`mlflow.parentRunId` = '{parent}' and tags.`mlflow.runName` = '{name}'"
        found = client.search_runs([experiment], mine)
        tags = {"mlflow.source.name": "redlane", "mlflow.parentRunId": parent}
        run = found[0] if found else client.create_run(experiment, run_name=name, tags=tags)
        client.set_tag(run.info.run_id, "redlane.error", sentence[:500])
        client.set_terminated(run.info.run_id, "FAILED")
