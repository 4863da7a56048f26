"""How much the price schemes could be found at all: models that are given what nobody has.

Usage: python benchmarks/bench_ceiling.py [DECLARATIONS_PER_WEEK] [SEED ...]      (default: 1500, seeds 301 302 303)

For each world: recall at 10 % inspection of the default model on the first features and on all; on both with the
true price level of good, origin, mode and week and the true lasting difference of importer and seller as further
features; and on both where every past declaration is labelled with what was planted, inspected or not. Then how
single numbers, with nothing learnt, rank the planted rows among honest ones. The differences say what better
reference prices, more labels and a better learner could bring. The seeds are others than docs/methods.md's own.
"""

import importlib
import sys
import time
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from bench_recall import RATE, fitted_margin, say
from sklearn.metrics import average_precision_score, roc_auc_score

from redlane.declarations.periods import Periods, days
from redlane.declarations.synthetic.settings import SyntheticSettings
from redlane.declarations.synthetic.world import build_world
from redlane.features.catalogue import build
from redlane.features.spec import Feature
from redlane.profiles.build import build as build_profiles
from redlane.profiles.needs import ProfileNeeds
from worlds import generated, settings, world_of

SCHEMES = (
    "undervaluation",
    "over_invoicing",
    "quantity_misdeclaration",
    "phoenix",
    "phantom_shipment",
    "collusion",
)
LANE = ["importer_id", "seller_id", "hs_code", "origin_country", "transport_mode"]
TRUE = ("true_gap", "true_own_gap", "true_own_z")
LABELLED = 20_000
"""At most so many past declarations are labelled with the truth: drawn at random."""
NUMBERS: Mapping[str, tuple[str, int]] = {
    "robust z": ("price_per_kg_z", 1),
    "odds of the importer": ("importer_price_per_kg_{}_odds", 0),
    "odds of importer and good": ("importer_x_hs6_price_per_kg_{}_odds", 0),
    "odds of the declarant": ("declarant_price_per_kg_{}_odds", 0),
    "gap to the true level": ("true_gap", 1),
    "gap to the true own level, in true spreads": ("true_own_z", 1),
}
"""Numbers that rank without learning: 1 where low values point to undervaluation and high ones to over-invoicing."""


def true_prices(world: pd.DataFrame, chosen: SyntheticSettings) -> pd.DataFrame:
    """Logarithm of each price over its true level; over the true level of its lane; the same in true spreads."""
    generator = importlib.import_module("redlane.declarations.synthetic.generate")
    made, level, spread, price = build_world(chosen), [], [], []
    for week in range(chosen.weeks):
        rows = generator.shipments(made, week)
        level.append(made.tariff.log_price(rows.good, rows.origin, rows.mode, week))
        spread.append(made.tariff.spread[rows.good])
        real = (rows.true_net_mass > 0) & (rows.true_value > 0)
        price.append(np.where(real, rows.true_value / np.where(real, rows.true_net_mass, 1.0), np.nan))
    usual, deviation = np.concatenate(level), np.concatenate(spread)
    gap = np.log(world["customs_value"] / world["net_mass"]).to_numpy() - usual
    honest = pd.Series(np.log(np.concatenate(price)) - usual)
    lane = honest.groupby([world[name] for name in LANE])
    others = lane.transform("sum") - honest.fillna(0.0)
    own = gap - (others / (lane.transform("count") - honest.notna() + 1.5)).fillna(0.0).to_numpy()
    return pd.DataFrame(dict(zip(TRUE, (gap, own, own / deviation), strict=True)))


def measure(per_week: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Recall of the models, and the areas of single numbers, in the world of *seed*."""
    started = time.perf_counter()
    chosen = world_of(per_week, seed)
    world, references = generated(chosen)
    first, every = settings("features", "first"), settings("features", "default")
    every = every.with_flags(settings("flags", "default"))
    profiles = build_profiles(
        world, ProfileNeeds.union([first.needs(), every.needs()]), references=references
    )
    truth = true_prices(world, chosen)
    rows, made = {}, {}
    for name, at in periods(world).items():
        rows[name] = world.iloc[at].reset_index(drop=True)
        known = truth.iloc[at].reset_index(drop=True)
        pair = build(rows[name], profiles, first), build(rows[name], profiles, every)
        made[name] = [pd.concat([frame, known], axis=1) for frame in pair]
    say(started, f"seed {seed}: {len(world):,} declarations, {len(rows['judged']):,} to judge")
    further = [Feature(name, name, name, "valuation") for name in TRUE]
    margins = {}
    for place, (words, specs) in enumerate({"first": first.features(), "all": every.features()}.items()):
        frames = {name: pair[place] for name, pair in made.items()}
        past = {name: frames[f"all_{name}"] for name in ("train", "tune")} | {"judged": frames["judged"]}
        labelled = {
            name: rows[f"all_{name}"].assign(irregular=lambda f: f["truly_irregular"])
            for name in ("train", "tune")
        }
        margins[words] = _margin(rows, frames, specs)
        margins[f"{words} + true prices"] = _margin(rows, frames, [*specs, *further])
        margins[f"{words}, all labelled"] = _margin(labelled, past, specs)
        say(started, f"models on {words} features")
    judged = rows["judged"]
    return recall(judged, margins).assign(seed=seed), areas(judged, made["judged"][1]).assign(seed=seed)


def _margin(
    rows: Mapping[str, pd.DataFrame], made: Mapping[str, pd.DataFrame], specs: Sequence[Feature]
) -> np.ndarray:
    names = [spec.name for spec in specs]
    return fitted_margin(rows, {name: frame[names] for name, frame in made.items()}, list(specs))


def periods(world: pd.DataFrame) -> dict[str, np.ndarray]:
    """Places of inspected rows to learn from, of all rows of the same days, and of the rows to judge."""
    registered, labelled = days(world["registered_on"]), world["irregular"].notna().to_numpy()
    chosen = Periods(maturity_days=30, burn_in_days=90, tune_days=60, test_days=91)
    split = chosen.split(registered, days(world["outcome_known_on"]), labelled)
    found = {"judged": np.flatnonzero(_span(registered, split.test))}
    for name in ("train", "tune"):
        found[name] = np.flatnonzero(getattr(split, name))
        every = np.flatnonzero(_span(registered, getattr(split, name)))
        drawn = np.random.default_rng(0).permutation(every)[:LABELLED]
        found[f"all_{name}"] = np.sort(drawn)
    return found


def _span(registered: np.ndarray, of: np.ndarray) -> np.ndarray:
    return (registered >= registered[of].min()) & (registered <= registered[of].max())


def recall(judged: pd.DataFrame, margins: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Recall at 10 % of each model per scheme, and its average precision over all rows."""
    table = []
    for name, margin in margins.items():
        taken = margin > np.quantile(margin, 1 - RATE)
        found = {scheme: taken[judged["typology"] == scheme].mean() for scheme in SCHEMES}
        table.append(
            {"model": name, "average precision": average_precision_score(judged["truly_irregular"], margin)}
            | found
        )
    return pd.DataFrame(table)


def areas(judged: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    """ROC-AUC of single numbers: rows of a scheme against honest ones."""
    table = []
    for words, (name, signed) in NUMBERS.items():
        row: dict[str, object] = {"number": words}
        for scheme, side, sign in (("undervaluation", "low", -1), ("over_invoicing", "high", 1)):
            kept = judged["typology"].isin(["honest", scheme]).to_numpy()
            score = features[name.format(side)].fillna(0.0).to_numpy() * (sign if signed else 1)
            row[scheme] = roc_auc_score((judged["typology"] == scheme)[kept], score[kept])
        table.append(row)
    return pd.DataFrame(table)


def main(per_week: int, seeds: list[int]) -> None:
    """Print what each seed gives when it is done, and the means over the seeds."""
    made = []
    for seed in seeds:
        made.append(measure(per_week, seed))
        for table in made[-1]:
            print("\n" + table.round(3).to_string(index=False), flush=True)
    for place, what in enumerate(("model", "number")):
        together = pd.concat([tables[place] for tables in made]).drop(columns="seed")
        print(f"\nmeans of {len(seeds)}\n" + together.groupby(what, sort=False).mean().round(3).to_string())


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    main(arguments[0] if arguments else 1500, arguments[1:] or [301, 302, 303])
