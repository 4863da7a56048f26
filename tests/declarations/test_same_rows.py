"""The same declarations give the same rows, bit for bit, in whatever file they come; and none is ever lost."""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.reading import DeclarationFile
from redlane.errors import RedlaneError

AS_OF = date(2024, 6, 30)
RNG = np.random.default_rng(7)
ROWS = 400
DATA = pd.DataFrame(
    {
        "declaration_id": [f"ID-{n}é" for n in RNG.permutation(ROWS)],
        "registered_on": pd.date_range("2024-01-01", periods=ROWS, freq="6h").strftime("%Y-%m-%d"),
        "hs_code": RNG.choice(["010121", "620342", "8517130000"], ROWS),
        "origin_country": RNG.choice(["NA", "CN", "BD"], ROWS),
        "net_mass": [repr(number) for number in RNG.lognormal(3, 2, ROWS).tolist()],
        "customs_value": [repr(round(number, 2)) for number in RNG.lognormal(7, 2, ROWS).tolist()],
        "description": RNG.choice(['socks; "fine"', "a,b|c", "plain"], ROWS),
        "irregular": RNG.choice(["0", "1"], ROWS),
    }
)


def text(
    data: pd.DataFrame = DATA, delimiter: str = ",", end: str = "\n", quoting: int = csv.QUOTE_MINIMAL
) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(data.columns)
    writer.writerows(data.itertuples(index=False))
    return buffer.getvalue()


def zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", content)
    return buffer.getvalue()


def typed() -> pa.Table:
    columns = {name: pa.array(DATA[name].tolist()) for name in DATA}
    for name in ("net_mass", "customs_value"):
        columns[name] = columns[name].cast(pa.float64())
    columns["registered_on"] = columns["registered_on"].cast(pa.date32())
    columns["irregular"] = columns["irregular"].cast(pa.int8())
    columns["hs_code"] = columns["hs_code"].cast(pa.int64())
    columns["origin_country"] = columns["origin_country"].dictionary_encode()
    columns["description"] = columns["description"].cast(pa.large_string())
    return pa.table(columns)


def arrow(table: pa.Table, kind: str) -> bytes:
    sink = pa.BufferOutputStream()
    if kind == "parquet":
        pq.write_table(table, sink, row_group_size=150)
    else:
        make = pa.ipc.new_file if kind == "file" else pa.ipc.new_stream
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with make(sink, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=90)
    return bytes(sink.getvalue())


SHAPES: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(text().encode()),
    "zstd": lambda: bytes(pa.Codec("zstd").compress(text().encode(), asbytes=True)),
    "zip": lambda: zipped(text().encode()),
    "utf-8 with mark": lambda: text().encode("utf-8-sig"),
    "utf-16": lambda: text().encode("utf-16"),
    "utf-16 big-endian": lambda: b"\xfe\xff" + text().encode("utf-16-be"),
    "semicolons": lambda: text(delimiter=";").encode(),
    "tabs": lambda: text(delimiter="\t").encode(),
    "pipes": lambda: text(delimiter="|").encode(),
    "CRLF": lambda: text(end="\r\n").encode(),
    "CR": lambda: text(end="\r").encode(),
    "all quoted": lambda: text(quoting=csv.QUOTE_ALL).encode(),
    "blank lines": lambda: text(end="\n\n").encode(),
    "columns turned round": lambda: text(DATA[DATA.columns[::-1]]).encode(),
    "a further column": lambda: text(DATA.assign(colour="=red")).encode(),
    "no end of line": lambda: text().rstrip().encode(),
    "parquet": lambda: arrow(pa.Table.from_pandas(DATA), "parquet"),
    "typed parquet": lambda: arrow(typed(), "parquet"),
    "typed arrow file": lambda: arrow(typed(), "file"),
    "typed arrow stream": lambda: arrow(typed(), "stream"),
    "gzip of semicolons in utf-16": lambda: gzip.compress(text(delimiter=";").encode("utf-16")),
}


def read(path: Path, rules: DeclarationFormat, rows: int = 100_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    batches = list(DeclarationFile(path, rules, AS_OF).batches(rows))
    accepted = pd.concat([batch.accepted for batch in batches], ignore_index=True)
    rejects = pd.concat([batch.rejects for batch in batches], ignore_index=True)
    rejected = sum(batch.rejected for batch in batches)
    assert len(accepted) + rejected == sum(batch.read for batch in batches)
    numbers = [*accepted["record_number"], *rejects["record_number"].unique()]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    return accepted, rejects


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, canonical: DeclarationFormat) -> pd.DataFrame:
    path = tmp_path_factory.mktemp("plain") / "a.csv"
    path.write_bytes(text().encode())
    accepted, rejects = read(path, canonical)
    assert (len(accepted), len(rejects)) == (ROWS, 0)
    assert accepted["net_mass"].tolist() == [float(number) for number in DATA["net_mass"]]
    assert accepted["declaration_id"].tolist() == DATA["declaration_id"].tolist()
    return accepted


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_rows_in_any_file(
    tmp_path: Path, canonical: DeclarationFormat, plain: pd.DataFrame, shape: str
) -> None:
    path = tmp_path / "no-suffix"
    path.write_bytes(SHAPES[shape]())
    accepted, rejects = read(path, canonical)
    assert len(rejects) == 0
    pd.testing.assert_frame_equal(accepted, plain, check_exact=True)


@pytest.mark.parametrize("rows", [1, 7, 119, 120, 1000])
def test_batches_of_any_size_give_the_same(
    tmp_path: Path, canonical: DeclarationFormat, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    path = tmp_path / "a.csv"
    lines = text().splitlines()[:118]
    path.write_text("\n".join([*lines[:50], '"broken', *lines[50:90], "x,y", *lines[90:], lines[7]]))
    whole = read(path, canonical)
    monkeypatch.setattr("redlane.io.lines.BLOCK", 1000)
    parts = read(path, canonical, rows)
    for one, other in zip(whole, parts, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert whole[1]["code"].tolist() == ["duplicate-id", "unbalanced-quote", "missing-cell", "duplicate-id"]


SMALL = text(DATA.head(12)).encode()
MUTATIONS = st.tuples(
    st.integers(0, len(SMALL) - 1),
    st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"-", b"9", b"", b'"\n"', b";", "é".encode()]),
    st.integers(0, 3),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(MUTATIONS, min_size=1, max_size=6), multiline=st.booleans(), exact=st.booleans())
def test_a_damaged_file_is_refused_in_a_sentence_or_accounted_for(
    tmp_path: Path,
    canonical: DeclarationFormat,
    changes: list[tuple[int, bytes, int]],
    multiline: bool,
    exact: bool,
) -> None:
    content = SMALL
    for place, new, length in changes:
        content = content[:place] + new + content[place + length :]
    duplicates = "keep_first_identical" if exact else "reject"
    rules = canonical.model_copy(update={"multiline": multiline, "duplicates": duplicates})
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    try:
        read(path, rules, 5)
    except RedlaneError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("kind", ["parquet", "file", "stream"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_columnar_file_is_refused_or_accounted_for(
    tmp_path: Path, canonical: DeclarationFormat, kind: str, data: st.DataObject
) -> None:
    content = arrow(typed().slice(0, 12), kind)
    start = data.draw(st.integers(0, len(content)))
    content = (
        content[:start] + data.draw(st.binary(max_size=4)) + content[start + data.draw(st.integers(0, 4)) :]
    )
    path = tmp_path / "a"
    path.write_bytes(content)
    try:
        read(path, canonical)
    except RedlaneError as error:
        assert "\n" not in str(error)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.integers(0, 11), cell=st.text(st.sampled_from('9.-e"\n\r, aZ٣'), max_size=6))
def test_one_strange_cell_leaves_the_other_rows_as_they_are(
    tmp_path: Path, canonical: DeclarationFormat, plain: pd.DataFrame, row: int, cell: str
) -> None:
    changed = DATA.head(12).copy()
    changed.loc[row, "net_mass"] = cell
    path = tmp_path / "a.csv"
    path.write_bytes(text(changed, quoting=csv.QUOTE_ALL).encode())
    accepted, rejects = read(path, canonical.model_copy(update={"multiline": True}))
    others = plain.head(12).drop(index=row).reset_index(drop=True)
    kept = accepted[accepted["record_number"] != row + 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, others, check_exact=True)
    assert set(rejects["record_number"]) <= {row + 1}
