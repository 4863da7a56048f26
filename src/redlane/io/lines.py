"""Text cut into blocks that end where a line ends, whatever the pieces it arrives in."""

from collections.abc import Iterator

BLOCK = 4 << 20
"""Bytes aimed at per block."""


def line_blocks(chunks: Iterator[bytes], record_bytes: int) -> Iterator[bytes]:
    r"""Gather UTF-8 *chunks* into blocks of whole lines (ending in LF, CRLF or, where there is no LF, CR).

    Of a line longer than *record_bytes* only the beginning is kept (one byte more than allowed, so that it
    is still seen to be too long); memory stays bounded however long it is. The last line may lack its end.

    >>> list(line_blocks(iter([b"a\nb", b"c\n", b"d"]), 10))
    [b'a\nbc\nd']
    """
    waiting: list[bytes] = []
    size, skipping = 0, False
    for chunk in chunks:
        if skipping:
            end = _first_end(chunk)
            if end < 0:
                continue
            chunk, skipping = chunk[end:], False
        waiting.append(chunk)
        size += len(chunk)
        if size < BLOCK:
            continue
        block = b"".join(waiting)
        cut = _last_end(block)
        if cut:
            yield block[:cut]
        rest = block[cut:]
        if len(rest) > record_bytes:
            rest, skipping = _beginning(rest, record_bytes + 1), True
        waiting, size = [rest], len(rest)
    if block := b"".join(waiting):
        yield block


def _first_end(chunk: bytes) -> int:
    ends = [at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0]
    return min(ends, default=-1)


def _last_end(block: bytes) -> int:
    """Length of the part of *block* that is whole lines; a CR at the very end may be half of a CRLF."""
    return block.rfind(b"\n") + 1 or block.rfind(b"\r", 0, len(block) - 1) + 1


def _beginning(text: bytes, size: int) -> bytes:
    """The first *size* bytes or a few more, never ending inside a character."""
    while size < len(text) and text[size] & 0xC0 == 0x80:
        size += 1
    return text[:size]
