"""Another subheading than usual: who declared such goods under a neighbouring code before, and what fits better."""

from collections.abc import Container, Sequence
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from redlane.features.family import Computed, Family
from redlane.features.pair_history import PairHistory
from redlane.features.parties import capital
from redlane.features.price_fit import PriceFit
from redlane.features.siblings import HS4, SUBHEADINGS, Siblings
from redlane.features.spec import Feature
from redlane.features.text import Text
from redlane.features.usual_rates import HS6
from redlane.features.view import Numbers, View, ratio
from redlane.profiles.expected import ExpectedReference
from redlane.profiles.keys import Key, key_name, key_phrase, key_words, source_columns
from redlane.profiles.needs import ProfileNeeds


class Switching(Family):
    """What speaks for another subheading of the same heading, whatever it pays.

    Who deliberately chooses the cheaper code is looked for by ``misclassification``; who slips into the neighbouring
    line of the tariff gains nothing by it, and is found by the same habits and amounts:

    * fit: ln of how much likelier the declared amounts (``amounts``: a price, a mass per unit) are under the
      best-fitting other subheading than under the declared one (t-densities about the expected ones of both);
    * share: of each key's earlier declarations in the heading, the share under other subheadings;
    * log-odds: the highest over other subheadings of that fit plus ln((k + 0.3) / (n + 1)), for k earlier
      declarations of the key under the other subheading and n under the declared one.

    Red flag: HS switching.
    """

    title: ClassVar[str] = "Another subheading"
    family: Literal["switching"] = "switching"
    keys: tuple[Key, ...] = Field(default=(("importer_id", "seller_id"), ("importer_id",)), min_length=1)
    amounts: tuple[ExpectedReference, ...] = Field(default=(ExpectedReference(),), min_length=1)

    def columns(self) -> tuple[str, ...]:
        """Those of the amounts and of the keys."""
        named = [name for amount in self.amounts for name in amount.columns()]
        return tuple(dict.fromkeys([*named, *(c for key in self.keys for c in source_columns((*key, *HS6)))]))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Only the keys and amounts whose columns are there; nothing without any."""
        keys = tuple(k for k in self.keys if all(name in columns for name in source_columns((*k, *HS6))))
        amounts = tuple(a for amount in self.amounts if (a := amount.reduced_to(columns)) is not None)
        return self.model_copy(update={"keys": keys, "amounts": amounts}) if keys and amounts else None

    def needs(self) -> ProfileNeeds:
        """Subheadings by heading, expected amounts and the activity of the keys."""
        activity = tuple((*key, *part) for key in self.keys for part in (HS4, HS6))
        return ProfileNeeds(activity=activity, expected=self.amounts, links=(SUBHEADINGS,))

    def features(self) -> tuple[Feature, ...]:
        """One of the goods, two of each key."""
        texts = [(_FIT, {}), *((text, _words(key)) for key in self.keys for text in _OF_KEY)]
        return tuple(text.feature("classification", "another subheading", words) for text, words in texts)

    def compute(self, view: View) -> Computed:
        """See :meth:`features`; NaN where no amount is expected, or nothing was declared in the heading before."""
        siblings = Siblings.every(view)
        fit = _total([PriceFit(view, amount).of(siblings) for amount in self.amounts])
        computed: Computed = {_FIT.name: siblings.highest(fit)}
        for key in self.keys:
            history, name = PairHistory.of(view, siblings, key), key_name(key)
            computed[f"{name}_other_subheading_share"] = _share(history)
            computed[f"{name}_other_subheading_log_odds"] = history.log_odds(fit)
        return computed


def _total(fits: Sequence[Numbers]) -> Numbers:
    """The sum of those that are known; NaN where none is."""
    known = np.isfinite(fits).any(axis=0)
    return np.where(known, np.nansum(fits, axis=0), np.nan)


def _share(history: PairHistory) -> Numbers:
    return ratio(history.heading - history.own, history.heading)


def _words(key: Key) -> dict[str, str]:
    return {"KEY": key_name(key), "WHO": key_phrase(key), "WORDS": capital(key_words(key))}


_FIT = Text(
    "other_subheading_fit",
    "How much likelier the declared amounts are under the best-fitting other subheading of the heading (logarithm)",
    "log",
    "the declared amounts fit another subheading of heading {hs4}, compared with HS {hs6} (logarithm of how much "
    "likelier: {value})",
)
_OF_KEY = [
    Text(
        "KEY_other_subheading_share",
        "WORDS: share of other subheadings among the earlier declarations in the heading",
        "share",
        "{value:share} of the earlier declarations of WHO in heading {hs4} named another subheading than HS {hs6}",
        "WHO named no other subheading of heading {hs4} than HS {hs6} before",
    ),
    Text(
        "KEY_other_subheading_log_odds",
        "WORDS: log odds that the goods belong to another subheading, by their amounts and earlier declarations",
        "log-odds",
        "the declared amounts and earlier declarations of WHO speak for another subheading of heading {hs4} with "
        "log-odds of {value}",
    ),
]
