"""The contract of `redlane score` for Parquet and Arrow, whatever types a program stored its columns in."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from tests.contract.scoring import ROWS, Clean, accounted, refused, run, untouched
from tests.runs import Trained


def column(clean: Clean, name: str) -> list[str]:
    return [row[clean.head.index(name)] for row in clean.rows]


def days(clean: Clean, **shift: float) -> list[datetime]:
    return [datetime.fromisoformat(day) + timedelta(**shift) for day in column(clean, "registered_on")]


def decimals(clean: Clean, name: str) -> list[Decimal]:
    return [Decimal(text) for text in column(clean, name)]


def grouped(table: pa.Table, path: Path) -> None:
    with pq.ParquetWriter(path, table.schema) as writer:
        for start, rows in ((0, 0), (0, 7), (7, 0), (7, ROWS)):
            writer.write_table(table.slice(start, rows))


def arrow_file(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)


def arrow_stream(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table)


Write = Callable[[pa.Table, Path], None]

NUMBERS = ("net_mass", "gross_mass", "quantity", "customs_value", "duty_rate", "preference_claimed")
SAME = {
    "text": lambda c: c.table(),
    "floats": lambda c: c.table(**{name: pa.array(c.numbers(name)) for name in NUMBERS}),
    "whole HS codes": lambda c: c.table(hs_code=pa.array([int(code) for code in column(c, "hs_code")])),
    "floating HS codes": lambda c: c.table(hs_code=pa.array(c.numbers("hs_code"))),
    "floating items": lambda c: c.table(item_number=pa.array(c.numbers("item_number"))),
    "decimals": lambda c: c.table(net_mass=pa.array(decimals(c, "net_mass"), pa.decimal128(20, 4))),
    "wide decimals": lambda c: c.table(net_mass=pa.array(decimals(c, "net_mass"), pa.decimal256(60, 4))),
    "dates": lambda c: c.table(
        registered_on=pa.array([date.fromisoformat(d) for d in column(c, "registered_on")])
    ),
    "times": lambda c: c.table(registered_on=pa.array(days(c, hours=13), pa.timestamp("ms"))),
    "times of Seoul": lambda c: c.table(
        registered_on=pa.array(days(c, hours=-9), pa.timestamp("ns", "Asia/Seoul"))
    ),
    "dictionaries": lambda c: c.table(office=pa.array(column(c, "office")).dictionary_encode()),
    "truth values": lambda c: c.table(
        preference_claimed=pa.array([n == 1 for n in c.numbers("preference_claimed")])
    ),
    "bytes": lambda c: c.table(declaration_id=pa.array([id.encode() for id in column(c, "declaration_id")])),
    "text views": lambda c: c.table(office=pa.array(column(c, "office"), pa.string_view())),
    "an unknown nested column": lambda c: c.table(zzz=pa.array([{"declaration_id": [1]}] * ROWS)),
    "nested outcomes": lambda c: c.table(irregular=pa.array([[1]] * ROWS)),
    "outcomes of year 146,000": lambda c: c.table(
        outcome_known_on=pa.array([2**62] * ROWS, pa.timestamp("us"))
    ),
}


WAYS = [(case, pq.write_table) for case in SAME] + [
    (case, write) for case in ("text", "dictionaries") for write in (grouped, arrow_file, arrow_stream)
]


@pytest.mark.parametrize(("case", "write"), WAYS, ids=lambda part: getattr(part, "__name__", part))
def test_the_same_rows_get_the_same_scores(
    trained: Trained, clean: Clean, tmp_path: Path, case: str, write: Write
) -> None:
    write(SAME[case](clean), tmp_path / "in")
    assert accounted(run(trained, tmp_path / "in", tmp_path / "out"), tmp_path).scores == clean.scores


ODD = {
    "NUL": (lambda c: {"office": pa.array(["O\0", *column(c, "office")[1:]])}, {1}),
    "no finite number": (
        lambda c: {
            "net_mass": pa.array([float("nan"), float("inf"), float("-inf"), *c.numbers("net_mass")[3:]])
        },
        {1, 2, 3},
    ),
    "year 146,000": (
        lambda c: {"registered_on": pa.array([2**62] * ROWS, pa.timestamp("us"))},
        set(range(1, ROWS + 1)),
    ),
    "no ids": (lambda c: {"declaration_id": pa.nulls(ROWS)}, set(range(1, ROWS + 1))),
    "an id of a fraction": (
        lambda c: {"declaration_id": pa.array([1.5, *range(2, ROWS + 1)], pa.float64())},
        {1},
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_a_bad_value_costs_its_record_alone(
    trained: Trained, clean: Clean, tmp_path: Path, case: str
) -> None:
    columns, rejected = ODD[case]
    pq.write_table(clean.table(**columns(clean)), tmp_path / "in")
    done = accounted(run(trained, tmp_path / "in", tmp_path / "out"), tmp_path)
    assert done.rejected == rejected
    assert untouched(done, clean)


@pytest.mark.parametrize(
    "values", [pa.array([["a"]] * ROWS), pa.array([{"a": 1}] * ROWS), pa.array([1] * ROWS, pa.duration("s"))]
)
def test_a_column_of_an_unusable_type_is_refused(
    trained: Trained, clean: Clean, tmp_path: Path, values: pa.Array
) -> None:
    pq.write_table(clean.table(office=values), tmp_path / "in")
    assert "'office' is of type" in refused(trained, tmp_path / "in", tmp_path)


@pytest.mark.parametrize(
    "write", [pq.write_table, arrow_file, arrow_stream], ids=lambda write: write.__name__
)
@pytest.mark.parametrize("part", [0.02, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_damaged_file_is_refused_or_read_but_never_a_fault(
    trained: Trained, clean: Clean, tmp_path: Path, write: Write, part: float
) -> None:
    file = tmp_path / "in"
    write(clean.table(), file)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * part)])
    refused(trained, file, tmp_path)
    at = int(len(whole) * part)
    file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
    assert run(trained, file, tmp_path / "out").status in (0, 2, 3)


def test_a_small_file_of_many_rows_is_refused(trained: Trained, tmp_path: Path) -> None:
    same = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), 10_000_000), pa.array(["A"]))
    pq.write_table(pa.table({"declaration_id": same, "registered_on": same}), tmp_path / "in")
    assert "bomb" in refused(trained, tmp_path / "in", tmp_path)
