"""Expected prices as a kind of profile: the prices seen, and effects published from them on a fixed grid of days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from redlane.declarations.periods import Days
from redlane.hashing import Hashes
from redlane.profiles.asof import run_starts
from redlane.profiles.delivery import Delivery
from redlane.profiles.expected import ExpectedReference, Places, Trades, estimate, together
from redlane.profiles.grid import Published, last_publication, stack
from redlane.profiles.keys import EVERYTHING, KeyHashes, key_name
from redlane.profiles.kind import Kind, Size
from redlane.profiles.parquet import dates, days_of, digest, numbers, part_file, read_columns, write_columns
from redlane.profiles.pricebook import Due, PriceRows
from redlane.profiles.prices import Numbers, Snapshot, log_measure
from redlane.profiles.robust import Runs, quantile
from redlane.profiles.table_files import snapshot_of, write_snapshot

EFFECT = ("effect", "variance")


@dataclass(frozen=True)
class ExpectedBook:
    """Prices seen and effects published: ``effects`` holds a table for the mean and for each effect of ``reference``.

    ``rows.keys`` are the trades and then what the effects are of. ``published`` is the last day for which effects have
    been published; what arrives later with an earlier date enters the next publications, never those already made.
    """

    reference: ExpectedReference
    rows: PriceRows
    effects: tuple[Snapshot, ...]
    published: int

    @classmethod
    def extend(
        cls, rows: PriceRows, reference: ExpectedReference, earlier: "ExpectedBook | None" = None
    ) -> "ExpectedBook":
        """The addition to *earlier* that *rows* bring: publications up to the last day of *rows*."""
        due = Due.of(rows, reference, (earlier.rows, earlier.published) if earlier else None)
        return cls(reference, rows, _published(due.seen, due.on, reference), due.published)

    @classmethod
    def merge(cls, parts: "Sequence[ExpectedBook]") -> "ExpectedBook":
        """One book of consecutive additions."""
        if len(parts) == 1:
            return parts[0]
        tables = zip(*(part.effects for part in parts), strict=True)
        return cls(
            parts[0].reference,
            PriceRows.merge([part.rows for part in parts]),
            tuple(Snapshot.merge(table) for table in tables),
            max(part.published for part in parts),
        )

    def before(self, hashes: KeyHashes, days: Days) -> dict[str, Numbers]:
        """What is expected of each of n declarations: see :meth:`at`."""
        return self.at([hashes.of(key) for key in self.reference.every_key()[1:]], days)

    def at(self, keys: Sequence[Hashes], days: Days) -> dict[str, Numbers]:
        """Of each of n declarations the ``expected`` logarithm and its ``deviation``, as published before its day.

        *keys* are hashes of what the effects are of, in their order. The deviation is the standard one of an honest
        price about what is expected of it: of what is unknown, of the levels of trades and of prices within a trade.
        NaN where nothing was published, or too little is known of the goods (see ``known_within``).
        """
        on = last_publication(self.rows.trading_days, days, self.reference.publish_every_days)
        total = self.effects[0].on(np.full(len(days), EVERYTHING), on)["effect"]
        unknown = np.zeros(len(days))
        for key, effect, table in zip(keys, self.reference.effects, self.effects[1:], strict=True):
            found = table.on(key, on)
            total = total + np.nan_to_num(found["effect"])
            unknown += np.where(np.isfinite(found["variance"]), found["variance"], effect.spread**2)
        total[unknown > self.reference.known_within**2] = np.nan
        about = self.reference.level_spread**2 + self.reference.spread**2
        return {
            "expected": total,
            "deviation": np.where(np.isfinite(total), np.sqrt(unknown + about), np.nan),
        }


def _published(rows: PriceRows, on: Iterable[int], reference: ExpectedReference) -> tuple[Snapshot, ...]:
    """The effects of the past window, at the end of each day of *on*; on one thread, as small sums are quickest."""
    from threadpoolctl import threadpool_limits

    trade = rows.keys[0]
    order = np.lexsort((rows.log_price, trade))
    trade, days, price = trade[order], rows.days[order], rows.log_price[order]
    begins = run_starts(trade)
    keys, starts = [key[order[begins]] for key in rows.keys[1:]], np.append(begins, len(days))
    tables: list[list[Published]] = [[] for _ in reference.every_key()]
    with threadpool_limits(1):
        for day in on:
            inside = np.flatnonzero((days <= day) & (days > day - reference.window_days))
            trades = _trades(price, inside, starts, keys)
            if len(trades.declarations) >= reference.minimum_trades:
                for table, found in zip(tables, estimate(trades, reference), strict=True):
                    values = {"effect": found.effect, "variance": found.variance}
                    table.append(Published(found.keys, day, values))
    return tuple(stack(table, EFFECT) for table in tables)


def _trades(price: Numbers, inside: Places, starts: Places, keys: Sequence[Hashes]) -> Trades:
    """The trades of a window: *price* by trade and then by price, of which the rows *inside* count."""
    begin = np.searchsorted(inside, starts)
    count = np.diff(begin)
    there = np.flatnonzero(count)
    median = quantile(Runs(price[inside], begin[there], count[there]), 0.5)
    return Trades(median, count[there], [key[there] for key in keys])


class ExpectedKind(Kind[ExpectedReference, ExpectedBook]):
    """Prices seen and effects published; see :class:`ExpectedBook`."""

    name = "expected"
    doing = "publishing expected prices"

    def extend(
        self, need: ExpectedReference, delivery: Delivery, earlier: ExpectedBook | None
    ) -> ExpectedBook:
        """The newly registered prices, and what is published up to the last of them."""
        return ExpectedBook.extend(_rows(need, delivery), need, earlier)

    def merge(self, parts: Sequence[ExpectedBook]) -> ExpectedBook:
        """See :meth:`ExpectedBook.merge`."""
        return ExpectedBook.merge(parts)

    def write(self, stem: Path, need: ExpectedReference, table: ExpectedBook) -> None:
        """One file of the prices seen, and one for each effect."""
        keys = {f"key_{place}": values for place, values in enumerate(table.rows.keys)}
        rows = {"registered_on": dates(table.rows.days), "log_price": table.rows.log_price, **keys}
        write_columns(part_file(stem, "rows"), rows, {"published": str(table.published)})
        for key, snapshot in zip(need.every_key(), table.effects, strict=True):
            write_snapshot(part_file(stem, key_name(key)), snapshot, EFFECT)

    def read(self, stem: Path, need: ExpectedReference) -> ExpectedBook:
        """See :meth:`Kind.read`."""
        table = read_columns(part_file(stem, "rows"))
        keys = tuple(numbers(table, f"key_{place}") for place in range(1 + len(need.effects)))
        nobody = np.zeros(len(keys[0]), np.uint64)
        rows = PriceRows(days_of(table, "registered_on"), numbers(table, "log_price"), nobody, keys)
        effects = (
            snapshot_of(read_columns(part_file(stem, key_name(key))), EFFECT) for key in need.every_key()
        )
        return ExpectedBook(need, rows, tuple(effects), int(table.schema.metadata[b"published"]))

    def before(
        self, table: ExpectedBook, hashes: KeyHashes, days: Days, need: ExpectedReference
    ) -> dict[str, Numbers]:
        """See :meth:`ExpectedBook.before`."""
        return table.before(hashes, days)

    def columns(self, need: ExpectedReference) -> tuple[str, ...]:
        """The parts of the effects and of a trade, and the amounts compared."""
        return need.columns()

    def words(self, need: ExpectedReference) -> str:
        """For example "expected prices per kg by hs6; origin_country"."""
        return need.words()

    def stem(self, need: ExpectedReference) -> str:
        """What is expected, and a digest of the settings."""
        return f"expected_{need.measure}_{digest(need.plain())}"

    def sizes(self, need: ExpectedReference, table: ExpectedBook) -> list[Size]:
        """Keys and publications of the mean and of each effect."""
        return [
            (
                f"expected {need.ratio.words}, effect of {', '.join(key) or 'all'}",
                len(effect.index.keys),
                len(effect.index.days),
            )
            for key, effect in zip(need.every_key(), table.effects, strict=True)
        ]


def _rows(need: ExpectedReference, delivery: Delivery) -> PriceRows:
    if not len(delivery.arrived):
        return PriceRows.none(1 + len(need.effects))
    keys = [delivery.hashes.of(key) for key in need.every_key()[1:]]
    trade = together([delivery.hashes.of(need.trade), *keys])
    price = log_measure(delivery.declarations, need.measure)
    nobody = np.zeros(len(price), np.uint64)
    return PriceRows.of(delivery.registered, price, nobody, [trade, *keys])
