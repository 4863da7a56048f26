"""The winning settings as a recipe: a file ``experiment/NAME.yaml`` that ``redlane train experiment=NAME`` takes."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redlane.errors import RedlaneError
from redlane.io.files import write_text
from redlane.tuning.applying import Basis

MARK = "Found by redlane tune"
"""What the first line of a recipe says that this module wrote, and may write anew."""


@dataclass(frozen=True)
class Words:
    """The command line a study was begun with, as far as a training takes it too.

    ``recipes`` are the recipes it named, ``groups`` other choices (features=first), ``settings`` single keys with
    the values they had after composing, nested.
    """

    recipes: tuple[str, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """A recipe to be written: where, what is said above it, what it changes."""

    file: Path
    remarks: Sequence[str]
    words: Words
    paths: Mapping[str, Any]

    def write(self, changed: Basis, values: Mapping[str, Any]) -> None:
        """Write the recipe that trains with *changed*, which differs from where the search began by *values*.

        Raises:
            RedlaneError: the disk refuses.
        """
        import yaml

        features = {"features": values["features"]} if "features" in values else {}
        groups = {**self.words.groups, **features}
        content: dict[str, Any] = {}
        defaults: list[Any] = [
            *self.words.recipes,
            *({f"override /{room}": name} for room, name in groups.items()),
        ]
        if defaults:
            content["defaults"] = defaults
        content |= {key: value for key, value in self.paths.items() if value not in (None, [])}
        content = _merged(content, self.words.settings)
        for key in values:
            content = _merged(content, _nested(key, changed))
        lines = [line for remark in self.remarks for line in textwrap.wrap(remark, 110)]
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
        write_text(self.file, "\n".join(["# @package _global_", *(f"# {line}" for line in lines), text]))


def refuse_replacing_recipe(file: Path) -> None:
    """Refuse to write over a recipe that a person wrote.

    Raises:
        RedlaneError: *file* is there and does not say that tuning wrote it.
    """
    if file.exists() and MARK not in file.read_text(encoding="utf-8", errors="replace"):
        raise RedlaneError(
            f"{file} is a recipe that tuning did not write; give the new one another recipe=NAME"
        )


def _nested(key: str, changed: Basis) -> dict[str, Any]:
    """The part of a recipe that sets *key* as *changed* has it."""
    room, _, rest = key.partition(".")
    if room == "features":
        return {"features": {"families": changed.features.plain()["families"]}} if rest else {}
    names = rest.split(".")
    value: Any = changed.value(key)
    for name in reversed(names):
        value = {name: value}
    if room == "periods" and rest == "tune_days":
        value = {**value, "tune_from": None}
    return {room: value}


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Both together, *second* going before; tables are merged, lists replaced, as composing does.

    >>> _merged({"model": {"rounds": 5, "seed": 1}}, {"model": {"rounds": 7}})
    {'model': {'rounds': 7, 'seed': 1}}
    """
    merged = dict(first)
    for key, value in second.items():
        old = merged.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return merged
