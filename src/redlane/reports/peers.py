"""What a declared price is compared with: the prices of its reference cell, as they lay when it was registered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.periods import days
from redlane.hashing import combine
from redlane.profiles.build import Profiles
from redlane.profiles.keys import Key, KeyHashes, part_text
from redlane.profiles.pricebook import PriceBook
from redlane.profiles.prices import PARTY, PriceReference, log_measure
from redlane.reports.packing import numbers

BINS = 24
_REACH = 3.0
"""Prices further than so many interquartile ranges from the quartiles are counted, not drawn."""

Rows = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Peers:
    """One reference price. ``cell`` and ``log_price`` have one entry per row; the lists one per cell.

    ``cell`` is -1 where a row has no price or no cell. ``counts`` are of :data:`BINS` equal classes of the logarithm
    from ``low`` to ``high``; ``below`` and ``above`` lie outside; together they are ``n``.
    """

    reference: PriceReference
    cell: Rows
    log_price: Numbers
    words: list[list[tuple[str, str]]] = field(default_factory=list)
    """What each cell is made of: parts of its key, and their values."""
    statistics: dict[str, list[float]] = field(default_factory=dict)
    counts: list[list[int]] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """For the page."""
        return {
            "measure": self.reference.measure,
            "window": self.reference.window_days,
            "cell": self.cell.tolist(),
            "value": numbers(np.exp(self.log_price)),
            "words": self.words,
            "counts": self.counts,
            **{name: numbers(values) for name, values in self.statistics.items()},
        }


def price_peers(profiles: Profiles, frame: pd.DataFrame) -> list[Peers]:
    """The peers of every row of *frame*, for each reference price of *profiles* that its columns allow."""
    hashes, on = KeyHashes(frame), days(frame["registered_on"])
    fitting = [need for need in profiles.prices if set(need.columns()) <= set(frame)]
    return [_peers(profiles, need, frame, hashes, on) for need in fitting]


@dataclass(frozen=True)
class _Cell:
    """One cell on one day of publication, perhaps without one importer (0: with all)."""

    level: int
    key: np.uint64
    published: int
    without: np.uint64


def _peers(
    profiles: Profiles, need: PriceReference, frame: pd.DataFrame, hashes: KeyHashes, on: Rows
) -> Peers:
    book = profiles.prices[need]
    log_price = log_measure(frame, need.measure)
    seen = profiles.before("prices", need, hashes, on)
    peers = Peers(need, np.full(len(frame), -1, dtype=np.int64), log_price)
    for level in range(len(need.levels)):
        rows = np.flatnonzero((seen["level"] == level) & np.isfinite(log_price))
        if len(rows):
            _add_level(peers, book, level, rows, {"frame": frame, "hashes": hashes, "on": on, "seen": seen})
    return peers


def _add_level(peers: Peers, book: PriceBook, level: int, rows: Rows, known: Mapping[str, Any]) -> None:
    need = peers.reference
    keys = known["hashes"].of(need.key(need.levels[level]))[rows]
    published = book.last_publication(known["on"][rows])
    without = _left_out(book, level, keys, published, known["hashes"], rows)
    table = pd.DataFrame({"key": keys, "published": published, "without": without})
    places = table.groupby(["key", "published", "without"], sort=False).ngroup().to_numpy()
    first = np.unique(places, return_index=True)[1]
    start = len(peers.words)
    peers.cell[rows] = start + places
    prices = _Prices.of(book, level)
    peers.words.extend(_words(known["frame"], need.levels[level], rows[first]))
    for row, at in zip(rows[first], first, strict=True):
        q1, q3 = known["seen"]["q1"][row], known["seen"]["q3"][row]
        found = prices.of_cell(_Cell(level, keys[at], int(published[at]), without[at]), need.window_days)
        _add_cell(peers, found, q1, q3)
        for name in ("n", "importers", "q1", "median", "q3"):
            value = float(known["seen"][name][row])
            amount = value if name in ("n", "importers") else float(np.exp(value))
            peers.statistics.setdefault(name, []).append(amount)
        peers.statistics.setdefault("published", []).append(float(published[at]))


def _add_cell(peers: Peers, found: Numbers, q1: float, q3: float) -> None:
    reach = _REACH * max(q3 - q1, 0.01)
    low, high = max(found.min(initial=q3), q1 - reach), min(found.max(initial=q1), q3 + reach)
    if high - low < 1e-9:
        low, high = low - 0.05, high + 0.05
    inside = found[(found >= low) & (found <= high)]
    peers.counts.append(np.histogram(inside, bins=BINS, range=(low, high))[0].tolist())
    ends = {"low": np.exp(low), "high": np.exp(high)}
    for name, value in {**ends, "below": (found < low).sum(), "above": (found > high).sum()}.items():
        peers.statistics.setdefault(name, []).append(float(value))


def _left_out(
    book: PriceBook, level: int, keys: npt.NDArray[np.uint64], published: Rows, hashes: KeyHashes, rows: Rows
) -> npt.NDArray[np.uint64]:
    """The importer without whom a cell was published for a row, as it dominates it; 0 for none."""
    nobody = np.zeros(len(rows), dtype=np.uint64)
    if not len(book.apart[level].index.days):
        return nobody
    importers = hashes.of((PARTY,))[rows]
    apart = book.apart[level].on(combine([keys, importers]), published)
    return np.where(np.isfinite(apart["n"]), importers, nobody)


@dataclass(frozen=True)
class _Prices:
    """The prices of one level, sorted by cell."""

    keys: npt.NDArray[np.uint64]
    days: Rows
    log_price: Numbers
    importers: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, book: PriceBook, level: int) -> "_Prices":
        order = np.argsort(book.rows.keys[level], kind="stable")
        rows = book.rows
        return cls(rows.keys[level][order], rows.days[order], rows.log_price[order], rows.importers[order])

    def of_cell(self, cell: _Cell, window: int) -> Numbers:
        """The prices a publication was made of: those of its window, up to its own day."""
        start, end = np.searchsorted(self.keys, cell.key), np.searchsorted(self.keys, cell.key, side="right")
        registered = self.days[start:end]
        kept = (registered <= cell.published) & (registered > cell.published - window)
        if cell.without:
            kept &= self.importers[start:end] != cell.without
        return self.log_price[start:end][kept]


def _words(frame: pd.DataFrame, level: Key, rows: Rows) -> list[list[tuple[str, str]]]:
    """What each cell is made of: a list of part and value."""
    some = frame.iloc[rows]
    texts = [part_text(some, part).astype("object").tolist() for part in level]
    return [list(zip(level, map(str, row), strict=True)) for row in zip(*texts, strict=True)]
