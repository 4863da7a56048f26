"""A bundle as an MLflow model: the bundle's own folder, a script that loads it, and no pickle.

The MLflow model is for people who already live in MLflow. redlane's own scoring reads the bundle directly.
MLflow runs the script inside the model when it loads one: load only models you trust.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

import redlane
from redlane.io.files import write_text
from redlane.model.bundle import read_bundle
from redlane.model.model import Model
from redlane.tracking.settings import TrackingSettings
from redlane.tracking.store import quiet_mlflow

SCRIPT = Path(__file__).with_name("pyfunc_model.py")
_PINNED = ("lightgbm", "numpy", "pandas", "pyarrow", "pydantic")


def log_model(client: Any, run: Any, bundle: Path, example: pd.DataFrame, settings: TrackingSettings) -> str:
    """Log *bundle* with *run* (its MLflow ``RunInfo``) and register it as *settings* say; gives its address.

    Raises:
        RedlaneError: *bundle* is no bundle, or *example* has not its features.
    """
    mlflow = quiet_mlflow()
    model = read_bundle(bundle).model
    example = typed(example, model)
    # Without a model of its own making MLflow would put it into the experiment the process happens to use.
    place = client.create_logged_model(run.experiment_id, name="bundle", source_run_id=run.run_id)
    with _addressed(mlflow, client.tracking_uri), redirect_stdout(sys.stderr):
        info = mlflow.models.Model.log(
            artifact_path=None,
            flavor=PortableFlavour,
            model_id=place.model_id,
            run_id=run.run_id,
            python_model=str(SCRIPT),
            artifacts={"bundle": str(bundle)},
            signature=signature(model),
            input_example=example,
            pip_requirements=requirements(),
            validate_serving_input=False,
        )
        if settings.registry is None:
            return str(info.model_uri)
        return _registered(client, run.run_id, place.model_id, settings)


def _registered(client: Any, run_id: str, model_id: str, settings: TrackingSettings) -> str:
    from mlflow.exceptions import MlflowException

    name, alias = settings.registry, settings.alias
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    made = client.create_model_version(name, f"models:/{model_id}", run_id=run_id, model_id=model_id)
    client.set_registered_model_alias(name, alias, made.version)
    return f"models:/{name}@{alias}"


def typed(features: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The model's features in its order, numbers as float64: MLflow refuses integers where doubles are due.

    Raises:
        RedlaneError: the columns are not the model's features.
    """
    model.columns(features)
    numbers = [name for name in model.features if name not in model.categories]
    return features.loc[:, list(model.features)].astype(dict.fromkeys(numbers, "float64"))


def signature(model: Model) -> Any:
    """Numbers as doubles (whole or not, missing or not), categories as text; margin and probability out."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    inputs: list[Any] = [
        ColSpec("string" if name in model.categories else "double", name) for name in model.features
    ]
    return ModelSignature(
        Schema(inputs), Schema([ColSpec("double", "margin"), ColSpec("double", "probability")])
    )


def requirements() -> list[str]:
    """What loading the model needs, pinned to what made it."""
    return [f"redlane=={redlane.__version__}", *(f"{name}=={version(name)}" for name in _PINNED)]


class PortableFlavour:
    """How MLflow saves the model: its pyfunc flavour, minus the absolute paths it notes for the record."""

    @staticmethod
    def save_model(path: str, validate_serving_input: bool = False, **arguments: Any) -> None:
        """Save with ``mlflow.pyfunc``, then shorten the paths in ``MLmodel`` to the names MLflow reads."""
        import mlflow.pyfunc
        import yaml

        mlflow.pyfunc.save_model(path, **arguments)
        description = Path(path) / "MLmodel"
        content = yaml.safe_load(description.read_text(encoding="utf-8"))
        content["artifact_path"] = "bundle"
        flavour = content["flavors"]["python_function"]
        flavour["model_code_path"] = Path(flavour["model_code_path"]).name
        for artifact in flavour["artifacts"].values():
            artifact["uri"] = artifact["path"]
        write_text(description, yaml.safe_dump(content, sort_keys=False))


@contextmanager
def _addressed(mlflow: Any, uri: str) -> Iterator[None]:
    """MLflow logs and registers models at the process's own address: set it for a moment, then as it was."""
    before = mlflow.get_tracking_uri() if mlflow.is_tracking_uri_set() else None
    mlflow.set_tracking_uri(uri)
    try:
        yield
    finally:
        mlflow.set_tracking_uri(before)
