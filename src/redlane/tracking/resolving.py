"""From an address in MLflow (a registered model, a model or a run) to the bundle folder that was logged there."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redlane.errors import RedlaneError
from redlane.tracking.settings import TrackingSettings

_MODEL = re.compile(r"models:/(?P<name>[^/@]+)(?:@(?P<alias>[^/]+)|/(?P<version>\d+))?\Z")
_RUN = re.compile(r"(?:runs:/)?(?P<run>[0-9a-f]{32})\Z")


def is_address(text: str) -> bool:
    """Whether *text* names a model or run of MLflow rather than a folder.

    >>> is_address("models:/redlane@champion"), is_address("runs:/" + "0" * 32), is_address("models/kcs")
    (True, True, False)
    """
    return bool(_MODEL.match(text) or _RUN.match(text))


@contextmanager
def bundle_at(address: str, settings: TrackingSettings, folder: Path | None = None) -> Iterator[Path]:
    """The bundle folder that *address* stands for, while the block lasts; a folder stands for itself.

    ``models:/NAME@ALIAS``, ``models:/NAME/VERSION``, ``models:/m-ID`` and a run's id (or ``runs:/ID``) are looked up
    in the store of *settings*, relative to *folder* (the working folder unless given).

    Raises:
        RedlaneError: there is nothing at that address, or the store cannot be reached.
    """
    if not is_address(address) or Path(address).is_dir():
        yield Path(address)
        return
    from redlane.tracking.store import as_sentences, quiet_mlflow, resolved_uri

    mlflow = quiet_mlflow()
    where = resolved_uri(settings, folder or Path.cwd())
    _require_database(where, settings)
    client = mlflow.MlflowClient(tracking_uri=where, registry_uri=where)
    with tempfile.TemporaryDirectory(prefix="redlane-bundle-") as temporary:
        with as_sentences(settings.uri):
            model = client.get_logged_model(_model_id(client, address))
            local = mlflow.artifacts.download_artifacts(
                artifact_uri=model.artifact_location, dst_path=temporary, tracking_uri=where
            )
        yield _inside(Path(local), address)


def _inside(model: Path, address: str) -> Path:
    """The bundle within a logged model, as its description says.

    Raises:
        RedlaneError: the model is not one of redlane's.
    """
    import yaml

    try:
        description = yaml.safe_load((model / "MLmodel").read_text(encoding="utf-8"))
        place = description["flavors"]["python_function"]["artifacts"]["bundle"]["path"]
    except (OSError, yaml.YAMLError, LookupError, TypeError):
        raise RedlaneError(f"{address} is a model that holds no bundle of redlane's") from None
    bundle = (model / str(place)).resolve()
    if model.resolve() not in bundle.parents:
        raise RedlaneError(f"{address} names a bundle outside of its own model")
    return bundle


def _require_database(uri: str, settings: TrackingSettings) -> None:
    """MLflow would make a new, empty database where none is."""
    if settings.is_local and not Path(uri.removeprefix("sqlite:///")).is_file():
        raise RedlaneError(f"there is no record of runs at {settings.uri}; choose another with tracking.uri=")


def _model_id(client: Any, address: str) -> str:
    if run := _RUN.match(address):
        outputs = client.get_run(run["run"]).outputs
        models = [] if outputs is None else outputs.model_outputs
        if not models:
            raise RedlaneError(f"the run {run['run']} has logged no bundle")
        return str(models[-1].model_id)
    found = _MODEL.match(address)
    assert found is not None  # noqa: S101 - is_address has said so
    if found["alias"]:
        version = client.get_model_version_by_alias(found["name"], found["alias"])
    elif found["version"]:
        version = client.get_model_version(found["name"], found["version"])
    else:
        return found["name"]
    return str(version.model_id or str(version.source).removeprefix("models:/"))
