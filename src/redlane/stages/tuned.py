"""What a search leaves behind: tables of trials, the winner beside where it began and beside baselines, a recipe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from redlane import configuration
from redlane.errors import ExitCode
from redlane.evaluation.result import Evaluation
from redlane.evaluation.settings import EvaluationSettings
from redlane.io.files import write_json
from redlane.io.tables_out import write_table
from redlane.stages.learning import REPEATED
from redlane.stages.material import Material
from redlane.stages.result import ResultTable, StageResult
from redlane.tuning.judging import TUNED, UNTUNED, Bench
from redlane.tuning.recipe import MARK, Recipe, Words
from redlane.tuning.study import Study, Tried
from redlane.tuning.task import Task

_BEST = 5
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Destination:
    """Where things go: the study's folder, and the recipe called ``name``."""

    out: Path
    config_dir: Path | None
    name: str
    bundle: Path
    profiles: Path
    files: list[Path]
    partner_table: Path | None

    @property
    def recipe(self) -> Path:
        """The recipe's file: in the user's own folder of settings."""
        own = self.config_dir or configuration.conf_folder() / "local"
        return own / "experiment" / f"{self.name}.yaml"

    def paths(self) -> dict[str, Any]:
        """The paths a training with the recipe uses."""
        return {
            "files": [str(file) for file in self.files],
            "partner_table": None if self.partner_table is None else str(self.partner_table),
            "bundle": str(self.bundle.with_name(self.name)),
            "profiles": str(self.profiles.with_name(self.name)),
        }


@dataclass(frozen=True)
class Delivered:
    """The result for people, the numbers for the record, and the files that were written."""

    stage: StageResult
    metrics: Mapping[str, Any]
    files: Sequence[Path]

    def with_notes(self, notes: Sequence[str], run_id: str | None) -> StageResult:
        """The result with *notes* first, and the id of the run it is on record as."""
        numbers = {**self.stage.numbers, **({} if run_id is None else {"run_id": run_id})}
        return replace(self.stage, notes=[*notes, *self.stage.notes], numbers=numbers)


@dataclass(frozen=True)
class Found:
    """The outcome of a search."""

    tried: list[Tried]
    importance: Mapping[str, float]
    task: Task
    evaluation: EvaluationSettings

    @cached_property
    def best(self) -> Tried:
        """The trial of greatest worth, the earlier of equals."""
        return max(
            (each for each in self.tried if each.worth is not None), key=lambda each: each.worth or 0.0
        )

    @cached_property
    def compared(self) -> dict[str, tuple[Bench, Evaluation]]:
        """The winner beside where it began and baselines, on the rows of the objective and on the other slice."""
        bench, folds = self.task.bench, self.task.folds
        margins = {TUNED: self._margins(self.best)}
        margins[UNTUNED] = margins[TUNED] if self.best.slot == 0 else self._margins(self.tried[0])
        found = {}
        for rows in self._slices():
            each = replace(bench, objective=bench.objective.model_copy(update={"rows": rows}))
            found[each.objective.label] = (each, each.compared(folds, margins, self.evaluation))
        return found

    def difference(self) -> Triple:
        """The winner minus the untuned recipe in the objective, with its interval."""
        bench, evaluation = next(iter(self.compared.values()))
        return bench.difference(evaluation, UNTUNED)

    @property
    def is_luck(self) -> bool:
        """Whether the interval of the difference holds 0."""
        _, low, high = self.difference()
        return not (low > 0 or high < 0)

    def _margins(self, tried: Tried) -> list[Any]:
        changed = self.task.changed(tried.values)
        return list(self.task.bench.margins(changed, self.task.folds_of(changed.periods)))

    def _slices(self) -> list[str]:
        """That of the objective first; the honest one too where many rows repeat earlier goods."""
        first = self.task.bench.objective.rows
        seen = 1 - np.concatenate([self.task.bench.ground.unseen(fold) for fold in self.task.folds]).mean()
        return [first] if seen <= REPEATED else [first, "unseen" if first == "all" else "all"]


def deliver(
    study: Study,
    task: Task,
    evaluation: EvaluationSettings,
    to: Destination,
    words: Words,
    material: Material,
) -> Delivered:
    """Write tables, plots and the recipe of a finished *study*; give the result.

    Raises:
        RedlaneError: the disk refuses.
    """
    found = Found(study.tried(), study.importance(), task, evaluation)
    best, start = found.best, found.tried[0]
    wrote = best.slot != 0
    if wrote:
        remarks = _remarks(found, material.inputs)
        Recipe(to.recipe, remarks, words, to.paths()).write(task.changed(best.values), best.values)
    metrics = {
        "best_objective": best.worth,
        "untuned_objective": start.worth,
        "difference": found.difference(),
        **{f"importance/{key}": share for key, share in found.importance.items()},
    }
    files = _written(to.out, found)
    objective = task.bench.objective.label
    result = StageResult(
        title=f"{len(found.tried)} trials over {len(task.folds)} folds: {objective} {best.worth:.4f}, "
        f"untuned {start.worth:.4f}",
        paths={"study": to.out, **({"recipe": to.recipe} if wrote else {})},
        counts={**material.counts(), **_counts(found.tried)},
        numbers={
            "objective": objective,
            "best_trial": best.slot,
            "best": best.worth,
            "untuned": start.worth,
            "difference": list(found.difference()),
            "values": dict(best.values),
            "importance": dict(found.importance),
        },
        tables=[*_tables(found), *material.tables()],
        notes=[*_notes(found, to), *material.notes()],
        exit_code=ExitCode.DONE_WITH_REJECTS if material.accepted.rejected else ExitCode.DONE,
    )
    return Delivered(result, metrics, files)


def _counts(tried: Sequence[Tried]) -> dict[str, int]:
    states = [each.state for each in tried]
    return {
        "trials": len(tried),
        **{state: states.count(state) for state in ("complete", "pruned", "refused")},
    }


def _remarks(found: Found, inputs: Mapping[str, str]) -> list[str]:
    best, folds, objective = found.best, found.task.folds, found.task.bench.objective.label
    files = ", ".join(f"{name} {sha256[:16]}" for name, sha256 in inputs.items())
    return [
        f"{MARK}: trial {best.slot} of {len(found.tried)}; {objective} {best.worth:.4f} as the mean of {len(folds)} "
        f"folds tested from {folds[0].test_from} to {folds[-1].test_until}; untuned {found.tried[0].worth:.4f}.",
        f"Found on {files} (SHA-256), with nothing known on {found.task.split.test_from} or later.",
        "The fold score is that of the best of many on the same folds: it is optimistic. How good the settings are "
        "says the test period, looked at once.",
    ]


def _tables(found: Found) -> list[ResultTable]:
    return [_trials(found), _settings(found), *(_compared(*each) for each in found.compared.values())]


def _trials(found: Found) -> ResultTable:
    whole = sorted(
        (each for each in found.tried if each.worth is not None), key=lambda each: -(each.worth or 0.0)
    )
    shown = whole[:_BEST] + ([found.tried[0]] if found.tried[0] not in whole[:_BEST] else [])
    rows = [_row("0, the untuned recipe" if each.slot == 0 else str(each.slot), each.folds) for each in shown]
    baselines = found.task.bench.baselines(found.task.folds)
    rows += [_row(name, folds) for name, folds in baselines.items()]
    note = "mean and standard deviation over the folds; the best of many on the same folds is optimistic"
    return ResultTable(f"Best trials: {found.task.bench.objective.label}", pd.DataFrame(rows), note)


def _row(name: str, folds: Sequence[float]) -> dict[str, Any]:
    each = {f"fold {number}": value for number, value in enumerate(folds, 1)}
    return {"trial": name, "mean": float(np.mean(folds)), "sd": float(np.std(folds)), **each}


def _settings(found: Found) -> ResultTable:
    start = found.tried[0].values
    rows = [
        {
            "key": key,
            "untuned": _said(start.get(key)),
            "best": _said(value),
            "importance": found.importance.get(key, float("nan")),
        }
        for key, value in found.best.values.items()
    ]
    frame = pd.DataFrame(rows, columns=["key", "untuned", "best", "importance"])
    return ResultTable(
        "Settings of the best trial", frame, "importance: share of the spread between trials (fANOVA)"
    )


def _said(value: Any) -> str:
    return "–" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _compared(bench: Bench, evaluation: Evaluation) -> ResultTable:
    rows = []
    minus = "tuned minus this" + (" in precision" if bench.objective.measure == "recall" else "")
    for name in dict.fromkeys(evaluation.measures["ranking"]):
        line = {"ranking": name, "value": _interval(bench.measured(evaluation, name))}
        line[minus] = "" if name == TUNED else _interval(bench.difference(evaluation, name))
        rows.append(line)
    title = f"The winner beside where it began, test rows of all folds: {bench.objective.label}"
    note = (
        f"{evaluation.n:,} rows; {evaluation.confidence:.0%} intervals by {evaluation.block}, not corrected for having "
        f"chosen the best"
    )
    return ResultTable(title, pd.DataFrame(rows), note)


def _interval(values: Triple) -> str:
    value, low, high = values
    return f"{value:.3f}" + ("" if np.isnan(low) else f" ({low:.3f} to {high:.3f})")


def _notes(found: Found, to: Destination) -> list[str]:
    said = []
    if found.best.slot == 0:
        said.append("no trial did better than the untuned recipe; no recipe was written")
    else:
        said.append(
            f"train with it: redlane train experiment={to.name}"
            + ("" if to.config_dir is None else f" --config-dir {to.config_dir}")
        )
        if found.is_luck:
            said.append(
                "the winner cannot be told from the untuned recipe: the interval of the difference holds 0"
            )
    outside = set(found.tried[0].values) - set(found.task.space.inside(found.tried[0].values))
    if outside:
        said.append(f"the untuned recipe lies outside the search space in {', '.join(sorted(outside))}")
    refused = [each for each in found.tried if each.refused]
    if refused:
        said.append(f"{len(refused)} trial(s) were refused, the first because: {refused[0].refused}")
    return said


def _written(out: Path, found: Found) -> list[Path]:
    from redlane.evaluation.drawing import save
    from redlane.tuning import plots

    frame = pd.DataFrame(
        [
            {
                "trial": each.slot,
                "state": each.state,
                "worth": each.worth,
                **{f"fold_{number}": value for number, value in enumerate(each.folds, 1)},
                **each.values,
            }
            for each in found.tried
        ]
    )
    words = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name].dtype)]
    frame = frame.astype(dict.fromkeys(words, "str"))
    write_table(out / "trials.parquet", frame)
    summary = {
        "best": found.best.slot,
        "importance": dict(found.importance),
        "difference": list(found.difference()),
    }
    write_json(out / "tuning.json", summary)
    files = [out / "trials.parquet", out / "tuning.json"]
    files.append(save(plots.history(found.tried, found.task.bench.objective.label), out / "history.png"))
    if found.importance:
        files.append(save(plots.importance(found.importance), out / "importance.png"))
    return files
