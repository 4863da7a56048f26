"""What a file is, told from its bytes and never from its name, and its plain bytes as a bounded stream.

Only regular files are opened; folders, pipes, devices and broken links are refused before a byte is read.
Compressed files are unpacked piece by piece, and a file that unpacks to far more than it could honestly
hold (a compression bomb) is refused as soon as that shows.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import Field

from redlane.errors import RedlaneError
from redlane.io.unpacking import PIECE, pieces
from redlane.settings import Settings

_SIGNATURES = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PAR1", "parquet"),
    (b"ARROW1\x00\x00", "arrow file"),
    (b"\xff\xff\xff\xff", "arrow stream"),
)
_FOREIGN = (
    (b"BZh91AY&SY", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x04\x22\x4d\x18", "an LZ4 archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x1f\x9d", "a compress (.Z) archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89HDF", "an HDF5 file"),
    (b"Obj\x01", "an Avro file"),
    (b"\x7fELF", "a program"),
    (b"<?xml", "an XML document"),
    (b"<!DOCTYPE", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"{\\rtf", "an RTF document"),
)
READABLE = "delimited text (plain, gzip, zstd or zip), Parquet or Arrow"
"""The kinds of file that can be read, in words."""


class Limits(Settings):
    """How much a file may hold before it is refused: guards against bombs, all adjustable.

    ``largest_bytes`` bounds the unpacked size. ``ratio`` bounds unpacked over packed size, but only beyond
    ``free_bytes``, since a small repetitive file packs very well. ``record_bytes`` bounds one record
    (a longer one is rejected, not the file), ``rows`` the records of a file, ``faulty_records`` those of them
    that cannot be told apart into cells: with more, it is not the table it seems.
    """

    largest_bytes: int = Field(default=1 << 40, gt=0)
    ratio: int = Field(default=200, gt=0)
    free_bytes: int = Field(default=64 << 20, ge=0)
    record_bytes: int = Field(default=1 << 20, ge=1024, le=16 << 20)
    rows: int = Field(default=1_000_000_000, gt=0)
    faulty_records: int = Field(default=1_000_000, ge=0)

    def allowed_bytes(self, packed: int) -> int:
        """The most bytes a file of *packed* bytes may unpack to.

        >>> Limits(ratio=10, free_bytes=100, largest_bytes=5000).allowed_bytes(20)
        200
        """
        return min(self.largest_bytes, max(self.free_bytes, self.ratio * packed))


@dataclass(frozen=True)
class Fingerprint:
    """What the file system says of a file: enough to notice that it changed while it was being read."""

    device: int
    inode: int
    size: int
    modified: int


@dataclass(frozen=True)
class Source:
    """A regular file whose container is known. ``container`` is "" for bytes that need no unpacking."""

    path: Path
    container: str
    fingerprint: Fingerprint

    @property
    def shown(self) -> str:
        """The path as it may stand in a sentence or a log."""
        return shown(self.path)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The file's raw bytes.

        Raises:
            RedlaneError: the file cannot be opened or read, or is no longer the one first looked at.
        """
        with _open_regular(self.path) as file:
            if _fingerprint(file) != self.fingerprint:
                raise RedlaneError(
                    f"{self.shown} changed while it was being read; run again when it is at rest"
                )
            yield file

    def chunks(self, limits: Limits) -> Iterator[bytes]:
        """The unpacked bytes, in pieces of at most a few megabytes.

        Raises:
            RedlaneError: the container is truncated, damaged, or unpacks to more than *limits* allow.
        """
        allowed, seen = limits.allowed_bytes(self.fingerprint.size), 0
        bound = (
            f"unpacks to more than {allowed:,} bytes"
            if self.container
            else f"holds more than {allowed:,} bytes"
        )
        with self.open() as file:
            for piece in pieces(file, self.container, self.shown):
                seen += len(piece)
                if seen > (allowed if self.container else limits.largest_bytes):
                    raise RedlaneError(
                        f"{self.shown} {bound}, from {self.fingerprint.size:,} on disk: refused as a possible"
                        " compression bomb; raise `limits` in the declarations format if it is genuine"
                    )
                yield piece
            if _fingerprint(file) != self.fingerprint:
                raise RedlaneError(
                    f"{self.shown} changed while it was being read; run again when it is at rest"
                )


def look(path: Path) -> Source:
    """Open *path* once, check that it is a regular file with something in it, and name its container.

    Raises:
        RedlaneError: it does not exist, is not a regular file, is empty, or is of a kind nobody here reads.
    """
    with _open_regular(path) as file:
        fingerprint = _fingerprint(file)
        start = file.read(64)
    if not start:
        raise RedlaneError(f"{shown(path)} is empty: expected {READABLE}")
    refuse_foreign(start, shown(path))
    return Source(path, container_of(start), fingerprint)


def refuse_foreign(start: bytes, name: str) -> None:
    """Refuse content whose first bytes give it away as something else, saying what it is.

    Raises:
        RedlaneError: the bytes open a known kind of file that is not read here.
    """
    kind = next(
        (kind for magic, kind in _FOREIGN if start.lstrip(b"\xef\xbb\xbf \r\n").startswith(magic)), None
    )
    if kind:
        raise RedlaneError(f"{name} is {kind}: expected {READABLE}")


def container_of(start: bytes) -> str:
    """The container whose signature *start* carries, or "".

    >>> container_of(b"PAR1....")
    'parquet'
    """
    return next((name for magic, name in _SIGNATURES if start.startswith(magic)), "")


def shown(path: Path) -> str:
    r"""A path as it may stand in a sentence: no control characters, no undecodable bytes.

    >>> shown(Path("a\x1b[31m.csv"))
    'a\\x1b[31m.csv'
    """
    return printable(os.fsencode(path).decode("utf-8", "backslashreplace"))


def printable(text: str) -> str:
    r"""*text* with every character that is not printable written as its escape.

    >>> printable("tab\there")
    'tab\\there'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


@contextmanager
def _open_regular(path: Path) -> Iterator[IO[bytes]]:
    try:
        _require_regular(path, path.stat().st_mode)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb", buffering=PIECE) as file:
            _require_regular(path, os.fstat(descriptor).st_mode)
            yield file
    except OSError as error:
        raise RedlaneError(f"{shown(path)} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        if "null byte" in str(error):
            raise RedlaneError(f"{printable(str(path))} is not a file name: it holds a NUL byte") from None
        raise


def _require_regular(path: Path, mode: int) -> None:
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
        stat.S_IFSOCK: "a socket",
    }
    if not stat.S_ISREG(mode):
        kind = kinds.get(stat.S_IFMT(mode), "not a regular file")
        raise RedlaneError(f"{shown(path)} is {kind}: expected a file of {READABLE}")


def _fingerprint(file: IO[bytes]) -> Fingerprint:
    facts = os.fstat(file.fileno())
    return Fingerprint(facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)
