"""A red flag as it is written down: what it looks for, how it is computed, what an officer reads, who says so."""

import re
import string
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from redlane.declarations.columns import COLUMNS, column, require_declared
from redlane.errors import RedlaneError
from redlane.features.flags.expression import Expression, constant, listed
from redlane.features.flags.values import ExpressionError, Value
from redlane.features.spec import Group
from redlane.profiles.keys import HS_PREFIXES, source_columns
from redlane.settings import Settings

Parameter = int | float | str | tuple[int | float | str, ...]

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,23}\Z")


class Flag(Settings):
    """One red flag.

    ``expression`` is true where the flag is raised (:mod:`redlane.features.flags.expression`); it may name its
    ``parameters``, declared columns, ``hs2``/``hs4``/``hs6``, features, and peer numbers of the families in use.
    ``sentence`` is what an officer reads where it is raised; it may name the same in braces. ``same_fact_as``
    names a feature that tells the same fact as a number: the two make one reason. ``source`` says who
    describes this flag.

    Raises:
        RedlaneError: the expression asks for what it may not, or the flag reads what is known only after an
            inspection, or names a person or firm.

    >>> flag = Flag(id="X1", version=1, title="Heavy", group="quantity", severity="low", parameters={"kg": 1000},
    ...     expression="net_mass > kg", sentence="weighs {net_mass} kg, more than {kg}", source="own experience")
    >>> flag.columns(), flag.spoken
    (('net_mass',), 'weighs {net_mass} kg, more than 1000')
    """

    id: str
    version: Annotated[int, Field(ge=1)]
    title: Annotated[str, Field(min_length=1)]
    group: Group
    severity: Literal["low", "medium", "high"]
    parameters: dict[str, Parameter] = {}
    expression: str
    sentence: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]
    same_fact_as: str = ""
    note: str = ""

    @field_validator("parameters", mode="before")
    @classmethod
    def _lists_may_change(cls, parameters: Any) -> Any:
        if not isinstance(parameters, Mapping):
            return parameters
        return {
            name: tuple(value) if isinstance(value, list) else value for name, value in parameters.items()
        }

    @model_validator(mode="after")
    def _can_be_run(self) -> "Flag":
        if not _ID.match(self.id):
            raise RedlaneError(
                f"flag '{self.id}': an id has up to 24 letters, digits and underscores, and begins with a letter"
            )
        for name in self.names():
            if name in COLUMNS:
                require_declared([name], f"flag '{self.id}'")
        for name in self._fields():
            if name in COLUMNS and column(name).sensitivity != "open":
                raise RedlaneError(f"flag '{self.id}': the sentence names '{name}', which identifies a party")
        self.constants()
        return self

    @property
    def feature(self) -> str:
        """The name of the feature that holds its value."""
        return f"flag_{self.id}"

    @property
    def spoken(self) -> str:
        """The sentence with the flag's own parameters written out."""
        parts = []
        for literal, name, form, _ in string.Formatter().parse(self.sentence):
            parts.append(literal.replace("{", "{{").replace("}", "}}"))
            if name is None:
                continue
            parts.append(
                _words(self.parameters[name], form) if name in self.parameters else _field(name, form)
            )
        return "".join(parts)

    def parsed(self) -> Expression:
        """The expression, checked.

        Raises:
            RedlaneError: in one sentence, with the place.
        """
        try:
            return Expression.parse(self.expression)
        except ExpressionError as error:
            raise self.refusal(error) from None

    def refusal(self, error: ExpressionError) -> RedlaneError:
        """*error* as a sentence that names the flag, the place and the expression."""
        place = f", at character {error.place}" if error.place else ""
        shown = self.expression if len(self.expression) <= 200 else self.expression[:199] + "…"
        return RedlaneError(f"flag '{self.id}': the expression is refused{place}: {error.why}: {shown}")

    def unknown_in_sentence(self, name: str, known: Iterable[str]) -> RedlaneError:
        """The refusal of a sentence that names what nothing offers."""
        close = get_close_matches(name, list(known), n=1)
        hint = f"; did you mean '{{{close[0]}}}'?" if close else ""
        return RedlaneError(f"flag '{self.id}': the sentence names '{{{name}}}', which nothing offers{hint}")

    def names(self) -> tuple[str, ...]:
        """The names the expression reads besides its parameters, in order."""
        return tuple(name for name in self.parsed().names if name not in self.parameters)

    def sentence_names(self) -> tuple[str, ...]:
        """The names the sentence reads besides its parameters."""
        return tuple(name for name in self._fields() if name not in self.parameters)

    def columns(self) -> tuple[str, ...]:
        """The declared columns that the expression reads."""
        return columns_among(self.names())

    def _fields(self) -> tuple[str, ...]:
        try:
            fields = [name for _, name, _, _ in string.Formatter().parse(self.sentence) if name is not None]
        except ValueError as error:
            raise RedlaneError(f"flag '{self.id}': the sentence cannot be read: {error}") from None
        return tuple(dict.fromkeys(fields))

    def constants(self) -> dict[str, Value]:
        """The parameters as values.

        Raises:
            RedlaneError: one is neither a number nor a text nor a list of either, or has a name that is taken.
        """
        try:
            return {
                name: listed(value) if isinstance(value, tuple) else constant(value)
                for name, value in self.parameters.items()
                if self._is_free(name)
            }
        except ExpressionError as error:
            raise RedlaneError(f"flag '{self.id}': a parameter cannot be used: {error.why}") from None

    def _is_free(self, name: str) -> bool:
        if not name.isidentifier() or name in COLUMNS or name in HS_PREFIXES or name == "value":
            raise RedlaneError(f"flag '{self.id}': '{name}' cannot be the name of a parameter")
        return True


class FlagSettings(Settings):
    """A catalogue of red flags by id; an entry of ``null`` takes a flag out (``flags.catalogue.RF12=null``)."""

    catalogue: dict[str, Flag] = {}

    @field_validator("catalogue", mode="before")
    @classmethod
    def _with_ids(cls, entries: Any) -> Any:
        return catalogue(entries)


def catalogue(entries: Any) -> Any:
    """Entries by id, each told its id, in the order of the ids; those that are null left out.

    Raises:
        RedlaneError: an entry is no flag, or says another id than the one it stands under.
    """
    if not isinstance(entries, Mapping):
        return entries
    flags = {str(key): entry for key, entry in entries.items() if entry is not None}
    return {key: _flag(key, flags[key]) for key in sorted(flags)}


def _flag(key: str, entry: Any) -> Flag:
    if isinstance(entry, Flag):
        return entry
    if not isinstance(entry, Mapping) or entry.get("id", key) != key:
        raise RedlaneError(f"flag '{key}': keys and values are needed here, and no other id")
    return Flag.parse({**entry, "id": key}, f"flag '{key}'")


def columns_among(names: Iterable[str]) -> tuple[str, ...]:
    """The declared columns that *names* stand for.

    >>> columns_among(["hs2", "hs_code", "net_mass", "price_per_kg_z"])
    ('hs_code', 'net_mass')
    """
    declared = [source_columns((name,))[0] for name in names if name in COLUMNS or name in HS_PREFIXES]
    return tuple(dict.fromkeys(declared))


def _field(name: str, form: str | None) -> str:
    return "{" + name + (f":{form}" if form else "") + "}"


def _words(value: Parameter, form: str | None) -> str:
    if isinstance(value, tuple):
        return ", ".join(_words(part, form) for part in value)
    if isinstance(value, str):
        return value.replace("{", "{{").replace("}", "}}")
    return f"{value * 100:.6g} %" if form == "share" else f"{value:.6g}"
