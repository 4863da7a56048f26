"""Stages run in tests: a small world with ids that can be looked for, and the settings of ``conf/`` made quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from redlane import configuration
from redlane.declarations.columns import COLUMNS
from redlane.declarations.periods import Periods
from redlane.declarations.synthetic import SyntheticSettings, generate
from redlane.declarations.synthetic.generate import generate_week
from redlane.declarations.synthetic.partners import PartnerStatistics
from redlane.declarations.synthetic.world import build_world
from redlane.governance import GovernanceSettings
from redlane.model.weighting import Weighting
from redlane.registry import settings_of
from redlane.stages import score
from redlane.stages.result import StageResult
from redlane.stages.synthesize import write_partner_exports

CONF = configuration.conf_folder()
CANARY = "zzcanary"
PARTIES = ("importer_id", "seller_id", "declarant_id", "carrier_id", "inspector_id")
QUICK = {
    "rounds": 40,
    "members": 1,
    "learning_rate": 0.03,
    "early_stopping_rounds": 0,
    "num_leaves": 7,
    "min_data_in_leaf": 15,
    "revenue": None,
}
UNCHECKED = GovernanceSettings.parse({"checks": {"enabled": False}, "assurance": {"enabled": False}})
WORLD = {
    "weeks": 26,
    "declarations_per_week": 200,
    "importers": 150,
    "sellers": 120,
    "brokers": 20,
    "goods": 80,
    "offices": 3,
    "inspectors": 8,
    "inspection_rate": 0.4,
    "rule_strength": 1.0,
}
NEW_WEEKS = 3


def chosen(room: str, choice: str, **changes: object) -> Any:
    """The settings of ``conf/<room>/<choice>.yaml``, with *changes*."""
    return settings_of(room, {**configuration.load(f"{room}/{choice}", [CONF]), **changes})


def world(**changes: object) -> pd.DataFrame:
    """A synthetic world, every party's id beginning with :data:`CANARY`."""
    settings = chosen("declarations", "synthetic", **{**WORLD, **changes})
    assert isinstance(settings, SyntheticSettings)
    frame = pd.concat(list(generate(settings)), ignore_index=True)
    return frame.assign(**{name: CANARY + frame[name] for name in PARTIES if name in frame})


def write_partners(path: Path, **changes: object) -> Path:
    """What partner countries recorded of the trade of :func:`world`."""
    settings = chosen("declarations", "synthetic", **{**WORLD, **changes})
    statistics = PartnerStatistics(build_world(settings))
    for week in range(settings.weeks):
        generate_week(statistics.world, week, statistics.watch)
    write_partner_exports(path, statistics)
    return path


def declared(frame: pd.DataFrame) -> pd.DataFrame:
    """What stands in a declaration on the day it is lodged."""
    return frame[[name for name in frame if COLUMNS[name].role in ("identifier", "declared")]]


def write_csv(frame: pd.DataFrame, path: Path, **how: Any) -> Path:
    """Write *frame* as a customs service would; *how* goes to pandas."""
    frame.map(_plain_day).to_csv(path, index=False, date_format="%Y-%m-%d", **how)
    return path


def _plain_day(value: Any) -> Any:
    """Days in columns of mixed values: older versions of pandas would write midnight after them."""
    return value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) and not pd.isna(value) else value


def run_train(folder: Path, files: list[Path], **changes: Any) -> StageResult:
    """Train ``models/small`` and ``profiles/small`` below *folder*, quickly, without a record."""
    from redlane.stages import train

    standard = {
        "bundle": folder / "models" / "small",
        "profiles": folder / "profiles" / "small",
        "declarations": chosen("declarations", "canonical"),
        "partner_table": None,
        "partner_exports": chosen("partner_exports", "comtrade"),
        "features": chosen("features", "default", unavailable="leave_out"),
        "flags": chosen("flags", "default"),
        "model": chosen("model", "lightgbm", **QUICK),
        "periods": Periods(burn_in_days=28, tune_days=35, test_days=42),
        "weighting": Weighting(),
        "evaluation": chosen("evaluation", "default", bootstrap_repeats=20),
        "governance": UNCHECKED,
        "previous_bundle": None,
        "tracking": chosen("tracking", "local", enabled=False),
        "as_of": None,
        "caution": "",
    }
    return train.run(files=files, **{**standard, **changes})


def run_score(file: Path, bundle: Path, out: Path, **changes: Any) -> StageResult:
    """Score *file* with the settings of ``conf/score.yaml``."""
    standard = {
        "profiles": None,
        "profiles_id": None,
        "declarations": None,
        "lanes": chosen("lanes", "asycuda"),
        "explanations": chosen("explanations", "reasons"),
        "as_of": None,
        "batch_rows": 100_000,
        "threads": 1,
        "spreadsheet_safe": False,
    }
    return score.run(file=file, bundle=bundle, out=out, **{**standard, **changes})


@dataclass(frozen=True)
class Trained:
    """A world, the files that history and new weeks stand in, and what was learnt from history; not to be changed."""

    history: pd.DataFrame
    new: pd.DataFrame
    history_file: Path
    new_file: Path
    bundle: Path
    profiles: Path
    result: StageResult
    partners: Path

    def score(self, out: Path, file: Path | None = None, **changes: Any) -> StageResult:
        """Score the new weeks, or *file*."""
        return run_score(file or self.new_file, self.bundle, out, **changes)


def with_repeats(frame: pd.DataFrame, days: int = 42, share: float = 0.2) -> pd.DataFrame:
    """Let a *share* of the rows of the last *days* repeat the goods tuple of a row before them."""
    cut = int((frame["registered_on"] <= frame["registered_on"].max() - pd.Timedelta(days=days)).sum())
    rng = np.random.default_rng(0)
    to = cut + rng.choice(len(frame) - cut, int(share * (len(frame) - cut)), replace=False)
    goods = ["hs_code", "departure_country", "origin_country", "duty_rate", "tax_type", "net_mass"]
    frame.loc[to, goods] = frame.loc[rng.integers(0, cut, len(to)), goods].to_numpy()
    return frame


def trained_in(folder: Path) -> Trained:
    """Make a world, train on all but its last weeks."""
    everything = with_repeats(world())
    border = everything["registered_on"].max() - pd.Timedelta(weeks=NEW_WEEKS)
    past = everything["registered_on"] <= border
    history, new = everything[past].reset_index(drop=True), declared(everything[~past]).reset_index(drop=True)
    history.to_parquet(folder / "history.parquet")
    write_csv(new, folder / "new.csv")
    partners = write_partners(folder / "partner_exports.csv")
    result = run_train(folder, [folder / "history.parquet"], partner_table=partners)
    places = (
        folder / "history.parquet",
        folder / "new.csv",
        result.paths["bundle"],
        result.paths["profiles"],
    )
    return Trained(history, new, *places, result, partners)
