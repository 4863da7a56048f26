"""A logged bundle: loads without pickle, scores to the bit, and says nothing of the machine it came from."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from redlane.errors import RedlaneError
from redlane.model.bundle import read_bundle
from redlane.tracking import TrackingSettings, track
from redlane.tracking.registering import requirements, typed


@pytest.fixture(scope="module")
def logged(prepared_database, bundle, example, tmp_path_factory):
    """A folder with one logged bundle, and the address it was registered under."""
    folder = tmp_path_factory.mktemp("logged")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        yield _logged(prepared_database, bundle, example, folder)


def _logged(prepared_database, bundle, example, folder):
    shutil.copy(prepared_database, folder / "mlflow.db")
    with track(TrackingSettings(), "demo", folder) as run:
        address = run.log_bundle(bundle, example.head(4))
    return folder, address


@pytest.fixture
def load(logged, monkeypatch):
    import mlflow

    folder, address = logged
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    yield lambda: mlflow.pyfunc.load_model(address)
    mlflow.set_tracking_uri(None)


def test_logging_leaves_the_tracking_address_of_the_process_alone(logged):
    import mlflow

    assert not mlflow.is_tracking_uri_set()


def test_it_is_registered_under_its_alias(logged):
    import mlflow

    folder, address = logged
    assert address == "models:/redlane@candidate"
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
    assert int(client.get_model_version_by_alias("redlane", "candidate").version) == 1


def test_it_scores_to_the_bit_as_the_bundle_does_whatever_the_column_order(load, bundle, example):
    model = read_bundle(bundle).model
    frame = typed(example, model)
    scores = load().predict(frame.iloc[:, ::-1])
    assert np.array_equal(scores["margin"], model.margin(frame))
    assert np.array_equal(scores["probability"], model.probability(model.margin(frame)))


def test_a_frame_without_a_feature_is_refused(load, bundle, example):
    from mlflow.exceptions import MlflowException

    with pytest.raises(MlflowException, match="missing inputs"):
        load().predict(typed(example, read_bundle(bundle).model).drop(columns="price"))


def test_its_signature_has_doubles_and_text_only(load):
    signature = load().metadata.signature
    assert {
        name: kind.name for name, kind in signature.inputs.input_dict().items() for kind in [kind.type]
    } == {
        "price": "double",
        "count": "double",
        "office": "string",
    }
    assert signature.outputs.input_names() == ["margin", "probability"]


def test_its_files_hold_no_pickle_and_no_path_of_this_machine(logged, bundle):
    folder, _ = logged
    # Loading, which other tests here do, makes Python keep the compiled script beside it: that was not logged.
    logged_files = (path for path in (folder / "mlruns").rglob("*") if "__pycache__" not in path.parts)
    files = [path for path in logged_files if path.is_file()]
    assert {path.suffix for path in files} <= {"", ".txt", ".json", ".md", ".parquet", ".py", ".yaml"}
    assert {"MLmodel", "pyfunc_model.py", "manifest.json", "trees.txt"} <= {path.name for path in files}
    package = str(Path(__file__).parents[2])
    for path in files:
        content = path.read_bytes()
        for place in (package, str(bundle.parent), str(folder)):
            assert place.encode() not in content, path


def test_it_lies_with_the_run_and_nowhere_else(logged):
    import mlflow

    folder, _ = logged
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("redlane").experiment_id
    (model,) = client.search_logged_models([experiment])
    (run,) = client.search_runs([experiment])
    assert (model.source_run_id, model.status) == (run.info.run_id, "READY")
    assert model.artifact_location.startswith((folder / "mlruns").as_uri())
    assert not Path("mlruns").exists()


def test_its_requirements_are_pinned():
    assert all("==" in requirement for requirement in requirements())
    assert {"redlane", "lightgbm", "numpy", "pandas"} <= {line.split("==")[0] for line in requirements()}


def test_the_next_bundle_takes_over_the_alias(workplace, bundle, example):
    import mlflow

    for name in ("first", "second"):
        with track(TrackingSettings(), name) as run:
            run.log_bundle(bundle, example.head(2))
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{workplace / 'mlflow.db'}")
    assert int(client.get_model_version_by_alias("redlane", "candidate").version) == 2


def test_without_a_registry_the_bundle_stays_with_its_run(workplace, bundle, example):
    with track(TrackingSettings(registry=None), "alone") as run:
        assert run.log_bundle(bundle, example.head(2)).startswith("models:/m-")


def test_what_is_no_bundle_or_no_example_of_it_is_refused(workplace, bundle, example, tmp_path):
    (tmp_path / "empty").mkdir()
    with track(TrackingSettings(), "x") as run:
        with pytest.raises(RedlaneError, match="is not a bundle"):
            run.log_bundle(tmp_path / "empty", example)
        with pytest.raises(RedlaneError, match="missing price"):
            run.log_bundle(bundle, example.drop(columns="price"))


@pytest.mark.slow
def test_another_process_loads_it_by_alias_with_pickle_forbidden(logged, bundle, example, tmp_path):
    folder, address = logged
    model = read_bundle(bundle).model
    typed(example, model).to_parquet(tmp_path / "features.parquet")
    program = (
        "import mlflow, pandas as pd\n"
        f"scores = mlflow.pyfunc.load_model({address!r}).predict(pd.read_parquet('features.parquet'))\n"
        "print(repr(float(scores['margin'].sum())))\n"
    )
    environment = {
        **os.environ,
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'mlflow.db'}",
        "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) == float(model.margin(typed(example, model)).sum())
