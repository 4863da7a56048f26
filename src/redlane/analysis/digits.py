"""Digit tests of the parties that declared in a period, as a table for analysts.

An entity screen: a departure from Benford's law says something about how a party's figures come about, and nothing
about any one of its declarations. Method: :mod:`redlane.profiles.benford`.
"""

import numpy as np
import pandas as pd

from redlane.declarations.periods import days
from redlane.errors import RedlaneError
from redlane.hashing import MISSING, Hashes
from redlane.profiles.benford import FIRST_VALUE, expected
from redlane.profiles.build import Profiles
from redlane.profiles.digitbook import STATISTICS, DigitBook, window_start
from redlane.profiles.digitcounts import DigitReference
from redlane.profiles.keys import KeyHashes, part_text


def digit_tests(declarations: pd.DataFrame, profiles: Profiles) -> pd.DataFrame:
    """The latest tests published by the last day of *declarations*, of every tested party that declared in them.

    One row per party, the least q-value first: the party, how much it declared (``declarations``, ``value``), the
    amounts tested, their mean absolute deviation, that over the one expected by chance (``excess``), p and q, and
    the share of every digit (``digit_1`` …).

    Raises:
        RedlaneError: the profiles hold no digit tests.
    """
    references = profiles.needs.digits
    if not references:
        raise RedlaneError("the profiles hold no digit tests; build them with the feature family 'digits'")
    return _table(declarations, profiles, references[0])


def _table(declarations: pd.DataFrame, profiles: Profiles, reference: DigitReference) -> pd.DataFrame:
    book: DigitBook = profiles.tables["digits"][reference]
    hashes = KeyHashes(declarations).of(reference.party)
    parties, first, group = np.unique(hashes, return_index=True, return_inverse=True)
    after = np.full(len(parties), days(declarations["registered_on"]).max(initial=-1) + 1)
    found = book.before(parties, after)
    rows = np.flatnonzero((found["eligible"] == 1) & (parties != MISSING))
    value = np.nan_to_num(declarations[reference.amount].to_numpy("float64"))
    names = {part: part_text(declarations.iloc[first[rows]], part).to_numpy() for part in reference.party}
    frame = pd.DataFrame(
        {
            **names,
            "declarations": np.bincount(group, minlength=len(parties))[rows],
            "value": np.bincount(group, weights=value, minlength=len(parties))[rows],
            **{name: found[name][rows] for name in STATISTICS},
            **_shares(book, parties[rows], int(after[0]) if len(after) else 0),
        }
    ).astype({"n": "int64"})
    order = ["q_value", "excess", *reference.party]
    return frame.sort_values(order, ascending=[True, False, *[True] * len(names)], ignore_index=True)


def _shares(book: DigitBook, parties: Hashes, day: int) -> dict[str, np.ndarray]:
    """The share of each digit among the amounts of each of the sorted *parties* that were tested."""
    reference = book.reference
    first, width = FIRST_VALUE[reference.digits], len(expected(reference.digits))
    published = book.latest(np.array([day]))[0]
    window = book.counts.within(window_start(reference, published), published)
    place = np.searchsorted(window.keys, parties)
    counts = window.counts[place] if len(parties) else np.empty((0, width))
    total = counts.sum(axis=1)
    return {f"digit_{first + column}": counts[:, column] / total for column in range(width)}
