"""A study in a file of its own: trials one after another, the same whether they were interrupted or not.

Each trial's sampler is seeded from the study's seed and the number of trials finished before it, so that a study killed
and resumed tries what an undisturbed one would have tried. (Hyperband's brackets go by Optuna's own trial numbers,
which a kill moves on; with the median pruner, or none, even the pruning is the same.)
"""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import numpy as np

from redlane.errors import RedlaneError
from redlane.io.files import atomic_path
from redlane.tuning.settings import Search
from redlane.tuning.space import SearchSpace

FILE, NAME = "study.db", "tune"


@dataclass(frozen=True)
class Tried:
    """A finished trial. ``slot`` counts finished trials from 0; ``worth`` is None where it was pruned or refused."""

    slot: int
    state: str
    worth: float | None
    values: Mapping[str, Any]
    folds: tuple[float, ...]
    begun: datetime
    ended: datetime
    refused: str = ""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended - self.begun).total_seconds()


@dataclass(frozen=True)
class Study:
    """An open study; ``key`` names it for good, whatever happens to its file's name."""

    study: Any
    storage: Any
    search: Search
    space: SearchSpace
    folds: int

    @property
    def key(self) -> str:
        """What the study was begun with, as a hash."""
        return str(self.study.user_attrs["key"])

    def tried(self) -> list[Tried]:
        """The finished trials, in the order in which they ended."""
        return [_tried(slot, trial) for slot, trial in enumerate(self._finished())]

    def clean(self) -> int:
        """End what a killed process left running or waiting; gives how many there were."""
        from optuna.trial import TrialState

        stale = self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING, TrialState.WAITING))
        for trial in stale:
            self.storage.set_trial_state_values(trial._trial_id, state=TrialState.FAIL)
        return len(stale)

    def next(self, start: Mapping[str, Any], judge: Callable[[Mapping[str, Any]], Iterator[float]]) -> Tried:
        """One more trial: *judge* gives the worth on each fold in turn; the first trial tries *start* itself.

        Settings that *judge* refuses (a :class:`RedlaneError`) end as pruned, with the sentence kept: another trial
        may do better. The first trial is never pruned, and a refusal of it is raised.
        """
        import optuna

        slot = len(self._finished())
        self.study.sampler = self._sampler(slot, start)
        trial = self.study.ask()
        try:
            values = self._values(trial, slot, start)
            worth = self._run(trial, judge(values), prunable=slot > 0)
            self.study.tell(trial, worth)
        except optuna.TrialPruned:
            self.study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        except RedlaneError as error:
            if slot == 0:
                self.study.tell(trial, state=optuna.trial.TrialState.FAIL)
                raise
            trial.set_user_attr("refused", str(error))
            self.study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        except BaseException:
            self.study.tell(trial, state=optuna.trial.TrialState.FAIL)
            raise
        return self.tried()[-1]

    def importance(self) -> dict[str, float]:
        """Share of the spread of worth that each key explains (fANOVA); empty with fewer than 8 complete trials."""
        import optuna
        from optuna.importance import FanovaImportanceEvaluator

        whole = [each for each in self.tried() if each.worth is not None]
        if len(whole) < _ENOUGH or len({each.worth for each in whole}) < 2:
            return {}
        try:
            found = optuna.importance.get_param_importances(
                self.study, evaluator=FanovaImportanceEvaluator(seed=self.search.seed)
            )
        except (ValueError, RuntimeError):  # no key was tried in every trial, or nothing varies
            return {}
        return {str(key): float(share) for key, share in found.items()}

    def _finished(self) -> list[Any]:
        from optuna.trial import TrialState

        states = (TrialState.COMPLETE, TrialState.PRUNED)
        return sorted(self.study.get_trials(deepcopy=False, states=states), key=lambda trial: trial.number)

    def _values(self, trial: Any, slot: int, start: Mapping[str, Any]) -> dict[str, Any]:
        trial.set_user_attr("slot", slot)
        if slot:
            values = self.space.suggest(trial)
        else:
            # What the recipe says outside the space is tried too, but the sampler cannot learn from it.
            for key in self.space.inside(start):
                self.space.entries[key].suggest(trial, key)
            values = dict(start)
        trial.set_user_attr("values", values)
        return values

    def _run(self, trial: Any, worths: Iterator[float], prunable: bool) -> float:
        import optuna

        seen: list[float] = []
        for step, worth in enumerate(worths):
            if np.isnan(worth):
                raise RedlaneError(
                    f"fold {step + 1} holds no irregular row to judge by; make test_days longer"
                )
            seen.append(float(worth))
            trial.set_user_attr("folds", seen)
            trial.report(float(np.mean(seen)), step)
            if prunable and len(seen) < self.folds and trial.should_prune():
                raise optuna.TrialPruned
        return float(np.mean(seen))

    def _sampler(self, slot: int, start: Mapping[str, Any]) -> Any:
        from optuna.samplers import PartialFixedSampler, TPESampler

        seed = int(np.random.SeedSequence([self.search.seed, slot]).generate_state(1)[0])
        sampler = TPESampler(
            n_startup_trials=self.search.random_trials, seed=seed, multivariate=False, constant_liar=False
        )
        return sampler if slot else PartialFixedSampler(self.space.inside(start), sampler)


_ENOUGH = 8


@contextmanager
def opened(file: Path, key: str, search: Search, space: SearchSpace, folds: int) -> Iterator[Study]:
    """The study in *file*, begun where there is none; *key* says what it is a study of.

    Raises:
        RedlaneError: Optuna is not installed, or the file holds another study or none.
    """
    try:
        import optuna
    except ModuleNotFoundError as error:
        raise RedlaneError("tuning needs Optuna: pip install 'redlane[tune]'") from error
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        try:
            if not file.exists():
                with atomic_path(file) as unfinished:
                    _close(_storage(unfinished))
            storage, lock = _storage(file), _locked(file)
            study = optuna.create_study(
                storage=storage, study_name=NAME, direction="maximize", load_if_exists=True,
                pruner=_pruner(search, folds),
            )  # fmt: skip
        except (SQLAlchemyError, RuntimeError) as error:
            reason = " ".join(str(error).split("\n")[0].split())[:200]
            raise RedlaneError(f"{file} holds no study that can be gone on with: {reason}") from error
        try:
            if study.user_attrs.get("key", key) != key:
                raise RedlaneError(
                    f"{file} holds a study of other files or settings, which cannot be gone on with; give another "
                    f"--out, or remove {file.parent}"
                )
            study.set_user_attr("key", key)
            yield Study(study, storage, search, space, folds)
        finally:
            _close(storage)
            lock.close()


def _locked(file: Path) -> IO[bytes]:
    """Keep other processes off *file* until this one ends, however it ends."""
    import fcntl

    lock = file.open("rb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise RedlaneError(f"another process is at work on the study in {file.parent}; let it end") from None
    return lock


def _storage(file: Path) -> Any:
    from optuna.storages import RDBStorage

    return RDBStorage(f"sqlite:///{file}", engine_kwargs={"connect_args": {"timeout": 60}})


def _close(storage: Any) -> None:
    storage.remove_session()
    storage.engine.dispose()


def _pruner(search: Search, folds: int) -> Any:
    import optuna

    if search.pruner == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=search.random_trials, n_warmup_steps=0)
    if search.pruner == "hyperband":
        return optuna.pruners.HyperbandPruner(min_resource=1, max_resource=max(folds, 2))
    return optuna.pruners.NopPruner()


def _tried(slot: int, trial: Any) -> Tried:
    complete = trial.state.name == "COMPLETE"
    refused = str(trial.user_attrs.get("refused", ""))
    return Tried(
        slot=slot,
        state="complete" if complete else "refused" if refused else "pruned",
        worth=float(trial.value) if complete else None,
        values=trial.user_attrs.get("values", {}),
        folds=tuple(trial.user_attrs.get("folds", ())),
        begun=trial.datetime_start,
        ended=trial.datetime_complete,
        refused=refused,
    )
