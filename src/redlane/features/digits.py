"""Digit tests: a pattern of a party over many declarations, never a verdict on one."""

from typing import ClassVar, Literal

import numpy as np

from redlane.features.family import Computed, Family
from redlane.features.spec import Feature
from redlane.features.view import Numbers, View
from redlane.profiles.digitcounts import DigitReference
from redlane.profiles.keys import key_name, key_phrase
from redlane.profiles.needs import ProfileNeeds

SIGNIFICANT = 0.05
"""From this q-value down a sentence says that the digits depart from what is usual."""


class DigitTests(Family):
    """Digits of a party's amounts against Benford's law, as of the last publication before the declaration.

    * how many amounts were tested;
    * their mean absolute deviation (MAD) over the MAD that chance alone leads one to expect of so many;
    * -log10 of the q-value: the Monte-Carlo p-value of the MAD (Nigrini's fixed cut-offs would call most parties
      with few declarations non-conforming), adjusted over all parties tested (Benjamini and Hochberg 1995);
    * whether the party was eligible: enough amounts, over enough orders of magnitude or kinds of goods.

    All but the last are missing for a party that was not tested. A trader of few kinds of goods, with list prices or
    with contracts of one size, departs from the law in all honesty: the law speaks of amounts of mixed origin.
    """

    title: ClassVar[str] = "Digit tests"
    family: Literal["digits"] = "digits"
    reference: DigitReference = DigitReference()

    @property
    def _stem(self) -> str:
        return f"{key_name(self.reference.party)}_{self.reference.digits}_digits"

    def columns(self) -> tuple[str, ...]:
        """The party, the amount and the goods."""
        return self.reference.columns()

    def needs(self) -> ProfileNeeds:
        """The published tests."""
        return ProfileNeeds(digits=(self.reference,))

    def features(self) -> tuple[Feature, ...]:
        """Count, excess, q-value and eligibility."""
        stem, party = self._stem, key_phrase(self.reference.party)
        which = f"the {self.reference.digits.replace('_', ' ')} digits of"
        about = f"a pattern of {party}, not of this declaration"
        tested = (
            f"{which} {{{stem}_tested}} values of {party} {{{stem}_finding}} what is usual "
            f"(q = {{{stem}_q}}); {about}"
        )
        few = f"the values of {party} are too few or too much alike to test their digits; {about}"
        able = f"{which} the values of {party} could be tested; {about}"
        window = f"past {self.reference.window_days} days"
        described = (
            ("n", f"Values tested for their digits in the {window}", "values", tested, ""),
            (
                "excess",
                "Mean absolute deviation from Benford's law over that expected by chance",
                "times chance",
                tested,
                "",
            ),
            ("q_log", "-log10 of the q-value of the digit test", "log", tested, ""),
            ("eligible", "Values are many and varied enough for the digit test", "flag", able, few),
        )
        return tuple(
            Feature(f"{stem}_{name}", meaning, text, "behaviour", unit, family="digits", sentence_zero=zero)
            for name, meaning, unit, text, zero in described
        )

    def compute(self, view: View) -> Computed:
        """Missing where the party was not tested; ``eligible`` only where nothing was published yet."""
        found = self._found(view)
        return {
            f"{self._stem}_n": found["n"],
            f"{self._stem}_excess": found["excess"],
            f"{self._stem}_q_log": -np.log10(found["q_value"]) + 0.0,
            f"{self._stem}_eligible": found["eligible"],
        }

    def _found(self, view: View) -> dict[str, Numbers]:
        found: dict[str, Numbers] = view.profile("digits", self.reference)
        return found

    def fact_names(self) -> tuple[str, ...]:
        """What the sentence of the test names."""
        return tuple(f"{self._stem}_{name}" for name in ("tested", "finding", "q"))

    def facts(self, view: View) -> Computed:
        """How many values were tested, whether they depart, and how surely."""
        found = self._found(view)
        finding = np.where(found["q_value"] <= SIGNIFICANT, "depart from", "do not clearly depart from")
        return {
            f"{self._stem}_tested": found["n"],
            f"{self._stem}_finding": finding.astype(object),
            f"{self._stem}_q": found["q_value"],
        }
