"""What `redlane score` refuses: one sentence that names the cause, and nothing left behind."""

import gzip
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from redlane.model.bundle import read_bundle
from redlane.model.sealing import seal
from redlane.profiles.store import open_store, profiles_id
from redlane.stages import score as stage
from tests.contract.scoring import Clean, Outcome, accounted, refused, run, zipped, zstd
from tests.runs import Trained

Made = Callable[[Clean], str | bytes]

CONTENT: dict[str, tuple[Made, str]] = {
    "nothing": (lambda c: b"", "is empty"),
    "newlines": (lambda c: "\n" * 99, "no text"),
    "NUL bytes": (lambda c: bytes(5000), "NUL"),
    "noise": (lambda c: random.Random(1).randbytes(50_000), "in.csv"),
    "JSON": (lambda c: '{"a": 1}\n{"a": 2}\n', "in.csv"),
    "HTML": (lambda c: "\ufeff \n<html><body>log in</body></html>", "HTML"),
    "bzip2": (lambda c: b"BZh91AY&SY....", "bzip2"),
    "header alone": (lambda c: ",".join(c.head), "no declarations"),
    "no header": (lambda c: c.text().split("\n", 1)[1], "lacks the column"),
    "no date": (lambda c: c.text().replace("registered_on", "day", 1), "registered_on"),
    "no importer": (lambda c: c.text().replace("importer_id", "who", 1), "importer_id"),
    "a column twice": (lambda c: c.text().replace("office", "registered_on", 1), "twice"),
    "header of 30 MB": (lambda c: "y" * 30_000_000, "first line"),
    "open quote in the header": (lambda c: '"' + c.text(), "quotes"),
    "caret as delimiter": (lambda c: c.text("^"), "lacks the column"),
    "unnamed Latin-1": (lambda c: c.changed("importer_id", "Müller").encode("latin-1"), "0xFC at line 11"),
    "half a character": (lambda c: c.text().encode() + b"\xe4\xb8", "not valid UTF-8"),
    "UTF-16 without a mark": (lambda c: c.text().encode("utf-16-le"), "utf-16-le"),
    "UTF-16 of odd length": (lambda c: c.text().encode("utf-16") + b"\n", "UTF-16"),
    "half a gzip": (lambda c: gzip.compress(c.text().encode())[:-99], "gzip"),
    "gzip without its end": (lambda c: gzip.compress(c.text().encode())[:-4], "gzip"),
    "gzip and garbage": (lambda c: gzip.compress(c.text().encode()) + b"garbage", "gzip"),
    "gzip in gzip": (lambda c: gzip.compress(gzip.compress(c.text().encode())), "unpack it once"),
    "half a zstd": (lambda c: zstd(c.text().encode())[:-10], "zstd"),
    "zip of two": (lambda c: zipped(c.text().encode(), "a.csv", "b.csv"), "2 members"),
    "zip of none": (lambda c: zipped(b""), "0 members"),
    "gzip bomb": (lambda c: gzip.compress((",".join(c.head) + "\n").encode() + b"0" * (80 << 20), 1), "bomb"),
    "half a Parquet": (lambda c: b"PAR1PAR1", "Parquet"),
}


@pytest.mark.parametrize("case", CONTENT)
def test_what_is_no_table_of_declarations(trained: Trained, clean: Clean, tmp_path: Path, case: str) -> None:
    make, cause = CONTENT[case]
    content = make(clean)
    (tmp_path / "in.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    error = refused(trained, tmp_path / "in.csv", tmp_path)
    assert "in.csv" in error and cause in error


def test_a_file_of_broken_lines_beyond_the_stated_number(
    trained: Trained, clean: Clean, tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_text(clean.text() + "x\n" * 100)
    words = ("declarations=canonical", "declarations.limits.faulty_records=99")
    assert "100 of its first" in refused(trained, tmp_path / "in.csv", tmp_path, *words)


PATHS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "absent": (lambda path: None, "No such file"),
    "folder": (lambda path: path.mkdir(), "folder"),
    "pipe": (os.mkfifo, "pipe"),
    "loop": (lambda path: path.symlink_to(path), "symbolic links"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "device"),
}


@pytest.mark.parametrize("case", PATHS)
def test_what_is_no_file(trained: Trained, tmp_path: Path, case: str) -> None:
    make, cause = PATHS[case]
    make(tmp_path / "odd")
    error = refused(trained, tmp_path / "odd", tmp_path)
    assert "odd" in error and cause in error


@pytest.mark.parametrize(
    "name",
    [
        "a=b.csv",
        "[x] (y).csv",
        "${oc.env:HOME}.csv",
        "lanes.capacity=50%",
        "json=true",
        "*",
        "\udcff.csv",
        "\x1b[31m.csv",
    ],
)
def test_any_name_of_a_file_will_do(
    trained: Trained, clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(clean.text())
    assert accounted(run(trained, name, tmp_path / "out"), tmp_path).scores == clean.scores


def scored(trained: Trained, clean: Clean, folder: Path, out: str) -> Outcome:
    (folder / "in.csv").write_text(clean.text())
    before = {path: path.lstat().st_mtime_ns for path in folder.rglob("*") if not path.is_dir()}
    done = run(trained, folder / "in.csv", folder / out)
    after = {path: path.lstat().st_mtime_ns for path in folder.rglob("*") if not path.is_dir()}
    assert before.items() <= after.items()
    assert done.status == 0 or before == after
    return done


OUT: dict[str, tuple[Callable[[Path], Any], str, str]] = {
    "onto the input": (lambda folder: None, "in.csv", "overwritten"),
    "onto a link to the input": (
        lambda folder: (folder / "l.csv").symlink_to("in.csv"),
        "l.csv",
        "overwritten",
    ),
    "under a file": (lambda folder: None, "in.csv/x", "in.csv"),
    "a spreadsheet": (lambda folder: None, "o.xlsx", ".xlsx"),
    "where a folder is": (lambda folder: (folder / "o/scores.parquet").mkdir(parents=True), "o", "folder"),
    "where a pipe is": (
        lambda folder: ((folder / "o").mkdir(), os.mkfifo(folder / "o/manifest.json")),
        "o",
        "plain file",
    ),
    "a name too long": (lambda folder: None, "o" * 300 + ".csv", "too long"),
}


@pytest.mark.parametrize("case", OUT)
def test_where_nothing_can_be_written(trained: Trained, clean: Clean, tmp_path: Path, case: str) -> None:
    make, out, cause = OUT[case]
    make(tmp_path)
    done = scored(trained, clean, tmp_path, out)
    assert done.status == 2
    assert cause in done.error


@pytest.mark.parametrize("out", ["x/y/z", "a=b ${x}", "o" * 250, "folder.parquet/", "with\nline"])
def test_where_it_can(trained: Trained, clean: Clean, tmp_path: Path, out: str) -> None:
    if out.endswith("/"):
        (tmp_path / out).mkdir()
    assert scored(trained, clean, tmp_path, out).scores == clean.scores


@pytest.mark.parametrize(
    "manifest", ["{", "[" * 200_000, '{"bundle_id": 1, "outputs": 2, "previous": "x"}', "[]"]
)
def test_a_manifest_of_somebody_else_is_no_fault(
    trained: Trained, clean: Clean, tmp_path: Path, manifest: str
) -> None:
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "a.manifest.json").write_text(manifest)
    assert scored(trained, clean, tmp_path, "o").status in (0, 2)


@pytest.mark.parametrize(
    "word",
    ["lanes.capacity=-5%", "lanes.capacity=101%", "lanes.capacity=nan", "lanes.capacty=5%", "batch_rows=0",
     "batch_rows=-1", "threads=0", "threads=x", "lanes.random_share=2", "+lanes._target_=os.system",
     "lanes.capacity=${oc.env:HOME}", "lanes=../../etc", "hydra.run.dir=/tmp/x", "explanations.rows=some",
     "as_of=2024-02-30"],
)  # fmt: skip
def test_settings_that_cannot_be(trained: Trained, clean: Clean, tmp_path: Path, word: str) -> None:
    (tmp_path / "in.csv").write_text(clean.text())
    assert word.split("=")[0].split(".")[-1].lstrip("+") in refused(
        trained, tmp_path / "in.csv", tmp_path, word
    )


@pytest.mark.parametrize(
    "word",
    [
        "lanes.capacity=0",
        "lanes.capacity=100%",
        "lanes.capacity=3",
        "batch_rows=1",
        "explanations.rows=all",
        "threads=2",
    ],
)
def test_settings_that_change_no_score(trained: Trained, clean: Clean, tmp_path: Path, word: str) -> None:
    (tmp_path / "in.csv").write_text(clean.text())
    assert (
        accounted(run(trained, tmp_path / "in.csv", tmp_path / "out", word), tmp_path).scores == clean.scores
    )


def edited(path: Path, change: Callable[[Any], Any]) -> None:
    content = json.loads(path.read_text())
    changed = change(content)
    path.write_text(json.dumps(content if changed is None else changed))


def signed(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change a store's manifest and give it the id that belongs to it."""
    edited(folder / "manifest.json", change)
    edited(folder / "manifest.json", lambda manifest: {**manifest, "id": profiles_id(manifest)})


def resealed(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    edited(folder / name, change)
    about = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").unlink()
    seal(folder, {key: about[key] for key in ("facts", "versions")})


DAMAGE: dict[str, Callable[[Path, Path], Any]] = {
    "bundle without declarations": lambda b, p: resealed(
        b, "configuration.json", lambda c: c.pop("declarations") and None
    ),
    "bundle with a list": lambda b, p: resealed(b, "configuration.json", lambda c: [1]),
    "bundle of other features": lambda b, p: resealed(b, "features.json", lambda c: {}),
    "profiles list": lambda b, p: (p / "manifest.json").write_text("[]"),
    "profiles nested": lambda b, p: (p / "manifest.json").write_text("[" * 200_000),
    "profiles without segments": lambda b, p: signed(p, lambda m: m.update(segments=[])),
    "profiles with a number": lambda b, p: signed(p, lambda m: m.update(segments=5)),
    "profiles elsewhere": lambda b, p: signed(p, lambda m: m["segments"][0].update(name="../../x")),
    "profiles that are a bundle": lambda b, p: shutil.copytree(b, p, dirs_exist_ok=True),
    "profiles with a pipe": lambda b, p: ((p / "manifest.json").unlink(), os.mkfifo(p / "manifest.json")),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_bundle_or_profiles_of_another_shape(
    trained: Trained, clean: Clean, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    bundle, profiles = tmp_path / "bundle", tmp_path / "profiles"
    shutil.copytree(trained.bundle, bundle)
    shutil.copytree(trained.profiles, profiles)
    (tmp_path / "in.csv").write_text(clean.text())
    DAMAGE[case](bundle, profiles)
    monkeypatch.setattr(stage, "read_bundle", read_bundle)
    monkeypatch.setattr(stage, "open_store", open_store)
    before = sorted(tmp_path.rglob("*"))
    done = run(trained, tmp_path / "in.csv", tmp_path / "out", bundle=bundle, profiles=profiles)
    assert done.status == 2
    assert "bundle" in done.error or "profiles" in done.error
    assert sorted(tmp_path.rglob("*")) == before
