"""Where to search: typed entries per dotted key, one file of ``conf/search/`` each."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from redlane.settings import Settings

Value = bool | int | float | str | None

KEYS = ("model", "features", "weighting", "periods")
"""Rooms and settings that a search may change; what the folds are judged by is not among them."""

PERIODS = ("tune_days", "burn_in_days")
"""The borders that a search may move: the others would change what trials are judged on."""


class Range(Settings):
    """Numbers between ``low`` and ``high``, both included; ``log`` tries each order of magnitude alike."""

    kind: str
    low: float
    high: float
    log: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _check_order(self.low, self.high, self.log)
        return self

    def holds(self, value: Any) -> bool:
        """Whether *value* is a number in the range."""
        return (
            isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high
        )


class FloatEntry(Range):
    """A number of a range."""

    kind: Literal["float"] = "float"

    def suggest(self, trial: Any, key: str) -> Value:
        """What an ``optuna.Trial`` tries for *key*."""
        return float(trial.suggest_float(key, self.low, self.high, log=self.log))


class IntEntry(Range):
    """A whole number of a range."""

    kind: Literal["int"] = "int"
    low: int
    high: int

    def holds(self, value: Any) -> bool:
        """Whether *value* is a whole number in the range."""
        return isinstance(value, int) and super().holds(value)

    def suggest(self, trial: Any, key: str) -> Value:
        """What an ``optuna.Trial`` tries for *key*."""
        return int(trial.suggest_int(key, self.low, self.high, log=self.log))


class ChoiceEntry(Settings):
    """One of some values without order: names, switches, numbers."""

    kind: Literal["categorical"] = "categorical"
    choices: tuple[Value, ...] = Field(min_length=1)

    def holds(self, value: Any) -> bool:
        """Whether *value* is one of the choices."""
        return any(value == choice and type(value) is type(choice) for choice in self.choices)

    def suggest(self, trial: Any, key: str) -> Value:
        """What an ``optuna.Trial`` tries for *key*."""
        chosen: Value = trial.suggest_categorical(key, list(self.choices))
        return chosen


Entry = Annotated[FloatEntry | IntEntry | ChoiceEntry, Field(discriminator="kind")]


class SearchSpace(Settings):
    """Everything of a file in ``conf/search/``: entries by dotted key.

    A key is a setting of ``model``, ``weighting`` or ``periods`` (of the latter :data:`PERIODS`), or speaks of
    features: ``features`` chooses a file of ``conf/features/``, ``features.families.NAME`` keeps (true) or leaves
    out (false) the families of that name, ``features.families.NAME.FIELD`` sets a field of each of them.

    >>> space = SearchSpace.parse({"entries": {"model.num_leaves": {"kind": "int", "low": 7, "high": 63}}})
    >>> space.inside({"model.num_leaves": 31}), space.inside({"model.num_leaves": 64})
    ({'model.num_leaves': 31}, {})
    """

    entries: dict[str, Entry] = Field(min_length=1)

    @field_validator("entries")
    @classmethod
    def _known(cls, entries: dict[str, Entry]) -> dict[str, Entry]:
        for key, entry in entries.items():
            room, _, rest = key.partition(".")
            if room not in KEYS or (not rest and room != "features"):
                raise ValueError(
                    f"'{key}' cannot be searched; keys begin with {', '.join(KEYS)} and name a setting"
                )
            if room == "periods" and rest not in PERIODS:
                raise ValueError(
                    f"'{key}' would change what trials are judged on; of the periods only {' and '.join(PERIODS)} "
                    f"may be searched"
                )
            if room == "features":
                _check_features(key, rest, entry)
        return entries

    def suggest(self, trial: Any) -> dict[str, Value]:
        """One value for every key, as an ``optuna.Trial`` proposes them."""
        return {key: entry.suggest(trial, key) for key, entry in self.entries.items()}

    def inside(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Those of *values* that lie in the space."""
        return {
            key: value
            for key, value in values.items()
            if key in self.entries and self.entries[key].holds(value)
        }


def _check_features(key: str, rest: str, entry: FloatEntry | IntEntry | ChoiceEntry) -> None:
    parts = rest.split(".")
    switch = isinstance(entry, ChoiceEntry) and all(isinstance(choice, bool) for choice in entry.choices)
    names = isinstance(entry, ChoiceEntry) and all(isinstance(choice, str) for choice in entry.choices)
    if not rest and not names:
        raise ValueError("'features' chooses among files of conf/features/: give their names as choices")
    if rest and (parts[0] != "families" or len(parts) not in (2, 3)):
        raise ValueError(f"'{key}' is neither features.families.NAME nor features.families.NAME.FIELD")
    if rest and len(parts) == 2 and not switch:
        raise ValueError(f"'{key}' keeps or leaves out a family: give true and false as choices")


def _check_order(low: float, high: float, log: bool) -> None:
    if not low < high:
        raise ValueError(f"low ({low}) must be below high ({high})")
    if log and low <= 0:
        raise ValueError(f"log needs low above 0, not {low}")


REGISTRY: dict[str, type[Settings]] = {"space": SearchSpace}
"""Settings class by the ``name`` key of a file in ``conf/search/``."""
