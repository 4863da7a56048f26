"""The usual duty rate of subheadings: what the goods pay without a preference and without additional duties."""

import numpy as np

from redlane.declarations.periods import Days
from redlane.features.view import Numbers, View, ratio
from redlane.hashing import Hashes, combine, hash64
from redlane.profiles.keys import Key

HS6: Key = ("hs6",)
BY_TREATMENT: Key = ("hs6", "tax_type")
WINDOW = 365


def rate_keys(full_rates: tuple[str, ...]) -> tuple[Key, ...]:
    """The activity ledgers from which usual rates are read."""
    return (HS6, BY_TREATMENT) if full_rates else (HS6,)


def usual_rate(view: View, hs6: Hashes, days: Days, full_rates: tuple[str, ...]) -> Numbers:
    """Mean rate (%) of each subheading in the past year under the treatments *full_rates*; shape as *hs6*.

    *full_rates* are codes of ``tax_type`` under which the ordinary rate is paid, such as that of the most favoured
    nation: like is compared with like, and neither preferences nor anti-dumping duties move it. A subheading never
    seen under them has its mean over all treatments; NaN where it was never seen with a rate at all.
    """
    hundredths, count = np.zeros(len(hs6), np.int64), np.zeros(len(hs6), np.int64)
    for code in hash64(full_rates):
        seen = view.table("activity", BY_TREATMENT).before(combine([hs6, np.full(len(hs6), code)]), days)
        hundredths += seen.total("rate_hundredths", WINDOW)
        count += seen.total("rate_count", WINDOW)
    unknown = np.flatnonzero(count == 0)
    if len(unknown):
        seen = view.table("activity", HS6).before(hs6[unknown], days[unknown])
        hundredths[unknown], count[unknown] = (
            seen.total("rate_hundredths", WINDOW),
            seen.total("rate_count", WINDOW),
        )
    rate: Numbers = ratio(hundredths, count) / 100
    return rate


def own_usual_rate(view: View, full_rates: tuple[str, ...]) -> Numbers:
    """The usual rate of each declaration's own subheading, worked out once for all its distinct goods and days."""
    first, row = groups(view.hashes(HS6), view.days)
    rate: Numbers = usual_rate(view, view.hashes(HS6)[first], view.days[first], full_rates)[row]
    return rate


def due_part(view: View, own_rate: Numbers) -> Numbers:
    """Part of the usual rate that was applied, 0 to 1: a preference that lifts it would lift a sibling's alike.

    1 where there is no usual rate above 0 to compare with.
    """
    part = np.clip(ratio(view.number("duty_rate"), own_rate), 0.0, 1.0)
    due: Numbers = np.where(np.isfinite(part), part, 1.0)
    return due


def groups(keys: Hashes, days: Days) -> tuple[np.ndarray, np.ndarray]:
    """The first row of each distinct pair of key and day, and for every row the number of its pair.

    >>> first, row = groups(np.array([5, 5, 6, 5], np.uint64), np.array([1, 2, 1, 1]))
    >>> first[row].tolist()
    [0, 1, 2, 0]
    """
    order = np.lexsort((days, keys))
    change = (keys[order][1:] != keys[order][:-1]) | (days[order][1:] != days[order][:-1])
    number = np.concatenate([[0], np.cumsum(change)]) if len(order) else np.empty(0, np.int64)
    row = np.empty(len(order), np.int64)
    row[order] = number
    starts = np.flatnonzero(np.append(True, change)) if len(order) else np.empty(0, np.int64)
    return order[starts], row
