"""What a person or a script sees: tables or one JSON object on standard output, progress on standard error.

Values come from files that other people wrote, so control characters are made visible before anything
reaches a terminal.
"""

import json
import math
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

Item = TypeVar("Item")

SECONDS_BETWEEN_LINES = 10.0
"""How often progress is said where there is no terminal to draw on."""


class Table(Protocol):
    """A table for people, as a stage hands it back."""

    @property
    def title(self) -> str:
        """What the table shows."""

    @property
    def frame(self) -> Any:
        """A data frame with the cells."""

    @property
    def note(self) -> str:
        """What to keep in mind when reading it."""


class Result(Protocol):
    """The outcome of a stage, as the console reads it."""

    @property
    def title(self) -> str:
        """One line that says what was done."""

    @property
    def paths(self) -> Mapping[str, Path]:
        """What was written."""

    @property
    def counts(self) -> Mapping[str, int]:
        """What was read, accepted, rejected …"""

    @property
    def numbers(self) -> Mapping[str, Any]:
        """Headline figures with their intervals."""

    @property
    def tables(self) -> Sequence[Table]:
        """Tables for people."""

    @property
    def notes(self) -> Sequence[str]:
        """Sentences a person should not miss."""

    @property
    def exit_code(self) -> int:
        """What the command's exit status will be."""


def visible(text: object) -> str:
    r"""*text* with control and direction-changing characters spelled out.

    >>> visible("red\x1b[31m")
    'red\\x1b[31m'
    """
    return "".join(_spelled(character) for character in str(text))


def as_json(result: Result) -> str:
    """The one JSON object that stands for *result*; missing and infinite numbers become null."""
    return object_text(
        {
            "title": result.title,
            "paths": result.paths,
            "counts": result.counts,
            "numbers": result.numbers,
            "notes": list(result.notes),
            "exit_code": int(result.exit_code),
        }
    )


def object_text(values: Mapping[str, Any]) -> str:
    """*values* as one line of JSON in ASCII, whatever numbers, paths and dates they hold.

    >>> object_text({"lift": float("nan"), "where": Path("a")})
    '{"lift": null, "where": "a"}'
    """
    return json.dumps(plain(values), allow_nan=False)


def plain(value: Any) -> Any:
    """*value* as JSON-ready data.

    >>> plain({1: (2.0, math.inf)})
    {'1': [2.0, None]}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(each) for each in value]
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int) else str(value)


def cell(value: Any) -> str:
    """One table cell: four significant digits below 1000, thousands separated above, a dash when missing.

    >>> cell(0.97432), cell(1234567.8), cell(12345), cell(float("nan")), cell("0.974 [0.96, 0.98]")
    ('0.9743', '1,234,568', '12,345', '–', '0.974 [0.96, 0.98]')
    """
    value = value if isinstance(value, str) else plain(value)
    if value is None or value in ("NaT", "<NA>"):
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return visible(value)
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines of equal columns; the first column to the left, the others to the right.

    >>> aligned([["method", "P@5"], ["random", "0.1"]])
    ['method  P@5', 'random  0.1']
    """
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_padded(row, widths)).rstrip() for row in rows]


def as_text(result: Result, styled: bool = False) -> str:
    """*result* for a person; *styled* adds bold titles for a terminal."""
    blocks = [_title(result.title, styled)]
    if result.counts:
        blocks.append("  ".join(f"{visible(name)} {cell(count)}" for name, count in result.counts.items()))
    blocks += [_table(table, styled) for table in result.tables]
    blocks += [f"Note: {visible(note)}" for note in result.notes]
    if result.paths:
        rows = [[visible(name), visible(path)] for name, path in result.paths.items()]
        width = max(_width(name) for name, _ in rows)
        blocks.append(
            "\n".join(
                ["Written:", *(f"  {name}{' ' * (width - _width(name))}  {path}" for name, path in rows)]
            )
        )
    return "\n\n".join(blocks)


class Progress:
    """Progress on standard error: a moving bar on a terminal, an occasional plain line elsewhere."""

    def __init__(self, stream: IO[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._start = clock()
        self._bars: list[Any] = []

    def close(self) -> None:
        """Take every bar off the terminal, also one whose loop was left by an error."""
        for bars in self._bars:
            bars.stop()

    def step(self, what: str) -> None:
        """Say that *what* begins, and after how many seconds."""
        self._stream.write(f"[{self._clock() - self._start:6.1f} s] {visible(what)}\n")
        self._stream.flush()

    def track(
        self, items: Iterable[Item], what: str, total: float | None, weigh: Callable[[Item], float]
    ) -> Iterator[Item]:
        """Yield *items* and show how far they have come."""
        tracked = self._bar if self._stream.isatty() else self._lines
        return tracked(items, visible(what), total, weigh)

    def _lines(
        self, items: Iterable[Item], what: str, total: float | None, weigh: Callable[[Item], float]
    ) -> Iterator[Item]:
        done, said = 0.0, self._clock()
        for item in items:
            yield item
            done += weigh(item)
            if self._clock() - said >= SECONDS_BETWEEN_LINES:
                said = self._clock()
                self.step(f"{what}: {done:,.0f}" + (f" of {total:,.0f}" if total else ""))

    def _bar(
        self, items: Iterable[Item], what: str, total: float | None, weigh: Callable[[Item], float]
    ) -> Iterator[Item]:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Bars(*columns, console=Console(file=self._stream), transient=True) as bars:
            self._bars.append(bars)
            task = bars.add_task(what, total=total)
            for item in items:
                yield item
                bars.advance(task, weigh(item))


def prepare_streams() -> None:
    """Let both streams print any character, spelled out where the terminal's encoding lacks it."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _table(table: Table, styled: bool) -> str:
    frame = table.frame
    rows = [[visible(name) for name in frame.columns]]
    rows += [[cell(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    lines = aligned(rows) if frame.shape[1] else []
    rule = ["-" * max(map(_width, lines))] if lines else []
    note = [visible(table.note)] if table.note else []
    return "\n".join([_title(table.title, styled), *lines[:1], *rule, *lines[1:], *note])


def _title(text: str, styled: bool) -> str:
    return f"\x1b[1m{visible(text)}\x1b[0m" if styled else visible(text)


def _padded(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for place, (text, width) in enumerate(zip(row, widths, strict=True)):
        gap = " " * (width - _width(text))
        yield text + gap if place == 0 else gap + text


def _width(text: str) -> int:
    """Columns that *text* takes on a terminal: wide characters take two, combining ones none."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def _spelled(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    return character.encode("unicode_escape").decode("ascii")
