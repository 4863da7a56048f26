"""A look at an Arrow stream's messages before Arrow unpacks them: how large will they become?

Arrow trusts the sizes written in a message and reserves that much memory, so a small compressed file can
ask for any amount. The sizes are read here from the few fields of the format that hold them (Arrow columnar
format, "Encapsulated message format" and "Serialization"; field numbers as in Message.fbs).
"""

import struct
from typing import IO

import pyarrow as pa

from redlane.errors import RedlaneError
from redlane.io.containers import Limits, Source

CELL_BYTES = 8
"""What a cell is taken to need at least when it is unpacked, however well it is packed."""

_DICTIONARY, _RECORDS = 2, 3
_MAGIC = b"ARROW1"


def check_stream(file: IO[bytes], source: Source, limits: Limits) -> None:
    """Refuse a stream that ends early or would unpack to more than *limits* allow.

    Raises:
        RedlaneError: it would, or it is cut off.
        pyarrow.ArrowException: a message is damaged.
    """
    allowed, total, rows = limits.allowed_bytes(source.fingerprint.size), 0, 0
    _check_end(file, source)
    file.seek(8 if source.container == "arrow file" else 0)
    reader = pa.ipc.MessageReader.open_stream(file)
    while (message := _next(reader)) is not None:
        length, grown = _sizes(message)
        total += grown
        rows += length
        if max(total, rows * CELL_BYTES) > allowed or rows > limits.rows:
            raise RedlaneError(
                f"{source.shown} says it holds {rows:,} records and {total:,} bytes in {source.fingerprint.size:,} on"
                " disk: refused as a possible compression bomb; raise `limits` in the declarations format"
                " if it is genuine"
            )


def _check_end(file: IO[bytes], source: Source) -> None:
    stream = source.container == "arrow stream"
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 8))
    end = file.read(8)
    if end != b"\xff\xff\xff\xff\0\0\0\0" if stream else not end.endswith(_MAGIC):
        raise EOFError("its end is missing")


def _next(reader: pa.ipc.MessageReader) -> pa.ipc.Message | None:
    try:
        return reader.read_next_message()
    except StopIteration:
        return None


def _sizes(message: pa.ipc.Message) -> tuple[int, int]:
    """Records of a message, and the bytes its body unpacks to."""
    if message.body is None:
        return 0, 0
    meta, body = memoryview(message.metadata).tobytes(), message.body
    try:
        return _record_sizes(meta, memoryview(body))
    except struct.error:
        raise EOFError("a message is too short") from None


def _record_sizes(meta: bytes, body: memoryview) -> tuple[int, int]:
    root = _Table(meta, struct.unpack_from("<I", meta)[0])
    kind, header = root.number("<B", 1), root.table(2)
    if kind == _DICTIONARY and header is not None:
        header = header.table(1)
    if header is None or kind not in (_DICTIONARY, _RECORDS):
        return 0, len(body)
    length = header.number("<q", 0) if kind == _RECORDS else 0
    if header.table(3) is None:
        return length, len(body)
    places = header.pairs(2)
    return length, sum(_unpacked(body, at, size) for at, size in places)


def _unpacked(body: memoryview, at: int, size: int) -> int:
    if size < 8:
        return size
    stated = int(struct.unpack_from("<q", body, at)[0])
    return size - 8 if stated == -1 else max(stated, 0)


class _Table:
    """A table of a flatbuffer: fields found by number through its table of offsets."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at
        self._offsets = at - struct.unpack_from("<i", data, at)[0]

    def number(self, form: str, field: int) -> int:
        place = self._place(field)
        return int(struct.unpack_from(form, self._data, place)[0]) if place else 0

    def table(self, field: int) -> "_Table | None":
        place = self._place(field)
        return _Table(self._data, place + struct.unpack_from("<I", self._data, place)[0]) if place else None

    def pairs(self, field: int) -> list[tuple[int, int]]:
        place = self._place(field)
        if not place:
            return []
        vector = place + struct.unpack_from("<I", self._data, place)[0]
        count = struct.unpack_from("<I", self._data, vector)[0]
        return [struct.unpack_from("<qq", self._data, vector + 4 + 16 * i) for i in range(count)]

    def _place(self, field: int) -> int:
        size = struct.unpack_from("<H", self._data, self._offsets)[0]
        slot = 4 + 2 * field
        offset = struct.unpack_from("<H", self._data, self._offsets + slot)[0] if slot < size else 0
        return self._at + offset if offset else 0
