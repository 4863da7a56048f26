"""Kills a small study three times, at three places, then lets it end; says what is left.

``python -m tests.tuning.driver FOLDER``: each attempt is a process of its own, killed by SIGKILL inside a fold of a
trial, between a trial's end and its record, and within the record.
"""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from redlane.tracking import trials
from redlane.tracking.store import quiet_mlflow
from redlane.tuning.judging import Bench
from tests.runs import chosen
from tests.tuning.worlds import run_tune, told_by_office


def killing(owner: Any, name: str, at: int, before: bool) -> None:
    """Let the process die at the *at*-th call of a method, before it or just after it."""
    kept: Callable[..., Any] = getattr(owner, name)
    calls = {"n": 0}

    def method(*args: Any, **kwargs: Any) -> Any:
        calls["n"] += 1
        result = None if before and calls["n"] == at else kept(*args, **kwargs)
        if calls["n"] == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, method)


def attempt(folder: Path, prepare: Callable[[], None]) -> int:
    """Run the study in a process of its own; gives its exit status, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.chdir(folder)
            prepare()
            run_tune(folder, told_by_office(), tracking=chosen("tracking", "local"), caution="made up")
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def in_the_record() -> None:
    """Die as soon as the next trial's run is begun on record."""
    from mlflow import MlflowClient

    killing(MlflowClient, "create_run", 2, before=False)


def left(folder: Path) -> dict[str, Any]:
    """What the two stores hold."""
    import mlflow
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
    runs = client.search_runs([client.get_experiment_by_name("redlane").experiment_id])
    nested = [run for run in runs if "redlane.trial" in run.data.tags]
    study = optuna.load_study(study_name="tune", storage=f"sqlite:///{folder / 'tuning' / 'study.db'}")
    states = [trial.state.name for trial in study.trials]
    return {
        "trials": sorted(int(run.data.tags["redlane.trial"]) for run in nested),
        "states": dict(Counter(run.info.status for run in nested)),
        "parents": [run.info.status for run in runs if "redlane.study" in run.data.tags],
        "optuna": {"FAIL": states.count("FAIL"), "finished": len(states) - states.count("FAIL")},
    }


def main(folder: Path) -> None:
    """Three kills and an end; everything heavy is imported once, before the processes part."""
    for module in (
        "lightgbm",
        "optuna",
        "sqlalchemy",
        "mlflow.tracking",
        "matplotlib.figure",
        "redlane.evaluation.plots",
    ):
        import_module(module)
    quiet_mlflow()
    kills: list[Callable[[], None]] = [
        lambda: killing(Bench, "worth", 5, before=True),
        lambda: killing(trials.RecordedStudy, "record", 3, before=True),
        in_the_record,
        lambda: None,
    ]
    ends = [attempt(folder, prepare) for prepare in kills]
    sys.stdout.write(json.dumps({"ends": ends, **left(folder)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
