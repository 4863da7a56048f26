"""Declaration files as accepted rows and rejects: streamed, bounded in memory, every record accounted for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from redlane.declarations.batches import Batch, Contract
from redlane.declarations.duplicates import Duplicates, Suspects, keys, repeated, settle, suspects
from redlane.declarations.format import HOUR, DeclarationFormat
from redlane.declarations.headers import match_columns
from redlane.declarations.rejects import reject_lines
from redlane.errors import RedlaneError
from redlane.hashing import Hashes, hash64
from redlane.io.columnar import ColumnarFile
from redlane.io.containers import Source, look
from redlane.io.delimited import DelimitedFile, Dialect
from redlane.io.files import sha256_file
from redlane.io.tables import TableFile, regroup

__all__ = ["Accepted", "Batch", "DeclarationFile", "read_declarations"]


@dataclass(frozen=True)
class Accepted:
    """Whole files: one declarations frame, the rejects (with a ``file`` column), counts, and file hashes."""

    frame: pd.DataFrame
    rejects: pd.DataFrame
    read: int
    rejected: int
    repairs: dict[str, int]
    hashes: dict[str, str]
    notes: list[str]


class DeclarationFile:
    """A file of declarations, checked as a whole on opening and then read in batches, as often as wanted.

    Opening finds the container and the columns, tells all records apart, and finds duplicate ids; memory
    is eight bytes per record and one block. ``labels=False`` leaves out, unread, every column that is not an
    identifier or declared. ``sources`` maps canonical columns to the file's labels; ``notes`` says in
    sentences what was left aside; ``records`` counts the records. *as_of* is the last day a date may be;
    today, where it is None.

    Raises:
        RedlaneError: the file cannot be used; the sentence names the file and the cause.
    """

    def __init__(
        self, path: Path, format: DeclarationFormat, as_of: date | None = None, *, labels: bool = True
    ) -> None:
        self.path, self.format = Path(path), format
        source = look(self.path)
        self.size_bytes = source.fingerprint.size
        self.sha256 = sha256_file(self.path)
        self._shown = source.shown
        self._file = _open(source, format)
        matched = match_columns(self._file.headers, format, labels, source.shown)
        self.sources, self.notes, self._places = matched.sources, matched.notes, matched.places
        self._contract = Contract(
            format,
            as_of or date.today(),
            self.sources,
            labels,
            len(self._file.headers),
            lambda fault: self._file.where(fault, self._places[0]),
        )
        self.records, self.id_hashes = self._look_through()
        self.set_duplicates(find_duplicates([self])[0])

    @property
    def columns(self) -> list[str]:
        """The canonical columns that accepted rows will have, those that are read off others included."""
        derived = [HOUR] if self.format.time_of_day else []
        return [*dict.fromkeys([*self.sources, "item_number", *derived])]

    @property
    def as_of(self) -> date:
        """The last day a date in the file may be."""
        return self._contract.as_of

    def set_duplicates(self, duplicates: Duplicates) -> None:
        """Say which records clash (with other files too, where several are read together)."""
        self._contract = replace(self._contract, duplicates=duplicates)

    def batches(self, rows: int = 100_000) -> Iterator[Batch]:
        """Every record once, in order, in batches of *rows* records (fewer where records are very long).

        Raises:
            RedlaneError: the file changed since it was opened.
        """
        read = 0
        for block in regroup(self._file.blocks(self._places, self.format.null_values), rows):
            batch = self._contract.judge(block)
            read += batch.read
            yield batch
        if read != self.records:
            raise RedlaneError(f"{self._shown} changed while it was being read; run again when it is at rest")

    def suspects(self, file: int, among: Hashes) -> Iterator[Suspects]:
        """The records whose id hash is *among* the given ones, for exact comparison."""
        exact = self.format.duplicates == "keep_first_identical"
        places = self._places if exact else self._key_places
        for block in self._file.blocks(places, self.format.null_values):
            key = self._keys(block.columns)
            yield suspects(file, block.numbers, key, block.columns if exact else [], among)

    @property
    def _key_places(self) -> list[int]:
        return self._places[: 2 if "item_number" in self.sources else 1]

    def _keys(self, columns: Sequence[pa.Array]) -> pa.Array:
        texts = [pc.cast(column, pa.string()) for column in columns[: len(self._key_places)]]
        return keys(texts[0], texts[1] if len(texts) > 1 else None)

    def _look_through(self) -> tuple[int, Hashes]:
        """Tell all records apart once: how many, and the hash of each id."""
        hashes, records = [np.empty(0, dtype=np.uint64)], 0
        for block in self._file.blocks(self._key_places, self.format.null_values):
            hashes.append(hash64(self._keys(block.columns)))
            records += block.records
        if not records:
            raise RedlaneError(f"{self._shown} has a header but no declarations: nothing to read")
        return records, np.concatenate(hashes)


def find_duplicates(files: Sequence[DeclarationFile]) -> list[Duplicates]:
    """Which records of each file clash with another of any of the files."""
    among = repeated([file.id_hashes for file in files])
    if not len(among):
        return [Duplicates()] * len(files)
    found = (part for place, file in enumerate(files) for part in file.suspects(place, among))
    return settle(found, len(files), files[0].format.duplicates == "keep_first_identical")


def read_declarations(
    paths: Sequence[Path], format: DeclarationFormat, as_of: date | None = None
) -> Accepted:
    """Read whole files, labels included; ids must be unique over all of them. Outcomes are completed.

    The frame has no record numbers; the rejects name file and record. Rows keep the order of *paths*.

    Raises:
        RedlaneError: no path is given, a file cannot be used or is given twice, or columns differ.
    """
    if not paths:
        raise RedlaneError("no declarations file was given")
    files = [DeclarationFile(path, format, as_of) for path in paths]
    _refuse_twice(files)
    if len(files) > 1:
        for file, duplicates in zip(files, find_duplicates(files), strict=True):
            file.set_duplicates(duplicates)
    _require_same_columns(files)
    batches = [(file, batch) for file in files for batch in file.batches()]
    frame = pd.concat([batch.accepted for _, batch in batches], ignore_index=True).drop(
        columns="record_number"
    )
    rejects = [batch.rejects.assign(file=str(file.path)) for file, batch in batches if len(batch.rejects)]
    repairs: dict[str, int] = {}
    for _, batch in batches:
        for kind, count in batch.repairs.items():
            repairs[kind] = repairs.get(kind, 0) + count
    read, rejected = sum(b.read for _, b in batches), sum(b.rejected for _, b in batches)
    if len(frame) + rejected != read:
        raise RuntimeError(f"{len(frame)} accepted + {rejected} rejected is not {read} read")
    lines = (
        pd.concat(rejects, ignore_index=True)
        if rejects
        else reject_lines([]).assign(file=pd.Series(dtype="str"))
    )
    hashes = {str(file.path): file.sha256 for file in files}
    return Accepted(
        frame, lines, read, rejected, repairs, hashes, [note for file in files for note in file.notes]
    )


def _open(source: Source, rules: DeclarationFormat) -> TableFile:
    if source.container in ("parquet", "arrow file", "arrow stream"):
        return ColumnarFile(source, rules.limits)
    dialect = Dialect(rules.encoding, rules.quoting == "standard", rules.multiline)
    return DelimitedFile(
        source, rules.limits, dialect, lambda labels: sum(label in rules.columns for label in labels)
    )


def _refuse_twice(files: Sequence[DeclarationFile]) -> None:
    first: dict[str, DeclarationFile] = {}
    for file in files:
        same = first.setdefault(file.sha256, file)
        if same is not file:
            both = "" if same.path == file.path else f" (and {same.path} holds the same bytes)"
            raise RedlaneError(f"{file.path} was given twice{both}; give each file once")


def _require_same_columns(files: Sequence[DeclarationFile]) -> None:
    for file in files[1:]:
        if different := set(file.sources) ^ set(files[0].sources):
            names = ", ".join(sorted(different))
            raise RedlaneError(
                f"{files[0].path} and {file.path} cannot be read together: only one of them has {names}"
            )
