"""Each method alone: how well its own score ranks what was planted, and how often it raises honest trade.

Usage: python benchmarks/bench_alone.py [SEED ...]      (default: 21 22 23)

Without learning. For every method and seed a world of the default difficulty in which only its scheme is planted, and
one in which nothing is. Judged are the declarations of the later half, when there is history. Intervals of the AUC
resample importers: a scheme is carried out by few of them, so that its rows are not so many independent ones.
"""

import sys

import numpy as np
import pandas as pd
import yaml
from sklearn.metrics import roc_auc_score

from redlane.analysis.methods import METHODS, Method
from redlane.declarations.synthetic import SyntheticSettings
from redlane.declarations.synthetic.generate import generate
from redlane.declarations.synthetic.settings import TypologyShares
from redlane.features.catalogue import FeatureSettings, build
from redlane.profiles.build import build as build_profiles
from worlds import CONF, world_of

SEEDS = (21, 22, 23)
PER_WEEK, GOODS, SHARE = 350, 150, 0.02
LARGER = {"transshipment": {"per_week": 700, "goods": 600}}
"""Few goods bear an anti-dumping duty: it takes more of them to have some."""
REPEATS = 300


def world(scheme: str | None, seed: int, per_week: int = PER_WEEK, goods: int = GOODS) -> pd.DataFrame:
    """A world of default difficulty with *scheme* alone, or nothing, planted; goods in proportion to the trade."""
    shares = dict.fromkeys(TypologyShares.model_fields, 0.0) | ({scheme: SHARE} if scheme else {})
    size = world_of(per_week, seed).model_dump()
    alone = {"typologies": shares, "honest_mistakes": 0.0, "collusive_pairs": 0, "goods": goods}
    return pd.concat(generate(SyntheticSettings(**{**size, **alone})), ignore_index=True)


def recipe(families: tuple[str, ...]) -> FeatureSettings:
    """The default features of these families."""
    default = yaml.safe_load((CONF / "features" / "default.yaml").read_text())
    return FeatureSettings.parse({"families": [f for f in default["families"] if f["family"] in families]})


def judged(declarations: pd.DataFrame, families: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The declarations of the later half and their features."""
    chosen = recipe(families)
    features = build(declarations, build_profiles(declarations, chosen.needs()), chosen)
    day = declarations["registered_on"]
    late = (day >= day.min() + (day.max() - day.min()) / 2).to_numpy()
    return declarations[late].reset_index(drop=True), features[late].reset_index(drop=True)


def ranked(declarations: pd.DataFrame, score: np.ndarray, scheme: str) -> tuple[int, float, float, float]:
    """Planted rows, AUC against honest ones, and its interval; where there is no score it comes last."""
    kept = declarations["typology"].isin([scheme, "honest"]).to_numpy()
    planted = (declarations["typology"] == scheme).to_numpy()[kept]
    score = np.nan_to_num(score, nan=-1e9)[kept]
    importer = declarations["importer_id"].factorize()[0][kept]
    random, draws = np.random.default_rng(0), []
    for _ in range(REPEATS):
        times = np.bincount(
            random.integers(0, importer.max() + 1, importer.max() + 1), minlength=importer.max() + 1
        )
        weight = times[importer]
        if weight[planted].sum():
            draws.append(roc_auc_score(planted, score, sample_weight=weight))
    low, high = np.quantile(draws, [0.025, 0.975])
    return int(planted.sum()), float(roc_auc_score(planted, score)), float(low), float(high)


def line(method: Method, seeds: tuple[int, ...], honest: dict[int, tuple[pd.DataFrame, pd.DataFrame]]) -> str:
    """One row of the table."""
    cells, raised, hit = [], [], []
    for seed in seeds:
        size = LARGER.get(method.scheme, {})
        declarations, features = judged(world(method.scheme, seed, **size), method.families)
        n, auc, low, high = ranked(declarations, method.score(features), method.scheme)
        cells.append(f"{auc:.3f} ({low:.2f}–{high:.2f}), {n}")
        hit.append(
            f"{method.raises(features)[(declarations['typology'] == method.scheme).to_numpy()].mean():.0%}"
        )
        raised.append(f"{method.raises(honest[seed][1]).mean():.2%}")
    cells += [f"> {method.cut:g}", " ".join(hit), f"{method.nominal:.1%}", " ".join(raised)]
    return f"| {method.scheme} | {method.words} | {' | '.join(cells)} |"


def main(seeds: tuple[int, ...]) -> None:
    """Print the table as Markdown."""
    every = tuple(sorted({family for method in METHODS.values() for family in method.families}))
    honest = {seed: judged(world(None, seed), every) for seed in seeds}
    heads = ["scheme", "score", *(f"seed {seed}: AUC (95 %), planted" for seed in seeds)]
    heads += ["raised", "of planted", "nominal", "of honest trade"]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for method in METHODS.values():
        print(line(method, seeds, honest), flush=True)


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SEEDS)
