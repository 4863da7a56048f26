"""A folder with a manifest that names every file in it by SHA-256, and nothing else beside them.

Files are read once: the bytes that were hashed are the bytes that are parsed.
"""

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redlane.errors import RedlaneError
from redlane.io.files import canonical_json, sha256_file, sha256_text, write_text

MANIFEST = "manifest.json"
_FORMAT = 1
_LARGEST_MANIFEST = 4_000_000


@dataclass(frozen=True)
class Sealed:
    """A folder's checked content: ``id`` names it as a whole, ``files`` holds each file's bytes."""

    id: str
    manifest: dict[str, Any]
    files: dict[str, bytes]


def seal(folder: Path, about: Mapping[str, Any]) -> str:
    """Write the manifest of the files in *folder*, with the facts *about* them; gives the id.

    The id is the SHA-256 of the manifest's canonical JSON without the id itself. Nothing in the manifest
    changes from one writing to the next (no clock, no path), so that equal content has an equal id.
    """
    files = {
        path.name: {"sha256": sha256_file(path), "size": path.stat().st_size}
        for path in sorted(folder.iterdir())
        if path.name != MANIFEST
    }
    manifest = {**about, "format": _FORMAT, "files": files}
    manifest["id"] = identity(manifest)
    write_text(folder / MANIFEST, _spelled(manifest))
    return str(manifest["id"])


def identity(manifest: Mapping[str, Any]) -> str:
    """The id that belongs to a manifest: 64 hexadecimal digits."""
    return sha256_text(canonical_json({key: value for key, value in manifest.items() if key != "id"}))


def read_sealed(folder: Path) -> Sealed:
    """Read a sealed folder, every byte checked.

    Raises:
        RedlaneError: naming the file that was changed, is missing, is not listed, or is no plain file.
    """
    names = _plain_files(folder)
    if MANIFEST not in names:
        raise RedlaneError(f"{folder} is not a bundle: it has no {MANIFEST}")
    manifest = _manifest(folder / MANIFEST)
    listed = manifest["files"]
    for name in sorted(names | set(listed)):
        if name not in names:
            raise RedlaneError(f"{folder} lacks the file {name!r} its manifest lists")
        if name != MANIFEST and name not in listed:
            raise RedlaneError(f"{folder} holds the file {name!r} its manifest does not list")
    files = {name: _checked(folder / name, listed[name]) for name in sorted(listed)}
    return Sealed(str(manifest["id"]), manifest, files)


def _plain_files(folder: Path) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            found = {entry.name: entry.stat(follow_symlinks=False).st_mode for entry in entries}
    except OSError as error:
        raise RedlaneError(f"{folder} cannot be read as a bundle: {error.strerror}") from None
    for name, mode in sorted(found.items()):
        if not stat.S_ISREG(mode):
            kind = "a link" if stat.S_ISLNK(mode) else "a folder" if stat.S_ISDIR(mode) else "no plain file"
            raise RedlaneError(f"{folder} holds {name!r}, which is {kind}; a bundle has plain files only")
    return set(found)


def _manifest(path: Path) -> dict[str, Any]:
    text = _bytes(path, _LARGEST_MANIFEST)
    try:
        manifest = json.loads(text)
        whole = text == _spelled(manifest).encode() and manifest["id"] == identity(manifest)
        whole = whole and manifest["format"] == _FORMAT
        whole = whole and all({"sha256", "size"} == set(entry) for entry in manifest["files"].values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise RedlaneError(f"{path} was changed: it does not carry the id of its own content")
    return dict(manifest)


def _checked(path: Path, entry: Mapping[str, Any]) -> bytes:
    content = _bytes(path, entry["size"])
    if len(content) != entry["size"] or hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise RedlaneError(f"{path} was changed: it has not the SHA-256 its manifest lists")
    return content


def _bytes(path: Path, most: int) -> bytes:
    """Up to one byte more than *most*; never follows a link put there since the folder was listed."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise RedlaneError(f"{path} cannot be read: {error.strerror}") from None


def _spelled(manifest: Any) -> str:
    return json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
