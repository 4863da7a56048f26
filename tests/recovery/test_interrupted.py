"""Whatever interrupts a stage, nothing half-made stands under a final name, and running again mends everything."""

import json
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from redlane.io.files import read_json, sha256_file, sha256_files
from redlane.model.bundle import read_bundle
from redlane.profiles.store import open_store
from tests.runs import run_train, write_csv

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
NAMES = ("night.csv", "night.rejects.csv", "night.manifest.json")


def tried(folder, spec):
    """What became of each trial."""
    (folder / "spec.json").write_text(json.dumps({"folder": str(folder / "place"), **spec}, default=str))
    command = [sys.executable, "-m", "tests.recovery.driver", str(folder / "spec.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def nights(trained, tmp_path_factory):
    """A folder with last night's delivery, tonight's file, and what tonight's delivery should be."""
    folder = tmp_path_factory.mktemp("nights")
    bad = trained.new.head(70).astype(object)
    bad.loc[4, "net_mass"] = "heavy"
    tonight = write_csv(bad, folder / "tonight.csv")
    for name in ("last", "both"):
        trained.score(folder / name / "night.csv", write_csv(trained.new.tail(50), folder / "last.csv"))
    trained.score(folder / "both" / "night.csv", tonight)
    old, new = dict(sha256_files(folder / "last")), dict(sha256_files(folder / "both"))
    assert all(old[name] != new[name] for name in ("night.csv", "night.manifest.json"))
    spec = {"template": folder / "last", "file": tonight, "bundle": trained.bundle, "out": "night.csv"}
    return {"stage": "score", **spec}, old, new


def whole(files, old, new):
    """Every file is last night's or tonight's, and a manifest stands only beside the files it speaks of."""
    assert set(files) <= set(NAMES)
    for name in ("night.csv", "night.rejects.csv"):
        assert files[name] in (old[name], new[name]), name
    if "night.manifest.json" in files:
        assert files in (old, new)


def test_killed_at_any_change_on_disk(nights, tmp_path):
    spec, old, new = nights
    results = tried(tmp_path, {**spec, "trials": [{"kill_at": "every"}]})
    assert len(results) > 10
    for result in results[:-1]:
        assert result["status"] == -signal.SIGKILL
        whole(result["files"], old, new)
    assert results[-1]["files"] == new
    assert results[-1]["hidden"] == []
    assert sum(result["files"] != old for result in results) < len(results) / 2


def test_killed_at_any_moment_and_run_again(nights, tmp_path):
    spec, old, new = nights
    moments = random.Random(7)
    moments = [{"after": moments.uniform(0.0, 0.5), "signal": signal.SIGKILL} for _ in range(8)]
    for result in tried(tmp_path, {**spec, "trials": moments}):
        whole(result["files"], old, new)
    again = tried(
        tmp_path, {**spec, "template": tmp_path / "place", "folder": str(tmp_path / "x"), "trials": [{}]}
    )
    assert again[0]["status"] == 3 or again[0]["status"] == 0
    for name in ("night.csv", "night.rejects.csv"):
        assert again[0]["files"][name] == new[name]


@pytest.mark.parametrize("out", ["night.csv", "night.parquet"])
def test_a_full_disk_is_one_sentence_and_nothing_is_left(nights, tmp_path, out):
    spec, old, _ = nights
    limits = [{"limit": size} for size in (0, 2_000, 9_000)]
    for result in tried(tmp_path, {**spec, "out": out, "trials": limits}):
        assert result["status"] == 2, result
        assert result["files"] == old
        assert result["hidden"] == []
        assert "cannot be written: " in result["said"]
        assert ".tmp" not in result["said"]
        assert "\n" not in result["said"]


def test_asked_to_stop_it_cleans_up(nights, tmp_path):
    spec, old, new = nights
    place = tmp_path / "place" / "night.csv"
    words = ["score", spec["file"], "--bundle", spec["bundle"], "--out", place, "batch_rows=5", "threads=1"]
    moments = [{"after": seconds, "signal": signal.SIGTERM} for seconds in (0.5, 0.9, 1.3, 1.7)]
    results = tried(
        tmp_path, {**spec, "stage": "cli", "words": [str(word) for word in words], "trials": moments}
    )
    for result in results:
        if result["status"] not in (0, 3):
            assert result["status"] in (143, -signal.SIGTERM)
            assert result["said"].count("stopped on request") == (result["status"] == 143)
            whole(result["files"], old, new)
        assert result["hidden"] == [] or result["status"] == -signal.SIGTERM
    assert any(result["status"] == 143 for result in results)


def test_a_training_killed_leaves_whole_folders(trained, tmp_path):
    """Absent for an instant is possible while one folder takes the other's place; then the old one is beside it."""
    old = tmp_path / "old"
    less = write_csv(trained.history.drop(index=range(50)), tmp_path / "less.csv")
    run_train(old, [less])
    before = {name: dict(sha256_files(old / name / "small")) for name in ("models", "profiles")}
    after = {"models": dict(sha256_files(trained.bundle)), "profiles": dict(sha256_files(trained.profiles))}
    spec = {"stage": "train", "template": old, "file": trained.history_file}
    spec["partners"] = trained.partners
    results = tried(tmp_path, {**spec, "trials": [{"kill_at": "every", "from": 30, "step": 45}]})
    assert len(results) >= 3
    for result in results:
        for name in ("models", "profiles"):
            prefix = f"{name}/small/"
            found = {
                path.removeprefix(prefix): sha
                for path, sha in result["files"].items()
                if path.startswith(prefix)
            }
            assert found in (before[name], after[name]) or (
                not found and any("old" in h for h in result["hidden"])
            )
    assert results[-1]["status"] == 0
    assert results[-1]["hidden"] == []
    read_bundle(tmp_path / "place" / "models" / "small")
    open_store(tmp_path / "place" / "profiles" / "small")


def test_a_manifest_that_is_no_json_is_refused_before_the_work(trained, tmp_path):
    from redlane.errors import RedlaneError

    (tmp_path / "old.manifest.json").write_text("{ cut sho")
    with pytest.raises(RedlaneError, match=r"old\.manifest\.json is not valid JSON"):
        trained.score(tmp_path / "night.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["old.manifest.json"]
    assert sha256_file(trained.new_file) and read_json(trained.bundle / "manifest.json")
