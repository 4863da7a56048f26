"""From composed settings to a stage's function: each value checked against the function's annotations."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from redlane.errors import RedlaneError
from redlane.registry import ROOMS, registry_of, settings_of
from redlane.settings import Settings, found_value, reason
from redlane.stage_table import Stage


def function_of(stage: str) -> Callable[..., Any]:
    """The ``run`` of ``redlane.stages.<stage>``; its imports happen only now."""
    run: Callable[..., Any] = import_module(f"redlane.stages.{stage}").run
    return run


def parameters_of(run: Callable[..., Any]) -> dict[str, Any]:
    """The names and types of what *run* takes."""
    return {name: kind for name, kind in get_type_hints(run, include_extras=True).items() if name != "return"}


def arguments_for(stage: Stage, run: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments to call *run* with, from composed *values* (plain data; paths already in place).

    Raises:
        RedlaneError: a key is unknown or missing, a needed path was not given, or a value has a wrong type.
    """
    parameters = parameters_of(run)
    for key in values:
        if key not in parameters:
            settings = [name for name in parameters if name not in stage.paths()]
            raise RedlaneError(f"{stage.name}: {unknown(key, settings)}")
    return {key: _argument(stage, key, kind, values) for key, kind in parameters.items()}


def unknown(key: str, known: Sequence[str]) -> str:
    """The sentence about a key that does not exist.

    >>> unknown("capcity", ["capacity", "per"])
    "unknown setting 'capcity'; did you mean 'capacity'?"
    """
    close = get_close_matches(key, known, n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"known: {', '.join(known)}"
    return f"unknown setting '{key}'; {hint}"


def fields_of(room: str, values: Any) -> Sequence[str]:
    """Every key that the settings described by *values* may have, whether they state it or not; else none.

    >>> "dates" in fields_of("declarations", {"name": "file_format", "columns": {}})
    True
    """
    if room not in ROOMS or not isinstance(values, Mapping):
        return ()
    chosen = registry_of(room).get(str(values.get("name")))
    return () if chosen is None else list(chosen.model_fields)


def _argument(stage: Stage, key: str, kind: Any, values: Mapping[str, Any]) -> Any:
    if key not in values:
        raise RedlaneError(f"{stage.name}: the setting '{key}' is missing")
    value = values[key]
    if key in ROOMS and isinstance(value, Mapping) and not value:
        raise RedlaneError(
            f"{stage.name}: the file chosen for '{key}' says nothing; begin with a copy of one of redlane's own"
        )
    if key in ROOMS and isinstance(value, Mapping) and "name" in value:
        value = settings_of(key, value)
    lacking = (value == [] or value is None) and key not in stage.asks
    if key in stage.paths() and lacking and not _may_be_none(kind):
        raise RedlaneError(f"{stage.name} needs {stage.paths()[key]}; see redlane {stage.name} --help")
    return _checked(stage, key, kind, value)


def _checked(stage: Stage, key: str, kind: Any, value: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, Settings) and isinstance(value, Mapping):
        return kind.parse(value, where=f"{stage.name}: {key}")
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "model_type":
            wanted = first.get("ctx", {}).get("class_name", "another kind")
            raise RedlaneError(
                f"{stage.name}: '{key}' is set to {type(value).__name__}, but {stage.name} needs {wanted}; "
                f"choose another {key}="
            ) from None
        where = ".".join([key, *(str(part) for part in first["loc"])])
        raise RedlaneError(f"{stage.name}: '{where}'{found_value(first['input'])}: {reason(first)}") from None


def _may_be_none(kind: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(None)
    except ValidationError:
        return False
    return True
