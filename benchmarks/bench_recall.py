"""What each family of features finds: recall per planted scheme at 10 % inspection, with intervals.

Usage: python benchmarks/bench_recall.py [DECLARATIONS_PER_WEEK] [OUT.csv] [SEED,SEED...] [METHOD,METHOD...]
       (default: 8400, none, the seed of conf/, all methods)

Makes the synthetic world at its default difficulty, builds all profiles and features once, and fits the default
model on the features redlane began with (conf/features/first.yaml), on those and each later family alone, and on
all. Every model learns from the same inspected declarations and is judged on the same later ones: on all of
them, by what was planted, and on those inspected, by what was found. Intervals resample whole weeks.

Several seeds are several worlds, each learnt from and judged by itself; their later declarations are then counted
together, a tenth of each world inspected: the same measures on more rows, with narrower intervals.
"""

import math
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from redlane.declarations.identity import tie_hash
from redlane.declarations.periods import Periods, days
from redlane.evaluation.bootstrap import draw_blocks, interval, mean_draws
from redlane.evaluation.evaluating import evaluate
from redlane.evaluation.order import inspection_order
from redlane.evaluation.result import Evaluation
from redlane.evaluation.truth import Truth, blocks
from redlane.features.catalogue import FeatureSettings, build
from redlane.features.spec import Feature
from redlane.model.fitting import fit_model
from redlane.model.training_data import TrainingData
from redlane.profiles.build import build as build_profiles
from redlane.profiles.needs import ProfileNeeds
from worlds import generated, settings, world_of

FIRST, ALL = "first features", "all families"
RATE = 0.10
WORKERS = 2
"""Worlds measured at the same time; each takes some five gigabytes at the default size."""
REPEATS = 2000
KEPT = [
    "declaration_id",
    "item_number",
    "registered_on",
    "outcome_known_on",
    "irregular",
    "truly_irregular",
    "typology",
]
"""What judging needs of each later declaration."""
FEATURES_PER_TREE = 50
"""The same for small and large sets: what the default settings draw for each tree."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "unit prices": ("unit_price", "price_habit", "price_mixture"),
    "mirror data": ("mirror",),
    "networks": ("fan", "hub", "vertex", "neighbours", "community", "successors"),
    "classification incentives": ("misclassification", "switching"),
    "origin incentives": ("origin_incentive", "shares, origin"),
    "behaviour": ("shares", "pace", "splitting", "repeats"),
    "digits": ("digits",),
    "red flags": ("flags",),
}
"""The families of each method, by the name configuration gives them; routes and origins are apart in *shares*."""

MEANT_FOR: Mapping[str, str] = {
    "undervaluation": "unit prices",
    "over_invoicing": "unit prices",
    "quantity_misdeclaration": "unit prices",
    "misclassification": "classification incentives",
    "false_origin": "origin incentives",
    "transshipment": "origin incentives",
    "splitting": "behaviour",
    "phoenix": "networks",
    "phantom_shipment": "origin incentives",
}
"""The method meant for each planted scheme, by what can show it (docs/synthetic.md). The papers of phantom goods name
a good, a route, a mass and a value that seldom go together: unusual origins and routes, then prices. They come from
firms too young to have a behaviour of their own."""


def sets(
    first: FeatureSettings, every: FeatureSettings, only: Sequence[str] = tuple(GROUPS)
) -> dict[str, list[Feature]]:
    """Every set of features that is compared, by name: those of *first*, with each method of *every*, all.

    Of the methods those named in *only*.
    """
    of_first = {spec.name: spec for spec in first.features()}
    family = families_of(every)
    chosen = {FIRST: list(of_first.values())}
    for group in only:
        families = GROUPS[group]
        added = {spec.name: spec for spec in every.features() if family[spec.name] in families}
        if added:
            chosen[f"first + {group}"] = list({**of_first, **added}.values())
    return {**chosen, ALL: list(every.features())}


def families_of(every: FeatureSettings) -> dict[str, str]:
    """The family each feature is counted with."""
    return {
        spec.name: f"{f.family}, origin" if f.family == "shares" and spec.group == "origin" else f.family
        for f in every.families
        for spec in f.features()
    }


def columns(
    name: str, specs: Sequence[Feature], first: pd.DataFrame, every: pd.DataFrame, added: set[str]
) -> pd.DataFrame:
    """The features of a set: as they began, but for those of the method it adds."""
    if name == ALL:
        return every
    return pd.DataFrame(
        {s.name: (every if s.name in added or s.name not in first else first)[s.name] for s in specs}
    )


def main(per_week: int, out: Path | None, seeds: Sequence[int | None], only: Sequence[str]) -> None:
    """Print the tables of the worlds of *seeds* together, with the methods named in *only*; write them to *out*."""
    started = time.perf_counter()
    if len(seeds) == 1:
        worlds = [measured(per_week, seeds[0], only, started)]
    else:
        with ProcessPoolExecutor(max_workers=WORKERS) as pool:
            tasks = [pool.submit(measured, per_week, seed, only, started) for seed in seeds]
            worlds = [task.result() for task in tasks]
        for seed, (judged, margins) in zip(seeds, worlds, strict=True):
            print(f"\nseed {seed or 'of conf/'}")
            print(recall_table(judged_by_truth(judged, margins)).to_string(index=False), flush=True)
    report(*together(worlds), out)


def measured(
    per_week: int, seed: int | None, only: Sequence[str], started: float
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """The later declarations of one world, and their margins on every set of features."""
    generator = world_of(per_week, seed)
    world, references = generated(generator)
    say(started, f"{len(world):,} declarations")
    first, every = settings("features", "first"), settings("features", "default")
    every = every.with_flags(settings("flags", "default"))
    needs = ProfileNeeds.union([first.needs(), every.needs()])
    profiles = build_profiles(world, needs, references=references)
    say(started, "profiles")
    periods = Periods(maturity_days=30, burn_in_days=90, tune_days=60, test_days=91)
    labelled = world["irregular"].notna().to_numpy()
    registered = days(world["registered_on"])
    split = periods.split(registered, days(world["outcome_known_on"]), labelled)
    inside = (registered >= registered[split.test].min()) & (registered <= registered[split.test].max())
    rows = {name: world[getattr(split, name)].reset_index(drop=True) for name in ("train", "tune")}
    rows["judged"] = world[inside].reset_index(drop=True)
    computed = {
        name: (build(frame, profiles, first), build(frame, profiles, every)) for name, frame in rows.items()
    }
    say(started, f"features of {len(rows['judged']):,} declarations to judge")
    family = families_of(every)
    margins = {}
    for name, specs in sets(first, every, only).items():
        group = GROUPS.get(name.removeprefix("first + "), ())
        added = {spec.name for spec in specs if family.get(spec.name) in group}
        made = {period: columns(name, specs, *pair, added) for period, pair in computed.items()}
        margins[name] = fitted_margin(rows, made, specs)
        say(started, f"{name}: {len(specs)} features")
    return rows["judged"][KEPT], margins


def together(
    worlds: Sequence[tuple[pd.DataFrame, Mapping[str, np.ndarray]]],
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """The later declarations of several worlds as if of one, each ranked by its place in its own world.

    Weeks of different worlds stay apart: they are drawn again on their own.
    """
    if len(worlds) == 1:
        return worlds[0][0], dict(worlds[0][1])
    shift = pd.Timedelta(weeks=520)
    frames = [
        judged.assign(
            registered_on=judged["registered_on"] + place * shift,
            declaration_id=f"{place}-" + judged["declaration_id"].astype(str),
        )
        for place, (judged, _) in enumerate(worlds)
    ]
    margins = {
        name: np.concatenate([rankdata(found[name]) / len(judged) for judged, found in worlds])
        for name in worlds[0][1]
    }
    return pd.concat(frames, ignore_index=True), margins


def judged_by_truth(judged: pd.DataFrame, margins: Mapping[str, np.ndarray]) -> Evaluation:
    """All later declarations, by what was planted."""
    chosen = settings("evaluation", "default", rates=[0.05, RATE])
    return evaluate(margins, truth_of(judged, "truly_irregular"), chosen)


def fitted_margin(
    rows: Mapping[str, pd.DataFrame], made: Mapping[str, pd.DataFrame], specs: Sequence[Feature]
) -> np.ndarray:
    """Margins of the judged rows by the default model fitted on the features of *specs*."""
    data = {
        period: TrainingData(
            features=made[period],
            irregular=rows[period]["irregular"].to_numpy("float64"),
            revenue=None,
            weight=None,
            row_order=tie_hash(rows[period]),
        )
        for period in ("train", "tune")
    }
    share = min(1.0, FEATURES_PER_TREE / len(specs))
    chosen = settings("model", "lightgbm", revenue=None, feature_fraction=share)
    model = fit_model(data["train"], data["tune"], list(specs), chosen)
    return model.margin(made["judged"], 2)


def truth_of(judged: pd.DataFrame, outcome: str) -> Truth:
    """What rankings are judged by: *outcome* is ``truly_irregular`` or ``irregular``."""
    return Truth(
        irregular=judged[outcome].to_numpy("float64"),
        revenue=None,
        revenue_is_proxy=False,
        registered_day=days(judged["registered_on"]),
        tie=tie_hash(judged),
        typology=judged["typology"].astype("object").to_numpy(),
    )


def report(judged: pd.DataFrame, margins: Mapping[str, np.ndarray], out: Path | None) -> None:
    """Print recall per scheme and the whole order's precision."""
    chosen = settings("evaluation", "default", rates=[0.05, RATE])
    planted = judged_by_truth(judged, margins)
    seen = judged["irregular"].notna().to_numpy()
    inspected = judged[seen].reset_index(drop=True)
    found = evaluate(
        {name: margin[seen] for name, margin in margins.items()}, truth_of(inspected, "irregular"), chosen
    )
    recall = recall_table(planted)
    precision = precision_table({"all, as planted": planted, "inspected, as found": found})
    for table in (recall, precision, verdicts(planted), gains(judged, margins)):
        print("\n" + table.to_string(index=False))
    if out:
        pd.concat([recall, precision]).to_csv(out, index=False)


def recall_table(planted: Evaluation) -> pd.DataFrame:
    """One row per scheme, one column per set of features."""
    rows = planted.per_typology[planted.per_typology["rate"] == RATE]
    rows = rows[rows["typology"] != "honest"]
    rows = rows.assign(text=[cell(*row) for row in rows[["recall", "low", "high"]].to_numpy()])
    wide = rows.pivot_table("text", index=["typology", "n"], columns="ranking", aggfunc="first")
    return wide[list(dict.fromkeys(rows["ranking"]))].rename_axis(columns=None).reset_index()


def precision_table(evaluations: Mapping[str, Evaluation]) -> pd.DataFrame:
    """Average precision of each set of features, and against the first."""
    rows = []
    for name, evaluation in evaluations.items():
        first = evaluation.get(FIRST, "average_precision").value
        for ranking in dict.fromkeys(evaluation.measures["ranking"]):
            measured = evaluation.get(ranking, "average_precision")
            at = evaluation.get(ranking, "recall", RATE)
            rows.append(
                {
                    "declarations": name,
                    "features": ranking,
                    "average precision": cell(*measured),
                    "x first": round(measured.value / first, 3),
                    f"recall at {RATE:.0%}": cell(*at),
                }
            )
    return pd.DataFrame(rows)


def verdicts(planted: Evaluation) -> pd.DataFrame:
    """Whether each scheme gains from the method meant for it, intervals apart."""
    rows = planted.per_typology[planted.per_typology["rate"] == RATE].set_index(["typology", "ranking"])
    table = []
    for scheme, group in MEANT_FOR.items():
        name = f"first + {group}"
        if (scheme, name) in rows.index:
            before, after = rows.loc[(scheme, FIRST)], rows.loc[(scheme, name)]
            gain = "gains, intervals apart" if after["low"] > before["high"] else "gains, intervals overlap"
            table.append(
                {
                    "scheme": scheme,
                    "method": group,
                    "first": cell(*before[["recall", "low", "high"]]),
                    "with it": cell(*after[["recall", "low", "high"]]),
                    "verdict": gain if after["recall"] > before["recall"] else "does not gain",
                }
            )
    return pd.DataFrame(table)


def gains(judged: pd.DataFrame, margins: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """What each set finds more of each scheme than the first: both on the same weeks, drawn again and again.

    The tenth that is inspected is that of the whole period in every draw. Two intervals may overlap where the
    one of their difference lies above 0.
    """
    registered, tie = days(judged["registered_on"]), tie_hash(judged)
    block, starts = blocks(registered, "week")
    drawn = draw_blocks(len(starts), REPEATS, seed=0)
    size = math.ceil(RATE * len(judged))
    taken = {}
    for name, margin in margins.items():
        taken[name] = np.zeros(len(judged))
        taken[name][inspection_order(margin, tie).rows[:size]] = 1.0
    rows = []
    for scheme in MEANT_FOR:
        planted = (judged["typology"] == scheme).to_numpy()
        row = {"gain over the first": scheme}
        for name in list(margins)[1:]:
            more = (taken[name] - taken[FIRST])[planted]
            low, high = interval(mean_draws(more, block[planted], drawn)[:, None], 0.95)
            row[name] = f"{more.mean():+.3f} ({low[0]:+.3f} to {high[0]:+.3f})"
        rows.append(row)
    return pd.DataFrame(rows)


def cell(value: float, low: float, high: float) -> str:
    """A value with its interval."""
    return f"{value:.3f} ({low:.3f}-{high:.3f})"


def say(started: float, words: str) -> None:
    """One line of progress."""
    print(f"{time.perf_counter() - started:7.1f} s  {words}", flush=True)


if __name__ == "__main__":
    arguments = [*sys.argv[1:], "", "", "", ""]
    main(
        int(arguments[0] or 8400),
        Path(arguments[1]) if arguments[1] else None,
        [int(seed) for seed in arguments[2].split(",")] if arguments[2] else [None],
        arguments[3].split(",") if arguments[3] else tuple(GROUPS),
    )
