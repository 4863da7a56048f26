"""Runs a stage again and again in children that are killed, stopped or starved; says what they left behind.

``python -m tests.recovery.driver SPEC.json``: everything is imported once, then each trial is a fork. A trial
begins with ``folder`` as a copy of ``template``, and is one of: ``kill_at`` (SIGKILL before the n-th change to the
names on disk), ``after`` seconds a ``signal``, or ``limit`` (no file may grow beyond so many bytes).
"""

import itertools
import json
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from redlane import cli
from redlane.errors import RedlaneError
from redlane.io.files import sha256_files
from tests import conftest as conftest  # children train as the tests' own process does, to the byte
from tests.runs import run_score, run_train


def stage(spec: dict[str, Any]) -> Callable[[], int]:
    """What a trial runs, imports done."""
    folder = Path(spec["folder"])
    for module in ("lightgbm", "hydra", "rich", "redlane.stages.score", *spec.get("modules", [])):
        import_module(module)
    if spec["stage"] == "cli":
        return lambda: cli.main(spec["words"])
    if spec["stage"] == "train":
        return lambda: int(
            run_train(folder, [Path(spec["file"])], partner_table=Path(spec["partners"])).exit_code
        )
    file, bundle, out = Path(spec["file"]), Path(spec["bundle"]), folder / spec["out"]
    return lambda: int(run_score(file, bundle, out, batch_rows=40).exit_code)


def die_at(number: int) -> None:
    """Let this process be killed before its *number*-th change to names on disk."""
    count = itertools.count(1)

    def watched(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if next(count) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return call

    Path.replace = watched(Path.replace)
    Path.unlink = watched(Path.unlink)
    Path.mkdir = watched(Path.mkdir)
    os.fsync = watched(os.fsync)


def child(trial: dict[str, Any], run: Callable[[], int], said: Path) -> None:
    """One trial; never returns."""
    with said.open("w") as sink:
        os.dup2(sink.fileno(), 1)
        os.dup2(sink.fileno(), 2)
        status = 1
        try:
            if "kill_at" in trial:
                die_at(trial["kill_at"])
            if "limit" in trial:
                resource.setrlimit(resource.RLIMIT_FSIZE, (trial["limit"], resource.RLIM_INFINITY))
            status = run()
        except RedlaneError as error:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            os.write(sink.fileno(), str(error).encode())
            status = 2
        finally:
            os._exit(status)


def attempt(spec: dict[str, Any], trial: dict[str, Any], run: Callable[[], int]) -> dict[str, Any]:
    """One trial from the template to what is left."""
    folder, said = Path(spec["folder"]), Path(spec["folder"] + ".said")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(spec["template"], folder)
    process = os.fork()
    if process == 0:
        child(trial, run, said)
    if "after" in trial:
        time.sleep(trial["after"])
        os.kill(process, trial["signal"])
    status = os.waitpid(process, 0)[1]
    files = {name: sha for name, sha in sha256_files(folder).items() if "/." not in f"/{name}"}
    return {
        "trial": trial,
        "status": os.waitstatus_to_exitcode(status),
        "said": said.read_text(),
        "files": files,
        "hidden": sorted(path.name for path in folder.rglob(".*")),
    }


def trials(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All trials; the number after ``kill_at`` counts up until the stage comes to its end."""
    run = stage(spec)
    for trial in spec["trials"]:
        if trial.get("kill_at") != "every":
            yield attempt(spec, trial, run)
            continue
        for number in range(trial.get("from", 1), 1000, trial.get("step", 1)):
            result = attempt(spec, {"kill_at": number}, run)
            yield result
            if result["status"] >= 0:
                break


if __name__ == "__main__":
    print(json.dumps(list(trials(json.loads(Path(sys.argv[1]).read_text())))))
