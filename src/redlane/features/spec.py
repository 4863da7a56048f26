"""What a feature is, in words and numbers: the entry every document about it is read from."""

import re
from dataclasses import dataclass
from typing import Literal

from redlane.errors import RedlaneError

Group = Literal[
    "valuation", "over_invoicing", "classification", "origin", "quantity", "identity", "behaviour"
]
GROUPS: tuple[Group, ...] = (
    "valuation",
    "over_invoicing",
    "classification",
    "origin",
    "quantity",
    "identity",
    "behaviour",
)
"""Typology groups, in the order reports show them."""

_NAME = re.compile(r"[A-Za-z0-9_]+\Z")


@dataclass(frozen=True)
class Feature:
    """One model input.

    ``sentence`` is a :meth:`str.format` template an officer reads; it may name declared columns, ``value``
    (this feature's value) and the facts its family offers (peer numbers). ``direction`` is +1 when a higher
    value may only raise the score, -1 when it may only lower it, 0 when free (LightGBM's monotone constraint).
    ``sentence_zero`` takes its place where the value is 0, for flags whose sentence would then be untrue.
    ``sentence_none`` takes its place where the fact named ``counts`` is 0: a rate of nothing is no rate.
    ``row`` is the word for what a row is, where a sentence speaks of it.
    ``same_fact_as`` names a feature that tells the same fact: the two make one reason.
    ``kind`` *category* marks LightGBM categories: text values, encoded by the model from its training rows.

    Raises:
        RedlaneError: the name has characters other than ``[A-Za-z0-9_]``.
    """

    name: str
    meaning: str
    sentence: str
    group: Group
    unit: str = ""
    kind: Literal["number", "category"] = "number"
    direction: Literal[-1, 0, 1] = 0
    family: str = ""
    sentence_zero: str = ""
    same_fact_as: str = ""
    counts: str = ""
    sentence_none: str = ""
    row: str = "declaration"

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise RedlaneError(f"feature name '{self.name}' may hold only letters, digits and underscores")
