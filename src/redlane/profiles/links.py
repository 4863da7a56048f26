"""Links: who was seen with whom, and since when. Distinct pairs with the day they were first seen, no declarations.

A link from a seller to an importer is kept once, however many declarations stand behind it, so that memory grows
with the pairs and not with the trade. A declaration sees the links first seen strictly before its own day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from redlane.declarations.periods import Days
from redlane.hashing import MISSING, Hashes, combine
from redlane.profiles.asof import AsOfIndex, Located, Positions
from redlane.profiles.delivery import Delivery
from redlane.profiles.keys import Key, KeyHashes, check_key, key_name, source_columns
from redlane.profiles.kind import Kind, Size
from redlane.profiles.parquet import dates, days_of, numbers, read_columns, write_columns

Link = tuple[Key, Key]
"""From what, to what: ``(("seller_id",), ("importer_id",))`` links each seller to its importers."""


@dataclass(frozen=True)
class Links:
    """Distinct links sorted by owner (the key they lead from), day first seen and member (the key they lead to).

    >>> owner, member = np.array([5, 5, 5], np.uint64), np.array([1, 2, 1], np.uint64)
    >>> links = Links.of_events(owner, member, np.array([10, 12, 11]))
    >>> seen = links.before(np.array([5, 5], np.uint64), np.array([2, 1], np.uint64), np.array([12, 13]))
    >>> seen.degree().tolist(), seen.is_new().tolist()
    ([1, 2], [True, False])
    """

    index: AsOfIndex
    members: Hashes

    @classmethod
    def of_events(cls, owners: Hashes, members: Hashes, seen_on: Days) -> "Links":
        """The distinct links of n events, each with its earliest day. A link with a missing end is none."""
        kept = np.flatnonzero((owners != MISSING) & (members != MISSING))
        pairs = combine([owners[kept], members[kept]])
        order = np.argsort(pairs, kind="stable")
        pairs, kept = pairs[order], kept[order]
        first = np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1])) if len(pairs) else kept
        day = np.minimum.reduceat(seen_on[kept], first) if len(pairs) else np.empty(0, np.int64)
        owners, members = owners[kept[first]], members[kept[first]]
        order = np.lexsort((members, day, owners))
        return cls(AsOfIndex.of_sorted(owners[order], day[order]), members[order])

    @classmethod
    def merge(cls, parts: "Sequence[Links]") -> "Links":
        """The links of all parts; any grouping and order of parts gives the same table."""
        if len(parts) == 1:
            return parts[0]
        return cls.of_events(
            np.concatenate([part.index.row_keys() for part in parts]),
            np.concatenate([part.members for part in parts]),
            np.concatenate([part.index.days for part in parts]),
        )

    def without(self, earlier: "Links | None") -> "Links":
        """Only the links *earlier* does not know as early: what is new in a delivery."""
        if earlier is None or not len(self):
            return self
        owners = self.index.row_keys()
        known = earlier.first_day(owners, self.members)
        kept = ~(known <= self.index.days)
        return Links(AsOfIndex.of_sorted(owners[kept], self.index.days[kept]), self.members[kept])

    def before(self, owners: Hashes, members: Hashes, days: Days) -> "LinksSeen":
        """What was known of the links of n *owners* strictly before each day; *members* are the rows' own."""
        located = self.index.locate(owners)
        start, end = self.index.before(owners, days, located)
        return LinksSeen(self, owners, members, days, start, end, located)

    def first_day(self, owners: Hashes, members: Hashes) -> npt.NDArray[np.float64]:
        """The day each pair was first seen, whenever that was; NaN if never."""
        index, order = self._pairs()
        start, end = index.before(combine([owners, members]), np.full(len(owners), _EVER))
        found = end > start
        result = np.full(len(owners), np.nan)
        result[found] = self.index.days[order[start[found]]]
        return result

    def _pairs(self) -> tuple[AsOfIndex, Positions]:
        cached: tuple[AsOfIndex, Positions] | None = self.__dict__.get("_by_pair")
        if cached is None:
            pairs = combine([self.index.row_keys(), self.members])
            cached = AsOfIndex.of_rows(pairs, self.index.days)
            self.__dict__["_by_pair"] = cached
        return cached

    def __len__(self) -> int:
        return len(self.members)


_EVER = np.int64(1 << 40)


@dataclass(frozen=True)
class LinksSeen:
    """The links visible to each of n declarations: those of its owner, first seen strictly before its day."""

    links: Links
    owners: Hashes
    own_members: Hashes
    days: Days
    start: Positions
    end: Positions
    located: Located | None = None

    def degree(self, window: int | None = None) -> Positions:
        """Members linked so far, or first linked in the *window* days just before (the day itself excluded)."""
        start = self.start
        if window is not None:
            start = np.minimum(
                self.links.index.since(self.owners, self.days - window, self.located), self.end
            )
        return self.end - start

    def first_day(self) -> npt.NDArray[np.float64]:
        """The day the row's own pair was first seen, if before the row's day; else NaN."""
        day = self.links.first_day(self.owners, self.own_members)
        day[~(day < self.days)] = np.nan
        return day

    def is_new(self) -> npt.NDArray[np.bool_]:
        """True where the row's own pair had never been seen before; meaningless where :meth:`stated` is False."""
        return np.isnan(self.first_day())

    def stated(self) -> npt.NDArray[np.bool_]:
        """True where the declaration states both ends of the link."""
        return np.asarray((self.owners != MISSING) & (self.own_members != MISSING))

    def members(self, at_most: int | None = None) -> tuple[Positions, Hashes]:
        """Position of the row and hash of the member, for every member its owner was linked to before its day.

        Rows come in order, members by the day first seen. *at_most* keeps the latest so many of each row: a hub
        with thousands of members on thousands of rows would otherwise fill the memory.

        >>> links = Links.of_events(*np.array([[5, 5], [1, 2]], np.uint64), np.array([10, 12]))
        >>> seen = links.before(*np.array([[5, 5], [9, 9]], np.uint64), np.array([11, 13]))
        >>> [part.tolist() for part in seen.members()]
        [[0, 1, 1], [1, 1, 2]]
        """
        start = self.start if at_most is None else np.maximum(self.start, self.end - at_most)
        counts = self.end - start
        rows = np.repeat(np.arange(len(counts)), counts)
        offset = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        return rows, self.links.members[np.repeat(start, counts) + offset]


class LinksKind(Kind[Link, Links]):
    """Who was seen with whom: one table per pair of keys."""

    name = "links"
    doing = "linking parties"

    def extend(self, need: Link, delivery: Delivery, earlier: Links | None) -> Links:
        """The links that newly registered declarations bring and nobody knew before."""
        owners, members = (delivery.hashes.of(key)[delivery.arrived] for key in need)
        return Links.of_events(owners, members, delivery.registered[delivery.arrived]).without(earlier)

    def merge(self, parts: Sequence[Links]) -> Links:
        """The earliest day of each link."""
        return Links.merge(parts)

    def write(self, stem: Path, need: Link, table: Links) -> None:
        """One file of owner, day first seen and member."""
        owners, seen = table.index.row_keys(), dates(table.index.days)
        columns = {"key": owners, "known_on": seen, "member": table.members}
        write_columns(stem.with_name(f"{stem.name}.parquet"), columns)

    def read(self, stem: Path, need: Link) -> Links:
        """See :meth:`Kind.read`."""
        table = read_columns(stem.with_name(f"{stem.name}.parquet"))
        index = AsOfIndex.of_sorted(numbers(table, "key"), days_of(table))
        return Links(index, numbers(table, "member"))

    def before(self, table: Links, hashes: KeyHashes, days: Days, need: Link) -> LinksSeen:
        """The links each declaration may see."""
        owner, member = need
        return table.before(hashes.of(owner), hashes.of(member), days)

    def columns(self, need: Link) -> tuple[str, ...]:
        """The parts of both keys."""
        for key in need:
            check_key(key, "links")
        return tuple(dict.fromkeys(name for key in need for name in source_columns(key)))

    def words(self, need: Link) -> str:
        """For example "links from seller_id to importer_id"."""
        return " to ".join(["links from " + ", ".join(need[0]), ", ".join(need[1])])

    def stem(self, need: Link) -> str:
        """For example "links__seller__to__importer"."""
        return f"links__{key_name(need[0])}__to__{key_name(need[1])}"

    def sizes(self, need: Link, table: Links) -> list[Size]:
        """Owners, and links."""
        return [(self.words(need), len(table.index.keys), len(table))]
