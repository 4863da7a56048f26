"""Small studies: a world whose irregularities one column tells, and settings that are quick to try."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from redlane.declarations.periods import Periods
from redlane.model.weighting import Weighting
from redlane.stages import tune
from redlane.stages.result import StageResult
from redlane.tuning.settings import Objective, Search, Windows
from redlane.tuning.space import SearchSpace
from tests.runs import chosen
from tests.worlds import small_world

PERIODS = Periods(maturity_days=10, burn_in_days=10, tune_days=40, test_days=50)
WINDOWS = Windows(count=3, test_days=30, maturity_days=10, min_rows=10)
SPACE = {
    "model.min_data_in_leaf": {"kind": "categorical", "choices": [5, 4000]},
    "model.num_leaves": {"kind": "int", "low": 3, "high": 15},
    "weighting.repeat_weight": {"kind": "float", "low": 0.2, "high": 1.0},
}
"""Leaves of 4,000 rows cannot learn anything here."""


def told_by_office(seed: int = 0) -> pd.DataFrame:
    """A world where every third row is inspected and goods of office A are mostly irregular."""
    frame = small_world(3000, seed, days=300)
    rng = np.random.default_rng(seed)
    chance = np.where(frame["office"] == "A", 0.7, 0.1)
    found = (rng.random(len(frame)) < chance).astype(float)
    frame["irregular"] = found
    frame["irregular"] = frame["irregular"].where(frame["outcome_known_on"].notna())
    return frame


def run_tune(folder: Path, frame: pd.DataFrame, **changes: Any) -> StageResult:
    """Tune the bundle *small* below *folder* on *frame*, quickly, without a record."""
    file = folder / "history.parquet"
    frame.to_parquet(file)
    standard: dict[str, Any] = {
        "bundle": Path("models/small"),
        "profiles": Path("profiles/small"),
        "out": folder / "tuning",
        "partner_table": None,
        "declarations": chosen("declarations", "canonical"),
        "partner_exports": chosen("partner_exports", "comtrade"),
        "features": chosen("features", "kcs", families=FAMILIES),
        "flags": chosen("flags", "default"),
        "model": chosen(
            "model", "lightgbm", rounds=8, members=1, early_stopping_rounds=0, min_data_in_leaf=4000
        ),
        "periods": PERIODS,
        "weighting": Weighting(repeat_key=("hs6",), repeat_weight=0.9),
        "evaluation": chosen("evaluation", "default", bootstrap_repeats=50),
        "search": SearchSpace.parse({"entries": SPACE}),
        "objective": Objective(),
        "folds": WINDOWS,
        "trials": 6,
        "strategy": Search(random_trials=3, seed=1),
        "recipe": None,
        "tracking": chosen("tracking", "local", enabled=False),
        "as_of": None,
        "caution": "",
        "config_dir": folder / "own",
        "overrides": [],
    }
    return tune.run(files=[file], **{**standard, **changes})


FAMILIES = [
    {"family": "history", "key": ["hs6"], "windows": ["all"], "measures": ["count", "hit_rate"]},
    {"family": "amounts", "amounts": ["net_mass", "customs_value"]},
    {"family": "codes", "codes": ["office", "transport_mode"]},
]
