"""Reference prices as a kind of profile."""

from collections.abc import Sequence
from pathlib import Path

from redlane.declarations.periods import Days
from redlane.profiles.delivery import Delivery
from redlane.profiles.keys import KeyHashes
from redlane.profiles.kind import Kind, Size
from redlane.profiles.parquet import dates, days_of, digest, numbers, part_file, read_columns, write_columns
from redlane.profiles.pricebook import PriceBook, PriceRows
from redlane.profiles.prices import STATISTICS, Numbers, PriceReference
from redlane.profiles.table_files import snapshot_of, write_snapshot


class PriceKind(Kind[PriceReference, PriceBook]):
    """Prices seen and prices published; see :class:`~redlane.profiles.pricebook.PriceBook`."""

    name = "prices"
    doing = "publishing reference prices"

    def extend(self, need: PriceReference, delivery: Delivery, earlier: PriceBook | None) -> PriceBook:
        """The newly registered prices, and what is published up to the last of them."""
        return PriceBook.extend(_rows(need, delivery), need, earlier)

    def merge(self, parts: Sequence[PriceBook]) -> PriceBook:
        """See :meth:`PriceBook.merge`."""
        return PriceBook.merge(parts)

    def write(self, stem: Path, need: PriceReference, table: PriceBook) -> None:
        """One file of the prices seen and two per level of the prices published."""
        keys = {f"key_{level}": values for level, values in enumerate(table.rows.keys)}
        prices = {"registered_on": dates(table.rows.days), "log_price": table.rows.log_price}
        rows = {**prices, "importer": table.rows.importers, **keys}
        write_columns(part_file(stem, "rows"), rows, {"published": str(table.published)})
        for level, (snapshot, apart) in enumerate(zip(table.snapshots, table.apart, strict=True)):
            write_snapshot(part_file(stem, f"level_{level}"), snapshot, STATISTICS)
            write_snapshot(part_file(stem, f"apart_{level}"), apart, STATISTICS)

    def read(self, stem: Path, need: PriceReference) -> PriceBook:
        """See :meth:`Kind.read`."""
        table = read_columns(part_file(stem, "rows"))
        levels = range(len(need.levels))
        keys = tuple(numbers(table, f"key_{level}") for level in levels)
        days, importers = days_of(table, "registered_on"), numbers(table, "importer")
        snapshots, apart = (
            tuple(
                snapshot_of(read_columns(part_file(stem, f"{which}_{level}")), STATISTICS) for level in levels
            )
            for which in ("level", "apart")
        )
        rows = PriceRows(days, numbers(table, "log_price"), importers, keys)
        return PriceBook(need, rows, snapshots, apart, int(table.schema.metadata[b"published"]))

    def before(
        self, table: PriceBook, hashes: KeyHashes, days: Days, need: PriceReference
    ) -> dict[str, Numbers]:
        """See :meth:`PriceBook.before`."""
        return table.before(hashes, days)

    def columns(self, need: PriceReference) -> tuple[str, ...]:
        """The parts of the cells, and the amounts compared."""
        return need.columns()

    def words(self, need: PriceReference) -> str:
        """For example "prices per kg by hs6, origin_country; hs6"."""
        return need.words()

    def stem(self, need: PriceReference) -> str:
        """What is compared, and a digest of the settings but a default skewness, which older stores do not name."""
        plain = need.plain()
        if need.skewness:
            del plain["skewness"]
        return f"prices_{need.measure}_{digest(plain)}"

    def sizes(self, need: PriceReference, table: PriceBook) -> list[Size]:
        """Keys and publications of each level."""
        return [
            (f"{need.ratio.words} by {', '.join(level)}", len(snapshot.index.keys), len(snapshot.index.days))
            for level, snapshot in zip(need.levels, table.snapshots, strict=True)
        ]


def _rows(need: PriceReference, delivery: Delivery) -> PriceRows:
    if not len(delivery.arrived):
        return PriceRows.none(len(need.levels))
    return PriceRows.of_declarations(delivery.declarations, delivery.registered, delivery.hashes, need)
