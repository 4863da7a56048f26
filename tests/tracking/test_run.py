"""A run: what was put on record can be found there; an untracked one costs nothing."""

import os
import subprocess
import sys

import pytest

from redlane.errors import RedlaneError
from redlane.tracking import TrackingSettings, Untracked, track


def client_of(folder):
    import mlflow

    return mlflow.MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")


def the_run(folder):
    client = client_of(folder)
    (run,) = client.search_runs([client.get_experiment_by_name("redlane").experiment_id])
    return client, run


def test_configuration_numbers_data_and_files_are_found_again(workplace, settings):
    (workplace / "plot.svg").write_text("<svg/>")
    with track(settings, "demo") as run:
        run.log_configuration({"model": {"rounds": 5}, "file": "/home/ada/train.csv", "token": "hidden"})
        run.log_numbers({"precision@5%": (0.9, 0.8, 1.0), "roc_auc": 0.7})
        run.log_data("/home/ada/train.csv", "ab" * 32, 1000)
        run.log_files([workplace / "plot.svg"], "plots")
    client, found = the_run(workplace)
    assert found.info.status == "FINISHED"
    assert found.info.run_name == "demo"
    assert found.data.params == {"model.rounds": "5", "file": "train.csv"}
    assert found.data.metrics["precision_at_5pct_low"] == 0.8
    (data,) = found.inputs.dataset_inputs
    assert (data.dataset.name, data.dataset.digest) == ("train.csv", ("ab" * 32)[:36])
    assert {item.path for item in client.list_artifacts(found.info.run_id)} == {
        "configuration.json",
        "environment.json",
        "plots",
    }
    assert (workplace / "mlruns").is_dir()


def test_two_hundred_parameters_are_no_problem(workplace, settings):
    with track(settings, "many") as run:
        run.log_configuration({f"key{number}": number for number in range(250)})
    assert len(the_run(workplace)[1].data.params) == 250


def test_labels_of_any_language_can_be_put_on_record(workplace, settings):
    labels = ["Date d'entrée", "Poids (kg)", "N°/ligne", "a//b", "数量", "x" * 400, "../.."]
    with track(settings, "labels") as run:
        run.log_configuration({"columns": dict.fromkeys(labels, "quantity")})
    assert len(the_run(workplace)[1].data.params) == len(labels)


def test_a_run_that_raises_is_recorded_as_failed(workplace, settings):
    with pytest.raises(KeyError), track(settings, "broken"):
        raise KeyError("fault")
    assert the_run(workplace)[1].info.status == "FAILED"


def test_a_folder_other_than_the_working_one_can_hold_the_runs(prepared_database, settings, tmp_path):
    with track(settings, "there", tmp_path / "deep" / "er"):
        pass
    assert (tmp_path / "deep" / "er" / "mlflow.db").exists()


def test_a_disabled_run_takes_everything_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with track(TrackingSettings(enabled=False), "none") as run:
        assert isinstance(run, Untracked)
        run.log_configuration({"a": 1})
        run.log_numbers({"a": 1.0})
        run.log_data("a", "b", 1)
        run.log_files([tmp_path / "missing"])
        assert run.log_bundle(tmp_path / "missing", None) is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_refused_in_one_sentence(tmp_path, settings):
    (tmp_path / "mlflow.db").write_text("not a database, by a long way" * 10)
    with pytest.raises(
        RedlaneError, match=r"mlflow\.db cannot be used to record runs: file is not a database"
    ):
        track(settings, "x", tmp_path).__enter__()


def test_a_database_of_another_program_version_is_refused_in_one_sentence(workplace, settings):
    import sqlite3

    with sqlite3.connect(workplace / "mlflow.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    with pytest.raises(RedlaneError, match=r"runs cannot be recorded at sqlite:///mlflow.db") as caught:
        track(settings, "x").__enter__()
    assert "\n" not in str(caught.value)


def test_a_server_that_does_not_answer_is_refused_in_one_sentence(workplace, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(RedlaneError, match=r"runs cannot be recorded at http://127.0.0.1:9"):
        track(TrackingSettings(uri="http://127.0.0.1:9", artifacts=None), "x").__enter__()


def test_a_deleted_experiment_is_named(workplace, settings):
    with track(settings, "x"):
        pass
    client, run = the_run(workplace)
    client.delete_experiment(run.info.experiment_id)
    with pytest.raises(RedlaneError, match="the experiment 'redlane' was deleted"):
        track(settings, "y").__enter__()


@pytest.mark.slow
def test_three_processes_can_start_on_a_fresh_database_at_once(tmp_path):
    program = (
        "from redlane.tracking import TrackingSettings, track\n"
        "with track(TrackingSettings(), 'race') as run: run.log_numbers({'a': 1.0})\n"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", program], cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    outcomes = [(*racer.communicate(timeout=300), racer.returncode) for racer in racers]
    assert [code for *_, code in outcomes] == [0, 0, 0], outcomes
    assert all(out == b"" for out, *_ in outcomes)
    client = client_of(tmp_path)
    assert len(client.search_runs([client.get_experiment_by_name("redlane").experiment_id])) == 3


@pytest.mark.slow
def test_telemetry_is_off_and_the_room_imports_no_mlflow_until_a_run_begins():
    program = (
        "import sys, os; from redlane.tracking import TrackingSettings, track\n"
        "with track(TrackingSettings(enabled=False), 'x'): pass\n"
        "assert 'mlflow' not in sys.modules\n"
        "import redlane.tracking.store as store; store.quiet_mlflow()\n"
        "from mlflow.telemetry.client import get_telemetry_client\n"
        "assert os.environ['MLFLOW_DISABLE_TELEMETRY'] == 'true' and get_telemetry_client() is None\n"
    )
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW", "PYTEST", "CI"))
    }
    subprocess.run([sys.executable, "-c", program], check=True, env=clean)
