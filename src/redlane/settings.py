"""Typed settings: a configuration file is the object, written down; unknown keys are refused by name."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from redlane.errors import RedlaneError


class Settings(BaseModel):
    """Base of every settings class: immutable, no unknown keys, errors as one sentence.

    >>> class Shop(Settings):
    ...     rooms: int = 3
    >>> Shop.parse({"rooms": 4}).rooms
    4
    >>> Shop.parse({"romos": 4})
    Traceback (most recent call last):
    ...
    redlane.errors.RedlaneError: Shop: unknown key 'romos'; did you mean 'rooms'?
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @classmethod
    def parse(cls, values: Mapping[str, Any], where: str = "") -> Self:
        """Check *values* (plain data, as read from YAML or JSON) and build the object.

        *where* names the source (a file or a configuration group) in the error sentence.

        Raises:
            RedlaneError: a key is unknown or missing, or a value has the wrong type or range.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            raise RedlaneError(f"{where or cls.__name__}: {_sentence(cls, error)}") from None

    def plain(self) -> dict[str, Any]:
        """The settings as plain JSON-ready data; ``parse(plain())`` gives the same object back."""
        return self.model_dump(mode="json")


def _sentence(cls: type[BaseModel], error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        close = get_close_matches(str(first["loc"][-1]), list(cls.model_fields), n=1)
        hint = f"; did you mean '{close[0]}'?" if close else f"; known keys: {', '.join(cls.model_fields)}"
        return f"unknown key '{key}'{hint}"
    if first["type"] == "missing":
        return f"key '{key}' is missing"
    return f"key '{key}'{found_value(first['input'])}: {reason(first)}"


def found_value(value: Any) -> str:
    """What was found, for an error sentence; a whole table or list would hide the reason behind it.

    >>> found_value("lots"), found_value({"Bureau": "office"})
    (" is 'lots'", '')
    """
    return "" if isinstance(value, Mapping | list | tuple) else f" is {value!r}"


def reason(error: Mapping[str, Any]) -> str:
    """Why pydantic refused a value, in words that say what to write instead.

    >>> reason({"type": "string_type", "input": True, "msg": ""})
    'a text is needed; YAML takes yes, no, on and off for true and false: write it in quotes'
    >>> reason({"type": "date_from_datetime_parsing", "input": "May", "msg": ""})
    'no such date; write it as YYYY-MM-DD'
    """
    if error["type"] == "string_type" and isinstance(error["input"], bool):
        return "a text is needed; YAML takes yes, no, on and off for true and false: write it in quotes"
    if error["type"] == "string_type":
        return "a text is needed: write it in quotes"
    if error["type"].startswith("date_"):
        return "no such date; write it as YYYY-MM-DD"
    return str(error["msg"]).removeprefix("Value error, ")
