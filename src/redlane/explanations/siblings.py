"""Features that tell one fact: they make one reason together, not four.

The contributions of a count over 30, 90 and 365 days, or of a unit price as ratio, score and amount, are
shares of one finding: trees split now on the one, now on the other. Their sum is what the fact did to the
score.
"""

import re
from collections.abc import Sequence

from redlane.features.spec import Feature

_WINDOW = re.compile(r"_\d+d$")


def reason_keys(specs: Sequence[Feature]) -> list[list[int]]:
    """Places of features that share a reason, in the order of their first.

    Two features of one family are siblings when they differ only in their window (``..._90d``), or when they
    have the same sentence. A feature that tells the same fact as another (``same_fact_as``), as a red flag does,
    joins that one's siblings.

    >>> def feature(name, sentence): return Feature(name, "", sentence, "behaviour", family="f")
    >>> reason_keys([feature("n", "seen {value} times"), feature("rate", "rate {value}"),
    ...              feature("n_90d", "seen {value} times in 90 days"), feature("rate_z", "rate {value}")])
    [[0, 2], [1, 3]]
    """
    stem_of_sentence: dict[tuple[str, str], str] = {}
    keys: dict[str, tuple[str, str]] = {}
    for spec in specs:
        stem = stem_of_sentence.setdefault((spec.family, spec.sentence), _WINDOW.sub("", spec.name))
        keys[spec.name] = (spec.family, stem)
    members: dict[tuple[str, str], list[int]] = {}
    for place, spec in enumerate(specs):
        members.setdefault(keys.get(spec.same_fact_as, keys[spec.name]), []).append(place)
    return list(members.values())
