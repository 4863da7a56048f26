"""A study: it finds what is there, ends with the number asked for, and tries the same whether interrupted or not."""

import fcntl

import numpy as np
import pytest

from redlane.errors import RedlaneError
from redlane.tuning.settings import Search
from redlane.tuning.space import SearchSpace
from redlane.tuning.study import FILE, opened

SPACE = SearchSpace.parse(
    {
        "entries": {
            "model.x": {"kind": "float", "low": -3.0, "high": 3.0},
            "model.y": {"kind": "int", "low": 0, "high": 9},
            "model.unused": {"kind": "float", "low": 0.0, "high": 1.0},
        }
    }
)
START = {"model.x": 9.0, "model.y": 0, "model.unused": 0.5}
"""Outside the space in x."""


def judge(values):
    """Best at x = 1 and y = 7, on each of three folds with its own level."""
    for level in (0.0, 0.1, 0.2):
        yield level - (values["model.x"] - 1) ** 2 - (values["model.y"] - 7) ** 2 / 10


def searched(folder, trials, judge=judge, stop_after=None, **changes):
    """Go on with the study in *folder* until it has *trials*; gives what is tried."""
    with opened(
        folder / FILE, "key", Search(**{"random_trials": 5, "seed": 3, **changes}), SPACE, 3
    ) as study:
        study.clean()
        while (done := len(study.tried())) < trials and done != stop_after:
            study.next(START, judge)
        return study.tried(), study.importance()


def plain(tried):
    return [(each.slot, each.state, each.worth, dict(each.values), each.folds) for each in tried]


def test_the_planted_optimum_is_found_and_the_unused_key_matters_least(tmp_path):
    tried, importance = searched(tmp_path, 18)
    best = max((each for each in tried if each.worth is not None), key=lambda each: each.worth)
    assert abs(best.values["model.x"] - 1) < 0.5 and abs(best.values["model.y"] - 7) <= 2
    assert min(importance, key=importance.get) == "model.unused"
    assert [each.slot for each in tried] == list(range(18))
    assert "pruned" in {each.state for each in tried} and tried[0].state == "complete"
    assert dict(tried[0].values) == START


def test_a_study_that_was_interrupted_tries_what_an_undisturbed_one_does(tmp_path):
    whole, _ = searched(tmp_path / "whole", 9)
    calls = {"n": 0}

    def dies(values):
        for worth in judge(values):
            calls["n"] += 1
            if calls["n"] in (8, 16, 20):
                raise KeyboardInterrupt
            yield worth

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            searched(tmp_path / "cut", 9, dies)
    cut, _ = searched(tmp_path / "cut", 9, dies)
    assert plain(cut) == plain(whole)
    assert plain(searched(tmp_path / "cut", 9)[0]) == plain(whole), "nothing is left to do"
    assert plain(searched(tmp_path / "cut", 10)[0])[:9] == plain(whole), "more may be asked for later"


def test_another_seed_tries_something_else(tmp_path):
    first, second = (searched(tmp_path / str(seed), 3, seed=seed)[0] for seed in (1, 2))
    assert first[1].values != second[1].values


def test_trials_a_killed_process_left_running_are_ended(tmp_path):
    from optuna.trial import TrialState

    searched(tmp_path, 2)
    with opened(tmp_path / FILE, "key", Search(), SPACE, 3) as study:
        study.study.ask()
    with opened(tmp_path / FILE, "key", Search(), SPACE, 3) as study:
        assert study.clean() == 1 and study.clean() == 0
        assert len(study.tried()) == 2
        assert [trial.state for trial in study.study.trials][-1] == TrialState.FAIL


def test_settings_that_are_refused_count_as_tried_and_the_recipe_itself_is_not_excused(tmp_path):
    def refuses(values):
        if values != START:
            raise RedlaneError("all rows are regular")
        yield from judge(values)

    tried, importance = searched(tmp_path, 4, refuses)
    assert [each.state for each in tried] == ["complete", "refused", "refused", "refused"]
    assert tried[1].refused == "all rows are regular" and importance == {}

    def undefined(values):
        yield float("nan")

    with pytest.raises(RedlaneError, match="fold 1 holds no irregular row"):
        searched(tmp_path / "other", 2, undefined)


@pytest.mark.parametrize("pruner", ["hyperband", "none"])
def test_every_pruner_ends_with_the_number_asked_for(tmp_path, pruner):
    tried, _ = searched(tmp_path, 7, pruner=pruner)
    assert len(tried) == 7
    assert pruner != "none" or {each.state for each in tried} == {"complete"}


def test_a_study_of_something_else_a_file_of_something_else_and_a_busy_one_are_refused(tmp_path):
    searched(tmp_path, 1)
    with pytest.raises(RedlaneError, match="holds a study of other files or settings"):
        opened(tmp_path / FILE, "another", Search(), SPACE, 3).__enter__()
    with (tmp_path / FILE).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(RedlaneError, match="another process is at work"):
            opened(tmp_path / FILE, "key", Search(), SPACE, 3).__enter__()
    (tmp_path / FILE).write_bytes(np.random.default_rng(0).bytes(9000))
    with pytest.raises(RedlaneError, match="holds no study that can be gone on with") as caught:
        opened(tmp_path / FILE, "key", Search(), SPACE, 3).__enter__()
    assert "\n" not in str(caught.value)
