"""Mirror statistics as a kind of profile: what partners recorded as exports, against what was declared here.

Method: partner-country comparison as in UN Comtrade's bilateral asymmetries; Fisman and Wei, "Tax Rates and Tax
Evasion: Evidence from 'Missing Imports' in China" (Journal of Political Economy 112, 2004); CIF/FOB factors after
the International Monetary Fund's Direction of Trade Statistics. Only the last closed year whose statistics had
been published before a declaration's day is compared, with imports of the same year.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from redlane.declarations.periods import Days
from redlane.profiles.delivery import Delivery, number, whole
from redlane.profiles.keys import KeyHashes
from redlane.profiles.kind import Kind, Size
from redlane.profiles.ledger import Ledger
from redlane.profiles.mirror_lookup import mirror_before
from redlane.profiles.mirror_reference import MirrorReference
from redlane.profiles.mirror_table import (
    AMOUNTS,
    DECLARED,
    LEDGERS,
    LEVELS,
    MirrorTable,
    merge_recorded,
    recorded_exports,
)
from redlane.profiles.parquet import digest, part_file, read_columns
from redlane.profiles.table_files import ledger_of, snapshot_of, write_ledger, write_snapshot

Numbers = npt.NDArray[np.float64]

_NEVER_BEGUN, _NEVER_ENDED = 1 << 40, -(1 << 40)


class MirrorKind(Kind[MirrorReference, MirrorTable]):
    """What partners recorded and what was declared; see :func:`mirror_before` for what a look-up gives."""

    name = "mirror"
    doing = "comparing with partners' exports"
    reference = "partner_exports"

    def extend(self, need: MirrorReference, delivery: Delivery, earlier: MirrorTable | None) -> MirrorTable:
        """The newly registered imports, and the exports of countries and years not held already."""
        rows = delivery.arrived
        frame = delivery.references.get(self.reference)
        amounts = {
            "fob_cents": whole("fob_cents", need.fob(delivery.declarations) * 100)[rows],
            "mass_grams": whole("mass_grams", number(delivery.declarations, "net_mass") * 1000)[rows],
        }
        days = delivery.registered[rows]
        declared = {
            level: Ledger.of_events(delivery.hashes.of(key)[rows], days, amounts)
            for level, key in LEDGERS.items()
        }
        first, last = (int(days.min()), int(days.max())) if len(days) else (_NEVER_BEGUN, _NEVER_ENDED)
        return MirrorTable(recorded_exports(frame, need, earlier), declared, first, last)

    def merge(self, parts: Sequence[MirrorTable]) -> MirrorTable:
        """All rows of all parts."""
        return MirrorTable(
            {level: merge_recorded([part.recorded[level] for part in parts]) for level in LEVELS},
            {level: Ledger.merge([part.declared[level] for part in parts]) for level in LEDGERS},
            min(part.first_day for part in parts),
            max(part.last_day for part in parts),
        )

    def write(self, stem: Path, need: MirrorReference, table: MirrorTable) -> None:
        """One file per level of recorded exports, one per ledger of declared imports."""
        for level, snapshot in table.recorded.items():
            write_snapshot(part_file(stem, f"recorded_{level}"), snapshot, snapshot.values)
        span = {"first_day": str(table.first_day), "last_day": str(table.last_day)}
        for level, ledger in table.declared.items():
            write_ledger(part_file(stem, f"declared_{level}"), ledger, span)

    def read(self, stem: Path, need: MirrorReference) -> MirrorTable:
        """See :meth:`Kind.read`."""
        recorded, declared, span = {}, {}, {}
        for level in LEVELS:
            file = read_columns(part_file(stem, f"recorded_{level}"))
            recorded[level] = snapshot_of(file, ("year", *AMOUNTS))
        for level in LEDGERS:
            file = read_columns(part_file(stem, f"declared_{level}"))
            declared[level] = ledger_of(file, DECLARED)
            span = file.schema.metadata
        return MirrorTable(recorded, declared, int(span[b"first_day"]), int(span[b"last_day"]))

    def before(
        self, table: MirrorTable, hashes: KeyHashes, days: Days, need: MirrorReference
    ) -> dict[str, Numbers]:
        """See :func:`mirror_before`."""
        return mirror_before(table, hashes, days, need)

    def columns(self, need: MirrorReference) -> tuple[str, ...]:
        """What is compared."""
        return need.columns()

    def words(self, need: MirrorReference) -> str:
        """For people."""
        return need.words()

    def stem(self, need: MirrorReference) -> str:
        """A digest of the settings."""
        return f"mirror_{digest(need.plain())}"

    def sizes(self, need: MirrorReference, table: MirrorTable) -> list[Size]:
        """Keys and rows of both sides."""
        recorded, declared = table.recorded["cells"].index, table.declared["cells"]
        return [
            ("partners' exports by HS subheading and country", len(recorded.keys), len(recorded.days)),
            ("declared imports by HS subheading and origin", len(declared.index.keys), len(declared)),
        ]
