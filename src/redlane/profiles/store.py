"""The profiles store: a folder of Parquet files that only ever grows, each delivery a segment of its own.

``manifest.json`` lists the segments and the SHA-256 of each file; the store's id is the hash of that list. An
earlier id is a shorter list, so that the profiles of any past night can be opened again, exactly.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pydantic import Field

from redlane.errors import RedlaneError
from redlane.hashing import hash64
from redlane.io.files import atomic_folder, canonical_json, read_json, sha256_files, sha256_text, write_json
from redlane.profiles.build import Profiles, build
from redlane.profiles.delivery import Brings, References
from redlane.profiles.key_parts import listed_parts
from redlane.profiles.keys import part_text
from redlane.profiles.kinds import KINDS
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.parquet import write_columns
from redlane.settings import Settings

FORMAT = 1
MANIFEST = "manifest.json"


class _Segment(Settings):
    """One delivery, as the manifest lists it."""

    name: str = Field(pattern=r"^segment_[0-9]{5}$")
    brings: Brings
    declarations: int
    first_day: str
    last_day: str
    inputs: dict[str, str]
    files: dict[str, str]


class _Manifest(Settings):
    format: int
    id: str
    needs: dict[str, Any]
    segments: tuple[_Segment, ...] = Field(min_length=1)


def profiles_id(manifest: Mapping[str, Any]) -> str:
    """The content id of a store: 16 hexadecimal digits over what it holds."""
    return sha256_text(canonical_json({name: manifest[name] for name in ("format", "needs", "segments")}))[
        :16
    ]


def create_store(
    folder: Path,
    declarations: pd.DataFrame,
    needs: ProfileNeeds,
    inputs: Mapping[str, str],
    references: References | None = None,
) -> Profiles:
    """Build a store from scratch; it replaces what is at *folder*. *inputs* maps file names to SHA-256."""
    profiles = build(declarations, needs, references=references)
    with atomic_folder(folder) as temporary:
        manifest: dict[str, Any] = {"format": FORMAT, "needs": needs.plain(), "segments": []}
        _add_segment(temporary, manifest, profiles, declarations, inputs)
    return Profiles.merge([profiles], manifest["id"])


def append_to_store(
    folder: Path,
    declarations: pd.DataFrame,
    inputs: Mapping[str, str],
    brings: Brings = "both",
    references: References | None = None,
) -> Profiles:
    """Add a delivery as a new segment. Nothing already there is changed.

    Raises:
        RedlaneError: the store is damaged, or one of the input files was added before.
    """
    manifest = read_manifest(folder)
    before = {
        (sha, segment["brings"]) for segment in manifest["segments"] for sha in segment["inputs"].values()
    }
    for name, sha in inputs.items():
        if {(sha, brings), (sha, "both")} & before:
            raise RedlaneError(f"{name} was already added to {folder}; adding it twice would count it twice")
    earlier = open_store(folder)
    profiles = build(declarations, earlier.needs, brings, earlier, references)
    _add_segment(folder, manifest, profiles, declarations, inputs, brings)
    return Profiles.merge([earlier, profiles], manifest["id"])


def open_store(folder: Path, id: str | None = None) -> Profiles:
    """Open a store, as it is or as it was when its id was *id*. Every file is checked before it is parsed.

    Raises:
        RedlaneError: no store is there, a file was changed, added or lost or is none of profiles, or the id
            never existed.
    """
    manifest = read_manifest(folder)
    if id is not None:
        manifest = _as_it_was(folder, manifest, id)
    needs = ProfileNeeds.parse(manifest["needs"], f"{folder / MANIFEST}")
    parts = []
    for segment in manifest["segments"]:
        _check_files(folder / segment["name"], segment["files"])
        try:
            parts.append(_read_segment(folder / segment["name"], needs))
        except (pa.ArrowException, OSError, LookupError, TypeError, ValueError):
            raise RedlaneError(
                f"{folder / segment['name']} does not hold the profiles that {MANIFEST} says it needs"
            ) from None
    return Profiles.merge(parts, profiles_id(manifest))


def read_manifest(folder: Path) -> dict[str, Any]:
    """The store's list of segments.

    Raises:
        RedlaneError: there is none, it lists something else, or its own id does not fit.
    """
    if not (folder / MANIFEST).is_file():
        raise RedlaneError(f"{folder} holds no profiles; 'redlane profile FILE --out {folder}' builds them")
    manifest = read_json(folder / MANIFEST)
    if not isinstance(manifest, dict) or "segments" not in manifest:
        raise RedlaneError(f"{folder} holds something other than profiles: its {MANIFEST} lists no segments")
    if manifest.get("format") != FORMAT:
        raise RedlaneError(
            f"{folder / MANIFEST} has format {manifest.get('format')!r}; this version reads {FORMAT}"
        )
    _Manifest.parse(manifest, f"{folder / MANIFEST}")
    if manifest.get("id") != profiles_id(manifest):
        raise RedlaneError(
            f"{folder / MANIFEST} was changed after it was written: its id does not fit its content"
        )
    return manifest


def _as_it_was(folder: Path, manifest: dict[str, Any], id: str) -> dict[str, Any]:
    for count in range(len(manifest["segments"]), 0, -1):
        earlier = {**manifest, "segments": manifest["segments"][:count]}
        if profiles_id(earlier) == id:
            return earlier
    raise RedlaneError(f"{folder} never had the profiles id {id}; it is now {manifest['id']}")


def _check_files(folder: Path, expected: Mapping[str, str]) -> None:
    if not folder.is_dir():
        raise RedlaneError(f"{folder} is missing from the profiles store")
    found = sha256_files(folder)
    for name in sorted({*expected, *found}):
        if name not in found:
            raise RedlaneError(f"{folder / name} is missing from the profiles store")
        if name not in expected:
            raise RedlaneError(f"{folder / name} does not belong to the profiles store")
        if found[name] != expected[name]:
            raise RedlaneError(f"{folder / name} was changed after it was written")


def _add_segment(
    folder: Path,
    manifest: dict[str, Any],
    profiles: Profiles,
    declarations: pd.DataFrame,
    inputs: Mapping[str, str],
    brings: Brings = "both",
) -> None:
    """Write the files first and the manifest last: until then a reader sees the store as it was."""
    name = f"segment_{len(manifest['segments']) + 1:05d}"
    with atomic_folder(folder / name) as temporary:
        _write_segment(temporary, profiles, declarations)
        files = dict(sha256_files(temporary))
    registered = declarations["registered_on"]
    manifest["segments"].append(
        {
            "name": name,
            "brings": brings,
            "declarations": len(declarations),
            "first_day": str(registered.min().date()) if len(registered) else "",
            "last_day": str(registered.max().date()) if len(registered) else "",
            "inputs": dict(inputs),
            "files": files,
        }
    )
    manifest["id"] = profiles_id(manifest)
    write_json(folder / MANIFEST, manifest)


def _write_segment(folder: Path, profiles: Profiles, declarations: pd.DataFrame) -> None:
    for kind, need in profiles.needs.items():
        KINDS[kind].write(folder / KINDS[kind].stem(need), need, profiles.tables[kind][need])
    parts = {part for key in (*profiles.activity, *profiles.outcomes) for part in key}
    for part in sorted(listed_parts(parts)):
        words = part_text(declarations, part).dropna().drop_duplicates().sort_values()
        columns = {"key": hash64(words.to_list()), part: words.to_numpy("object")}
        write_columns(folder / f"names__{part}.parquet", columns)


def _read_segment(folder: Path, needs: ProfileNeeds) -> Profiles:
    tables: dict[str, dict[Any, Any]] = {kind: {} for kind in KINDS}
    for kind, need in needs.items():
        tables[kind][need] = KINDS[kind].read(folder / KINDS[kind].stem(need), need)
    return Profiles(needs, tables)


def last_day(manifest: Mapping[str, Any]) -> str:
    """The last registration day the store has seen, as an ISO date."""
    return max((segment["last_day"] for segment in manifest["segments"]), default="")
