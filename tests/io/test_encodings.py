"""Text is decoded strictly, and the first bad byte is reported with its place."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.errors import RedlaneError
from redlane.io.encodings import check_encoding, to_utf8


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return iter([data[at : at + size] for at in range(0, len(data), size)])


def decoded(data: bytes, encoding: str = "auto", size: int = 7) -> str:
    return b"".join(to_utf8(cut(data, size), encoding, "a.csv")).decode()


# a UTF-16 text that begins with NUL is not told from UTF-32; no header does
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff\0"))


@settings(deadline=None)
@given(TEXTS, st.integers(1, 9))
def test_every_recognised_encoding_gives_the_same_text(text: str, size: int) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert decoded(text.encode(encoding), size=size) == text


def test_other_encodings_are_read_only_when_named() -> None:
    data = "id,naïve\n".encode("latin-1")
    assert decoded(data, "latin-1") == "id,naïve\n"
    with pytest.raises(
        RedlaneError, match=r"byte 0xEF at line 1, offset 5 is not valid UTF-8.*`encoding: latin-1`"
    ):
        decoded(data)


@pytest.mark.parametrize("size", [1, 5, 100])
def test_the_bad_byte_is_found_whatever_the_pieces(size: int) -> None:
    with pytest.raises(RedlaneError, match="byte 0xFF at line 3, offset 8 "):
        decoded(b"a,b\n1,\xc3\xa9\xff\n".replace(b"a,b\n", b"a\nb\n"), size=size)


def test_a_character_cut_at_the_end_is_reported() -> None:
    with pytest.raises(RedlaneError, match="byte 0xC3 at line 2, offset 4"):
        decoded(b"a,b\n\xc3")


def test_a_wrongly_named_encoding_says_so() -> None:
    with pytest.raises(RedlaneError, match="is not valid ascii, the encoding named"):
        decoded("é".encode(), "ascii")


@pytest.mark.parametrize("name", ["no-such", "rot13", "base64", ""])
def test_only_text_encodings_can_be_named(name: str) -> None:
    with pytest.raises(ValueError, match="not a known text encoding"):
        check_encoding(name)
