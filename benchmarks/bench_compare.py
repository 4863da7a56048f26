"""How often a comparison calls a difference where there is none, and how often it finds one that is there.

Usage: python benchmarks/bench_compare.py [REPEATS]      (default: 400)

Worlds of two rankings (tests/rivals.py) in weeks that differ and consignments that go right or wrong together.
*equal*: two models with errors of their own, equally good. *ties*: the same scores, ties broken otherwise. *better*:
the second has 10 % more precision at 5 % (relative). Shown per measure: how often the verdict was that there is a
difference; beside it, for precision, how often the plain percentile interval would have said so.
"""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd

from redlane.evaluation.bootstrap import draw_blocks, interval
from redlane.evaluation.order import inspection_order
from redlane.evaluation.paired import ComparisonSettings, contest
from redlane.evaluation.paired.resampling import Along, measures
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.truth import blocks
from tests.rivals import Kind, Rivals, rivals, true_ratio

HOW = ComparisonSettings()
SETTINGS = EvaluationSettings(rates=(HOW.rate,), bootstrap_repeats=400)
SHOWN = ("precision", "recall", "revenue", "average_precision")
PLAN: tuple[tuple[Kind, int, int], ...] = (
    ("equal", 4, 500), ("equal", 6, 500), ("equal", 9, 500), ("equal", 13, 500), ("equal", 26, 500),
    ("ties", 6, 500), ("ties", 9, 500), ("ties", 26, 500),
    ("better", 9, 500), ("better", 9, 2000), ("better", 9, 5000), ("better", 13, 4000), ("better", 26, 2000),
)  # fmt: skip


def called(world: Rivals) -> dict[str, bool]:
    """Whether a difference was called, by measure."""
    table = contest(world.contenders, world.truth, SETTINGS, HOW).differences
    return dict(zip(table["measure"], table["verdict"].isin(["better", "worse"]), strict=True))


def called_by_percentiles(world: Rivals) -> bool:
    """Whether the percentile interval of the difference in precision leaves zero out."""
    block, starts = blocks(world.truth.registered_day, SETTINGS.block)
    drawn = draw_blocks(len(starts), SETTINGS.bootstrap_repeats, SETTINGS.seed)
    first, second = (
        measures(
            Along.of(inspection_order(each.margin, world.truth.tie), block, world.truth.irregular, None),
            drawn,
            [HOW.cut],
        )["precision", HOW.cut.label]
        for each in world.contenders
    )
    low, high = interval((second - first)[:, None], SETTINGS.confidence)
    return bool(low[0] > 0 or high[0] < 0)


def main() -> None:
    """Simulate, print a table."""
    repeats = int(sys.argv[1]) if sys.argv[1:] else 400
    ratio = true_ratio("better")
    print(
        f"{repeats} repeats each; true relative precision of 'better': {ratio:.3f}; share called a difference:"
    )
    print(
        f"{'models':<8}{'weeks':>6}{'rows':>9}{''.join(f'{name:>19}' for name in SHOWN)}{'percentile':>12}{'s':>7}"
    )
    for kind, weeks, per_week in PLAN:
        begun = time.perf_counter()
        worlds = [
            rivals(kind, seed, weeks, per_week)
            for seed in range(repeats if per_week <= 500 else repeats // 2)
        ]
        share = pd.DataFrame([called(world) for world in worlds]).mean()
        plain = np.mean([called_by_percentiles(world) for world in worlds])
        print(
            f"{kind:<8}{weeks:>6}{weeks * per_week:>9,}{''.join(f'{share[name]:>19.3f}' for name in SHOWN)}"
            f"{plain:>12.3f}{time.perf_counter() - begun:>7.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
