"""The record of a training: its composed settings, the files it read, what came of it. Enough to do it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from redlane.errors import RedlaneError
from redlane.io.files import sha256_file, sha256_files
from redlane.registry import ROOMS, registry_of, settings_of
from redlane.settings import Settings, reason

FORMAT = 1
PLACES = ("files", "partner_table", "previous_bundle", "bundle", "profiles")
"""Arguments of a training that are paths."""


@dataclass(frozen=True)
class Place:
    """An input file: where it was, and its SHA-256."""

    path: Path
    sha256: str


def described(room: str, settings: Settings) -> dict[str, Any]:
    """*settings* as a file of ``conf/<room>/`` would write them, with the ``name`` that picks their class.

    >>> from redlane.model.settings import LightGBMSettings
    >>> described("model", LightGBMSettings())["name"]
    'lightgbm'
    """
    names = [name for name, kind in registry_of(room).items() if kind is type(settings)]
    return {"name": names[0], **settings.plain()} if names else settings.plain()


def composed(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A stage's *arguments* but for its paths and its place for runs, as plain data that composes to the same."""
    return {
        name: described(name, value) if name in ROOMS else plain(value)
        for name, value in arguments.items()
        if name not in (*PLACES, "tracking")
    }


def plain(value: Any) -> Any:
    """One argument as plain data.

    >>> from datetime import date
    >>> plain(date(2024, 5, 1)), plain(None), plain("a sentence")
    ('2024-05-01', None, 'a sentence')
    """
    return value.plain() if isinstance(value, Settings) else TypeAdapter(Any).dump_python(value, mode="json")


def record_of(
    arguments: Mapping[str, Any], hashes: Mapping[str, str], results: Mapping[str, Any]
) -> dict[str, Any]:
    """The record of a training called with *arguments*; *hashes* are of the input files, by path as given."""
    return {
        "format": FORMAT,
        "stage": "train",
        "settings": composed(arguments),
        "places": {name: plain(arguments[name]) for name in PLACES},
        "inputs": [{"path": path, "sha256": sha} for path, sha in hashes.items()],
        "results": dict(results),
    }


def results_of(bundle: Path, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """What can be compared with a repeat: ids, the hash of every file of the bundle, every headline number."""
    return {**numbers, "files": dict(sha256_files(bundle))}


def located(record: Mapping[str, Any], given: Sequence[Path]) -> dict[str, Path]:
    """Where each input file of *record* lies now, by where it was; *given* files are told by their content.

    Raises:
        RedlaneError: a file is missing or is another one, or one of *given* was not read by the run.
    """
    wanted = {each["path"]: each["sha256"] for each in record["inputs"]}
    offered = {sha256_file(path): path for path in given}
    for sha, path in offered.items():
        if sha not in wanted.values():
            raise RedlaneError(
                f"{path} (SHA-256 {sha[:16]}…) is none of the files the run read: {_listed(wanted)}"
            )
    return {old: offered.get(sha) or _unchanged(Path(old), sha) for old, sha in wanted.items()}


def arguments_of(record: Mapping[str, Any], run: Any) -> dict[str, Any]:
    """The arguments, but for paths and the place for runs, to call the stage function *run* with as on record.

    Raises:
        RedlaneError: the record is of another version's settings.
    """
    settings = record["settings"]
    kinds = get_type_hints(run, include_extras=True)
    needed = set(kinds) - {*PLACES, "tracking", "return"}
    if record.get("format") != FORMAT or needed != set(settings):
        unlike = ", ".join(sorted(needed ^ set(settings))) or "its format"
        raise RedlaneError(f"the record is of another version of redlane, which differs in {unlike}")
    return {name: _argument(name, kinds[name], value) for name, value in settings.items()}


def _argument(name: str, kind: Any, value: Any) -> Any:
    if name in ROOMS:
        return settings_of(name, value)
    if isinstance(kind, type) and issubclass(kind, Settings):
        return kind.parse(value, where=name)
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        raise RedlaneError(f"the record's '{name}' cannot be used: {reason(error.errors()[0])}") from None


def _unchanged(path: Path, sha256: str) -> Path:
    if not path.is_file():
        raise RedlaneError(
            f"{path} (SHA-256 {sha256[:16]}…), which the run read, is not there; give the file as FILE"
        )
    found = sha256_file(path)
    if found != sha256:
        raise RedlaneError(
            f"{path} is not the file the run read: its SHA-256 is {found[:16]}…, it was {sha256[:16]}…; give the "
            f"file of then as FILE"
        )
    return path


def _listed(wanted: Mapping[str, str]) -> str:
    return ", ".join(f"{Path(path).name} ({sha[:16]}…)" for path, sha in wanted.items())
