"""Sweeps: one training for each combination of settings, nested under one run, compared at the end.

A job that fails is named and recorded as failed; the others go on. With several processes each job is a command of its
own (``python -m redlane train … --json``), so that not even a crash of one touches another.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from redlane.console import plain
from redlane.errors import ExitCode, RedlaneError
from redlane.progress import track
from redlane.stages.learning import REPEATED
from redlane.stages.result import ResultTable, StageResult
from redlane.tracking.nested import note_failure
from redlane.tracking.run import track as recorded
from redlane.tracking.settings import TrackingSettings

MODEL = "redlane"
_SHOWN = ("average_precision", "precision_at_5_pct", "recall_at_5_pct")
_ALL, _UNSEEN = "all_test_rows", "rows_with_an_unseen_goods_tuple"

Numbers = Mapping[str, Any]


@dataclass(frozen=True)
class Job:
    """One training of a sweep: what it changes, its whole overrides, and folders of its own."""

    number: int
    changes: tuple[str, ...]
    overrides: tuple[str, ...]
    bundle: Path
    profiles: Path

    @property
    def label(self) -> str:
        """What the job changes, in a line."""
        return ", ".join(self.changes) or "nothing"


@dataclass(frozen=True)
class Done:
    """A job that ended: its numbers, or the sentence why it failed. ``status`` is that of a command."""

    job: Job
    status: int
    numbers: Numbers = field(default_factory=dict)
    error: str = ""


Call = Callable[[Job, Sequence[str]], Done]
"""Trains one job with further overrides."""


def jobs_of(
    combinations: Sequence[Sequence[str]], swept: Sequence[str], bundle: Path, profiles: Path
) -> list[Job]:
    """The jobs of a sweep over the keys *swept*: folders ``NAME-sweep-1`` and so on beside *bundle* and *profiles*.

    >>> jobs = jobs_of([["seed=1", "x=5"], ["seed=2", "x=5"]], ["seed"], Path("models/kcs"), Path("profiles/kcs"))
    >>> jobs[1].changes, str(jobs[1].bundle)
    (('seed=2',), 'models/kcs-sweep-2')
    """
    return [
        Job(
            number,
            tuple(word for word in words if word.partition("=")[0].lstrip("+") in swept),
            tuple(words),
            bundle.with_name(f"{bundle.name}-sweep-{number}"),
            profiles.with_name(f"{profiles.name}-sweep-{number}"),
        )
        for number, words in enumerate(combinations, 1)
    ]


def sweep(
    jobs: Sequence[Job],
    call: Call,
    tracking: TrackingSettings,
    processes: int,
    compare: Callable[[Sequence[Path], Sequence[Path]], StageResult],
) -> StageResult:
    """Train every one of *jobs*; put them on record under one run; hold the finished ones against the best.

    The tracking database is there before the first job begins. *compare* holds bundles against the first one.

    Raises:
        RedlaneError: the place for runs cannot be used.
    """
    name = f"sweep {jobs[0].bundle.name.rpartition('-sweep-')[0]}"
    with recorded(tracking, name) as run:
        nested = [] if run.id is None else [f"tracking.parent={run.id}"]
        ended = list(track(_ended(jobs, lambda job: call(job, nested), processes), "jobs", len(jobs)))
        for done in ended:
            if done.error and run.id is not None:
                note_failure(tracking, run.id, done.job.bundle.name, done.error)
        result = _result(ended, compare)
        run.log_record({"jobs": [_recorded(done) for done in ended], "results": {}})
    numbers = result.numbers if run.id is None else {**result.numbers, "run_id": run.id}
    return StageResult(**{**vars(result), "numbers": numbers})


def in_a_process(command: Sequence[str], job: Job) -> Done:
    """Train *job* by a *command* of its own, which answers with one JSON object."""
    ran = subprocess.run(  # noqa: S603 - redlane itself, with words of its own user
        [sys.executable, "-m", "redlane", *command], capture_output=True, text=True, check=False
    )
    try:
        answer = json.loads(ran.stdout)
    except ValueError:
        last = (ran.stderr.strip().splitlines() or ["no word of why"])[-1]
        return Done(
            job, ran.returncode or int(ExitCode.FAILED), error=f"ended with status {ran.returncode}: {last}"
        )
    return Done(job, ran.returncode, answer.get("numbers", {}), answer.get("error", ""))


def guarded(call: Callable[[], Any], job: Job) -> Done:
    """Train *job* here; what goes wrong with it is said and does not stop the others."""
    try:
        result = call()
        return Done(job, int(result.exit_code), plain(result.numbers))
    except RedlaneError as error:
        return Done(job, int(ExitCode.REFUSED), error=str(error))
    except Exception as fault:
        return Done(job, int(ExitCode.FAILED), error=f"a fault in redlane ({type(fault).__name__}: {fault})")


def _ended(jobs: Sequence[Job], call: Callable[[Job], Done], processes: int) -> Iterator[Done]:
    if processes == 1:
        yield from map(call, jobs)
        return
    with ThreadPoolExecutor(processes) as pool:
        yield from pool.map(call, jobs)


def _result(
    ended: Sequence[Done], compare: Callable[[Sequence[Path], Sequence[Path]], StageResult]
) -> StageResult:
    finished = [done for done in ended if not done.error]
    failed = [done for done in ended if done.error]
    notes = [f"job {done.job.number} ({done.job.label}) failed: {done.error}" for done in failed]
    if not finished:
        raise RedlaneError(f"all {len(ended)} jobs of the sweep failed; the first because: {failed[0].error}")
    part = _UNSEEN if _repeats(finished) else _ALL
    ranked = sorted(finished, key=lambda done: -_worth(done, part))
    best, tables, verdicts = ranked[0], [], {}
    if len(finished) > 1:
        try:
            held = compare([done.job.bundle for done in ranked], [done.job.profiles for done in ranked])
            tables = [table for table in held.tables if table.title.startswith("Differences")]
            verdicts = held.numbers["verdicts"]
        except RedlaneError as error:
            notes.append(f"the jobs cannot be held against each other: {error}")
    shown = [_table(ended, finished, each, best, verdicts) for each in dict.fromkeys([part, _ALL])]
    notes.append(
        "the table shows the test period: to keep the best of it is a choice made on that period, and flatters the "
        "chosen; settings are chosen by redlane tune, on folds before it"
    )
    return StageResult(
        title=f"{len(finished)} of {len(ended)} jobs done",
        paths={f"job {done.job.number}": done.job.bundle for done in finished},
        counts={"jobs": len(ended), "done": len(finished), "failed": len(failed)},
        numbers={"best": best.job.number, "verdicts": verdicts, "jobs": [_recorded(done) for done in ended]},
        tables=[*shown, *tables],
        notes=notes,
        exit_code=ExitCode.FAILED if failed else ExitCode(max(done.status for done in finished)),
    )


def _repeats(finished: Sequence[Done]) -> bool:
    return all(
        _UNSEEN in done.numbers and done.numbers.get("seen_goods_tuple_share", 0) > REPEATED
        for done in finished
    )


def _worth(done: Done, part: str) -> float:
    value = done.numbers[part][MODEL]["average_precision"][0]
    return float("-inf") if value is None else float(value)


def _table(
    ended: Sequence[Done], finished: Sequence[Done], part: str, best: Done, verdicts: Mapping[str, str]
) -> ResultTable:
    """Jobs in their order, then the baselines of the best one's rows."""
    rows = [_row(done, part, "best" if done is best else _verdict(done, verdicts)) for done in ended]
    for name, measures in best.numbers[part].items():
        if isinstance(measures, Mapping) and not name.startswith(MODEL):
            rows.append({"job": "–", "changes": name, **_measures(measures), "against the best": "baseline"})
    title = "Jobs, " + part.replace("_", " ")
    rows_judged = (_UNSEEN if _repeats(finished) else _ALL).replace("_", " ")
    note = f"[intervals by week]; best by average precision on {rows_judged}"
    return ResultTable(title, pd.DataFrame(rows), note)


def _verdict(done: Done, verdicts: Mapping[str, str]) -> str:
    return (
        "failed" if done.error else str(verdicts.get(done.job.bundle.name, "not compared")).replace("_", " ")
    )


def _row(done: Done, part: str, verdict: str) -> dict[str, Any]:
    measures = {} if done.error else done.numbers.get(part, {}).get(MODEL, {})
    return {
        "job": str(done.job.number),
        "changes": done.job.label,
        **_measures(measures),
        "against the best": verdict,
    }


def _measures(measures: Mapping[str, Any]) -> dict[str, str]:
    shown = {}
    for name in _SHOWN:
        value, low, high = measures.get(name) or (None, None, None)
        around = "" if low is None or high is None else f" [{low:.3f}, {high:.3f}]"
        shown[name.replace("_at_5_pct", " at 5 %").replace("_", " ")] = (
            "–" if value is None else f"{value:.3f}{around}"
        )
    return shown


def _recorded(done: Done) -> dict[str, Any]:
    kept = {name: done.numbers.get(name) for name in ("run_id", "bundle_id", "profiles_id")}
    return {"job": done.job.number, "changes": list(done.job.changes), "error": done.error, **kept}
