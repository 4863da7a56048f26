"""From a configuration's ``name`` to the settings class that checks it: one table for all rooms.

Each room keeps its own ``REGISTRY`` (name -> settings class). Configuration never names code to run: a name
that is not in the room's table is refused.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from redlane.errors import RedlaneError
from redlane.settings import Settings

ROOMS: dict[str, tuple[str, ...]] = {
    room: (f"redlane.{room}.registry", f"redlane.{room}")
    for room in (
        "declarations",
        "features",
        "model",
        "lanes",
        "explanations",
        "evaluation",
        "governance",
        "tracking",
    )
} | {
    "flags": ("redlane.features.flags.registry",),
    "partner_exports": ("redlane.profiles.partner_exports",),
    "comparison": ("redlane.evaluation.paired",),
    "promotion": ("redlane.governance.promotion",),
    "search": ("redlane.tuning.space",),
}
"""Rooms that have settings, and the modules in which each one's ``REGISTRY`` is looked for."""


def registry_of(room: str) -> Mapping[str, type[Settings]]:
    """The table of one room; its modules are imported only now.

    Raises:
        RedlaneError: the room has no settings.
    """
    for name in ROOMS.get(room, ()):
        try:
            table: Mapping[str, type[Settings]] | None = getattr(import_module(name), "REGISTRY", None)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
            continue
        if table is not None:
            return table
    raise RedlaneError(f"'{room}' has no settings; rooms with settings are {', '.join(ROOMS)}")


def settings_of(room: str, values: Mapping[str, Any]) -> Settings:
    """The checked settings object that *values* (plain data with a ``name``) describe.

    Raises:
        RedlaneError: the name is missing or unknown in this room, or a key or value is wrong.
    """
    registry = registry_of(room)
    name = values.get("name")
    if not isinstance(name, str) or name not in registry:
        close = get_close_matches(str(name), registry, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"known names: {', '.join(sorted(registry))}"
        raise RedlaneError(f"{room}: there is no '{name}'; {hint}")
    chosen = registry[name]
    fields = {key: value for key, value in values.items() if key != "name" or "name" in chosen.model_fields}
    return chosen.parse(fields, where=room)
