"""Mixtures: what earlier declarations say of a party that lowers, or raises, a share of its prices.

Each declaration is held against the reference prices published strictly before its own day, and against the earlier
declarations of its trade. It enters two kinds of ledgers on that day: the trade's histogram of deviations, and, for
each party, the evidence it is for each share of lowered or raised prices (:mod:`redlane.profiles.mixture`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import Field, field_validator

from redlane.declarations.periods import Days
from redlane.hashing import Hashes
from redlane.profiles.delivery import Delivery
from redlane.profiles.deviations import arrived_deviations
from redlane.profiles.expected import ExpectedReference
from redlane.profiles.keys import Key, KeyHashes, check_key, key_name, source_columns
from redlane.profiles.kind import Kind, Size
from redlane.profiles.ledger import Amounts, Ledger, Seen
from redlane.profiles.mixture import BORDERS, EVIDENCE, Mixture, Shape, mixture
from redlane.profiles.parquet import digest, part_file, read_columns
from redlane.profiles.table_files import ledger_of, write_ledger
from redlane.settings import Settings

BINS = tuple(f"bin_{place}" for place in range(len(BORDERS) + 1))


class MixtureReference(Settings):
    """Whose prices to weigh, beside which expected prices.

    Declarations of the same trade (of ``reference``) share an honest level, that of its past window; each of ``keys``
    names parties with one share of lowered or raised prices. ``departure`` is how far a lowered or raised price lies
    from the honest one on average, a natural logarithm.
    """

    reference: ExpectedReference = ExpectedReference()
    keys: tuple[Key, ...] = Field(default=(("importer_id",),), min_length=1)
    departure: float = Field(default=0.6, gt=0.02, le=3)

    @field_validator("keys")
    @classmethod
    def _known(cls, keys: tuple[Key, ...]) -> tuple[Key, ...]:
        for key in keys:
            check_key(key, "mixtures")
        return keys

    @property
    def trade(self) -> Key:
        """Whose declarations share an honest level."""
        return self.reference.trade

    @property
    def mixture(self) -> Mixture:
        """The hypotheses these prices are weighed by."""
        return mixture(Shape(self.reference.spread, self.reference.level_spread, self.departure))

    def columns(self) -> tuple[str, ...]:
        """The declared columns it is made from."""
        parts = [name for key in (self.trade, *self.keys) for name in source_columns(key)]
        return tuple(dict.fromkeys([*self.reference.columns(), *parts]))


@dataclass(frozen=True)
class Mixtures:
    """The histogram of every trade (:data:`BINS`), and per key the evidence of every party (:data:`EVIDENCE`)."""

    trades: Ledger
    parties: Mapping[Key, Ledger]


@dataclass(frozen=True)
class MixturesSeen:
    """What each of n declarations may see."""

    table: Mixtures
    hashes: KeyHashes
    days: Days
    need: MixtureReference

    def trade(self) -> Amounts:
        """Counts (bins, n) of the earlier deviations of each declaration's trade."""
        trades = self.table.trades.before(self.hashes.of(self.need.trade), self.days)
        return _counts(trades, self.need)

    def party(self, key: Key) -> Seen:
        """The evidence of each declaration's party."""
        return self.table.parties[key].before(self.hashes.of(key), self.days)


class MixtureKind(Kind[MixtureReference, Mixtures]):
    """Histograms of trades and evidence of parties, by day of registration."""

    name = "mixtures"
    doing = "weighing prices"

    def extend(self, need: MixtureReference, delivery: Delivery, earlier: Mixtures | None) -> Mixtures:
        """The newly registered declarations of which a price is expected."""
        usual = delivery.known("expected", need.reference)["expected"]
        rows, deviation = arrived_deviations(delivery, need.reference.measure, usual)
        bins, days = need.mixture.bins(deviation), delivery.registered[rows]
        trade = delivery.hashes.of(need.trade)[rows]
        added = Ledger.of_events(trade, days, _one_hot(bins))
        trades = Ledger.merge([earlier.trades, added]) if earlier else added
        evidence = _evidence(trades, trade, days, bins, need)
        parties = {key: Ledger.of_events(delivery.hashes.of(key)[rows], days, evidence) for key in need.keys}
        return Mixtures(added, parties)

    def merge(self, parts: Sequence[Mixtures]) -> Mixtures:
        """Sums of sums."""
        keys = parts[0].parties
        parties = {key: Ledger.merge([part.parties[key] for part in parts]) for key in keys}
        return Mixtures(Ledger.merge([part.trades for part in parts]), parties)

    def write(self, stem: Path, need: MixtureReference, table: Mixtures) -> None:
        """One file of the trades, and one for each key."""
        write_ledger(part_file(stem, "trades"), table.trades)
        for key, ledger in table.parties.items():
            write_ledger(part_file(stem, key_name(key)), ledger)

    def read(self, stem: Path, need: MixtureReference) -> Mixtures:
        """See :meth:`Kind.read`."""
        trades = ledger_of(read_columns(part_file(stem, "trades")), BINS)
        names = ("count", *EVIDENCE)
        parties = {key: ledger_of(read_columns(part_file(stem, key_name(key))), names) for key in need.keys}
        return Mixtures(trades, parties)

    def before(self, table: Mixtures, hashes: KeyHashes, days: Days, need: MixtureReference) -> MixturesSeen:
        """What each declaration may see, looked up when it is asked for."""
        return MixturesSeen(table, hashes, days, need)

    def columns(self, need: MixtureReference) -> tuple[str, ...]:
        """Those of the expected prices, and the parts of the keys."""
        return need.columns()

    def words(self, need: MixtureReference) -> str:
        """For example "mixtures of prices per kg by importer_id"."""
        keys = "; ".join(", ".join(key) for key in need.keys)
        return f"mixtures of {need.reference.ratio.words} by {keys}"

    def stem(self, need: MixtureReference) -> str:
        """What is compared, and a digest of the settings."""
        return f"mixtures_{need.reference.measure}_{digest(need.plain())}"

    def sizes(self, need: MixtureReference, table: Mixtures) -> list[Size]:
        """Keys, and rows of key and day."""
        what = f"mixtures of {need.reference.ratio.words} by"
        ledgers = {need.trade: table.trades, **table.parties}
        return [
            (f"{what} {', '.join(key)}", len(ledger.index.keys), len(ledger))
            for key, ledger in ledgers.items()
        ]


def _one_hot(bins: Amounts) -> dict[str, Amounts]:
    return {name: (bins == place).astype(np.int64) for place, name in enumerate(BINS)}


def _counts(trades: Seen, need: MixtureReference) -> Amounts:
    return np.stack([trades.total(name, need.reference.window_days) for name in BINS])


def _evidence(
    trades: Ledger, trade: Hashes, days: Days, bins: Amounts, need: MixtureReference
) -> dict[str, Amounts]:
    """What each declaration says of its party, beside the strictly earlier ones of its trade."""
    found = need.mixture.evidence(_counts(trades.before(trade, days), need), bins)
    return {"count": np.ones(len(bins), np.int64), **dict(zip(EVIDENCE, found, strict=True))}
