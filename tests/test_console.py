"""What is shown: numbers as people read them, progress where there is a terminal and where there is none."""

import io
import json
import unicodedata
from itertools import count, repeat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane import console, progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, seconds_per_look: float = 0.0) -> console.Progress:
    clock = count(0.0, seconds_per_look) if seconds_per_look else repeat(0.0)
    return console.Progress(stream, lambda: next(clock))


@given(st.text())
def test_nothing_that_moves_a_cursor_or_hides_text_is_printed(text: str) -> None:
    shown = console.visible(text)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert console.visible(shown) == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.int64(12345), "12,345"),
        (np.float64(0.5), "0.5"),
        (-1234.5, "-1,234"),
        (True, "True"),
        (None, "–"),
        (np.datetime64("NaT"), "–"),
        (np.datetime64("2024-02-29"), "2024-02-29"),
        ("NA", "NA"),
    ],
)
def test_cells(value: object, text: str) -> None:
    assert console.cell(value) == text


def test_columns_line_up_whatever_the_script() -> None:
    lines = console.aligned([["名前", "n"], ["e\u0301a", "10"], ["plain", "7"]])
    assert [console._width(line) for line in lines] == [9, 9, 9]
    assert lines[2].startswith("plain   ")


def test_json_holds_plain_values_only() -> None:
    text = console.object_text({"a": np.float32("nan"), "b": {1: (np.int64(2), Path("x"))}, "c": {"d"}})
    assert json.loads(text) == {"a": None, "b": {"1": [2, "x"]}, "c": ["d"]}


def test_without_a_terminal_progress_is_an_occasional_line() -> None:
    stream = io.StringIO()
    with progress.reporting(shown(stream, seconds_per_look=4.0)):
        assert list(progress.track(range(9), "scoring", total=90, weigh=lambda item: 10)) == list(range(9))
    lines = stream.getvalue().splitlines()
    assert 1 <= len(lines) < 9
    assert all("scoring: " in line and "of 90" in line for line in lines)


def test_a_short_task_says_nothing_without_a_terminal() -> None:
    stream = io.StringIO()
    with progress.reporting(shown(stream)):
        list(progress.track(range(1000), "scoring"))
    assert stream.getvalue() == ""


def test_on_a_terminal_a_bar_counts() -> None:
    stream = Terminal()
    with progress.reporting(shown(stream)):
        list(progress.track(range(3), "[red]scoring", total=3))
    assert "[red]scoring" in stream.getvalue() and "3/3" in stream.getvalue()


def test_a_bar_left_by_an_error_is_taken_away() -> None:
    stream = Terminal()
    reporter = shown(stream)
    items = reporter.track(range(3), "scoring", 3, progress.one)
    next(items)
    reporter.close()
    assert stream.getvalue().rstrip().endswith(("\x1b[?25h", "\x1b[2K")), "the cursor is shown again"


def test_nobody_hears_anything_outside_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    progress.step("reading")
    assert list(progress.track(iter("ab"), "reading")) == ["a", "b"]
    assert capsys.readouterr() == ("", "")
