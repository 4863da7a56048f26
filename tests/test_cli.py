"""The command line: paths arrive verbatim, settings are checked, every error is one sentence."""

import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from redlane import calling, cli, configuration, progress, registry
from redlane.errors import ExitCode, RedlaneError
from redlane.settings import Settings


class Lanes(Settings):
    capacity: str = "5%"
    shares: dict[str, float]


class Other(Settings):
    depth: int = 1


@dataclass(frozen=True)
class Table:
    title: str
    frame: pd.DataFrame
    note: str = ""


@dataclass(frozen=True)
class Result:
    title: str = "scored 2 rows"
    paths: dict[str, Path] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: {"read": 2})
    numbers: dict[str, Any] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    exit_code: int = ExitCode.DONE


FILES = {
    "score.yaml": (
        "defaults:\n  - lanes: asycuda\n  - _self_\n  - experiment: null\n"
        "file: null\nbundle: models/house\nout: null\nprofiles: null\nthreads: 1\nas_of: null\n"
    ),
    "profile.yaml": "files: []\nout: null\nappend: false\nseed: 1\n",
    "lanes/asycuda.yaml": "name: asycuda\ncapacity: 5%\nshares: {red: 0.1}\n",
    "lanes/other.yaml": "name: other\ndepth: 2\n",
    "experiment/wide.yaml": "# @package _global_\nlanes: {capacity: 50%}\nbundle: models/wide\n",
    "experiment/wrong.yaml": "# @package _global_\ndefaults:\n  - override /model: lightgbm\n",
}


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "conf here"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    monkeypatch.setattr(configuration, "conf_folder", lambda: folder)
    monkeypatch.setattr(registry, "registry_of", lambda room: {"asycuda": Lanes, "other": Other})
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return folder


@pytest.fixture
def called(conf: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the stage was called with; ``do`` may hold a function to run, ``result`` what it gives back."""
    seen: dict[str, Any] = {"result": Result()}

    def finish(values: dict[str, Any]) -> Result:
        seen.update(values)
        seen.get("do", lambda: None)()
        result: Result = seen["result"]
        return result

    def score(
        *,
        file: Path,
        bundle: Path,
        out: Path,
        profiles: Path | None,
        lanes: Lanes,
        threads: int,
        as_of: date | None,
    ) -> Result:
        return finish(locals() | {"finish": None})

    def profile(*, files: list[Path], out: Path, append: bool, seed: int) -> Result:
        return finish(locals() | {"finish": None})

    stages: dict[str, Callable[..., Any]] = {"score": score, "profile": profile}
    monkeypatch.setattr(calling, "function_of", lambda name: stages[name])
    return seen


SCORE = ["score", "new.csv", "--out", "out.csv"]


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main(words) == ExitCode.REFUSED
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("redlane: ")
    assert error.count("\n") == 1
    assert "Traceback" not in error
    return error


def test_paths_and_settings_reach_the_stage(called: dict[str, Any]) -> None:
    assert cli.main([*SCORE, "lanes.capacity=10%", "as_of=2024-02-29", "threads=3"]) == 0
    assert called["file"] == Path("new.csv")
    assert called["bundle"] == Path("models/house")
    assert called["profiles"] is None
    assert called["lanes"] == Lanes(capacity="10%", shares={"red": 0.1})
    assert called["as_of"] == date(2024, 2, 29)
    assert called["threads"] == 3


@pytest.mark.parametrize(
    "name", ["a=b.csv", "${oc.env:HOME}.csv", "[x].csv", "{y: 1}.csv", "ü 中.csv", "a,b.csv", "x'y.csv"]
)
def test_any_file_name_arrives_verbatim(called: dict[str, Any], name: str) -> None:
    Path(name).touch()
    assert cli.main(["score", name, "--out", name, "--bundle", name, "--profiles", name]) == 0
    assert {str(called[key]) for key in ("file", "out", "bundle", "profiles")} == {name}


def test_settings_may_stand_between_files(called: dict[str, Any]) -> None:
    assert cli.main(["profile", "a.csv", "seed=7", "b.csv", "--out", "p", "--append"]) == 0
    assert called["files"] == [Path("a.csv"), Path("b.csv")]
    assert (called["seed"], called["append"]) == (7, True)


def test_a_recipe_changes_settings_and_paths_and_the_command_line_has_the_last_word(
    called: dict[str, Any],
) -> None:
    assert cli.main([*SCORE, "experiment=wide"]) == 0
    assert (called["lanes"].capacity, called["bundle"]) == ("50%", Path("models/wide"))
    assert cli.main([*SCORE, "experiment=wide", "lanes.capacity=7%", "--bundle", "mine"]) == 0
    assert (called["lanes"].capacity, called["bundle"]) == ("7%", Path("mine"))


def test_a_folder_of_ones_own_goes_first(called: dict[str, Any], tmp_path: Path) -> None:
    own = tmp_path / "own ${x}=1"
    (own / "lanes").mkdir(parents=True)
    (own / "lanes/mine.yaml").write_text("name: asycuda\ncapacity: 1%\nshares: {}\n")
    (own / "lanes/asycuda.yaml").write_text("name: asycuda\ncapacity: 2%\nshares: {}\n")
    assert cli.main([*SCORE, "--config-dir", str(own), "lanes=mine"]) == 0
    assert called["lanes"].capacity == "1%"
    assert cli.main([*SCORE, "--config-dir", str(own)]) == 0
    assert called["lanes"].capacity == "2%"
    assert cli.main(SCORE) == 0
    assert called["lanes"].capacity == "5%"


def test_an_empty_file_of_ones_own_is_refused(
    called: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own"
    (own / "lanes").mkdir(parents=True)
    (own / "lanes" / "mine.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert cli.main([*SCORE, "--config-dir", str(own), "lanes=mine"]) == 2
    assert "the file chosen for 'lanes' says nothing" in capsys.readouterr().err
    assert "lanes" not in called


def test_conf_local_is_searched_without_being_asked_for(called: dict[str, Any], conf: Path) -> None:
    (conf / "local/lanes").mkdir(parents=True)
    (conf / "local/lanes/secret.yaml").write_text("name: asycuda\ncapacity: 3%\nshares: {}\n")
    assert cli.main([*SCORE, "lanes=secret"]) == 0
    assert called["lanes"].capacity == "3%"


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["scor"], ["no stage 'scor'", "did you mean 'score'"]),
        ([*SCORE, "lanes.capcity=5%"], ["lanes:", "unknown setting 'capcity'", "did you mean 'capacity'"]),
        ([*SCORE, "lanse.capacity=5%"], ["'lanse'", "did you mean 'lanes'"]),
        ([*SCORE, "foo=1"], ["unknown setting 'foo'", "threads"]),
        ([*SCORE, "+foo=1"], ["unknown setting 'foo'"]),
        ([*SCORE, "+lanes.foo=1"], ["lanes", "unknown key 'foo'"]),
        ([*SCORE, "+lanes._target_=os.system"], ["unknown key '_target_'"]),
        ([*SCORE, "~threads"], ["'threads' is missing"]),
        ([*SCORE, "lanes=nope"], ["no lanes=nope", "asycuda, other"]),
        ([*SCORE, "lanes.name=nope"], ["lanes", "'nope'", "asycuda"]),
        ([*SCORE, "model=lightgbm"], ["unknown setting 'model'"]),
        ([*SCORE, "experiment=wrong"], ["recipe", "'model'"]),
        ([*SCORE, "threads=many"], ["'threads' is 'many'", "integer"]),
        ([*SCORE, "as_of=yesterday"], ["'as_of' is 'yesterday'", "date"]),
        ([*SCORE, "lanes=other"], ["'lanes' is set to Other", "needs Lanes"]),
        ([*SCORE, "lanes.capacity=["], ["cannot be read", "quotes"]),
        ([*SCORE, "threads=1,2"], ["comma", "[a,b]"]),
        ([*SCORE, "threads=${oc.env:HOME}"], ["'threads'", "environment variable"]),
        ([*SCORE, "lanes.capacity=${oc.env:HOME}"], ["lanes.capacity", "environment variable"]),
        ([*SCORE, "threads=${nope}"], ["'threads'"]),
        ([*SCORE, "threads=???"], ["'threads'"]),
        ([*SCORE, "hydra.run.dir=x"], ["unknown setting 'hydra.run.dir'"]),
        ([*SCORE, "hydra/launcher=basic"], ["unknown setting"]),
        ([*SCORE, "bundle=models/x"], ["'bundle' is not a setting", "--bundle DIR"]),
        ([*SCORE, "other.csv"], ["takes one file", "new.csv, other.csv"]),
        (["score", "new.csv"], ["score needs --out OUT"]),
        (["score", "--out", "x.csv"], ["score needs FILE"]),
        (["score", "absent=1.csv", "--out", "x"], ["absent"]),
        (["profile", "--out", "x"], ["profile needs FILE..."]),
        (["score", "", "--out", "x"], ["empty"]),
        ([*SCORE, "--profiles", ""], ["--profiles DIR is empty"]),
        ([*SCORE, "--bundel", "x"], ["--bundel", "did you mean --bundle", "redlane score --help"]),
        (["score", "x.csv", "--out"], ["--out", "expected one argument"]),
        ([*SCORE, "--config-dir", "nowhere"], ["--config-dir nowhere is not a folder"]),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(
    called: dict[str, Any], capsys: pytest.CaptureFixture[str], words: list[str], parts: list[str]
) -> None:
    error = refused(words, capsys)
    for part in parts:
        assert part in error
    assert "file" not in called


def test_json_is_one_object_on_standard_output_whatever_the_stage_prints(
    called: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    def chatter() -> None:
        print("a library says hello")
        progress.step("scoring")

    called["do"] = chatter
    called["result"] = Result(
        paths={"scores": Path("out.csv")},
        numbers={"precision": float("nan"), "lift": [1.5, 2]},
        notes=["\x1b[2Jgone"],
        exit_code=ExitCode.DONE_WITH_REJECTS,
    )
    assert cli.main([*SCORE, "json=true"]) == 3
    out, error = capsys.readouterr()
    assert json.loads(out) == {
        "title": "scored 2 rows",
        "paths": {"scores": "out.csv"},
        "counts": {"read": 2},
        "numbers": {"precision": None, "lift": [1.5, 2]},
        "notes": ["\x1b[2Jgone"],
        "exit_code": 3,
    }
    assert "\x1b" not in out
    assert "hello" in error and "scoring" in error


def test_json_says_no_as_well(called: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*SCORE, "--json", "lanes=nope"]) == 2
    out, error = capsys.readouterr()
    assert json.loads(out)["exit_code"] == 2
    assert "no lanes=nope" in json.loads(out)["error"]
    assert "no lanes=nope" in error


def test_a_person_sees_a_table_without_terminal_escapes(
    called: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    frame = pd.DataFrame(
        {"method": ["redlane", "\x1b[31mred"], "P@5 %": [0.51234, float("nan")], "rows": [12345, 7]}
    )
    called["result"] = Result(
        tables=[Table("At 5 %", frame, "beware")], notes=["so"], paths={"scores": Path("o")}
    )
    assert cli.main(SCORE) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "0.5123" in out and "12,345" in out and "–" in out and "beware" in out and "Note: so" in out


def test_a_fault_is_one_line_and_the_traceback_comes_on_request(
    called: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    def divide() -> None:
        raise ZeroDivisionError("nothing\nto divide")

    called["do"] = divide
    assert cli.main(SCORE) == ExitCode.FAILED
    error = capsys.readouterr().err
    assert "fault in redlane (ZeroDivisionError" in error and error.count("\n") == 1
    assert cli.main([*SCORE, "--debug"]) == ExitCode.FAILED
    assert "Traceback" in capsys.readouterr().err


def test_a_refusal_of_the_stage_is_passed_on(
    called: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise RedlaneError("new.csv is empty\x07")

    called["do"] = refuse
    assert refused(SCORE, capsys) == "redlane: new.csv is empty\\x07\n"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_unwind_and_say_so(
    called: dict[str, Any], capsys: pytest.CaptureFixture[str], number: signal.Signals, status: int
) -> None:
    called["do"] = lambda: signal.raise_signal(number)
    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell's background jobs ignore Ctrl-C
    try:
        assert cli.main(SCORE) == status
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err.count("\n") == 1


def test_telemetry_is_off_and_the_process_is_left_as_it_was(
    called: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY", raising=False)
    before = signal.getsignal(signal.SIGTERM)
    called["do"] = lambda: warnings.warn("noise from a library", stacklevel=1)
    assert cli.main(SCORE) == 0
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert signal.getsignal(signal.SIGTERM) is before


def test_nothing_is_left_behind(called: dict[str, Any]) -> None:
    assert cli.main(SCORE) == 0
    assert list(Path.cwd().iterdir()) == []


def test_help_lists_paths_settings_and_choices(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["score", "--help"]) == 0
    text = capsys.readouterr().out
    for part in (
        "--bundle DIR",
        "threads=1",
        "lanes.capacity=5%",
        "asycuda, other",
        "experiment=null",
        "wide",
    ):
        assert part in text
    assert "bundle=" not in text


def test_the_overview_names_every_stage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    text = capsys.readouterr().out
    for stage in ("synthesize", "profile", "train", "evaluate", "score"):
        assert f"  {stage}" in text
    assert cli.main([]) == ExitCode.REFUSED


HEAVY = {"pandas", "numpy", "pyarrow", "lightgbm", "sklearn", "mlflow", "shap", "matplotlib", "hydra", "rich"}


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from redlane import cli; cli.main(['--help']); cli.main(['--version']);"
        "print(' '.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stderr.split())


def test_a_reader_that_goes_away_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "redlane", "--help"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.stderr == ""
