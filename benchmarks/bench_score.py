"""Scoring a file against LightGBM's bare prediction of the same rows, side by side in one run.

Usage: python benchmarks/bench_score.py [ROWS] [--reasons]      (default: 1000000)

Trains on the default synthetic world, writes ROWS declarations of later weeks as CSV, scores them to Parquet
with the reasons of the selected 5 % left out, and predicts the prepared matrix of the very same rows with the
same trees and threads. Prints both times, their ratio, and the peak memory of scoring files of a quarter, half
and all of the rows, each in a process of its own; then the same file with the reasons of every row. With
--reasons only scoring without and with the reasons of every row are measured.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from redlane.declarations.columns import COLUMNS
from redlane.declarations.reading import read_declarations
from redlane.declarations.synthetic import SyntheticSettings, generate
from redlane.features.catalogue import FeatureSettings, build
from redlane.model.bundle import read_bundle
from redlane.profiles.store import open_store
from redlane.stages import score
from worlds import settings

THREADS = 2
TRAINED = ("experiment=demo", "tracking.enabled=false", "evaluation.bootstrap_repeats=20")


def prepare(folder: Path, rows: int) -> None:
    """Train models/bench in *folder* and write files of later declarations of three sizes."""
    world = settings("declarations", "synthetic")
    _redlane(folder, "synthesize", "--out", "history.parquet")
    given = ["--declarations", "history.parquet", "--partner-exports", "history.partner_exports.csv"]
    places = ["--bundle", "models/bench", "--profiles", "profiles/bench"]
    _redlane(folder, "train", *TRAINED, *given, *places)
    later = SyntheticSettings.parse({**world.plain(), "weeks": world.weeks + 4, "seed": world.seed})
    declared = [c.name for c in COLUMNS.values() if c.role in ("identifier", "declared")]
    pool = pd.concat(list(generate(later))[-4:], ignore_index=True)
    pool = pool[[name for name in declared if name in pool]]
    for size in (rows // 4, rows // 2, rows):
        _write_csv(folder / f"{size}.csv", pool, size)


def _redlane(folder: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "redlane", *words], check=True, cwd=folder, stdout=subprocess.DEVNULL
    )


def _write_csv(path: Path, pool: pd.DataFrame, rows: int) -> None:
    """*rows* declarations drawn from *pool*, each with an id of its own and amounts of its own."""
    rng = np.random.default_rng(rows)
    with path.open("wb") as sink:
        for start in range(0, rows, 100_000):
            n = min(100_000, rows - start)
            chunk = pool.iloc[rng.integers(0, len(pool), n)].reset_index(drop=True)
            chunk["declaration_id"] = [f"N{start + i:09d}" for i in range(n)]
            chunk["item_number"] = "1"
            factor = rng.lognormal(0, 0.2, n)
            for name in ("customs_value", "net_mass", "gross_mass", "quantity"):
                chunk[name] = (chunk[name] * factor).round(2).clip(lower=0.01)
            table = pa.Table.from_pandas(chunk, preserve_index=False)
            table = table.set_column(
                table.schema.get_field_index("registered_on"),
                "registered_on",
                table["registered_on"].cast(pa.date32()),
            )
            pa_csv.write_csv(table, sink, pa_csv.WriteOptions(include_header=start == 0))


def run_score(folder: Path, rows: int, explain: str) -> dict[str, float]:
    """Score the file of *rows* rows in this process."""
    begun, busy = time.perf_counter(), time.process_time()
    result = score.run(
        file=folder / f"{rows}.csv",
        bundle=folder / "models/bench",
        out=folder / f"scores_{rows}.parquet",
        profiles=None,
        profiles_id=None,
        declarations=None,
        lanes=settings("lanes", "asycuda"),
        explanations=settings("explanations", "reasons", rows=explain),
        as_of=None,
        batch_rows=100_000,
        threads=THREADS,
        spreadsheet_safe=False,
    )
    return {
        "rows": result.counts["read"],
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - busy,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def run_predict(folder: Path, rows: int) -> dict[str, float]:
    """LightGBM's own prediction of the prepared matrix of the same rows."""
    bundle = read_bundle(folder / "models/bench")
    profiles = open_store(folder / "profiles/bench")
    catalogue = FeatureSettings.parse(bundle.configuration["features"])
    frame = read_declarations([folder / f"{rows}.csv"], settings("declarations", "canonical")).frame
    matrix = bundle.model.columns(build(frame, profiles, catalogue)).whole()
    booster = bundle.model.trees.booster
    booster.predict(matrix[:1000], raw_score=True, num_threads=THREADS)
    begun, busy = time.perf_counter(), time.process_time()
    booster.predict(matrix, raw_score=True, num_threads=THREADS)
    return {"rows": rows, "seconds": time.perf_counter() - begun, "cpu": time.process_time() - busy}


def measured(folder: Path, what: str, rows: int, explain: str = "none") -> dict[str, float]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, __file__, "--one", what, str(folder), str(rows), explain]
    environment = {**os.environ, "OMP_NUM_THREADS": str(THREADS)}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def print_reasons(without: dict[str, float], every: dict[str, float]) -> None:
    """What the reasons of every row cost."""
    for what, found in (("without reasons", without), ("reasons for all", every)):
        print(
            f"{what:<15}{found['rows']:>10,} rows {found['seconds']:>8.1f} s {found['cpu']:>8.1f} CPU s, "
            f"peak {found['peak_mb']:,.0f} MB"
        )
    ratios = (every["seconds"] / without["seconds"], every["cpu"] / without["cpu"])
    print(f"reasons for all: ratio of times to scoring without {ratios[0]:.2f}   of CPU {ratios[1]:.2f}")


def main() -> None:
    """Prepare, measure, print."""
    if sys.argv[1:2] == ["--one"]:
        what, folder, rows, explain = sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
        print(json.dumps(run_score(folder, rows, explain) if what == "score" else run_predict(folder, rows)))
        return
    numbers = [word for word in sys.argv[1:] if word.isdigit()]
    rows = int(numbers[0]) if numbers else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, rows)
        if "--reasons" in sys.argv:
            print_reasons(measured(folder, "score", rows), measured(folder, "score", rows, "all"))
            return
        bare = measured(folder, "predict", rows)
        sizes = {size: measured(folder, "score", size) for size in (rows // 4, rows // 2, rows)}
        with_reasons = measured(folder, "score", rows, "selected")
        every = measured(folder, "score", rows, "all")
    whole = sizes[rows]
    print(f"bare predict   {rows:>10,} rows {bare['seconds']:>8.1f} s {bare['cpu']:>8.1f} CPU s")
    print(f"redlane score  {rows:>10,} rows {whole['seconds']:>8.1f} s {whole['cpu']:>8.1f} CPU s")
    print(
        f"ratio of times {whole['seconds'] / bare['seconds']:>27.2f}   of CPU {whole['cpu'] / bare['cpu']:.2f}"
    )
    print(
        f"with reasons for the selected {with_reasons['seconds']:>12.1f} s {with_reasons['cpu']:>8.1f} CPU s"
    )
    print_reasons(whole, every)
    for size, found in sizes.items():
        print(f"peak memory at {size:>10,} rows {found['peak_mb']:>8,.0f} MB")


if __name__ == "__main__":
    main()
