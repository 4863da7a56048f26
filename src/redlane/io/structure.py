"""Lines into records: every line is accounted for, and one bad line never touches its neighbours.

A record is a line. A quote may only open a cell at its start and close it right before a delimiter or the
end of the line; inside, it is doubled (RFC 4180, sections 2.5 to 2.7). A line that breaks this is one faulty
record by itself, because nobody can know where its cells end; only where records may span lines
(``multiline``) is a cell continued on the next, unless it would swallow a whole record. Almost all lines are
judged by a few passes of numpy over the block; only lines with unusual quotes are read character by character.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Fault = Literal["extra-cell", "missing-cell", "unbalanced-quote", "nul-byte", "record-too-long"]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_LF, _QUOTE, _NUL = 10, 34, 0
_MOST_LINES = 200


@dataclass(frozen=True)
class Shape:
    """What a record must look like: ``width`` cells between ``delimiter`` characters."""

    delimiter: str
    width: int
    record_bytes: int
    quoted: bool = True
    multiline: bool = False


@dataclass(frozen=True, slots=True)
class FaultyRecord:
    """A record that cannot be told apart into cells. ``position`` counts records of its block from 0."""

    position: int
    fault: Fault
    text: str
    cells: int = 0


@dataclass(frozen=True)
class Examined:
    """A block told apart: ``clean`` holds, in order, the records at ``positions``; blank lines are gone.

    ``rest`` is the beginning of a record that the next block continues (only where records span lines).
    """

    clean: bytes
    positions: Ints
    faults: list[FaultyRecord]
    records: int
    rest: bytes = b""

    def is_whole(self, block: bytes) -> bool:
        """Whether *block* was in order as it stood, so that it need not be examined again."""
        return not self.faults and not self.rest and self.clean == block


def examine(block: bytes, shape: Shape, last: bool = True) -> Examined:
    r"""Tell the records of *block* apart. ``read = len(positions) + len(faults) = records``, always.

    >>> found = examine(b'a,b\n"x,y\n\n1,2,3\n"p,q",r\n', Shape(",", 2, 1000))
    >>> found.clean, found.positions.tolist()
    (b'a,b\n"p,q",r\n', [0, 3])
    >>> [(fault.position, fault.fault) for fault in found.faults]
    [(1, 'unbalanced-quote'), (2, 'extra-cell')]
    """
    block = _plain_ends(block, shape)
    lines = _Lines(block, shape)
    if lines.easy.all():
        keep = ~lines.blank
        return Examined(lines.select(keep), np.arange(int(keep.sum())), [], int(keep.sum()))
    return _Walk(lines, shape, last).examined()


def tell_cells(line: str, shape: Shape) -> list[str] | None:
    """The cells of one record, or None where its quotes do not balance.

    >>> tell_cells('1,"a ""b"", c",d', Shape(",", 3, 1000))
    ['1', 'a "b", c', 'd']
    >>> tell_cells('1,"a', Shape(",", 2, 1000)) is None
    True
    """
    if not shape.quoted or '"' not in line:
        return line.split(shape.delimiter)
    cells, at = [], 0
    while True:
        if line.startswith('"', at):
            cell, at = _quoted_cell(line, at + 1)
            if cell is None or (at < len(line) and line[at] != shape.delimiter):
                return None
        else:
            end = line.find(shape.delimiter, at)
            end = len(line) if end < 0 else end
            cell, at = line[at:end], end
            if '"' in cell:
                return None
        cells.append(cell)
        if at >= len(line):
            return cells
        at += 1


def _quoted_cell(line: str, at: int) -> tuple[str | None, int]:
    parts = []
    while (end := line.find('"', at)) >= 0:
        parts.append(line[at:end])
        if not line.startswith('"', end + 1):
            return "".join(parts), end + 1
        parts.append('"')
        at = end + 2
    return None, at


def _plain_ends(block: bytes, shape: Shape) -> bytes:
    """CRLF and lone CR become LF, except a CR inside the quotes of a line whose quotes are in order."""
    if b"\r" not in block:
        return block
    block = block.replace(b"\r\n", b"\n")
    if b"\r" not in block:
        return block
    if not shape.quoted or b'"' not in block:
        return block.replace(b"\r", b"\n")
    return b"\n".join(_split_returns(line, shape) for line in block.split(b"\n"))


def _split_returns(line: bytes, shape: Shape) -> bytes:
    if b"\r" not in line:
        return line
    if b'"' not in line or tell_cells(line.decode(), shape) is None:
        return line.replace(b"\r", b"\n")
    parts = line.split(b'"')
    parts[::2] = [part.replace(b"\r", b"\n") for part in parts[::2]]
    return b'"'.join(parts)


class _Lines:
    """A block's lines as arrays: where each begins and ends, how many cells, whether it is easy.

    A line is *easy* when it is blank, or has the right number of cells, no NUL, a fair length, and quotes
    (if any) that only open at the start of a cell and only close at its end.
    """

    def __init__(self, block: bytes, shape: Shape) -> None:
        self.block = block if block.endswith(b"\n") else block + b"\n"
        self.codes = np.frombuffer(self.block, dtype=np.uint8)
        self.ends = np.flatnonzero(self.codes == _LF)
        self.starts = np.concatenate([[0], self.ends[:-1] + 1])
        self.lengths = self.ends - self.starts
        self.blank = self.lengths == 0
        self.long = self.lengths > shape.record_bytes
        self.nul = self._per_line(np.flatnonzero(self.codes == _NUL)) > 0
        delimiters = self.codes == ord(shape.delimiter)
        fair = ~(self.nul | self.long)
        if shape.quoted and b'"' in self.block:
            inside, in_order = self._quotes(shape)
            delimiters &= ~inside
            fair &= in_order
        self.easy = self.blank | (fair & (self._per_line(np.flatnonzero(delimiters)) == shape.width - 1))

    def select(self, keep: Mask) -> bytes:
        """The bytes of the lines in *keep*."""
        if keep.all():
            return self.block
        return self.codes[np.repeat(keep, self.lengths + 1)].tobytes()

    def line(self, number: int) -> bytes:
        """One line without its end."""
        return self.block[self.starts[number] : self.ends[number]]

    def _per_line(self, places: Ints) -> Ints:
        return np.diff(np.searchsorted(places, self.ends), prepend=0)

    def _quotes(self, shape: Shape) -> tuple[Mask, Mask]:
        """Which bytes stand inside quotes (counted from their line's start), which lines' quotes are in order.

        In an orderly line every odd quote opens a cell or repeats the quote before it, and every even one
        is followed by a delimiter, the line's end, or its repetition.
        """
        quotes = self.codes == _QUOTE
        inside = np.logical_xor.accumulate(quotes)
        open_end = inside[self.ends]
        open_start = np.concatenate([[False], open_end[:-1]])
        if open_end.any():
            inside ^= np.repeat(open_start, self.lengths + 1)
        edge = quotes | (self.codes == _LF) | (self.codes == ord(shape.delimiter))
        wrong = quotes & ~inside
        wrong[:-1] &= ~edge[1:]
        wrong[1:] |= (quotes & inside)[1:] & ~edge[:-1]
        in_order = open_end == open_start
        if wrong.any():
            in_order[np.searchsorted(self.ends, np.flatnonzero(wrong))] = False
        return inside, in_order


class _Walk:
    """Goes through a block that has lines which are not easy; these alone are looked at one by one."""

    def __init__(self, lines: _Lines, shape: Shape, last: bool) -> None:
        self.lines, self.shape, self.last = lines, shape, last
        self.parts: list[bytes] = []
        self.kept: list[Ints] = []
        self.faults: list[FaultyRecord] = []
        self.records = 0

    def examined(self) -> Examined:
        """Tell the whole block apart."""
        at, rest = 0, b""
        for hard in np.flatnonzero(~self.lines.easy).tolist():
            if hard < at:
                continue
            self._easy(at, hard)
            taken = self._hard(hard)
            if taken == 0:
                rest = self.lines.block[self.lines.starts[hard] :]
                at = len(self.lines.ends)
                break
            at = hard + taken
        self._easy(at, len(self.lines.ends))
        positions = np.concatenate(self.kept) if self.kept else np.empty(0, dtype=np.int64)
        return Examined(b"".join(self.parts), positions, self.faults, self.records, rest)

    def _easy(self, start: int, stop: int) -> None:
        if start >= stop:
            return
        keep = ~self.lines.blank[start:stop]
        first, end = self.lines.starts[start], self.lines.ends[stop - 1] + 1
        if keep.all():
            self.parts.append(self.lines.block[first:end])
        else:
            widths = self.lines.lengths[start:stop] + 1
            self.parts.append(self.lines.codes[first:end][np.repeat(keep, widths)].tobytes())
        count = int(keep.sum())
        self.kept.append(np.arange(self.records, self.records + count))
        self.records += count

    def _hard(self, number: int) -> int:
        """Judge the record that begins at line *number*; how many lines it takes (0: it is not all here)."""
        lines = self.lines
        if lines.long[number]:
            return self._fault(number, "record-too-long")
        if lines.nul[number]:
            return self._fault(number, "nul-byte")
        text, taken = lines.line(number).decode(), 1
        cells = tell_cells(text, self.shape)
        if cells is None and self.shape.multiline:
            cells, taken = self._joined(number, text)
            if taken == 0:
                return 0
            if cells is not None and _swallowed(cells, self.shape):
                cells = None
        if cells is None:
            return self._fault(number, "unbalanced-quote")
        if len(cells) != self.shape.width:
            # only the first line is given up, even where several were joined: the next may be a record by itself
            return self._fault(
                number, "extra-cell" if len(cells) > self.shape.width else "missing-cell", len(cells)
            )
        self.parts.append(_requoted(cells, self.shape.delimiter))
        self.kept.append(np.array([self.records]))
        self.records += 1
        return taken

    def _joined(self, number: int, text: str) -> tuple[list[str] | None, int]:
        """A record over several lines: the shortest run of lines whose quotes are in order, within limits."""
        stop = number + _MOST_LINES
        for following in range(number + 1, min(len(self.lines.ends), stop)):
            if not _open_quote(text, self.shape):
                return None, 1
            text += "\n" + self.lines.line(following).decode()
            if len(text) > self.shape.record_bytes or "\0" in text:
                return None, 1
            if text.endswith('"') or '"' in text.rpartition("\n")[2]:
                cells = tell_cells(text, self.shape)
                if cells is not None:
                    return cells, following - number + 1
        whole = self.last or stop <= len(self.lines.ends) or not _open_quote(text, self.shape)
        return None, 1 if whole else 0

    def _fault(self, number: int, fault: Fault, cells: int = 0) -> int:
        text = self.lines.line(number)[:4096].decode(errors="replace")
        self.faults.append(FaultyRecord(self.records, fault, text, cells))
        self.records += 1
        return 1


def _open_quote(text: str, shape: Shape) -> bool:
    """Whether *text* ends inside a quoted cell (rather than being wrong for good)."""
    return tell_cells(text + '"', shape) is not None


def _swallowed(cells: list[str], shape: Shape) -> bool:
    """Whether a cell over several lines holds enough delimiters for a record: two stray quotes, most likely.

    A quote opened in one record and closed in the same cell of a later one leaves the right number of cells,
    and in one of them everything between. Where text of several lines honestly holds so many delimiters, the
    record is rejected and listed, which is less bad than losing others without a word.
    """
    return any("\n" in cell and cell.count(shape.delimiter) >= shape.width - 1 for cell in cells)


def _requoted(cells: list[str], delimiter: str) -> bytes:
    return (delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n").encode()
