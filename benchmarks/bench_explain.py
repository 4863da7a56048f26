"""Exact Tree SHAP of every row: redlane against shap.TreeExplainer, side by side in one run.

Usage: python benchmarks/bench_explain.py [ROWS] [DEPTH ...]      (default: 100000 rows, depths 7 6 8 -1)

Trains models of 500 trees with 31 leaves on 60 features, with numbers only and with 8 of the columns as
categories, at each depth (-1: unlimited), and explains ROWS other rows with redlane on THREADS threads.
shap.TreeExplainer (which asks LightGBM) explains samples of the same rows with as many threads in between: its
cost per row does not depend on their number. "first" includes reading the trees and preparing the tables; the
second half of the table compares CPU time, which a busy machine distorts less.
"""

import os
import resource
import sys
import time
import warnings
from collections.abc import Callable

THREADS = 2
os.environ["OMP_NUM_THREADS"] = str(THREADS)

import lightgbm as lgb  # noqa: E402
import numpy as np  # noqa: E402
import shap  # noqa: E402

from redlane.model.matrix import MatrixColumns  # noqa: E402
from redlane.model.trees import Trees  # noqa: E402

SAMPLES, SAMPLE = 4, 1_000
TRAINED = 40_000
CATEGORIES = (3, 5, 10, 20, 40, 60, 10, 30)
PARAMETERS = {
    "objective": "binary", "num_leaves": 31, "learning_rate": 0.03, "min_data_in_leaf": 40, "feature_fraction": 0.6,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "cat_smooth": 20.0, "cat_l2": 20.0,
    "min_data_per_group": 100, "max_cat_threshold": 32, "verbosity": -1, "num_threads": 1, "seed": 3,
}  # fmt: skip


def rows(count: int, categories: bool, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Features of several shapes, 5 % missing, and an outcome that depends on most of them."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, 60))
    x[:, 10:20] = np.exp(x[:, 10:20])
    x[:, 20:30] = np.round(x[:, 20:30] * 3)
    x[random.random((count, 60)) < 0.05] = np.nan
    if categories:
        x[:, :8] = np.floor(np.abs(random.normal(size=(count, 8))) * CATEGORIES)
    z = np.nan_to_num(x)
    y = 0.2 * z[:, 20] + z[:, 30] * z[:, 31] + np.sin(2 * z[:, 32]) + 0.2 * z[:, 33:45].sum(axis=1)
    y += np.where(z[:, 12] > 1, z[:, 40], -z[:, 41]) + z[:, 45:] @ np.linspace(-0.4, 0.4, 15)
    if categories:
        y += 0.4 * (z[:, 2] * 7919 % 5 - 2) + 0.3 * (z[:, 4] * 104729 % 7 - 3)
    return x, (y + 1.5 * random.logistic(size=count) > 1.5).astype(float)


def trained(depth: int, categories: bool) -> Trees:
    """500 trees of at most *depth* levels."""
    x, y = rows(TRAINED, categories, seed=1)
    data = lgb.Dataset(x, y, categorical_feature=list(range(8)) if categories else "auto")
    return Trees.of(lgb.train({**PARAMETERS, "max_depth": depth}, data, 500), 500)


def timed(work: Callable[[], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """What *work* gives, and its seconds: wall, CPU."""
    wall, busy = time.perf_counter(), time.process_time()
    result = work()
    return result, np.array([time.perf_counter() - wall, time.process_time() - busy])


def compare(depth: int, categories: bool, count: int) -> str:
    """One line of the table."""
    trees = trained(depth, categories)
    x, _ = rows(count, categories, seed=2)
    columns = MatrixColumns(tuple(np.ascontiguousarray(column) for column in x.T), count)
    margin = trees.raw(columns, THREADS)
    explainer = shap.TreeExplainer(trees.booster)
    ours, theirs, worst = [], [], 0.0
    for sample in range(SAMPLES):
        if sample % 2 == 0:
            found, seconds = timed(lambda: trees.contributions(columns, THREADS, margin))
            ours.append(seconds / count)
        where = slice(sample * SAMPLE, (sample + 1) * SAMPLE)
        values, seconds = timed(lambda where=where: explainer.shap_values(x[where]))
        theirs.append(seconds / SAMPLE)
        worst = max(worst, float(np.abs(values - found[where, :-1]).max()))
    off = float(np.abs(found.sum(axis=1) - margin).max())
    shap_time = np.mean(theirs, axis=0)
    (wall_first, cpu_first), (wall, cpu) = shap_time / ours[0], shap_time / ours[-1]
    return (
        f"{'categories' if categories else 'numbers':<11}{depth:>6}"
        f"{count * ours[0][0]:>9.1f}{count * ours[-1][0]:>9.1f}"
        f"{count * shap_time[0]:>9.0f}{wall_first:>9.1f}{wall:>9.1f}"
        f"{1e6 * ours[-1][1]:>9.0f}{1e6 * shap_time[1]:>9.0f}{cpu_first:>9.1f}{cpu:>9.1f}{off:>10.1e}{worst:>10.1e}"
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>9.0f}"
    )


def main() -> None:
    """Train, explain, print."""
    count = int(sys.argv[1]) if sys.argv[1:] else 100_000
    depths = [int(depth) for depth in sys.argv[2:]] or [7, 6, 8, -1]
    warnings.filterwarnings("ignore", message="LightGBM binary classifier")
    print(
        f"{count:,} rows, {THREADS} threads; s: seconds for all rows; us: CPU microseconds a row; x: times as fast"
    )
    print(
        f"{'splits':<11}{'depth':>6}{'first s':>9}{'again s':>9}{'shap s':>9}{'x first':>9}{'x again':>9}"
        f"{'us':>9}{'shap us':>9}{'x first':>9}{'x again':>9}{'sum off':>10}{'shap off':>10}{'peak MB':>9}"
    )
    for categories in (False, True):
        for depth in depths:
            print(compare(depth, categories, count), flush=True)


if __name__ == "__main__":
    main()
