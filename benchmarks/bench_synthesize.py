"""Rows per second and peak memory of the generator, streamed to Parquet.

Usage: python benchmarks/bench_synthesize.py [ROWS ...]      (default: 1000000)

Each size runs in a process of its own, so that its peak memory is its own. The number of importers,
sellers and brokers grows with the rows, as it would in a larger country; the number of weeks does not.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from redlane.declarations.synthetic import SyntheticSettings
from redlane.stages import synthesize

ROWS_PER_DECLARATION = 1.28
"""Items and bursts: about so many rows come of one planned declaration."""


def settings_for(rows: int) -> SyntheticSettings:
    """The default world, with as many declarations as give about *rows* rows."""
    usual = SyntheticSettings()
    weekly = max(1, round(rows / usual.weeks / ROWS_PER_DECLARATION))
    scale = max(1.0, (weekly / usual.declarations_per_week) ** 0.75)
    changes = {
        "declarations_per_week": weekly,
        "importers": round(usual.importers * scale),
        "sellers": round(usual.sellers * scale),
        "brokers": round(usual.brokers * scale**0.5),
    }
    return usual.model_copy(update=changes)


def measure(rows: int) -> dict[str, float]:
    """Generate about *rows* rows to Parquet in this process."""
    with tempfile.TemporaryDirectory() as folder:
        begun, busy = time.perf_counter(), time.process_time()
        result = synthesize.run(
            out=Path(folder) / "out.parquet", declarations=settings_for(rows), next_weeks=8
        )
        seconds, busy = time.perf_counter() - begun, time.process_time() - busy
        size = result.paths["declarations"].stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    written = result.counts["declarations"]
    return {"rows": written, "seconds": seconds, "cpu": busy, "peak_mb": peak, "file_mb": size / 2**20}


def main() -> None:
    """Measure every size asked for and print a table."""
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(int(sys.argv[2]))))
        return
    print(f"{'rows':>12} {'seconds':>9} {'CPU s':>9} {'rows/s':>10} {'peak MB':>9} {'file MB':>9}")
    for rows in [int(word) for word in sys.argv[1:]] or [1_000_000]:
        command = [sys.executable, __file__, "--one", str(rows)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
        speed = found["rows"] / found["seconds"]
        print(
            f"{found['rows']:>12,.0f} {found['seconds']:>9.1f} {found['cpu']:>9.1f} {speed:>10,.0f}"
            f" {found['peak_mb']:>9,.0f} {found['file_mb']:>9,.0f}"
        )


if __name__ == "__main__":
    main()
