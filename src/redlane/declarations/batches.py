"""A block of cells into a batch: accepted rows, rejects, and the sum that must come out even."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from redlane.declarations.columns import COLUMNS
from redlane.declarations.duplicates import Duplicates
from redlane.declarations.format import DeclarationFormat
from redlane.declarations.outcomes import complete_outcomes
from redlane.declarations.rejects import Problem, reject_lines
from redlane.declarations.validation import Validated, validate
from redlane.io.structure import Fault, FaultyRecord
from redlane.io.tables import Block


@dataclass(frozen=True)
class Batch:
    """Consecutive records of a file: ``accepted`` and ``rejects`` together account for all ``read``.

    ``accepted`` is a declarations frame with one more column, ``record_number`` (int64, from 1).
    ``rejects`` has one line per reason (:data:`redlane.declarations.rejects.COLUMNS`); ``rejected`` counts
    records. ``repairs`` counts, by kind, the values of accepted records that were mended or are worth saying.
    """

    accepted: pd.DataFrame
    rejects: pd.DataFrame
    read: int
    rejected: int
    repairs: dict[str, int]


@dataclass(frozen=True)
class Contract:
    """What every block of a file is judged by. ``sources`` maps its canonical columns to labels, in order.

    ``cell_of`` finds the id of a record that could not be told apart, as far as possible; ``width`` is the
    number of cells it should have had.
    """

    rules: DeclarationFormat
    as_of: date
    sources: Mapping[str, str]
    labels: bool
    width: int
    cell_of: Callable[[FaultyRecord], str]
    duplicates: Duplicates = field(default_factory=Duplicates)

    def judge(self, block: Block) -> Batch:
        """Tell *block*'s records into accepted and rejected.

        Raises:
            RuntimeError: the two do not add up to the records read: a fault in redlane itself.
        """
        cells = dict(zip(self.sources, block.columns, strict=True))
        found = validate(cells, self.rules, self.as_of)
        clashes = self._clashes(cells, block)
        good = found.accepted.copy()
        for clash in clashes:
            good &= ~np.isin(block.numbers, clash.numbers)
        lines = reject_lines([*self._structural(block), *self._problems(found, cells, block), *clashes])
        accepted, counts = self._frame(found, good, block)
        rejected = int(lines["record_number"].nunique())
        if len(accepted) + rejected != block.records:
            raise RuntimeError(f"{len(accepted)} accepted + {rejected} rejected is not {block.records} read")
        return Batch(accepted, lines, block.records, rejected, found.repair_counts(good) | counts)

    def _structural(self, block: Block) -> list[Problem]:
        """One problem per kind of fault and number of cells, however many records have it."""
        alike: dict[tuple[Fault, int], list[FaultyRecord]] = {}
        for fault in block.faults:
            alike.setdefault((fault.fault, fault.cells), []).append(fault)
        limit = f"{self.rules.limits.record_bytes:,}"
        return [
            Problem(
                kind,
                "",
                np.array([block.first + fault.position for fault in faults]),
                pa.array([self.cell_of(fault) for fault in faults]),
                pa.array([fault.text for fault in faults]),
                {"found": cells, "expected": self.width, "limit": limit},
            )
            for (kind, cells), faults in alike.items()
        ]

    def _problems(self, found: Validated, cells: Mapping[str, pa.Array], block: Block) -> list[Problem]:
        return [
            Problem(
                fault.code,
                self.sources[fault.column],
                block.numbers[fault.rows],
                _texts(cells["declaration_id"], fault.rows),
                _texts(cells[fault.column], fault.rows),
                fault.facts,
            )
            for fault in found.faults
        ]

    def _clashes(self, cells: Mapping[str, pa.Array], block: Block) -> list[Problem]:
        column = self.sources["declaration_id"]
        clashes = []
        for code, numbers in (("duplicate-id", self.duplicates.ids), ("duplicate-row", self.duplicates.rows)):
            rows = (
                np.flatnonzero(np.isin(block.numbers, numbers))
                if len(numbers)
                else np.empty(0, dtype=np.int64)
            )
            ids = _texts(cells["declaration_id"], rows)
            clashes.append(Problem(code, column, block.numbers[rows], ids, ids))
        return [clash for clash in clashes if len(clash.numbers)]

    def _frame(
        self, found: Validated, good: npt.NDArray[np.bool_], block: Block
    ) -> tuple[pd.DataFrame, dict[str, int]]:
        every = bool(good.all())
        columns: dict[str, object] = {}
        for name in COLUMNS:
            if name in found.values:
                values = found.values[name]
                kept = values if every else _kept(values, good)
                columns[name] = _pandas_text(kept) if isinstance(kept, pa.Array) else kept
            elif name == "item_number":
                columns[name] = pd.Series(["1"] * int(good.sum()), dtype="str")
        for name in (name for name in columns if COLUMNS[name].kind == "date"):
            columns[name] = np.asarray(columns[name]).astype("datetime64[us]")
        columns["record_number"] = block.numbers if every else block.numbers[good]
        frame = pd.DataFrame(columns)
        if not self.labels:
            return frame, {}
        frame, counts = complete_outcomes(frame, self.rules)
        return frame[[*(name for name in COLUMNS if name in frame), "record_number"]], counts


def _kept(values: object, good: npt.NDArray[np.bool_]) -> object:
    return values.filter(pa.array(good)) if isinstance(values, pa.Array) else np.asarray(values)[good]


def _pandas_text(values: pa.Array) -> "pd.Series[str]":
    text: pd.Series[str] = values.to_pandas()
    return text


def _texts(cells: pa.Array, rows: npt.NDArray[np.int64]) -> pa.Array:
    return pc.cast(cells.take(pa.array(rows)), pa.string())
