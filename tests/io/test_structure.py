"""Every line is accounted for; one bad line never touches its neighbours."""

import csv
import io

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from redlane.io.lines import line_blocks
from redlane.io.structure import Shape, examine, tell_cells

SHAPE = Shape(",", 3, 1000)
MULTILINE = Shape(",", 3, 1000, multiline=True)


def told(text: str, shape: Shape = SHAPE) -> tuple[list[int], dict[int, str]]:
    found = examine(text.encode(), shape)
    return found.positions.tolist(), {fault.position: fault.fault for fault in found.faults}


def test_two_unbalanced_quotes_cost_two_records_and_no_more() -> None:
    between = "".join(f"B{n},1,2\n" for n in range(60))
    kept, faults = told(f'"A,1,2\n{between}C",1,2\nD,1,2\n')
    assert kept == [*range(1, 61), 62]
    assert faults == {0: "unbalanced-quote", 61: "unbalanced-quote"}


@pytest.mark.parametrize("between", [0, 1, 60])
@pytest.mark.parametrize("cell", [0, 1, 2])
def test_nor_where_records_may_span_lines(between: int, cell: int) -> None:
    first, last = ["A", "1", "2"], ["C", "1", "2"]
    first[cell], last[cell] = '"' + first[cell], last[cell] + '"'
    lines = [",".join(first), *(f"B{n},1,2" for n in range(between)), ",".join(last), "D,1,2", ""]
    kept, faults = told("\n".join(lines), MULTILINE)
    assert kept == [*range(1, between + 1), between + 2]
    assert faults == {0: "unbalanced-quote", between + 1: "unbalanced-quote"}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("a,b,c,d", "extra-cell"),
        ("a,b", "missing-cell"),
        ("   ", "missing-cell"),
        ('a,"b,c', "unbalanced-quote"),
        ('a,"b"x,c', "unbalanced-quote"),
        ('a,b"x,c', "unbalanced-quote"),
        ('a,""b,c', "unbalanced-quote"),
        ("a,\0,c", "nul-byte"),
        ("a,b," + "c" * 1000, "record-too-long"),
    ],
)
def test_a_bad_line_is_one_faulty_record(line: str, fault: str) -> None:
    assert told(f'x,y,z\n{line}\n"p,q",r,s\n') == ([0, 2], {1: fault})


@pytest.mark.parametrize("line", ['"a,b",c,d', '"a""b",c,d', '"","",""', ',,""', '"""",b,c', ",,"])
def test_legal_lines_are_kept(line: str) -> None:
    assert told(f"x,y,z\n{line}\n") == ([0, 1], {})


def test_blank_lines_are_not_records() -> None:
    assert told("\n\na,b,c\n\r\n\nd,e\n\n") == ([0], {1: "missing-cell"})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(end: str) -> None:
    found = examine(end.join(["a,b,c", "d,e,f", ""]).encode(), SHAPE)
    assert found.clean == b"a,b,c\nd,e,f\n"


def test_a_return_inside_quotes_is_text_and_outside_a_line_end() -> None:
    assert told('"a\rb",c,d\n1,2,3\r4,5,6\n"x\r7,8,9\n') == ([0, 1, 2, 4], {3: "unbalanced-quote"})


def test_quotes_can_be_ordinary_characters() -> None:
    assert told('5" pipe,"b,c\n', Shape(",", 3, 1000, quoted=False)) == ([0], {})


def test_records_over_several_lines_only_where_allowed() -> None:
    text = 'a,"b\n\nb",c\nd,e,f\n'
    assert told(text) == ([2], {0: "unbalanced-quote", 1: "unbalanced-quote"})
    assert told(text, MULTILINE) == ([0, 1], {})


def test_an_unclosed_quote_swallows_nothing_even_over_several_lines() -> None:
    kept, faults = told('"a,1,2\n' + "b,1,2\n" * 500, MULTILINE)
    assert len(kept) == 500
    assert faults == {0: "unbalanced-quote"}


def test_a_record_over_two_blocks_waits_for_the_next() -> None:
    found = examine(b'a,b,c\nd,"e\n', MULTILINE, last=False)
    assert (found.records, found.rest) == (1, b'd,"e\n')
    assert examine(b'a,b,c\nd,"e\n', MULTILINE).faults[0].fault == "unbalanced-quote"


ODD = st.text(st.sampled_from('ab,"\n\r\0 é'), max_size=60)


@settings(deadline=None)
@given(ODD)
@example('"",""\n')
def test_kept_and_faulty_records_are_all_records(text: str) -> None:
    for shape in (SHAPE, MULTILINE, Shape(",", 3, 1000, quoted=False)):
        found = examine(text.encode(), shape)
        places = [*found.positions.tolist(), *(fault.position for fault in found.faults)]
        assert sorted(places) == list(range(found.records))


@settings(deadline=None)
@given(ODD)
def test_what_is_kept_reads_as_judged_line_by_line(text: str) -> None:
    found = examine(text.encode(), SHAPE)
    lines = [line for line in found.clean.decode().split("\n") if line]
    assert all(len(tell_cells(line, SHAPE) or []) == 3 for line in lines)
    assert len(lines) == len(found.positions)


@settings(deadline=None)
@given(
    st.lists(st.lists(st.text(st.sampled_from('ab,";é\r '), max_size=5), min_size=3, max_size=3), max_size=8)
)
def test_properly_written_records_are_all_kept(records: list[list[str]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(records)
    found = examine(buffer.getvalue().encode(), SHAPE)
    assert not found.faults
    assert [tell_cells(line, SHAPE) for line in found.clean.decode().split("\n")[:-1]] == records


@settings(deadline=None)
@given(st.lists(st.binary(max_size=12), max_size=12))
def test_blocks_hold_every_byte_and_whole_lines(chunks: list[bytes]) -> None:
    assert b"".join(line_blocks(iter(chunks), 1 << 20)) == b"".join(chunks)


def test_of_an_endless_line_only_the_beginning_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redlane.io.lines.BLOCK", 64)
    chunks = [b"a,b,c\n", *[b"x" * 40] * 50, b"\nd,e,f\n"]
    blocks = b"".join(line_blocks(iter(chunks), 100))
    assert np.max([len(line) for line in blocks.split(b"\n")]) <= 240
    assert told(blocks.decode(), Shape(",", 3, 100)) == ([0, 2], {1: "record-too-long"})
