"""How fast declarations are read and checked, beside pyarrow's bare reader in the same run.

    python benchmarks/bench_read.py --rows 1000000

Prints CPU seconds for one thread, rows per second, the ratio to bare pyarrow, and the peak memory.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from redlane.declarations.columns import COLUMNS
from redlane.declarations.format import DeclarationFormat
from redlane.declarations.reading import DeclarationFile
from redlane.io.tables_out import table_writer

PIECE = 100_000


def declarations(rows: int, first: int, seed: int) -> pd.DataFrame:
    """Twenty columns with many distinct ids, firms, masses and values, as real files have."""
    rng = np.random.default_rng(seed + first)
    days = np.datetime64("2022-01-01") + rng.integers(0, 700, rows)

    def code(prefix: str, distinct: int) -> list[str]:
        return [f"{prefix}{n:06d}" for n in rng.integers(0, distinct, rows).tolist()]

    return pd.DataFrame(
        {
            "declaration_id": np.arange(first, first + rows).astype(str),
            "item_number": "1",
            "registered_on": days.astype("datetime64[us]"),
            "office": code("O", 60),
            "procedure": code("P", 9),
            "import_type": code("T", 20),
            "import_use": code("U", 20),
            "payment_type": code("Y", 12),
            "transport_mode": code("M", 9),
            "declarant_id": code("D", 2_000),
            "importer_id": code("I", 50_000),
            "seller_id": code("S", 80_000),
            "carrier_id": code("C", 300),
            "hs_code": [f"{10_121 + 170 * n:06d}" for n in rng.integers(0, 5_600, rows).tolist()],
            "departure_country": rng.choice(["CN", "NA", "BD", "DE", "US"], rows),
            "origin_country": rng.choice(["CN", "NA", "BD", "DE", "US"], rows),
            "duty_rate": rng.choice([0.0, 2.5, 8.0, 13.0], rows),
            "net_mass": np.round(rng.lognormal(3, 2, rows), 3),
            "customs_value": np.round(rng.lognormal(7, 2, rows), 2),
            "quantity": np.round(rng.lognormal(2, 1, rows), 1),
        }
    )


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of *work*, all threads together."""
    start = time.process_time()
    work()
    return time.process_time() - start


def bare(path: Path) -> None:
    """Stream the file with pyarrow alone, types inferred, nothing checked."""
    for _ in pa_csv.open_csv(path, read_options=pa_csv.ReadOptions(block_size=8 << 20)):
        pass


def checked(path: Path) -> None:
    """Open, check and read the file as every command does."""
    rules = DeclarationFormat(columns={name: name for name in COLUMNS})
    rows = sum(len(batch.accepted) for batch in DeclarationFile(path, rules, None).batches())
    if not rows:
        raise SystemExit("nothing was accepted")


def main() -> None:
    """Write the file, read it both ways, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument(
        "--quoted", action="store_true", help="put every text in quotes, as Arrow's writer does"
    )
    rows, quoted = (options := parser.parse_args()).rows, options.quoted
    pa.set_cpu_count(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "declarations.csv"
        with table_writer(path) as write:
            for first in range(0, rows, PIECE):
                write(declarations(min(PIECE, rows - first), first, seed=1))
        if not quoted:
            path.write_bytes(path.read_bytes().replace(b'"', b""))
        size = path.stat().st_size
        plain, full = cpu_seconds(lambda: bare(path)), cpu_seconds(lambda: checked(path))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{rows:,} declarations, 20 columns, {size / 1e6:.0f} MB of CSV{' with quoted text' if quoted else ''}"
    )
    print(f"bare pyarrow   {plain:6.2f} s CPU")
    print(f"redlane        {full:6.2f} s CPU   {rows / full:,.0f} rows/s   {full / plain:.1f} x bare")
    print(f"peak memory    {peak:6,.0f} MB")


if __name__ == "__main__":
    main()
