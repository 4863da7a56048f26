"""A delivery: what one set of declarations brings to the profiles, prepared once for every kind of profile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.periods import NEVER, Days, days
from redlane.profiles.keys import KeyHashes
from redlane.profiles.ledger import Amounts, check_amounts

Brings = Literal["both", "declarations", "outcomes"]
"""What a delivery brings: newly registered declarations, outcomes of declarations delivered before, or both."""

References = Mapping[str, pd.DataFrame]
"""Reference tables given beside the declarations, by name: the exports that partner countries recorded, say."""


@dataclass(frozen=True)
class Delivery:
    """Declarations and outcomes with the days on which they became known.

    ``arrived`` are the rows that count as newly registered, ``labelled`` those whose outcome is newly known.
    ``activity`` and ``outcomes`` are whole amounts aligned with the declarations. ``held`` gives the tables of kinds
    built before, this delivery included, for those that are made of others.
    """

    declarations: pd.DataFrame
    registered: Days
    known_on: Days
    hashes: KeyHashes
    arrived: Amounts
    labelled: Amounts
    activity: Mapping[str, Amounts]
    outcomes: Mapping[str, Amounts]
    references: References = field(default_factory=dict)
    held: "Held | None" = None

    @classmethod
    def of(
        cls, declarations: pd.DataFrame, brings: Brings = "both", references: References | None = None
    ) -> "Delivery":
        """Prepare *declarations*.

        Raises:
            RedlaneError: values, masses, rates or revenues add up to more than a ledger holds.
        """
        known_on, labelled, outcomes = _outcomes(declarations)
        return cls(
            declarations,
            days(declarations["registered_on"]),
            known_on,
            KeyHashes(declarations),
            np.arange(len(declarations) if brings != "outcomes" else 0),
            labelled if brings != "declarations" else labelled[:0],
            _activity(declarations),
            outcomes,
            references or {},
        )

    def known(self, kind: str, need: Any) -> Any:
        """What the profile of *kind* and *need*, built before, knew of each declaration strictly before its day.

        Raises:
            RuntimeError: this delivery holds no profiles.
        """
        if self.held is None:
            raise RuntimeError(f"{kind} are asked for, and this delivery holds none")
        return self.held(kind, need).before(self.hashes, self.registered)


Held = Callable[[str, Any], Any]
"""The table of a kind and need as it stands with a delivery added."""


def _activity(declarations: pd.DataFrame) -> dict[str, Amounts]:
    rate = number(declarations, "duty_rate")
    return {
        "count": np.ones(len(declarations), np.int64),
        "value_cents": whole("value_cents", number(declarations, "customs_value") * 100),
        "mass_grams": whole("mass_grams", number(declarations, "net_mass") * 1000),
        "rate_hundredths": whole("rate_hundredths", rate * 100),
        "rate_count": np.isfinite(rate).astype(np.int64),
    }


def _outcomes(declarations: pd.DataFrame) -> tuple[Days, Amounts, dict[str, Amounts]]:
    """Day known, the rows with a known outcome, and their amounts (all aligned with the declarations)."""
    n = len(declarations)
    known_on = (
        days(declarations["outcome_known_on"]) if "outcome_known_on" in declarations else np.full(n, NEVER)
    )
    irregular = number(declarations, "irregular")
    return (
        known_on,
        np.flatnonzero(np.isfinite(irregular) & (known_on != NEVER)),
        {
            "inspected": np.ones(n, np.int64),
            "hits": whole("hits", irregular),
            "revenue_cents": whole("revenue_cents", number(declarations, "recovered_revenue") * 100),
        },
    )


def number(declarations: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    """A column as float64; all NaN where the declarations do not have it."""
    if name not in declarations:
        return np.full(len(declarations), np.nan)
    return declarations[name].to_numpy("float64")


def whole(name: str, values: npt.NDArray[np.float64]) -> Amounts:
    """Round to whole numbers; what is missing counts as nothing.

    Raises:
        RedlaneError: they add up to more than 64 bits hold.

    >>> whole("value_cents", np.array([1.4, np.nan])).tolist()
    [1, 0]
    """
    rounded = np.rint(np.nan_to_num(values, nan=0.0))
    check_amounts(name, rounded)
    amounts: Amounts = rounded.astype(np.int64)
    return amounts
