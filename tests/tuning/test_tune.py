"""The stage *tune*: finds what was planted, finds nothing in chance, never looks at the test period, can be killed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from redlane import cli
from redlane.declarations.periods import day_number, days
from redlane.errors import RedlaneError
from redlane.registry import settings_of
from redlane.stages.tuning_words import words_of
from redlane.tuning.space import SearchSpace
from tests.runs import chosen
from tests.tuning.worlds import PERIODS, run_tune, told_by_office

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuned")
    overrides = ["experiment=kcs", "evaluation.seed=7", "trials=6", "features=first"]
    return folder, run_tune(folder, told_by_office(), overrides=overrides, caution="made up")


def test_the_planted_settings_are_found_beyond_luck(tuned):
    folder, result = tuned
    assert result.numbers["values"]["model.min_data_in_leaf"] == 5
    value, low, high = result.numbers["difference"]
    assert 0.1 < low < value < high
    assert result.numbers["best"] > result.numbers["untuned"] + 0.1
    assert {path.name for path in (folder / "tuning").iterdir()} >= {
        "study.db",
        "trials.parquet",
        "history.png",
    }
    assert len(pd.read_parquet(folder / "tuning" / "trials.parquet")) == result.counts["trials"] == 6
    names = list(result.tables[0].frame["trial"])
    assert "0, the untuned recipe" in names and names[-2:] == ["goods look-up table", "random"]
    train = f"train with it: redlane train experiment=small_tuned --config-dir {folder / 'own'}"
    assert result.notes[:2] == ["made up", train]


def test_in_shuffled_outcomes_nothing_is_found(tmp_path):
    frame = told_by_office()
    known = frame["irregular"].notna()
    shuffled = np.random.default_rng(1).permutation(frame.loc[known, "irregular"].to_numpy())
    frame.loc[known, "irregular"] = shuffled
    result = run_tune(tmp_path, frame, trials=4)
    _, low, _ = result.numbers["difference"]
    assert low <= 0
    assert any(
        "cannot be told from the untuned recipe" in note or "no trial did better" in note
        for note in result.notes
    )


def test_nothing_of_the_test_period_moves_a_trial(tuned, tmp_path):
    """Rows registered in it are dropped or altered, outcomes that became known in it turned round."""
    _, before = tuned
    frame = told_by_office()
    border = day_number(pd.Timestamp("2024-10-27").date()) - PERIODS.maturity_days - PERIODS.test_days
    registered, known = days(frame["registered_on"]), days(frame["outcome_known_on"])
    late = (registered >= border) | (known >= border)
    assert (late & (registered < border)).sum() > 50
    frame.loc[late, "irregular"] = 1 - frame.loc[late, "irregular"]
    frame.loc[registered >= border, "customs_value"] *= 100
    after = run_tune(tmp_path, frame, caution="made up")
    trials = [pd.read_parquet(folder / "tuning" / "trials.parquet") for folder in (tuned[0], tmp_path)]
    pd.testing.assert_frame_equal(*trials)
    assert after.numbers["values"] == before.numbers["values"]


def test_training_takes_the_recipe_and_means_the_settings_that_won(tuned):
    folder, result = tuned
    text = (folder / "own" / "experiment" / "small_tuned.yaml").read_text()
    assert text.startswith("# @package _global_\n# Found by redlane tune: trial ")
    assert "history.parquet" in text and "optimistic" in text
    values = cli.compose("train", ["experiment=small_tuned"], [folder / "own"])
    assert (values["bundle"], values["profiles"]) == ("models/small_tuned", "profiles/small_tuned")
    assert [family["family"] for family in values["features"]["families"]] == [
        family.family for family in chosen("features", "first").families
    ]
    settings = {"model": settings_of("model", values["model"]).plain(), "weighting": values["weighting"]}
    for key, value in result.numbers["values"].items():
        room, name = key.split(".")
        assert settings[room][name] == value
    assert yaml.safe_load(text)["defaults"][0] == "kcs"


def test_a_recipe_somebody_wrote_and_a_folder_of_something_else_are_left_alone(tmp_path):
    own = tmp_path / "own" / "experiment" / "small_tuned.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("# @package _global_\n# Mine.\n")
    with pytest.raises(RedlaneError, match=r"small_tuned\.yaml is a recipe that tuning did not write"):
        run_tune(tmp_path, told_by_office())
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").touch()
    with pytest.raises(RedlaneError, match="holds other files"):
        run_tune(tmp_path, told_by_office(), out=tmp_path / "other", recipe="new")
    unknown = SearchSpace.parse({"entries": {"model.leaves": {"kind": "int", "low": 3, "high": 9}}})
    with pytest.raises(RedlaneError, match=r"'model\.leaves' is no setting of the model"):
        run_tune(tmp_path, told_by_office(), search=unknown, recipe="new")


def test_only_what_a_training_takes_too_is_taken_over():
    overrides = [
        "experiment=[kcs,mine]",
        "model=lightgbm",
        "objective.rows=unseen",
        "+model.seed=3",
        "tracking=server",
    ]
    words = words_of(overrides, {"model": {"seed": 3}, "objective": {"rows": "unseen"}})
    assert (words.recipes, dict(words.groups)) == (("kcs", "mine"), {"model": "lightgbm"})
    assert dict(words.settings) == {"model": {"seed": 3}}


@pytest.mark.slow
def test_killed_in_a_trial_after_it_and_while_it_is_recorded_the_study_ends_whole(
    tuned, prepared_database, tmp_path
):
    shutil.copy(prepared_database, tmp_path / "mlflow.db")
    command = [sys.executable, "-m", "tests.tuning.driver", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["ends"] == [-9, -9, -9, 0]
    assert seen["trials"] == list(range(6)) and seen["states"] == {"FINISHED": 6}
    assert seen["parents"] == ["FINISHED"] and seen["optuna"] == {"FAIL": 1, "finished": 6}
    trials = [pd.read_parquet(folder / "tuning" / "trials.parquet") for folder in (tuned[0], tmp_path)]
    pd.testing.assert_frame_equal(*trials)
