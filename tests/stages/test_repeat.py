"""A run is repeated from its record alone, to the last digit; what is another file or another result is named."""

import math
import shutil
from pathlib import Path

import pytest

from redlane.errors import ExitCode, RedlaneError
from redlane.io.files import sha256_files
from redlane.stages import repeat, train
from redlane.stages.recording import arguments_of, composed, located
from redlane.tracking.records import read_record
from tests.runs import chosen, run_train
from tests.worlds import small_world

LOCAL = chosen("tracking", "local", registry=None)


@pytest.fixture(scope="module")
def recorded(prepared_database, tmp_path_factory):
    """A working folder with one recorded training, and its result."""
    folder = tmp_path_factory.mktemp("recorded")
    shutil.copy(prepared_database, folder / "mlflow.db")
    small_world(2400, days=200).to_parquet(folder / "history.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        # Slow, and not read back here.
        patch.setattr("redlane.tracking.mlflow_run.log_model", lambda *_: None)
        patch.setattr("redlane.stages.learning.write_evaluation", lambda *_: [])
        result = run_train(
            Path(), [Path("history.parquet")], tracking=LOCAL, caution="only a test",
            features=chosen("features", "first", unavailable="leave_out"),
        )  # fmt: skip
        yield folder, result


@pytest.fixture
def there(recorded, monkeypatch):
    monkeypatch.chdir(recorded[0])
    return recorded


def again(result, out, files=()):
    return repeat.run(files=list(files), run_id=result.numbers["run_id"], out=out, tracking=LOCAL)


def test_a_run_repeated_from_its_record_alone_is_the_same_to_the_last_digit(there, tmp_path):
    folder, result = there
    repeated = again(result, tmp_path / "again")
    assert (repeated.exit_code, repeated.numbers["same"]) == (ExitCode.DONE, True)
    bundle = tmp_path / "again" / "models" / "small"
    assert sha256_files(bundle) == sha256_files(folder / "models" / "small")
    assert sha256_files(tmp_path / "again/profiles/small") == sha256_files(folder / "profiles" / "small")
    assert tag(result, "redlane.repeated") == "the same to the last digit"


def tag(result, name):
    import mlflow

    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{Path('mlflow.db').absolute()}")
    run = client.get_run(result.numbers["run_id"])
    assert run.data.metrics["duration_seconds"] > 0 and run.data.tags["redlane.bundle_id"]
    return run.data.tags[name]


def test_files_are_known_by_content_wherever_they_lie_and_another_one_is_refused(there, tmp_path):
    record = read_record(LOCAL, there[1].numbers["run_id"])
    moved = tmp_path / "elsewhere.parquet"
    Path("history.parquet").rename(moved)
    try:
        with pytest.raises(
            RedlaneError, match=r"history\.parquet \(SHA-256 \w{16}…\), which .* is not there"
        ):
            located(record, [])
        assert located(record, [moved]) == {"history.parquet": moved}
        Path("history.parquet").write_bytes(b"another file")
        with pytest.raises(RedlaneError, match="is not the file the run read"):
            located(record, [])
        with pytest.raises(RedlaneError, match=r"is none of the files the run read: history\.parquet"):
            located(record, [Path("history.parquet")])
    finally:
        moved.replace("history.parquet")
    assert located(record, []) == {"history.parquet": Path("history.parquet")}


def test_what_differs_is_named_and_the_exit_status_tells(there, tmp_path, monkeypatch):
    """A record that says other numbers than the training gives: as another machine or version might."""
    _, result = there
    record = read_record(LOCAL, result.numbers["run_id"])
    measures = record["results"]["all_test_rows"]["redlane"]
    measures["roc_auc"][0] = math.nextafter(measures["roc_auc"][0], 1)
    monkeypatch.setattr(repeat, "read_record", lambda *_: record)
    repeated = again(result, tmp_path / "again")
    assert repeated.exit_code == ExitCode.DIFFERS
    verdicts = dict(repeated.tables[0].frame.to_numpy().tolist())
    assert verdicts == {
        "bundle id": "yes",
        "profiles id": "yes",
        "files of the model": "yes",
        "metrics": "no",
    }
    assert list(repeated.tables[1].frame["entry"]) == ["all_test_rows.redlane.roc_auc"]


def test_the_record_composes_to_the_arguments_the_run_was_called_with(there):
    _, result = there
    record = read_record(LOCAL, result.numbers["run_id"])
    arguments = arguments_of(record, train.run)
    assert composed({**arguments, "bundle": None}) == record["settings"]
    assert arguments["model"] == chosen("model", "lightgbm", **record["settings"]["model"])
    assert arguments["caution"] == "only a test" and arguments["as_of"] is not None
    assert [Path(each["path"]).name for each in record["inputs"]] == ["history.parquet"]


def test_runs_that_cannot_be_repeated_are_refused_in_one_sentence(there, tmp_path):
    from redlane.tracking import track

    with track(LOCAL, "empty") as run:
        pass
    with pytest.raises(RedlaneError, match=r"left no record\.json"):
        repeat.run(files=[], run_id=run.id, out=tmp_path, tracking=LOCAL)
    with pytest.raises(RedlaneError, match=r"runs cannot be read at sqlite:///mlflow\.db: .*nonesuch"):
        repeat.run(files=[], run_id="nonesuch", out=tmp_path, tracking=LOCAL)
    with pytest.raises(RedlaneError, match="there is no such file"):
        read_record(LOCAL, "nonesuch", tmp_path)
