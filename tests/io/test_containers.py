"""Files are told by their content; what is not a readable regular file is refused in one sentence."""

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from redlane.errors import RedlaneError
from redlane.io.containers import Limits, container_of, look, printable, shown

DEFAULT = Limits()
TEXT = b"declaration_id,registered_on\n" + b"".join(b"A%d,2024-01-01\n" % n for n in range(2000))


def packed(kind: str, text: bytes = TEXT) -> bytes:
    if kind == "gzip":
        return gzip.compress(text)
    if kind == "zstd":
        return bytes(pa.Codec("zstd").compress(text, asbytes=True))
    if kind == "zip":
        return zipped({"a.csv": text})
    return text


def zipped(members: dict[str, bytes], mode: int = 0) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return buffer.getvalue()


def written(folder: Path, content: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def unpack(path: Path, limits: Limits = DEFAULT) -> bytes:
    return b"".join(look(path).chunks(limits))


@pytest.mark.parametrize("kind", ["", "gzip", "zstd", "zip"])
def test_content_not_the_name_tells_the_container(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, packed(kind), "wrong-name.parquet")
    assert look(path).container == kind
    assert unpack(path) == TEXT


@pytest.mark.parametrize("kind", ["gzip", "zstd", "zip"])
@pytest.mark.parametrize("kept", [0.2, 0.9, 0.999])
def test_a_truncated_container_is_refused(tmp_path: Path, kind: str, kept: float) -> None:
    whole = packed(kind)
    path = written(tmp_path, whole[: int(len(whole) * kept)])
    with pytest.raises(RedlaneError, match="damaged or truncated"):
        unpack(path)


@pytest.mark.parametrize("kind", ["gzip", "zip"])  # zstd writers may leave its checksum out
def test_a_flipped_bit_is_refused_or_harmless(tmp_path: Path, kind: str) -> None:
    whole = packed(kind)
    for place in range(8, len(whole), 97):
        path = written(tmp_path, whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        try:
            assert unpack(path) == TEXT
        except RedlaneError:
            continue


def test_gzip_members_in_a_row_and_zero_padding_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(TEXT) + gzip.compress(b"more") + b"\0" * 600)
    assert unpack(path) == TEXT + b"more"


def test_bytes_after_the_gzip_data_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RedlaneError, match="damaged or truncated gzip"):
        unpack(written(tmp_path, gzip.compress(TEXT) + b"tail"))


@pytest.mark.parametrize("kind", ["gzip", "zstd", "zip"])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, packed(kind, b"0" * 8_000_000))
    with pytest.raises(RedlaneError, match="compression bomb"):
        unpack(path, Limits(free_bytes=1 << 20, ratio=20))


def test_a_plain_file_may_be_large_but_not_beyond_the_limit(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT)
    assert unpack(path, Limits(free_bytes=0, ratio=1)) == TEXT
    with pytest.raises(RedlaneError, match="holds more than 100 bytes"):
        unpack(path, Limits(largest_bytes=100))


def test_zip_holds_exactly_one_plain_file(tmp_path: Path) -> None:
    cases = {
        "2 members": zipped({"a": TEXT, "b": TEXT}),
        "0 members": zipped({}),
        "a folder or a link": zipped({"a": b"/etc/passwd"}, mode=0o120777),
        "folder": zipped({"a/": b""}),
    }
    for words, content in cases.items():
        with pytest.raises(RedlaneError, match=words):
            unpack(written(tmp_path, content))


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped({"a": TEXT}))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(RedlaneError, match="encrypted"):
        unpack(written(tmp_path, bytes(content)))


def test_what_is_not_a_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    cases = {
        "is a folder": tmp_path,
        "is a named pipe": tmp_path / "pipe",
        "is a device": Path("/dev/null"),
        "symbolic links": tmp_path / "one",
        "No such file": tmp_path / "none",
        "name too long": tmp_path / ("x" * 300),
        "NUL byte": Path("a\0b"),
    }
    for words, path in cases.items():
        with pytest.raises(RedlaneError, match=words):
            look(path)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7", "a PDF"),
        (b"<?xml version", "XML"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"7z\xbc\xaf'\x1c", "7-Zip"),
    ],
)
def test_other_kinds_of_file_are_named(tmp_path: Path, start: bytes, words: str) -> None:
    with pytest.raises(RedlaneError, match=words):
        look(written(tmp_path, start))


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT)
    source = look(path)
    path.write_bytes(TEXT + b"B1,2024-01-01\n")
    with pytest.raises(RedlaneError, match="changed while it was being read"):
        list(source.chunks(Limits()))


def test_sentences_carry_no_terminal_escapes_and_no_undecodable_bytes() -> None:
    assert shown(Path(os.fsdecode(b"\xff\x1b[2J.csv"))) == "\\xff\\x1b[2J.csv"
    assert printable("a\u202eb") == "a\\u202eb"


def test_containers_are_known_by_their_first_bytes() -> None:
    buffer = io.BytesIO()
    tarfile.open(fileobj=buffer, mode="w:gz").close()
    assert container_of(buffer.getvalue()) == "gzip"
    assert container_of(b"declaration_id") == ""
