"""Records of runs, read back: everything needed to do a run again, from MLflow alone."""

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from redlane.errors import RedlaneError
from redlane.tracking.settings import TrackingSettings
from redlane.tracking.store import as_sentences, open_client

RECORD = "record.json"
"""The artifact of a run that holds its composed settings, its input files and what came of it."""


def read_record(settings: TrackingSettings, run_id: str, folder: Path | None = None) -> dict[str, Any]:
    """The record of the run *run_id*.

    Raises:
        RedlaneError: the store cannot be reached, holds no such run, or the run left no record.
    """
    client = open_client(settings, folder or Path.cwd())
    with as_sentences(settings.uri, "read"), redirect_stdout(sys.stderr):
        run = client.get_run(run_id)
        if RECORD not in {item.path for item in client.list_artifacts(run_id)}:
            raise RedlaneError(
                f"the run {run_id} ({run.info.run_name}, {run.info.status.lower()}) left no {RECORD}: only a "
                f"training that was recorded to its end can be repeated"
            )
        text = Path(client.download_artifacts(run_id, RECORD)).read_text(encoding="utf-8")
    record: dict[str, Any] = json.loads(text)
    return record


def note_repeat(settings: TrackingSettings, run_id: str, verdict: str, folder: Path | None = None) -> None:
    """Put *verdict* on the repeated run, as its tag ``redlane.repeated``.

    Raises:
        RedlaneError: the store cannot be written to.
    """
    client = open_client(settings, folder or Path.cwd())
    with as_sentences(settings.uri):
        client.set_tag(run_id, "redlane.repeated", verdict)


def read_environment(settings: TrackingSettings, run_id: str, folder: Path | None = None) -> dict[str, str]:
    """What the run *run_id* was made with, as :func:`redlane.tracking.environment.environment` gives it.

    Raises:
        RedlaneError: the store cannot be read.
    """
    client = open_client(settings, folder or Path.cwd())
    with as_sentences(settings.uri, "read"), redirect_stdout(sys.stderr):
        found: dict[str, str] = json.loads(
            Path(client.download_artifacts(run_id, "environment.json")).read_text(encoding="utf-8")
        )
    return found
