"""Facts: what makes one reason, and what reasons are compared by.

A *fact* is a feature, or several that tell the same (siblings), whose contributions are added. Facts are what officers
read, so facts are ranked, taken away and compared.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redlane.evaluation.truth import Floats
from redlane.explanations.siblings import reason_keys
from redlane.features.spec import Feature

Places = npt.NDArray[np.intp]

_WINDOW = re.compile(r"_\d+d$")


@dataclass(frozen=True)
class Facts:
    """Contributions of n rows by fact: ``sums`` (n, facts), ``names`` of the facts."""

    names: tuple[str, ...]
    sums: Floats

    @classmethod
    def of(cls, contributions: Floats, specs: Sequence[Feature]) -> "Facts":
        """Add up what siblings contributed; *contributions* (n, features + 1) have the base value last.

        >>> pair = [Feature("n_30d", "", "n {value}", "behaviour"), Feature("n_90d", "", "m {value}", "behaviour")]
        >>> facts = Facts.of(np.array([[0.2, 0.3, -1.0]]), pair)
        >>> facts.names, facts.sums.tolist()
        (('n',), [[0.5]])
        """
        keys = reason_keys(specs)
        names = tuple(_WINDOW.sub("", specs[places[0]].name) for places in keys)
        sums = np.column_stack([contributions[:, places].sum(axis=1) for places in keys])
        return cls(names, sums)

    def order(self) -> Places:
        """The facts of each row, what raised its score most first."""
        return np.argsort(-self.sums, axis=1, kind="stable")

    def top(self, most: int) -> list[frozenset[str]]:
        """The names of up to *most* facts that raised each row's score most."""
        order = self.order()[:, :most]
        raised = np.take_along_axis(self.sums, order, axis=1) > 0
        return [
            frozenset(self.names[place] for place, up in zip(places, ups, strict=True) if up)
            for places, ups in zip(order.tolist(), raised.tolist(), strict=True)
        ]


def agreement(first: Sequence[frozenset[str]], second: Sequence[frozenset[str]]) -> Floats:
    """Overlap of the reasons of each row (Jaccard 1901): shared by both, among those of either.

    >>> agreement([frozenset("ab"), frozenset()], [frozenset("bc"), frozenset()]).tolist()
    [0.3333333333333333, 1.0]
    """
    pairs = zip(first, second, strict=True)
    return np.array([len(a & b) / len(a | b) if a | b else 1.0 for a, b in pairs], dtype=np.float64)
