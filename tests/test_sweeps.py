"""Sweeps: every combination once, under one run; what fails is named and the others go on; luck is called luck."""

import json
import shutil

import pytest

from redlane import cli, sweeping
from redlane.errors import RedlaneError
from redlane.sweeping import Done, Job
from tests.tuning.worlds import told_by_office

SMALL = [
    "features=kcs",
    "features.unavailable=leave_out",
    "model.rounds=5",
    "model.revenue=null",
    "evaluation.bootstrap_repeats=20",
    "periods.tune_days=40",
    "periods.burn_in_days=10",
    "tracking.registry=null",
    "--bundle",
    "models/small",
    "--profiles",
    "profiles/small",
]


@pytest.fixture
def work(prepared_database, tmp_path, monkeypatch):
    shutil.copy(prepared_database, tmp_path / "mlflow.db")
    told_by_office().to_parquet(tmp_path / "history.parquet")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("redlane.tracking.mlflow_run.log_model", lambda *_: None)
    monkeypatch.setattr("redlane.stages.learning.write_evaluation", lambda *_: [])
    return tmp_path


def test_every_combination_is_trained_and_recorded_and_the_one_that_fails_is_named(work, capsys):
    swept = ["model.num_leaves=3,1", "weighting.repeat_key=[hs6]", "weighting.repeat_weight=1.0,0.5"]
    status = cli.main(["train", "history.parquet", "-m", *SMALL, *swept, "--json"])
    result = json.loads(capsys.readouterr().out)
    assert (status, result["counts"]) == (1, {"jobs": 4, "done": 2, "failed": 2})
    assert [job["changes"] for job in result["numbers"]["jobs"]][1] == [
        "model.num_leaves=3",
        "weighting.repeat_weight=0.5",
    ]
    assert any(
        "job 3 (model.num_leaves=1, weighting.repeat_weight=1.0) failed:" in note for note in result["notes"]
    )
    assert set(result["numbers"]["verdicts"]) <= {"small-sweep-1", "small-sweep-2"}
    for room in ("models", "profiles"):
        assert {path.name for path in (work / room).iterdir()} == {"small-sweep-1", "small-sweep-2"}
    check_record(result["numbers"])


def check_record(numbers):
    import mlflow

    client = mlflow.MlflowClient(tracking_uri="sqlite:///mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("redlane").experiment_id])
    nested = {run.info.run_name: run for run in runs if run.info.run_id != numbers["run_id"]}
    assert {name: run.info.status for name, run in nested.items()} == {
        "small-sweep-1": "FINISHED",
        "small-sweep-2": "FINISHED",
        "small-sweep-3": "FAILED",
        "small-sweep-4": "FAILED",
    }
    assert {run.data.tags["mlflow.parentRunId"] for run in nested.values()} == {numbers["run_id"]}
    assert "num_leaves" in nested["small-sweep-3"].data.tags["redlane.error"]
    assert nested["small-sweep-2"].data.params["weighting.repeat_weight"] == "0.5"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["jobs=2"], "jobs=2 is for sweeps; say --multirun"),
        (["-m", "jobs=none"], "jobs is 'none'; give a whole number"),
        (["-m", "model.rounds=1,2,"], "cannot be read"),
        (["--multirum"], "did you mean --multirun"),
    ],
)
def test_sweeps_that_make_no_sense_are_refused_in_one_sentence(capsys, words, sentence):
    assert cli.main(["train", "x.parquet", "--bundle", "m/x", "--profiles", "p/x", *words]) == 2
    error = capsys.readouterr().err
    assert sentence in error and error.count("\n") == 1


@pytest.mark.slow
def test_a_job_that_answers_nothing_is_a_failed_one(tmp_path):
    job = Job(1, (), (), tmp_path / "m", tmp_path / "p")
    done = sweeping.in_a_process(["nonesuch"], job)
    assert done.status == 2 and "no stage 'nonesuch'" in done.error
    refused = sweeping.in_a_process(
        ["train", "absent.csv", "--bundle", "m", "--profiles", "p", "--json"], job
    )
    assert refused.status == 2 and "absent.csv" in refused.error


def test_when_every_job_fails_the_sweep_is_refused():
    job = Job(1, ("a=1",), (), None, None)
    with pytest.raises(RedlaneError, match="all 1 jobs of the sweep failed; the first because: no"):
        sweeping._result([Done(job, 2, error="no")], lambda *_: None)
