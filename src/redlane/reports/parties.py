"""What was known of a party: its declarations and inspections, day by day, before the rows in a report."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.columns import COLUMNS
from redlane.declarations.periods import days
from redlane.hashing import Hashes
from redlane.profiles.build import Profiles
from redlane.profiles.keys import KeyHashes
from redlane.profiles.ledger import Ledger

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """The rows of a ledger by key: row places from ``offsets[k]`` to ``offsets[k + 1]``, and the totals before.

    ``days`` are since 1970; ``amounts`` and ``earlier`` by name, per row and per key.
    """

    offsets: Whole
    days: Whole
    amounts: dict[str, Whole]
    earlier: dict[str, Whole]

    def plain(self) -> dict[str, Any]:
        """For the page."""
        columns = {name: values.tolist() for name, values in self.amounts.items()}
        earlier = {name: values.tolist() for name, values in self.earlier.items()}
        return {"offset": self.offsets.tolist(), "day": self.days.tolist(), **columns, "earlier": earlier}


@dataclass(frozen=True)
class PartyHistory:
    """The histories of one kind of party. ``party`` is each row's place among them, -1 where it names none."""

    column: str
    party: Whole
    activity: Window
    outcomes: Window | None

    def plain(self) -> dict[str, Any]:
        """For the page."""
        outcomes = None if self.outcomes is None else self.outcomes.plain()
        return {
            "column": self.column,
            "party": self.party.tolist(),
            "activity": self.activity.plain(),
            "outcomes": outcomes,
        }


def party_histories(profiles: Profiles, frame: pd.DataFrame, history_days: int) -> list[PartyHistory]:
    """The histories of the parties that *frame* names, as far as *profiles* keep them by party alone.

    Day by day for the *history_days* before a party's first row in *frame*, as totals before that. Nothing known
    on the day of a party's last row, or later, is in it; what a single row may see is a matter of its own day.
    """
    hashes, on = KeyHashes(frame), days(frame["registered_on"])
    found = []
    for key, ledger in profiles.activity.items():
        if len(key) == 1 and key[0] in frame and key[0] in COLUMNS and COLUMNS[key[0]].sensitivity == "party":
            asked = _Asked.of(hashes.of(key), on, history_days)
            outcomes = profiles.outcomes.get(key)
            found.append(
                PartyHistory(
                    key[0],
                    asked.party,
                    _window(ledger, asked, ("count",)),
                    None if outcomes is None else _window(outcomes, asked, ("inspected", "hits")),
                )
            )
    return found


@dataclass(frozen=True)
class _Asked:
    """Distinct parties, from which day on their rows are wanted one by one, and before which day."""

    party: Whole
    keys: Hashes
    since: Whole
    before: Whole

    @classmethod
    def of(cls, hashes: Hashes, on: Whole, history_days: int) -> "_Asked":
        keys, party = np.unique(hashes, return_inverse=True)
        by_party = pd.Series(on).groupby(party)
        since, before = by_party.min().to_numpy() - history_days, by_party.max().to_numpy()
        return cls(np.where(hashes == 0, -1, party), keys, since, before)


def _window(ledger: Ledger, asked: _Asked, names: tuple[str, ...]) -> Window:
    start, end = ledger.index.before(asked.keys, asked.before)
    first = np.minimum(ledger.index.since(asked.keys, asked.since), end)
    counts = end - first
    offsets = np.concatenate([[0], np.cumsum(counts)])
    rows = np.repeat(first - offsets[:-1], counts) + np.arange(offsets[-1])
    return Window(
        offsets,
        ledger.index.days[rows],
        {name: ledger.amounts(name)[rows] for name in names},
        {name: ledger.running[name][first] - ledger.running[name][start] for name in names},
    )
