"""Bytes of a stated encoding as UTF-8, strictly: the first bad byte is reported with its place.

UTF-8 (with or without a byte-order mark) and UTF-16 with a mark are recognised; any other encoding must be
named, because guessing one turns bad letters into plausible ones.
"""

import codecs
from collections.abc import Iterator

import numpy as np

from redlane.errors import RedlaneError

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LF = 10
AUTOMATIC = "auto"
"""The setting that stands for: UTF-8, or whatever the byte-order mark says."""


def check_encoding(name: str) -> str:
    """*name* itself when Python knows it as a text encoding.

    Raises:
        ValueError: it does not.

    >>> check_encoding("cp949")
    'cp949'
    """
    try:
        known = name == AUTOMATIC or codecs.lookup(name)._is_text_encoding
    except LookupError:
        known = False
    if not known:
        raise ValueError(
            f"'{name}' is not a known text encoding; use 'auto', or a name such as 'latin-1' or 'cp949'"
        )
    return name


def to_utf8(chunks: Iterator[bytes], encoding: str, name: str) -> Iterator[bytes]:
    """The same text as UTF-8 without a byte-order mark, in pieces that never split a character.

    Raises:
        RedlaneError: a byte is not legal in the encoding; the sentence names the byte, its line and its
            offset, and how to name another encoding. Nothing is ever replaced or skipped.
    """
    first = next(chunks, b"")
    while 0 < len(first) < 4 and (more := next(chunks, b"")):
        first += more
    marked = next((kind for mark, kind in _MARKS if first.startswith(mark)), None)
    if marked is None and encoding == AUTOMATIC:
        marked = "utf-8"
    decoder = _Decoder(marked or encoding, encoding, name)
    for chunk in _prepend(first, chunks):
        if text := decoder.feed(chunk):
            yield text
    if text := decoder.feed(b"", final=True):
        yield text


class _Decoder:
    """Counts bytes and lines as it goes, so that a bad byte can be found again."""

    def __init__(self, encoding: str, asked: str, name: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._encoding, self._asked, self._name = encoding, asked, name
        self._plain = encoding == "utf-8"
        self._offset = 0
        self._lines = 1
        self._waiting = 0

    def feed(self, chunk: bytes, final: bool = False) -> bytes:
        plain = self._plain and not self._waiting and chunk.isascii()
        text = chunk if plain else self._decode(chunk, final)
        self._offset += len(chunk)
        self._lines += _count_lines(text)
        return text

    def _decode(self, chunk: bytes, final: bool) -> bytes:
        try:
            text = self._decoder.decode(chunk, final)
            self._waiting = len(self._decoder.getstate()[0])
            return text.encode()
        except UnicodeDecodeError as error:
            at = self._offset - self._waiting + error.start
            line = self._lines + error.object[: error.start].count(b"\n")
            raise RedlaneError(self._sentence(error.object[error.start], line, at)) from None
        except UnicodeError as error:
            raise RedlaneError(f"{self._name} is not valid {self._encoding}: {error}") from None

    def _sentence(self, byte: int, line: int, offset: int) -> str:
        encoding = _spoken(self._encoding)
        where = f"{self._name}: byte 0x{byte:02X} at line {line}, offset {offset} is not valid {encoding}"
        if self._asked == AUTOMATIC:
            hint = "name it in the declarations format, e.g. `encoding: latin-1`"
            return f"{where}; if the file has another encoding, {hint}"
        return f"{where}, the encoding named in the declarations format; name the right one there"


def _count_lines(text: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == _LF))


def _spoken(encoding: str) -> str:
    return {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-32": "UTF-32"}.get(
        encoding, encoding
    )


def _prepend(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest
