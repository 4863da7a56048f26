"""How far a long task has come: stages say it here, and whoever runs them decides how it is shown.

Silent by default, so that a notebook or a test hears nothing; the command line swaps in a reporter that
writes to standard error.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

Item = TypeVar("Item")


def one(item: Any) -> int:
    """The weight of an item that counts as one.

    >>> one("anything")
    1
    """
    return 1


class Reporter(Protocol):
    """Something that shows progress."""

    def step(self, what: str) -> None:
        """Say that *what* begins."""

    def track(
        self, items: Iterable[Item], what: str, total: float | None, weigh: Callable[[Item], float]
    ) -> Iterator[Item]:
        """Yield *items* unchanged and show how many have gone by."""
        ...


class Silent:
    """The reporter outside the command line: shows nothing."""

    def step(self, what: str) -> None:
        """Say nothing."""

    def track(
        self, items: Iterable[Item], what: str, total: float | None, weigh: Callable[[Item], float]
    ) -> Iterator[Item]:
        """Yield *items* unchanged."""
        return iter(items)


_reporters: list[Reporter] = [Silent()]


def step(what: str) -> None:
    """Say that a part of the work begins, for example ``step("building profiles")``."""
    _reporters[-1].step(what)


def track(
    items: Iterable[Item],
    what: str,
    total: float | None = None,
    weigh: Callable[[Item], float] = one,
) -> Iterator[Item]:
    """Yield *items* unchanged while showing progress.

    *total* is the sum of all weights when it is known; *weigh* says how much one item advances the work
    (``weigh=len`` for batches of rows).

    >>> list(track([1, 2, 3], "counting"))
    [1, 2, 3]
    """
    return _reporters[-1].track(items, what, total, weigh)


@contextmanager
def reporting(reporter: Reporter) -> Iterator[None]:
    """Let *reporter* show the progress of everything inside the block."""
    _reporters.append(reporter)
    try:
        yield
    finally:
        _reporters.pop()
