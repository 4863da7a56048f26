"""Digit tests as a kind of profile."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from redlane.declarations.periods import Days
from redlane.profiles.benford import expected
from redlane.profiles.delivery import Delivery, number
from redlane.profiles.digitbook import STATISTICS, DigitBook, extend
from redlane.profiles.digitcounts import DigitCounts, DigitReference, Goods, seen
from redlane.profiles.keys import KeyHashes, key_name, key_words
from redlane.profiles.kind import Kind, Size
from redlane.profiles.parquet import dates, days_of, digest, numbers, part_file, read_columns, write_columns
from redlane.profiles.prices import Numbers, Snapshot
from redlane.profiles.table_files import snapshot_of, write_snapshot
from redlane.profiles.trading_days import read_days, write_days


class DigitKind(Kind[DigitReference, DigitBook]):
    """Digits counted and digit tests published; see :class:`~redlane.profiles.digitbook.DigitBook`."""

    name = "digits"
    doing = "testing digits"

    def extend(self, need: DigitReference, delivery: Delivery, earlier: DigitBook | None) -> DigitBook:
        """The newly registered amounts, and what is published up to the last of them."""
        rows = delivery.arrived
        counts, goods = seen(
            need,
            number(delivery.declarations, need.amount)[rows],
            delivery.registered[rows],
            delivery.hashes.of(need.party)[rows],
            delivery.hashes.of(("hs6",))[rows],
        )
        return extend(need, counts, goods, delivery.registered[rows], earlier)

    def merge(self, parts: Sequence[DigitBook]) -> DigitBook:
        """See :meth:`DigitBook.merge`."""
        return DigitBook.merge(parts)

    def write(self, stem: Path, need: DigitReference, table: DigitBook) -> None:
        """Three files: counts, goods, published tests."""
        counts, goods, tests = table.counts, table.goods, table.tests
        digits = {f"digit_{place}": counts.counts[:, place] for place in range(counts.counts.shape[1])}
        index = {"key": counts.keys, "period_end": dates(counts.periods)}
        span = {"least": counts.least, "greatest": counts.greatest}
        known = {"since": str(table.since), "published": str(table.published)}
        write_columns(part_file(stem, "counts"), {**index, **span, **digits}, known)
        held = {"key": goods.keys, "goods": goods.goods, "period_end": dates(goods.periods)}
        write_columns(part_file(stem, "goods"), held)
        write_snapshot(part_file(stem, "tests"), tests, STATISTICS)
        write_days(stem, table.trading)

    def read(self, stem: Path, need: DigitReference) -> DigitBook:
        """See :meth:`Kind.read`."""
        counted, held = read_columns(part_file(stem, "counts")), read_columns(part_file(stem, "goods"))
        places = range(len(expected(need.digits)))
        digits = [numbers(counted, f"digit_{place}") for place in places]
        counts = DigitCounts(
            numbers(counted, "key"),
            days_of(counted, "period_end"),
            np.stack(digits, axis=1),
            numbers(counted, "least"),
            numbers(counted, "greatest"),
        )
        goods = Goods(numbers(held, "key"), numbers(held, "goods"), days_of(held, "period_end"))
        known = counted.schema.metadata
        since, published = int(known[b"since"]), int(known[b"published"])
        return DigitBook(need, counts, goods, _read_tests(stem), read_days(stem), since, published)

    def before(
        self, table: DigitBook, hashes: KeyHashes, days: Days, need: DigitReference
    ) -> dict[str, Numbers]:
        """See :meth:`DigitBook.before`."""
        return table.before(hashes.of(need.party), days)

    def columns(self, need: DigitReference) -> tuple[str, ...]:
        """The parts of the party's key, the amount and the goods."""
        return need.columns()

    def words(self, need: DigitReference) -> str:
        """For example "first digits of customs_value by importer"."""
        return f"{need.digits.replace('_', ' ')} digits of {need.amount} by {key_words(need.party)}"

    def stem(self, need: DigitReference) -> str:
        """Party, digits and a digest of the settings."""
        return f"digits_{key_name(need.party)}_{need.digits}_{digest(need.plain())}"

    def sizes(self, need: DigitReference, table: DigitBook) -> list[Size]:
        """Parties counted and their periods; parties tested and their publications."""
        tested = table.tests.index
        return [
            (self.words(need), len(np.unique(table.counts.keys)), len(table.counts.keys)),
            (f"tests of {self.words(need)}", len(tested.keys), len(tested.days)),
        ]


def _read_tests(stem: Path) -> Snapshot:
    tests = snapshot_of(read_columns(part_file(stem, "tests")), STATISTICS)
    return Snapshot(tests.index, {**tests.values, "day": tests.index.days.astype(np.float64)})
