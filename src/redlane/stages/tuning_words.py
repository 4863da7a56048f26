"""What a tuned recipe takes over from the command line of the search: recipes, choices and keys a training has too."""

from collections.abc import Mapping, Sequence
from typing import Any

from redlane import configuration
from redlane.arguments import key_of
from redlane.tuning.recipe import Words

_ELSEWHERE = ("tracking", "bundle", "profiles", "files", "partner_table")
"""What a recipe says itself, or leaves to each run."""


def words_of(overrides: Sequence[str], settings: Mapping[str, Any]) -> Words:
    """The *overrides* that a training takes as well, with the values they have in the composed *settings*.

    >>> words = words_of(["experiment=kcs", "features=first", "model.rounds=5", "trials=9"], {"model": {"rounds": 5}})
    >>> words.recipes, dict(words.groups), dict(words.settings)
    (('kcs',), {'features': 'first'}, {'model': {'rounds': 5}})
    """
    train = configuration.load("train", [configuration.conf_folder()])
    groups = configuration.groups(train)
    recipes: list[str] = []
    chosen: dict[str, str] = {}
    keys: dict[str, Any] = {}
    for word in overrides:
        key, value = key_of(word) or "", word.partition("=")[2]
        room = key.split(".")[0]
        if key == "experiment":
            recipes += [
                name.strip() for name in value.strip("[]").split(",") if name.strip() not in ("", "null")
            ]
        elif key in groups and key not in _ELSEWHERE:
            chosen[key] = value
        elif room in {**train, **groups} and room not in _ELSEWHERE:
            _set(keys, key.split("."), settings)
    return Words(tuple(recipes), chosen, keys)


def _set(keys: dict[str, Any], path: Sequence[str], settings: Mapping[str, Any]) -> None:
    found: Any = settings
    for part in path:
        if not isinstance(found, Mapping) or part not in found:
            return
        found = found[part]
    for part in path[:-1]:
        keys = keys.setdefault(part, {})
    keys[path[-1]] = found
