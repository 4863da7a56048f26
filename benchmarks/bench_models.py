"""Every kind of model on the same rows: how good, how long it learns, how fast it scores, how large its bundle is.

Usage: python benchmarks/bench_models.py OUT.md [KCS_FOLDER] [KIND ...]      (default: no KCS, all kinds)

The synthetic world of the demo's size with the default features, and the Korea Customs Service's files on their
published split with theirs. Every kind learns with the numbers of its file in ``conf/model``; on KCS, whose tuning
rows mostly repeat training rows, none stops early (what boosts grows 160 rounds, as the recipe ``kcs`` does) and rare
categories count from 5 rows on. Nothing is chosen by looking at the test rows. Intervals resample whole weeks.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from redlane.declarations.identity import tie_hash
from redlane.declarations.periods import Periods, Split, days
from redlane.declarations.reading import read_declarations
from redlane.errors import RedlaneError
from redlane.evaluation.baselines import lookup_table, random_rank, repeat_columns, unseen_tuple
from redlane.evaluation.comparison import truth_of
from redlane.evaluation.evaluating import evaluate
from redlane.features.catalogue import FeatureSettings, build
from redlane.model import REGISTRY, Model, TrainingData, fit_model
from redlane.model.bundle import write_bundle
from redlane.model.settings import ModelSettings
from redlane.model.weighting import Weighting
from redlane.pipeline import training_data
from redlane.profiles.build import build as build_profiles
from worlds import CONF, generated, settings, world_of

RATES = (0.05, 0.10)
SCORED = 50_000
"""Rows whose margins are timed."""


@dataclass(frozen=True)
class Trade:
    """Rows to learn from and to be judged on."""

    name: str
    features: FeatureSettings
    training: TrainingData
    tuning: TrainingData
    test: pd.DataFrame
    earlier: pd.DataFrame
    made: pd.DataFrame
    changes: Mapping[str, object]

    def settings(self, kind: str) -> ModelSettings:
        """The kind's own file, with what this trade asks of every kind that has such a setting."""
        known = set(REGISTRY[kind].model_fields)
        chosen = "lightgbm_kcs" if self.name == "KCS" and kind == "lightgbm" else kind
        if chosen != kind:
            return settings("model", chosen)
        return settings("model", kind, **{key: v for key, v in self.changes.items() if key in known})


def trade_of(
    name: str,
    frame: pd.DataFrame,
    split: Split,
    features: FeatureSettings,
    weighting: Weighting,
    references: Mapping[str, pd.DataFrame],
    changes: Mapping[str, object],
) -> Trade:
    """Profiles and features, made once for all kinds."""
    profiles = build_profiles(frame, features.needs(), references=references)
    weight = weighting.weights(frame)
    test = frame[split.test].reset_index(drop=True)
    return Trade(
        name,
        features,
        training_data(frame, profiles, features, split.train, weight),
        training_data(frame, profiles, features, split.tune, weight),
        test,
        frame[frame["registered_on"] < str(split.test_from)],
        build(test, profiles, features),
        changes,
    )


def synthetic() -> Trade:
    """The demo's world."""
    world, references = generated(world_of(1050))
    features = settings("features", "default").with_flags(settings("flags", "default"))
    chosen = yaml.safe_load((CONF / "train.yaml").read_text())["periods"]
    split = _split(world, Periods.parse(chosen))
    return trade_of("synthetic", world, split, features, Weighting(), references, {})


def kcs(folder: Path) -> Trade:
    """The published split, as the recipe reads it."""
    recipe = yaml.safe_load((CONF / "experiment" / "kcs.yaml").read_text())
    files = [folder / name for name in ("train.csv", "valid.csv", "test.csv")]
    frame = read_declarations(files, settings("declarations", "kcs")).frame
    split = _split(frame, Periods.parse(recipe["periods"]))
    changes = {"early_stopping_rounds": 0, "rounds": 160, "category_min_count": 5, "learning_rate": 0.05}
    weighting = Weighting.parse(recipe["weighting"])
    return trade_of("KCS", frame, split, settings("features", "kcs"), weighting, {}, changes)


def _split(frame: pd.DataFrame, periods: Periods) -> Split:
    known = frame["irregular"].notna().to_numpy()
    return periods.split(days(frame["registered_on"]), days(frame["outcome_known_on"]), known)


def fitted(trade: Trade, kinds: list[str]) -> Iterator[tuple[str, np.ndarray, dict[str, str]]]:
    """Name, margins of the test rows and what learning and scoring took, kind by kind."""
    for kind in kinds:
        chosen = trade.settings(kind)
        started = time.process_time()
        try:
            model = fit_model(trade.training, trade.tuning, trade.features.features(), chosen)
        except RedlaneError as error:
            print(f"{trade.name} {kind}: {error}", flush=True)
            continue
        took = time.process_time() - started
        measured = {
            "learning, CPU s": f"{took:.0f}",
            "rows scored per CPU s": f"{rows_per_second(model, trade.made):,.0f}",
            "bundle, MB": f"{size(model, trade):.1f}",
        }
        print(f"{trade.name} {kind}: {measured}", flush=True)
        yield kind, model.margin(trade.made), measured


def rows_per_second(model: Model, features: pd.DataFrame) -> float:
    """From ready features to margins, on one thread, loading left out."""
    rows = features.iloc[np.arange(SCORED) % len(features)].reset_index(drop=True)
    model.margin(rows.iloc[:100], 1)
    started = time.process_time()
    model.margin(rows, 1)
    return SCORED / (time.process_time() - started)


def size(model: Model, trade: Trade) -> float:
    """Of the whole bundle, in MB."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle"
        about = {"configuration": {}, "facts": {}, "card": "", "golden": trade.made.iloc[:20]}
        write_bundle(bundle, model, specs=trade.features.features(), **about)
        return sum(file.stat().st_size for file in bundle.iterdir()) / 1e6


def table(trade: Trade, kinds: list[str]) -> str:
    """All kinds and two baselines on the same test rows, and on those with goods nobody declared before."""
    margins, measured = {}, {}
    for kind, margin, took in fitted(trade, kinds):
        margins[kind], measured[kind] = margin, took
    columns = repeat_columns(trade.test.columns)
    known = trade.earlier["irregular"].to_numpy("float64", na_value=np.nan)
    margins["goods look-up table"] = lookup_table(trade.earlier, known, trade.test, columns=columns)
    margins["random"] = random_rank(tie_hash(trade.test))
    unseen = unseen_tuple(trade.earlier, trade.test, columns)
    slices = {"all test rows": np.ones(len(unseen), dtype=bool)}
    if unseen.mean() < 0.8:
        slices["rows with an unseen goods tuple"] = unseen
    parts = [_judged(trade, margins, measured, name, rows) for name, rows in slices.items()]
    return "\n\n".join(parts)


def _judged(trade: Trade, margins: Mapping, measured: Mapping, name: str, rows: np.ndarray) -> str:
    chosen = settings("evaluation", "default", rates=list(RATES))
    truth = truth_of(trade.test[rows].reset_index(drop=True), False)
    found = evaluate({kind: margin[rows] for kind, margin in margins.items()}, truth, chosen)
    lines = [f"{trade.name}, {name}: {rows.sum():,}, of which {found.base_rate.value:.1%} irregular", ""]
    heads = ["model", "average precision", *(f"precision at {rate:.0%}" for rate in RATES)]
    heads += list(next(iter(measured.values())))
    lines += ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for kind in margins:
        cells = [kind, _cell(*found.get(kind, "average_precision"))]
        cells += [_cell(*found.get(kind, "precision", rate)) for rate in RATES]
        cells += list(measured.get(kind, dict.fromkeys(heads[4:], "")).values())
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: float, low: float, high: float) -> str:
    return f"{value:.3f} ({low:.3f}–{high:.3f})"


def main(out: Path, folder: Path | None, kinds: list[str]) -> None:
    """Write the tables."""
    parts = []
    for make in ([] if folder is None else [lambda: kcs(folder)]) + [synthetic]:
        parts.append(table(make(), kinds))
        out.write_text("\n\n".join(parts) + "\n")
        print(parts[-1], flush=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]), Path(given[1]) if len(given) > 1 and given[1] else None, given[2:] or list(REGISTRY))
