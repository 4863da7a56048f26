"""Walking forward: each fold sees its past alone, the pool counts every row once, curves use the same test rows."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from redlane.declarations.folds import FoldSettings
from redlane.declarations.identity import tie_hash
from redlane.errors import RedlaneError
from redlane.evaluation.learning_curves import CurveSettings, kept_labels
from redlane.evaluation.walk_forward import places, pooled
from redlane.model.weighting import Weighting
from redlane.stages import backtest
from redlane.stages.result import StageResult
from tests.runs import QUICK, chosen, world

FAMILIES = [
    {"family": "history", "key": ["importer_id"], "windows": ["all"], "measures": ["count", "hit_rate"]},
    {"family": "history", "key": ["seller_id"], "windows": ["all"], "measures": ["hit_rate"]},
    {"family": "unit_price"},
]
FOLDS = FoldSettings(count=2, test_days=35, tune_days=28, maturity_days=7, burn_in_days=14, min_rows=50)


def run(files: list[Path], out: Path, **changes: Any) -> StageResult:
    standard = {
        "partner_table": None,
        "declarations": chosen("declarations", "canonical"),
        "partner_exports": chosen("partner_exports", "comtrade"),
        "features": chosen("features", "first", families=FAMILIES),
        "flags": chosen("flags", "default"),
        "model": chosen("model", "lightgbm", **QUICK),
        "folds": FOLDS,
        "curves": CurveSettings(history_days=(35, 400), label_shares=(0.3, 1.0)),
        "weighting": Weighting(),
        "evaluation": chosen("evaluation", "default", bootstrap_repeats=20),
        "tracking": chosen("tracking", "local", enabled=False),
        "as_of": None,
        "caution": "Only a test.",
    }
    return backtest.run(files=files, out=out, **{**standard, **changes})


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return world(rule_strength=1.5)


@pytest.fixture(scope="module")
def made(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> tuple[StageResult, Path]:
    folder = tmp_path_factory.mktemp("backtest")
    frame.to_parquet(folder / "history.parquet")
    return run([folder / "history.parquet"], folder / "walk"), folder / "walk"


def test_the_folds_follow_one_another_and_add_up(made) -> None:
    result, _ = made
    first, second = result.numbers["folds"]
    assert first["test_until"] < second["test_from"]
    assert second["train"] > first["train"]
    assert (
        result.counts["tested"] == first["test"] + second["test"] == result.numbers["all_test_rows"]["rows"]
    )


def test_the_pool_is_better_than_chance_and_stands_beside_its_baselines(made) -> None:
    numbers = made[0].numbers["all_test_rows"]
    assert {"random", "value rank", "importer history", "goods look-up table", "logistic regression"} <= set(
        numbers
    )
    assert numbers["redlane"]["roc_auc"][0] > 0.55 > numbers["random"]["roc_auc"][1]
    parts = [fold["all_test_rows"]["redlane"]["average_precision"][0] for fold in made[0].numbers["folds"]]
    assert min(parts) * 0.7 < numbers["redlane"]["average_precision"][0] < max(parts) * 1.3


def test_a_fold_knows_nothing_of_later_days(made, frame: pd.DataFrame, tmp_path: Path) -> None:
    """The first fold comes out the same, to the last digit, when everything after its test window was never written."""
    first = made[0].numbers["folds"][0]
    early = frame[frame["registered_on"] <= pd.Timestamp(first["test_until"]) + pd.Timedelta(days=7)]
    early.to_parquet(tmp_path / "early.parquet")
    settings = FOLDS.model_copy(update={"count": 1})
    none = CurveSettings(history_days=(), label_shares=())
    alone = run([tmp_path / "early.parquet"], tmp_path / "walk", folds=settings, curves=none).numbers[
        "folds"
    ][0]
    assert alone == first


def test_curves_have_their_points_and_their_ends_meet(made) -> None:
    points = pd.read_parquet(made[1] / "learning_curves.parquet")
    found = points[points["measure"] == "average_precision"].set_index(["curve", "at"])
    assert set(found.index) == {("history", 35.0), ("history", 400.0), ("labels", 0.3), ("labels", 1.0)}
    assert found.loc[("history", 35.0), "train_rows"] < found.loc[("history", 400.0), "train_rows"]
    assert found.loc[("labels", 0.3), "train_rows"] < 0.4 * found.loc[("labels", 1.0), "train_rows"]
    whole = made[0].numbers["all_test_rows"]["redlane"]["average_precision"][0]
    assert (
        found.loc[("history", 400.0), "value"]
        == found.loc[("labels", 1.0), "value"]
        == pytest.approx(whole, abs=1e-12)
    )


def test_tables_and_plots_are_written_whole(made) -> None:
    names = {path.name for path in made[1].iterdir()}
    assert {"evaluation.json", "folds.parquet", "folds.png", "learning_curves.png", "gain.png"} <= names
    table = pd.read_parquet(made[1] / "folds.parquet")
    assert not table.duplicated().any()
    assert set(table["fold"]) == {1, 2}
    assert made[0].notes[0] == "Only a test."


def test_folds_that_overlap_are_not_pooled(frame: pd.DataFrame, tmp_path: Path) -> None:
    frame.to_parquet(tmp_path / "history.parquet")
    overlapping = FOLDS.model_copy(update={"step_days": 7})
    none = CurveSettings(history_days=(), label_shares=())
    with pytest.raises(RedlaneError, match=r"tested in more than one fold .*step_days"):
        run([tmp_path / "history.parquet"], tmp_path / "walk", folds=overlapping, curves=none)
    assert not (tmp_path / "walk").exists()


def test_places_are_within_a_fold_whatever_the_scale_of_its_margins() -> None:
    scores = np.array([0.1, -2.0, 0.1, 7.0])
    assert np.array_equal(places(scores), places(100 * scores - 5))
    with pytest.raises(RedlaneError, match="no fold"):
        pooled([], chosen("evaluation", "default"))


def test_the_outcomes_of_a_smaller_share_are_among_those_of_a_larger(frame: pd.DataFrame) -> None:
    ids = tie_hash(frame)
    few, many = kept_labels(ids, 0.2, 3), kept_labels(ids, 0.6, 3)
    assert not (few & ~many).any()
    assert kept_labels(ids, 1.0, 3).all()
    assert few.mean() == pytest.approx(0.2, abs=0.03)
