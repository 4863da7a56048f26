"""Files that appear whole or not at all, and the hashes that name them."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redlane.errors import RedlaneError


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a temporary path beside *path*; when the block ends well, it becomes *path* in one step.

    The file is synced to disk before it is renamed, and the folder after. When the block raises, nothing
    is left and a previous *path* is untouched.

    Raises:
        RedlaneError: the folder cannot be written to, or the disk is full.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=".tmp", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o666 & ~_umask())
            sync(temporary)
            temporary.replace(path)
            sync(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """The same for a folder: fill the temporary one; it replaces *path* as a whole.

    A previous folder is set aside just before the rename and removed just after, so that a reader never
    sees a mixture of the two.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name[:80]}.", suffix=".tmp", dir=path.parent))
        previous = temporary.with_suffix(".old")
        try:
            yield temporary
            temporary.chmod(0o777 & ~_umask())
            for file in sorted(temporary.rglob("*")):
                sync(file)
            sync(temporary)
            if path.exists():
                path.replace(previous)
            temporary.replace(path)
            sync(path.parent)
        finally:
            if previous.exists() and not path.exists():
                previous.replace(path)
            shutil.rmtree(temporary, ignore_errors=True)
            shutil.rmtree(previous, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write *text* as UTF-8, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(text.encode())


def write_json(path: Path, value: Any) -> None:
    """Write *value* as readable JSON (sorted keys, two spaces), whole or not at all."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        RedlaneError: there is no such file, or it is not JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise RedlaneError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise RedlaneError(f"{path} is not valid JSON: {error}") from None


def canonical_json(value: Any) -> str:
    """The one spelling of *value* that hashes are taken of.

    >>> canonical_json({"b": 1.5, "a": "é"})
    '{"a":"é","b":1.5}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256_text(text: str) -> str:
    """SHA-256 of *text* in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits.

    Raises:
        RedlaneError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RedlaneError(f"{path} cannot be read: {error.strerror}") from None


def sha256_files(folder: Path) -> Mapping[str, str]:
    """SHA-256 of every file below *folder*, by its path relative to it, in sorted order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in files}


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the disk refuses while *path* is being written into one sentence.

    Raises:
        RedlaneError: naming *path* and the reason.
    """
    try:
        yield
    except OSError as error:
        raise RedlaneError(f"{path} cannot be written: {error.strerror or error}") from error


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
