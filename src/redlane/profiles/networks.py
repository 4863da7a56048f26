"""The network of importers with their sellers and declarants, measured at the end of every publication day.

Published for every importer with a link in the window, and once as unknown when its last link has left it: the
community it belongs to, since when that exists, what inspections found with its other importers, and the two-hop
risk. Communities are parties connected once hubs are taken out: with them nearly everybody is connected with
everybody. The two-hop risk is what was found with importers that share its sellers or declarants, each seller
weighted by one over its number of importers, so that a hub weighs no more than a small seller.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator

from redlane.declarations.periods import Days
from redlane.hashing import Hashes
from redlane.profiles.asof import Positions
from redlane.profiles.grid import Published, publication_days, stack
from redlane.profiles.keys import Key, check_key, key_name, source_columns
from redlane.profiles.ledger import Ledger
from redlane.profiles.prices import Numbers, Snapshot
from redlane.profiles.spells import Spells
from redlane.profiles.trading_days import last_before, merged
from redlane.settings import Settings

COMMUNITY = (
    "community_importers",
    "community_parties",
    "community_first_day",
    "community_inspected",
    "community_hits",
)
"""Size in importers and in all parties, the first day of its oldest link, outcomes of its other importers."""


class NetworkReference(Settings):
    """Which network is measured, how often, and what counts as a hub."""

    partners: tuple[Key, ...] = (("seller_id",), ("declarant_id",))
    """What importers are linked to."""
    window_days: int = Field(default=365, ge=1)
    publish_every_days: int = Field(default=14, ge=1)
    hub_degree: int = Field(default=12, ge=2)
    """A partner with more importers in the window is a hub and connects nobody."""

    @field_validator("partners")
    @classmethod
    def _known_keys(cls, partners: tuple[Key, ...]) -> tuple[Key, ...]:
        for key in partners:
            check_key(key, "networks")
        return partners

    def columns(self) -> tuple[str, ...]:
        """The importer and the parts of the partners."""
        parts = (name for key in self.partners for name in source_columns(key))
        return tuple(dict.fromkeys(["importer_id", *parts]))

    def statistics(self) -> tuple[str, ...]:
        """What is published of an importer."""
        hops = (f"{key_name(key)}_{name}" for key in self.partners for name in ("inspected", "hits"))
        return (*COMMUNITY, *hops)

    def days(self, first: int, last: int) -> range:
        """The days after *first* and up to *last* at whose end is published: a fixed grid.

        >>> list(NetworkReference().days(3, 40))
        [13, 27]
        """
        return publication_days(first, last, self.publish_every_days)


@dataclass(frozen=True)
class Networks:
    """Links as spells of trade, outcomes of importers, and what was published up to the day ``published``.

    ``trading`` are the days on which links were declared.
    """

    reference: NetworkReference
    spells: tuple[Spells, ...]
    outcomes: Ledger
    snapshot: Snapshot
    trading: Days
    published: int

    @classmethod
    def extend(
        cls,
        reference: NetworkReference,
        spells: tuple[Spells, ...],
        outcomes: Ledger,
        trading: Days,
        earlier: "Networks | None",
    ) -> "Networks":
        """The addition to *earlier* that *spells* and *outcomes* bring: publications up to the last day of trade."""
        held = earlier.published if earlier and earlier.published >= 0 else None
        trade = [part for part in spells if len(part)]
        first = min((int(part.first.min()) for part in trade), default=0)
        last = max((int(part.last.max()) for part in trade), default=-1)
        after = first - 1 if held is None else held
        everything = earlier.together(spells, outcomes) if earlier else (spells, outcomes)
        published = list(_published(reference, *everything, reference.days(after, last))) if trade else []
        snapshot = stack(published, reference.statistics())
        last = max(last, held if held is not None else -1)
        return cls(reference, spells, outcomes, snapshot, trading, last)

    def before(self, importers: Hashes, days: Days) -> dict[str, Numbers]:
        """The latest publication of each importer that the store had reached before each day; NaN where none is."""
        return self.snapshot.before(importers, last_before(self.trading, days) + 1)

    def together(self, spells: tuple[Spells, ...], outcomes: Ledger) -> tuple[tuple[Spells, ...], Ledger]:
        """These spells and outcomes with further ones."""
        gap = self.reference.window_days
        joined = tuple(Spells.merge(pair, gap) for pair in zip(self.spells, spells, strict=True))
        return joined, Ledger.merge([self.outcomes, outcomes])

    @classmethod
    def merge(cls, parts: "Sequence[Networks]") -> "Networks":
        """One table of consecutive additions."""
        if len(parts) == 1:
            return parts[0]
        reference = parts[0].reference
        spells = tuple(
            Spells.merge([part.spells[at] for part in parts], reference.window_days)
            for at in range(len(reference.partners))
        )
        return cls(
            reference,
            spells,
            Ledger.merge([part.outcomes for part in parts]),
            Snapshot.merge([part.snapshot for part in parts]),
            merged([part.trading for part in parts]),
            max(part.published for part in parts),
        )


def _published(
    reference: NetworkReference, spells: tuple[Spells, ...], outcomes: Ledger, on: Sequence[int]
) -> Iterator[Published]:
    importers = np.unique(np.concatenate([part.owners for part in spells]))
    graph = [_Edges.of(part, importers) for part in spells]
    window, step = reference.window_days, reference.publish_every_days
    for day in on:
        known = outcomes.before(importers, np.full(len(importers), day + 1))
        found = known.total("inspected").astype(np.float64), known.total("hits").astype(np.float64)
        now = [edges.at(day, window) for edges in graph]
        here = _linked(now, len(importers))
        values = _measure(reference, now, found)
        shown = here | _linked([edges.at(day - step, window) for edges in graph], len(importers))
        values = {name: np.where(here, values[name], np.nan)[shown] for name in reference.statistics()}
        yield Published(importers[shown], day, values)


@dataclass(frozen=True)
class _Edges:
    """Links as positions of importers and partners."""

    importer: Positions
    partner: Positions
    partners: int
    spells: Spells

    @classmethod
    def of(cls, spells: Spells, importers: Hashes) -> "_Edges":
        members, partner = np.unique(spells.members, return_inverse=True)
        return cls(np.searchsorted(importers, spells.owners), partner, len(members), spells)

    def at(self, day: int, window: int) -> "_Edges":
        rows = self.spells.active(day, window)
        return _Edges(self.importer[rows], self.partner[rows], self.partners, self.spells.take(rows))

    def degree(self) -> Numbers:
        """Importers of each partner."""
        return np.bincount(self.partner, minlength=self.partners).astype(np.float64)


def _linked(graph: Sequence[_Edges], importers: int) -> npt.NDArray[np.bool_]:
    linked = np.zeros(importers, bool)
    for edges in graph:
        linked[edges.importer] = True
    return linked


def _measure(
    reference: NetworkReference, graph: Sequence[_Edges], known: tuple[Numbers, Numbers]
) -> dict[str, Numbers]:
    values = _communities(reference, graph, known)
    for key, edges in zip(reference.partners, graph, strict=True):
        for name, amount in zip(("inspected", "hits"), known, strict=True):
            hops = two_hops(edges.importer, edges.partner, edges.degree(), amount)
            values[f"{key_name(key)}_{name}"] = hops
    return values


def two_hops(importer: Positions, partner: Positions, degree: Numbers, amount: Numbers) -> Numbers:
    """Of each importer: the sum over its partners of the *amount* of their other importers, over their degree.

    >>> two_hops(np.array([0, 1, 2, 2]), np.array([0, 0, 0, 1]), np.array([3.0, 1.0]), np.array([4.0, 1.0, 1.0]))
    array([0.66666667, 1.66666667, 1.66666667])
    """
    total = np.bincount(partner, amount[importer], minlength=len(degree))
    others = (total[partner] - amount[importer]) / degree[partner]
    return np.asarray(np.bincount(importer, others, minlength=len(amount)), np.float64)


def _communities(
    reference: NetworkReference, graph: Sequence[_Edges], known: tuple[Numbers, Numbers]
) -> dict[str, Numbers]:
    """:data:`COMMUNITY` of every importer; an importer linked to hubs alone is a community of itself."""
    parts, offset = [], len(known[0])
    for edges in graph:
        kept = edges.degree()[edges.partner] <= reference.hub_degree
        parts.append((edges.importer[kept], edges.partner[kept] + offset, edges.spells.first[kept]))
        offset += edges.partners
    importer, partner, first = (np.concatenate(values) for values in zip(*parts, strict=True))
    label = components(importer, partner, offset)
    importers = len(known[0])
    mine = label[:importers]
    seen = np.zeros(offset, bool)
    seen[partner] = seen[:importers] = True
    oldest = np.full(int(label.max()) + 1, np.inf)
    np.minimum.at(oldest, label[importer], first)
    oldest[np.isinf(oldest)] = np.nan
    inspected, hits = (np.bincount(mine, amount, minlength=len(oldest))[mine] - amount for amount in known)
    counts = (mine, label[seen])
    sizes = [np.bincount(part, minlength=len(oldest))[mine].astype(np.float64) for part in counts]
    return dict(zip(COMMUNITY, (*sizes, oldest[mine], inspected, hits), strict=True))


def components(one: Positions, other: Positions, nodes: int) -> npt.NDArray[np.int64]:
    """The connected component of each node of an undirected graph, numbered from 0.

    >>> components(np.array([0, 3]), np.array([1, 1]), 4).tolist()
    [0, 0, 1, 0]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    adjacency = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(nodes, nodes))
    return np.asarray(connected_components(adjacency, directed=False)[1], np.int64)
