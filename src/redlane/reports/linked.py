"""Linked parties: since when a declaration's parties were known together, and whom else each of them was seen with.

Read from the links and silences of the profiles, strictly before the day of each declaration. Others are counted and
never named: the store holds hashes, and a case file is about its own declaration.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.columns import COLUMNS
from redlane.declarations.periods import days
from redlane.profiles.build import Profiles
from redlane.profiles.keys import Key, KeyHashes, source_columns
from redlane.profiles.links import LinksSeen
from redlane.reports.packing import numbers

MOST_MEMBERS = 5000
"""Of an owner with more, only their number is told: looking each up would take longer than it is worth."""

_BLOCK = 2_000_000
_IMPORTER: Key = ("importer_id",)

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Linked:
    """What one kind of link says of n declarations; every array has n entries, NaN where nothing can be said.

    ``first`` is the day (since 1970) on which owner and member of the row were first seen together, NaN if never
    before; ``others`` how many other members the owner was seen with; ``inspected`` and ``hits`` how many of those had
    an inspection, and a finding, known by then. ``silent`` counts importers of the owner that have fallen silent,
    ``silent_inspected`` and ``silent_hits`` their inspections and findings.
    """

    owner: Key
    member: str
    amounts: dict[str, Numbers]

    def plain(self) -> dict[str, Any]:
        """For the page."""
        told = {name: numbers(values) for name, values in self.amounts.items()}
        return {"owner": list(self.owner), "member": self.member, **told}


def linked_parties(profiles: Profiles, frame: pd.DataFrame) -> list[Linked]:
    """The links of every row of *frame*, as far as *profiles* keep links and silences of parties it names."""
    hashes, on = KeyHashes(frame), days(frame["registered_on"])
    found: dict[tuple[Key, str], dict[str, Numbers]] = {}
    for need in profiles.needs.links:
        owner, member = need
        if _of_parties((*owner, *member), frame) and len(member) == 1:
            seen = profiles.before("links", need, hashes, on)
            found[owner, member[0]] = _amounts(profiles, seen, member)
    for silence in profiles.needs.silences:
        for key in silence.keys:
            if _of_parties((*key, *_IMPORTER), frame):
                silent = profiles.before("silences", silence, hashes, on).of(key)
                told = {"silent": "silent", "silent_inspected": "inspected", "silent_hits": "hits"}
                amounts = found.setdefault((key, _IMPORTER[0]), {})
                amounts.update({name: np.asarray(silent[amount]) for name, amount in told.items()})
    return [Linked(owner, member, amounts) for (owner, member), amounts in found.items()]


def unlinked(profiles: Profiles, frame: pd.DataFrame) -> list[str]:
    """Columns of parties that *frame* states and no link of *profiles* speaks of."""
    spoken = {part for owner, member in profiles.needs.links for part in (*owner, *member)}
    return [
        str(name)
        for name in frame
        if _is_party(str(name)) and name not in spoken and frame[name].notna().any()
    ]


def _is_party(part: str) -> bool:
    return part in COLUMNS and COLUMNS[part].role == "declared" and COLUMNS[part].sensitivity == "party"


def _of_parties(parts: tuple[str, ...], frame: pd.DataFrame) -> bool:
    """A link of parties; goods may stand beside them, alone they are no party."""
    return all(map(_is_party, (parts[0], parts[-1]))) and set(source_columns(parts)) <= set(frame)


def _amounts(profiles: Profiles, seen: LinksSeen, member: Key) -> dict[str, Numbers]:
    unknown = ~seen.stated()
    first = seen.first_day()
    known = np.isfinite(first)
    others = seen.degree() - known.astype(np.int64)
    told = {"first": first, "others": np.where(unknown, np.nan, others)}
    if member in profiles.outcomes:
        outcomes = profiles.outcomes[member]
        own = outcomes.before(seen.own_members, seen.days)
        for name, counts in _inspected(seen, outcomes).items():
            mine = known & (own.total(name) > 0)
            told[name] = np.where(unknown, np.nan, counts - mine)
    return told


def _inspected(seen: LinksSeen, outcomes: Any) -> dict[str, Numbers]:
    """Members of each row's owner with an inspection, and with a finding, known before the row's day."""
    pairs = pd.DataFrame({"owner": seen.owners, "day": seen.days})
    group = pairs.groupby(["owner", "day"], sort=False).ngroup().to_numpy()
    first = np.unique(group, return_index=True)[1]
    counts = {name: np.full(len(first), np.nan) for name in ("inspected", "hits")}
    for block in _blocks(seen.degree()[first]):
        some = seen.links.before(
            seen.owners[first[block]], seen.own_members[first[block]], seen.days[first[block]]
        )
        rows, members = some.members()
        known = outcomes.before(members, some.days[rows])
        for name, values in counts.items():
            values[block] = np.bincount(rows, known.total(name) > 0, minlength=len(block))
    return {name: values[group] for name, values in counts.items()}


def _blocks(degree: Whole) -> Iterator[Whole]:
    """Places of owners that together have not too many members; owners with very many are in none."""
    places = np.flatnonzero(degree <= MOST_MEMBERS)
    block = np.cumsum(degree[places]) // _BLOCK
    for number in np.unique(block):
        yield places[block == number]
