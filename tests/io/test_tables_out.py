"""Tables appear whole or not at all, say the same whatever the pieces, and run nothing in a spreadsheet."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.errors import RedlaneError
from redlane.io.tables_out import ROW_GROUP, table_writer, write_table

FRAME = pd.DataFrame(
    {
        "id": ["=1+1", "a\rb", 'x"y', "two\nlines", None],
        "score": [0.1, 1e-7, math.nan, 1 / 3, 1e22],
        "rank": [1, 2, 3, 4, 5],
        "day": pd.to_datetime(["2024-01-01"] * 4 + [None]),
    }
)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_same_rows_give_the_same_bytes_in_any_pieces(tmp_path: Path, suffix: str) -> None:
    rows = ROW_GROUP + 1234
    frame = pd.DataFrame({"id": np.arange(rows).astype(str), "score": np.random.default_rng(1).random(rows)})
    write_table(tmp_path / f"whole{suffix}", frame)
    with table_writer(tmp_path / f"parts{suffix}") as write:
        for start in range(0, rows, 9999):
            write(frame.iloc[start : start + 9999])
    assert (tmp_path / f"whole{suffix}").read_bytes() == (tmp_path / f"parts{suffix}").read_bytes()


def test_ids_are_written_as_they_stand_and_line_breaks_stay_inside(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", FRAME)
    parse = pa_csv.ParseOptions(newlines_in_values=True)
    back = pa_csv.read_csv(tmp_path / "a.csv", parse_options=parse).to_pydict()
    assert back["id"] == ["=1+1", "a\rb", 'x"y', "two\nlines", ""]
    assert "2024-01-01," not in (tmp_path / "a.csv").read_text().split("\n")[0]


def test_parquet_keeps_missing_values_and_days(tmp_path: Path) -> None:
    write_table(tmp_path / "a.parquet", FRAME)
    table = pq.read_table(tmp_path / "a.parquet")
    assert [str(field.type) for field in table.schema] == ["string", "double", "int64", "date32[day]"]
    assert table["id"].to_pylist()[-1] is None
    assert table["score"].null_count == 1


@pytest.mark.parametrize("mark", list("=+-@\t\r\n＝＋－＠"))
def test_a_spreadsheet_gets_no_formulas(tmp_path: Path, mark: str) -> None:
    frame = pd.DataFrame({"id": [f"{mark}cmd", "safe"], "score": [-1.5, 2.0]})
    write_table(tmp_path / "a.csv", frame, spreadsheet=True)
    back = pa_csv.read_csv(tmp_path / "a.csv", parse_options=pa_csv.ParseOptions(newlines_in_values=True))
    assert back.to_pydict() == {"id": [f"'{mark}cmd", "safe"], "score": [-1.5, 2.0]}


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_read_back_as_themselves(tmp_path_factory: pytest.TempPathFactory, number: float) -> None:
    path = tmp_path_factory.mktemp("numbers") / "a.csv"
    write_table(path, pd.DataFrame({"x": [number]}))
    assert float(path.read_text().split("\n")[1]) == number


def test_nothing_is_left_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_text("previous")
    with pytest.raises(ValueError, match="stop"), table_writer(path) as write:
        write(FRAME)
        raise ValueError("stop")
    assert path.read_text() == "previous"
    assert list(tmp_path.iterdir()) == [path]


def test_a_table_needs_a_known_suffix_and_columns(tmp_path: Path) -> None:
    with pytest.raises(RedlaneError, match=r"\.parquet or \.csv"):
        write_table(tmp_path / "a.xlsx", FRAME)
    with pytest.raises(RedlaneError, match="nothing was written"), table_writer(tmp_path / "a.csv"):
        pass


def test_a_table_without_rows_still_has_its_columns(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", FRAME.head(0))
    assert (tmp_path / "a.csv").read_text() == '"id","score","rank","day"\n'
