"""Settings by name, with changes: the files of ``conf/`` as typed objects."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from redlane.configuration import choices, load, search_folders
from redlane.errors import RedlaneError
from redlane.registry import ROOMS, settings_of
from redlane.settings import Settings


def choose(choice: str, config_dir: str | Path | None = None, **changes: Any) -> Any:
    """The settings of a file of ``conf/``, such as ``"features/default"``, with *changes* to its keys.

    *config_dir* is a folder of your own, looked into first, as ``--config-dir`` is. Nested keys are given as
    dictionaries, of which only what is named changes.

    Raises:
        RedlaneError: there is no such room, file or key, or a value is out of place.

    >>> choose("lanes/asycuda", capacity="2%").capacity
    0.02
    >>> choose("model/lightgbm", rounds=50, revenue=None).rounds
    50
    """
    room, _, name = choice.partition("/")
    folders = search_folders(None if config_dir is None else Path(config_dir))
    if room not in ROOMS or not name:
        raise RedlaneError(f"'{choice}' is no choice; write a room and a file, such as features/default")
    if name not in choices(room, folders):
        raise RedlaneError(f"there is no {choice}; {room} has {', '.join(choices(room, folders))}")
    return settings_of(room, _merged(_loaded(room, name, folders), changes))


def chosen(room: str, given: str | Settings, **changes: Any) -> Any:
    """*given* itself where it is settings already, else the choice of that name in *room*."""
    return given if isinstance(given, Settings) else choose(f"{room}/{given}", **changes)


def _loaded(room: str, name: str, folders: list[Path]) -> dict[str, Any]:
    """A file, laid over those that it names under ``defaults``."""
    values = load(f"{room}/{name}", folders)
    base: dict[str, Any] = {}
    for each in values.pop("defaults", []):
        if isinstance(each, str) and each not in ("_self_", name):
            base = _merged(base, _loaded(room, each, folders))
    return _merged(base, values)


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both else value
    return merged
