"""What a name in an expression stands for in one batch of declarations."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from redlane.declarations.columns import COLUMNS, column
from redlane.features.flags.values import ExpressionError, Number, Text, Value
from redlane.features.view import View
from redlane.profiles.keys import HS_PREFIXES


class Operands:
    """Values by name, each made once: declared columns, parts of the HS code, features, peer numbers."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._made: dict[str, Value] = {}

    def offered(self, name: str) -> bool:
        """Whether *name* stands for something in these declarations."""
        if name in HS_PREFIXES:
            return self._view.has_column("hs_code")
        return self._view.has_column(name) if name in COLUMNS else self._view.offers(name)

    def of(self, constants: Mapping[str, Value]) -> Callable[[str], Value]:
        """A look-up by name in which *constants* go first."""
        return lambda name: constants[name] if name in constants else self._value(name)

    def _value(self, name: str) -> Value:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Value:
        if name in HS_PREFIXES:
            codes = self._value("hs_code")
            return codes.prefix(HS_PREFIXES[name]) if isinstance(codes, Text) else codes
        if name in COLUMNS:
            return column_value(name, self._view.column(name))
        values = self._view.offered(name)
        return Text.of(pd.Series(values)) if values.dtype == object else Number.of(values)


def column_value(name: str, values: pd.Series) -> Value:
    """A declared column as a value.

    Raises:
        ExpressionError: it is a date.
    """
    described = column(name)
    if described.kind == "date":
        raise ExpressionError(f"'{name}' is a date; flags read numbers and texts")
    if described.kind in ("number", "flag"):
        return Number.of(values.to_numpy("float64"))
    return Text.of(values, party=described.sensitivity != "open")


def sample(name: str, categories: frozenset[str]) -> Value:
    """A value of the kind *name* has, without a single row: enough to check an expression.

    *categories* are the names of features that hold texts.
    """
    if name in COLUMNS and name not in HS_PREFIXES:
        text = column(name).kind not in ("number", "flag", "date")
        return column_value(name, pd.Series([], dtype="str" if text else "float64"))
    if name in HS_PREFIXES or name in categories:
        return Text.of(pd.Series([], dtype="str"))
    return Number(np.empty(0))
