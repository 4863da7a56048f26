"""Mandatory rules: declared goods, routes or parties that law or instruction sends to the red lane."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import field_validator, model_validator

from redlane.declarations.columns import column, require_declared
from redlane.errors import RedlaneError
from redlane.settings import Settings

Mask = npt.NDArray[np.bool_]
RuleCodes = npt.NDArray[np.int16]

_NUMERIC = ("number", "flag")


class Rule(Settings):
    """One condition on one declared column; a missing value never meets it.

    Text columns take ``one_of`` or ``starts_with``; numbers and flags (1 is yes) take ``at_least``,
    ``at_most`` or both. ``why`` is the sentence an officer reads.

    Raises:
        RedlaneError: the column does not exist, is not declared by the trader, or the condition does not
            fit its type.

    >>> Rule(id="arms", column="hs_code", starts_with=("93",), why="Arms are always examined.").id
    'arms'
    """

    id: str
    column: str
    why: str
    one_of: tuple[str, ...] | None = None
    starts_with: tuple[str, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None

    @field_validator("one_of", "starts_with", mode="before")
    @classmethod
    def _quoted_text(cls, values: object) -> object:
        """YAML reads NO as false and 0101 as the number 65, so that unquoted codes would never match."""
        if isinstance(values, list | tuple):
            for value in values:
                if not isinstance(value, str) or not value:
                    raise ValueError(
                        f'{value!r} in the list is not text; write codes in quotes, like "NO" or "0101"'
                    )
        return values

    @model_validator(mode="after")
    def _one_condition_that_fits(self) -> Self:
        user = f"mandatory rule '{self.id}'"
        require_declared([self.column], user)
        texts = [name for name in ("one_of", "starts_with") if getattr(self, name) is not None]
        bounds = [name for name in ("at_least", "at_most") if getattr(self, name) is not None]
        numeric = column(self.column).kind in _NUMERIC
        if column(self.column).kind == "date":
            raise RedlaneError(
                f"{user} reads '{self.column}', which is a date; rules read text, numbers and flags"
            )
        if (texts or not bounds) if numeric else (bounds or len(texts) != 1):
            right = "at_least, at_most or both" if numeric else "either one_of or starts_with"
            found = ", ".join(texts + bounds) or "no condition"
            raise RedlaneError(f"{user} on '{self.column}' has {found}; give {right}")
        if "" in (self.why.strip(), self.id.strip()) or () in (self.one_of, self.starts_with):
            raise RedlaneError(f"{user} needs an id, a sentence why, and at least one value to look for")
        return self

    def meets(self, declarations: pd.DataFrame) -> Mask:
        """Which rows meet the condition."""
        values = declarations[self.column]
        if column(self.column).kind in _NUMERIC:
            numbers = values.to_numpy(dtype=np.float64)
            low = -np.inf if self.at_least is None else self.at_least
            high = np.inf if self.at_most is None else self.at_most
            return np.asarray((numbers >= low) & (numbers <= high))
        if self.one_of is not None:
            return values.isin(self.one_of).to_numpy(dtype=bool)
        starts = values.astype("object").where(values.notna(), "").str.startswith(self.starts_with or ())
        return starts.to_numpy(dtype=bool)


def mandatory(declarations: pd.DataFrame, rules: Sequence[Rule]) -> tuple[Mask, RuleCodes]:
    """Which rows some rule makes mandatory, and the first such rule by its place in *rules* (-1: none).

    Raises:
        RedlaneError: a rule reads a column that the file does not have.

    >>> frame = pd.DataFrame({"hs_code": ["930100", "610910", None]})
    >>> arms = Rule(id="arms", column="hs_code", starts_with=("93",), why="Arms are always examined.")
    >>> [part.tolist() for part in mandatory(frame, [arms])]
    [[True, False, False], [0, -1, -1]]
    """
    first = np.full(len(declarations), -1, dtype=np.int16)
    for place, rule in enumerate(rules):
        if rule.column not in declarations.columns:
            raise RedlaneError(
                f"mandatory rule '{rule.id}' reads '{rule.column}', which the declarations do not have"
            )
        first[rule.meets(declarations) & (first < 0)] = place
    return first >= 0, first
