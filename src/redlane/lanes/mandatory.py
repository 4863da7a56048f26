"""Mandatory rules: declared goods, routes or parties, or red flags, that law or instruction sends to the red lane."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
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
Numbers = npt.NDArray[np.float64]

_NUMERIC = ("number", "flag")


class Rule(Settings):
    """One condition on one declared column, or one red flag; what is missing or cannot be computed never meets it.

    ``flag`` names a red flag of the bundle by its id, and is a condition by itself. Text columns take ``one_of`` or
    ``starts_with``; numbers and flags (1 is yes) take ``at_least``, ``at_most`` or both. ``why`` is the sentence an
    officer reads.

    Raises:
        RedlaneError: the column does not exist, is not declared by the trader, or the condition does not
            fit its type.

    >>> Rule(id="arms", column="hs_code", starts_with=("93",), why="Arms are always examined.").id
    'arms'
    """

    id: str
    column: str | None = None
    flag: str | None = None
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
        if "" in (self.why.strip(), self.id.strip()) or () in (self.one_of, self.starts_with):
            raise RedlaneError(f"{user} needs an id, a sentence why, and at least one value to look for")
        texts = [name for name in ("one_of", "starts_with") if getattr(self, name) is not None]
        bounds = [name for name in ("at_least", "at_most") if getattr(self, name) is not None]
        if self.column is None or self.flag is not None:
            return self._one_flag(user, texts + bounds)
        require_declared([self.column], user)
        numeric = column(self.column).kind in _NUMERIC
        if column(self.column).kind == "date":
            raise RedlaneError(
                f"{user} reads '{self.column}', which is a date; rules read text, numbers and flags"
            )
        if (texts or not bounds) if numeric else (bounds or len(texts) != 1):
            right = "at_least, at_most or both" if numeric else "either one_of or starts_with"
            found = ", ".join(texts + bounds) or "no condition"
            raise RedlaneError(f"{user} on '{self.column}' has {found}; give {right}")
        return self

    def _one_flag(self, user: str, conditions: list[str]) -> Self:
        if (self.column is None) == (self.flag is None):
            raise RedlaneError(f"{user} needs either a column or a flag to look at")
        if conditions:
            raise RedlaneError(
                f"{user} on flag '{self.flag}' has {', '.join(conditions)}; a flag is enough by itself"
            )
        return self

    def check_flag(self, known: Sequence[str], lost: Mapping[str, str]) -> None:
        """Refuse to start on a flag that the bundle does not know, or that no row of the file can raise.

        *lost* are flags that cannot be computed, by id, with the reason.

        Raises:
            RedlaneError: naming the flags that are known, or the reason.
        """
        if self.flag is None:
            return
        if self.flag not in known:
            held = f"known are {', '.join(known)}" if known else "it has none"
            raise RedlaneError(
                f"mandatory rule '{self.id}': the bundle has no red flag '{self.flag}'; {held}"
            )
        if self.flag in lost:
            raise RedlaneError(
                f"mandatory rule '{self.id}': red flag '{self.flag}' cannot be computed for these declarations: "
                f"{lost[self.flag]}"
            )

    def meets(self, declarations: pd.DataFrame, flags: Mapping[str, Numbers]) -> Mask:
        """Which rows meet the condition; *flags* are values by id: 1, 0, NaN."""
        if self.column is None:
            return np.asarray(flags[self.flag or ""] == 1)
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


def mandatory(
    declarations: pd.DataFrame, rules: Sequence[Rule], flags: Mapping[str, Numbers] = MappingProxyType({})
) -> tuple[Mask, RuleCodes]:
    """Which rows some rule makes mandatory, and the first such rule by its place in *rules* (-1: none).

    *flags* are the values of red flags by id, aligned with the rows: 1, 0, NaN where one cannot be computed.

    Raises:
        RedlaneError: a rule reads a column that the file does not have.

    >>> frame = pd.DataFrame({"hs_code": ["930100", "610910", None]})
    >>> arms = Rule(id="arms", column="hs_code", starts_with=("93",), why="Arms are always examined.")
    >>> [part.tolist() for part in mandatory(frame, [arms])]
    [[True, False, False], [0, -1, -1]]
    """
    first = np.full(len(declarations), -1, dtype=np.int16)
    for place, rule in enumerate(rules):
        if rule.flag is not None and rule.flag not in flags:
            raise RedlaneError(
                f"mandatory rule '{rule.id}' needs red flag '{rule.flag}', which is not computed"
            )
        if rule.column is not None and rule.column not in declarations.columns:
            raise RedlaneError(
                f"mandatory rule '{rule.id}' reads '{rule.column}', which the declarations do not have"
            )
        first[rule.meets(declarations, flags) & (first < 0)] = place
    return first >= 0, first
