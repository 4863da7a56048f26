"""Profiles: everything known of parties, goods and prices, built from declarations and their outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.declarations.periods import NEVER, Days, days
from redlane.hashing import Hashes
from redlane.profiles.keys import Key, KeyHashes
from redlane.profiles.ledger import Amounts, Ledger, check_amounts
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.pricebook import PriceBook, PriceRows
from redlane.profiles.prices import PriceReference
from redlane.progress import track

Brings = Literal["both", "declarations", "outcomes"]
"""What a delivery brings: newly registered declarations, outcomes of declarations delivered before, or both."""


@dataclass(frozen=True)
class Profiles:
    """Ledgers and price books by key. ``id`` is the content hash once stored, empty before."""

    needs: ProfileNeeds
    activity: Mapping[Key, Ledger]
    outcomes: Mapping[Key, Ledger]
    prices: Mapping[PriceReference, PriceBook]
    id: str = ""

    @classmethod
    def merge(cls, parts: "Sequence[Profiles]", id: str = "") -> "Profiles":
        """One set of profiles of consecutive deliveries."""
        needs = parts[0].needs
        return cls(
            needs,
            {key: Ledger.merge([part.activity[key] for part in parts]) for key in needs.activity},
            {key: Ledger.merge([part.outcomes[key] for part in parts]) for key in needs.outcomes},
            {price: PriceBook.merge([part.prices[price] for part in parts]) for price in needs.prices},
            id,
        )


def build(
    declarations: pd.DataFrame, needs: ProfileNeeds, brings: Brings = "both", earlier: Profiles | None = None
) -> Profiles:
    """Build the profiles that *declarations* add to what *earlier* holds.

    Declarations enter on their registration day, outcomes on the day they became known. A row without outcome,
    or with one never known, adds nothing to the outcome ledgers.

    Raises:
        RedlaneError: values, masses, rates or revenues add up to more than a ledger holds.
    """
    registered = days(declarations["registered_on"])
    hashes = KeyHashes(declarations)
    amounts = _activity_amounts(declarations)
    known_on, labelled, found = _outcome_amounts(declarations)
    arrived = np.arange(len(declarations) if brings != "outcomes" else 0)
    known = labelled if brings != "declarations" else labelled[:0]

    def price_rows(price: PriceReference) -> PriceRows:
        if not len(arrived):
            return PriceRows.none(price)
        return PriceRows.of_declarations(declarations, registered, hashes, price)

    return Profiles(
        needs,
        {
            key: _ledger(hashes.of(key), registered, arrived, amounts)
            for key in track(needs.activity, "building activity profiles")
        },
        {
            key: _ledger(hashes.of(key), known_on, known, found)
            for key in track(needs.outcomes, "building outcome profiles")
        },
        {
            price: PriceBook.extend(price_rows(price), price, earlier.prices[price] if earlier else None)
            for price in track(needs.prices, "publishing reference prices")
        },
    )


def _ledger(keys: Hashes, day: Days, rows: Amounts, amounts: Mapping[str, Amounts]) -> Ledger:
    return Ledger.of_events(keys[rows], day[rows], {name: values[rows] for name, values in amounts.items()})


def _activity_amounts(declarations: pd.DataFrame) -> dict[str, Amounts]:
    rate = _number(declarations, "duty_rate")
    return {
        "count": np.ones(len(declarations), np.int64),
        "value_cents": _whole("value_cents", _number(declarations, "customs_value") * 100),
        "mass_grams": _whole("mass_grams", _number(declarations, "net_mass") * 1000),
        "rate_hundredths": _whole("rate_hundredths", rate * 100),
        "rate_count": np.isfinite(rate).astype(np.int64),
    }


def _outcome_amounts(declarations: pd.DataFrame) -> tuple[Days, Amounts, dict[str, Amounts]]:
    """Day known, the rows with a known outcome, and their amounts (all aligned with the declarations)."""
    n = len(declarations)
    known_on = (
        days(declarations["outcome_known_on"]) if "outcome_known_on" in declarations else np.full(n, NEVER)
    )
    irregular = _number(declarations, "irregular")
    labelled = np.flatnonzero(np.isfinite(irregular) & (known_on != NEVER))
    return (
        known_on,
        labelled,
        {
            "inspected": np.ones(n, np.int64),
            "hits": _whole("hits", irregular),
            "revenue_cents": _whole("revenue_cents", _number(declarations, "recovered_revenue") * 100),
        },
    )


def _number(declarations: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    if name not in declarations:
        return np.full(len(declarations), np.nan)
    return declarations[name].to_numpy("float64")


def _whole(name: str, values: npt.NDArray[np.float64]) -> Amounts:
    """Round to whole numbers; what is missing counts as nothing, what 64 bits do not hold is refused."""
    rounded = np.rint(np.nan_to_num(values, nan=0.0))
    check_amounts(name, rounded)
    whole: Amounts = rounded.astype(np.int64)
    return whole
