"""Compressed containers as streams of plain bytes: gzip, zstd and zip with a single member."""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

import pyarrow as pa

from redlane.errors import RedlaneError

PIECE = 1 << 20
"""Bytes read or unpacked at a time."""

_GZIP = 31


def pieces(file: IO[bytes], container: str, name: str) -> Iterator[bytes]:
    """Unpack *file*, opened at its start, piece by piece; *name* stands in the sentences.

    Raises:
        RedlaneError: the container is truncated, damaged, encrypted, or holds other than one file.
    """
    readers = {"gzip": _gzip, "zstd": _zstd, "zip": _zip}
    if container not in readers:
        yield from _read(file)
        return
    try:
        yield from readers[container](file, name)
    except (zlib.error, OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise RedlaneError(f"{name} is a damaged or truncated {container} file: {_cause(error)}") from None


def _read(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece


def _cause(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def _gzip(file: IO[bytes], name: str) -> Iterator[bytes]:
    unpacker, packed = zlib.decompressobj(_GZIP), b""
    while True:
        packed = packed or file.read(PIECE)
        if unpacker.eof:
            if not packed:
                return
            packed = packed.lstrip(b"\0")  # a packed file may be padded, or be several members in a row
            if packed:
                unpacker = zlib.decompressobj(_GZIP)
            continue
        plain = unpacker.decompress(packed, PIECE)
        if plain:
            yield plain
        elif not packed:
            raise EOFError("it ends in the middle of the compressed data")
        packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail


def _zstd(file: IO[bytes], name: str) -> Iterator[bytes]:
    own = os.fdopen(os.dup(file.fileno()), "rb")  # Arrow closes what it reads from
    with pa.CompressedInputStream(pa.PythonFile(own, mode="r"), "zstd") as stream:
        while piece := stream.read(PIECE):
            yield piece


def _zip(file: IO[bytes], name: str) -> Iterator[bytes]:
    with zipfile.ZipFile(file) as archive, archive.open(_only_member(archive, name)) as member:
        while piece := member.read(PIECE):
            yield piece


def _only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    members = archive.infolist()
    if any(member.filename.startswith(("xl/", "mimetype", "content.xml")) for member in members):
        raise RedlaneError(f"{name} is a spreadsheet: save its sheet as CSV (UTF-8) and give that file")
    if len(members) != 1:
        raise RedlaneError(
            f"{name} is a zip file with {len(members)} members: expected exactly one file in it"
        )
    member = members[0]
    mode = member.external_attr >> 16
    if member.is_dir() or (mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG)):
        raise RedlaneError(f"{name} is a zip file whose only member is a folder or a link: expected a file")
    if member.flag_bits & 0x1:
        raise RedlaneError(f"{name} is an encrypted zip file: decrypt it first")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RedlaneError(
            f"{name} is a zip file packed by an uncommon method: pack it by the usual one (deflate)"
        )
    return member
