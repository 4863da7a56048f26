"""What ``redlane score`` promises of any file, however odd or hostile; each case is one line of a table.

Most cells are tried seven to a file, each between two records in order: most of a file is always in order.

No traceback; exit status 0, 2 (refused: nothing written) or 3 (done with rejects); one line that names file and
cause; read = accepted + rejected, with the records foreseen rejected; every other record scored as in the clean
file, to the last bit; nothing written but the three outputs.
"""

import gzip
from pathlib import Path
from typing import Any

import pytest

from tests.contract.scoring import ROW, ROWS, Clean, kept, untouched, zipped, zstd
from tests.runs import Trained

HOSTILE = [
    "=cmd|'/c calc'!A0", "<script>alert(1)</script>", "\x1b[31mred", "\x07", "a\x1fb", "\u202eabc", "e\u0301", "NA",
    "null", "1.0", "0012", "  spaces  ", " ", "-", "a\u2028b", "a\rb", "../../etc/passwd", "${oc.env:HOME}",
    "x" * 900_000,
]  # fmt: skip
NO_NUMBER = [
    "1e400", "inf", "nan", "NA", "1_000", "１２", "١٢", "0x10", "1,000", "1,5", "1e-400", "-5", " ", " 5", "5.",
    ".5", "5%", "½", "=1+1", "1.1e14", "9" * 400,
]  # fmt: skip
NUMBER = ["-0", "+5", "007", "1E+3", "5e-324", "1e14", "", "0", "0." + "1" * 400]
NO_DATE = [
    "2024-02-30", "2999-01-01", "0001-01-01", "1969-12-31", "01/02/2024", "20240610", "2024-6-1", "2024-06-10T12:00:00",
    "45453", "", " 2024-06-10", "２０２４-06-10", "2023-02-29", "99999-01-01",
]  # fmt: skip
NO_COUNTRY = ["ＣＮ", "XX", "UK", "CHN", "C", " ", "CN ", "ß", "ı", "00"]
NO_HS = [
    "01 01 21",
    "01012A",
    "01012100000",
    "0101",
    "１０１２１0",
    "000000",
    "1.0121E5",
    "0101.21.",
    "'520811",
    "9" * 900_000,
]
GOOD = {
    "registered_on": ["1970-01-01", "2024-02-29"],
    "origin_country": ["NA", "na", "Cn", ""],
    "hs_code": ["10121", "0101.21", "0101.21.00", "52081100001"[:10], ""],
    "importer_id": ["say \"hi\"", "A;B", "A,B", "A|B", "a\rb", "x" * 900_000],
    "net_mass": NUMBER,
}  # fmt: skip
BAD = {
    "declaration_id": ["", "x\0y"],
    "importer_id": ["x" * 1_100_000],
    "registered_on": NO_DATE,
    "origin_country": NO_COUNTRY,
    "hs_code": NO_HS,
    "net_mass": NO_NUMBER,
    "preference_claimed": ["yes", "2"],
}


ALONE = "importer_id"
"""Its cells are megabytes, or hold what could end a record: each has a file of its own."""
PLACES = range(ROW - 8, ROW + 6, 2)
"""Every other record, so that a cell's neighbours are in order."""


def cells(table: dict[str, list[str]]) -> list[Any]:
    """Column and cells by place: as many to a file as there are places."""
    found = []
    for column, values in table.items():
        step = 1 if column == ALONE else len(PLACES)
        for start in range(0, len(values), step):
            placed = dict(zip(PLACES, values[start : start + step], strict=False))
            found.append(pytest.param(column, placed, id=f"{column}-{ascii(values[start])[:24]}"))
    return found


@pytest.mark.parametrize(("column", "odd"), cells(BAD))
def test_a_bad_cell_costs_its_record_alone(
    trained: Trained, clean: Clean, tmp_path: Path, column: str, odd: dict[int, str]
) -> None:
    done = kept(trained, clean, tmp_path, clean.with_cells(column, odd))
    assert [value[:24] for place, value in odd.items() if place + 1 not in done.rejected] == []
    assert len(done.rejected) == len(odd)
    assert untouched(done, clean)


@pytest.mark.parametrize(("column", "odd"), cells(GOOD))
def test_an_odd_but_legal_cell_is_scored(
    trained: Trained, clean: Clean, tmp_path: Path, column: str, odd: dict[int, str]
) -> None:
    done = kept(trained, clean, tmp_path, clean.with_cells(column, odd))
    assert [odd.get(number - 1, number) for number in done.rejected] == []
    assert untouched(done, clean, *odd)


@pytest.mark.parametrize(("column", "odd"), cells({"declaration_id": HOSTILE}))
def test_an_id_is_echoed_as_it_stands_and_changes_no_score(
    trained: Trained, clean: Clean, tmp_path: Path, column: str, odd: dict[int, str]
) -> None:
    done = kept(trained, clean, tmp_path, clean.with_cells(column, odd))
    for place, id in odd.items():
        assert done.scores[(id, clean.rows[place][1])] == clean.scores[tuple(clean.rows[place][:2])]
    assert untouched(done, clean)


def wider(clean: Clean, labels: list[str], cells: list[str]) -> str:
    return Clean(clean.head + labels, [row + cells for row in clean.rows]).text()


SAME = {
    "gzip": lambda c: gzip.compress(c.text().encode()),
    "gzip of two members": lambda c: b"".join(map(gzip.compress, (c.text().encode()[:999], c.text().encode()[999:]))),
    "gzip with padding": lambda c: gzip.compress(c.text().encode()) + bytes(512),
    "zstd": lambda c: zstd(c.text().encode()),
    "zip": lambda c: zipped(c.text().encode(), "../../evil.csv"),
    "byte-order mark": lambda c: "\ufeff" + c.text(),
    "UTF-16": lambda c: c.text().encode("utf-16"),
    "UTF-16 big-endian": lambda c: b"\xfe\xff" + c.text().encode("utf-16-be"),
    "CRLF": lambda c: c.text(end="\r\n"),
    "CR": lambda c: c.text(end="\r"),
    "LF CR": lambda c: c.text(end="\n\r"),
    "semicolon": lambda c: c.text(";"),
    "tab": lambda c: c.text("\t"),
    "pipe": lambda c: c.text("|"),
    "quoted": lambda c: c.text(quoted=True),
    "quoted, semicolon, CRLF": lambda c: c.text(";", "\r\n", True),
    "no final newline": lambda c: c.text().rstrip("\n"),
    "blank lines": lambda c: "\n\n" + c.text(end="\n\n") + "\n" * 999,
    "rows turned round": lambda c: c.text(rows=c.rows[::-1]),
    "columns turned round": lambda c: Clean(c.head[::-1], [row[::-1] for row in c.rows]).text(),
    "spaces in the header": lambda c: Clean([f" {label}  " for label in c.head], c.rows).text(),
    "a column more": lambda c: wider(c, ["=cmd|\x1b[1m"], ["x"]),
    "2000 columns more": lambda c: wider(c, [f"c{n}" for n in range(2000)], ["v"] * 2000),
    "outcomes of garbage": lambda c: wider(c, ["irregular", "assessed_value"], ["?", "\x01"]),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME)
def test_the_same_rows_get_the_same_scores(trained: Trained, clean: Clean, tmp_path: Path, case: str) -> None:
    assert kept(trained, clean, tmp_path, SAME[case](clean)).scores == clean.scores


BROKEN = {
    "extra cell": (lambda c: c.line(4, lambda line: line + ","), {4}),
    "missing cell": (lambda c: c.line(4, lambda line: line.rpartition(",")[0]), {4}),
    "open quote first": (lambda c: c.line(1, lambda line: '"' + line), {1}),
    "open quote last": (lambda c: c.line(ROWS, lambda line: '"' + line), {ROWS}),
    "quote inside": (lambda c: c.line(4, lambda line: line.replace(",", ',a"b', 1)), {4}),
    "header again": (lambda c: c.line(4, lambda line: ",".join(c.head) + "\n" + line), {4}),
    "a word": (lambda c: c.line(4, lambda line: "total\n" + line), {4}),
    "spaces": (lambda c: c.line(4, lambda line: "   \n" + line), {4}),
    "commas": (lambda c: c.line(4, lambda line: "," * (len(c.head) - 1) + "\n" + line), {4}),
    "cell over two lines": (lambda c: c.changed("importer_id", "a\nb"), {ROW + 1, ROW + 2}),
    "same row twice": (lambda c: c.text(rows=[*c.rows, c.rows[3]]), {4, ROWS + 1}),
    "30 MB without an end": (lambda c: c.text() + "y" * 30_000_000, {ROWS + 1}),
    "20,000 words": (lambda c: c.text() + "x\n" * 20_000, set(range(ROWS + 1, ROWS + 20_001))),
    "other delimiter": (
        lambda c: ";".join(c.head) + "\n" + c.text().split("\n", 1)[1],
        set(range(1, ROWS + 1)),
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_line_never_touches_its_neighbours(
    trained: Trained, clean: Clean, tmp_path: Path, case: str
) -> None:
    make, rejected = BROKEN[case]
    done = kept(trained, clean, tmp_path, make(clean))
    assert done.rejected == rejected
    assert untouched(done, clean)


@pytest.mark.parametrize("multiline", ["false", "true"])
def test_two_stray_quotes_swallow_nothing(
    trained: Trained, clean: Clean, tmp_path: Path, multiline: str
) -> None:
    lines = clean.text().split("\n")
    lines[3] = lines[3].replace(",", ',"', 1)
    first, second, rest = lines[15].split(",", 2)
    lines[15] = f'{first},{second}",{rest}'
    words = ("declarations=canonical", f"declarations.multiline={multiline}")
    done = kept(trained, clean, tmp_path, "\n".join(lines), *words)
    assert done.rejected == {3, 15}
    assert untouched(done, clean)
