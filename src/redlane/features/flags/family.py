"""Red flags as features: one per flag, and how many of each typology group are raised."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import field_validator

from redlane.features.family import Computed, Family
from redlane.features.flags.flag import Flag, catalogue, columns_among
from redlane.features.flags.operands import Operands, sample
from redlane.features.flags.values import ExpressionError, Floats
from redlane.features.spec import GROUPS, Feature, Group
from redlane.features.view import View

COUNT = "flags_"
"""What the name of a group's count begins with."""


class Flags(Family):
    """Red flags: 1 where a flag is raised, 0 where it is not, missing where it cannot be computed.

    The flags themselves stand in ``conf/flags/`` (``flags=`` chooses the file) and are described in
    ``docs/red-flags.md``. Beside them, ``flags_<group>`` counts the raised flags of a typology group, as far as
    they can be computed. A flag reads declared columns and what the families before it computed; where one of
    its names is offered by none, it cannot be computed for any declaration.
    """

    title: ClassVar[str] = "Red flags"
    family: Literal["flags"] = "flags"
    catalogue: dict[str, Flag] = {}

    @field_validator("catalogue", mode="before")
    @classmethod
    def _with_ids(cls, entries: Any) -> Any:
        return catalogue(entries)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The flags in the order of their ids."""
        return tuple(self.catalogue[key] for key in sorted(self.catalogue))

    def columns(self) -> tuple[str, ...]:
        """None is needed: a flag without its column cannot be computed, and the rest can."""
        return ()

    def optional_columns(self) -> tuple[str, ...]:
        """The declared columns that expressions and sentences read."""
        names = [name for flag in self.flags for name in (*flag.names(), *flag.sentence_names())]
        return columns_among(names)

    def groups(self) -> tuple[Group, ...]:
        """The typology groups that have a flag."""
        return tuple(group for group in GROUPS if any(flag.group == group for flag in self.flags))

    def features(self) -> tuple[Feature, ...]:
        """One per flag, one per group."""
        return (*(_feature(flag) for flag in self.flags), *(_count(group) for group in self.groups()))

    def compute(self, view: View) -> Computed:
        """Every flag as 1, 0 or NaN; a count is NaN where none of the group's flags can be computed."""
        operands = Operands(view)
        values = {flag.feature: _raised(flag, operands, len(view)) for flag in self.flags}
        counts = {
            f"{COUNT}{group}": count([values[flag.feature] for flag in self.flags if flag.group == group])
            for group in self.groups()
        }
        return {**values, **counts}

    def fact_names(self) -> tuple[str, ...]:
        """Names in sentences of flags; where nothing else offers one, its flag cannot be computed either."""
        return tuple(dict.fromkeys(name for flag in self.flags for name in flag.sentence_names()))

    def facts(self, view: View) -> Computed:
        """Unknown for every name that nothing else offers."""
        operands = Operands(view)
        nothing = np.full(len(view), None, dtype=object)
        return {name: nothing for name in self.fact_names() if not operands.offered(name)}

    def check(self, offered: Collection[str], categories: frozenset[str]) -> None:
        """Refuse a flag whose expression or sentence cannot be right, given the names that are *offered*.

        Raises:
            RedlaneError: naming the flag and the place, or the name.
        """
        for flag in self.flags:
            if all(name in offered for name in flag.names()):
                _check(flag, offered, categories)


def count(raised: Sequence[Floats]) -> Floats:
    """How many of several flags are raised; NaN where none of them can be computed.

    >>> count([np.array([1.0, np.nan, np.nan]), np.array([1.0, 0.0, np.nan])]).tolist()
    [2.0, 0.0, nan]
    """
    sums, known = np.zeros(len(raised[0])), np.zeros(len(raised[0]), dtype=bool)
    for values in raised:
        is_known = ~np.isnan(values)
        known |= is_known
        sums += np.where(is_known, values, 0.0)
    return np.where(known, sums, np.nan)


def _raised(flag: Flag, operands: Operands, n: int) -> Floats:
    expression, constants = flag.parsed(), flag.constants()
    if not all(operands.offered(name) for name in flag.names()):
        return np.full(n, np.nan)
    try:
        return expression.evaluate(operands.of(constants), n)
    except ExpressionError as error:
        raise flag.refusal(error) from None


def _check(flag: Flag, offered: Collection[str], categories: frozenset[str]) -> None:
    constants = flag.constants()
    try:
        flag.parsed().evaluate(lambda name: constants.get(name) or sample(name, categories), 0)
    except ExpressionError as error:
        raise flag.refusal(error) from None
    for name in flag.sentence_names():
        if name not in offered:
            raise flag.unknown_in_sentence(name, offered)


def _feature(flag: Flag) -> Feature:
    return Feature(
        name=flag.feature,
        meaning=f"Red flag {flag.id}: {flag.title}",
        sentence=flag.spoken,
        sentence_zero=f"red flag {flag.id} is not raised: {flag.title}",
        group=flag.group,
        unit="0 or 1",
        family="flags",
        same_fact_as=flag.same_fact_as,
    )


def _count(group: Group) -> Feature:
    return Feature(
        name=f"{COUNT}{group}",
        meaning=f"Number of red flags of the group {group} that are raised",
        sentence=f"red flags of the group {group} raised: {{value}}",
        group=group,
        unit="flags",
        family="counts of red flags",
    )
