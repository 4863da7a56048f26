"""Building profiles with every family of features against the first families, side by side in one run.

Usage: python benchmarks/bench_profile.py [ROWS]      (default: 1000000)

Both build the profiles of the same ROWS declarations of the synthetic world in memory, 78 weekly publications.
Prints both times, their ratio, and the time of each kind of profile.
"""

import sys
import time
from dataclasses import replace

from redlane.profiles.build import build
from redlane.profiles.delivery import Delivery
from redlane.profiles.kinds import KINDS
from worlds import generated, settings, world_of


def clock() -> tuple[float, float]:
    """Wall and CPU seconds."""
    return time.perf_counter(), time.process_time()


def main(rows: int) -> None:
    """Print the table."""
    world, references = generated(world_of(rows // 99))
    print(f"{len(world):,} declarations, {world['importer_id'].nunique():,} importers")
    taken = {}
    for name in ("first", "default"):
        needs = settings("features", name).needs()
        wall, cpu = clock()
        profiles = build(world, needs, references=references)
        taken[name] = (clock()[0] - wall, clock()[1] - cpu)
        print(f"{name:<10} {taken[name][0]:8.1f} s wall {taken[name][1]:8.1f} s CPU")
    ratios = [every / few for every, few in zip(taken["default"], taken["first"], strict=True)]
    print(f"ratio      {ratios[0]:8.2f}        {ratios[1]:8.2f}")
    delivery = replace(
        Delivery.of(world, "both", references), held=lambda kind, need: profiles.tables[kind][need]
    )
    needs = settings("features", "default").needs()
    for kind, need in needs.items():
        wall, cpu = clock()
        KINDS[kind].extend(need, delivery, None)
        print(f"  {clock()[1] - cpu:8.2f} s CPU  {KINDS[kind].words(need)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
