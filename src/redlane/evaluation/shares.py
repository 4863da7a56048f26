"""Intervals of shares of few: Wilson's for one share, Newcombe's for the difference of two."""

import numpy as np

from redlane.evaluation.truth import Floats


def wilson_ends(share: Floats, rows: Floats, z: float = 1.959964) -> tuple[Floats, Floats]:
    """Wilson's interval of a share of so many rows (E. B. Wilson, *Probable inference*, JASA 1927).

    Sensible at 0 and 1 too. *z* is the normal quantile of the level, 95 % as a rule. NaN where there is no row.

    >>> low, high = wilson_ends(np.array([0.0]), np.array([10.0]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0], [0.278])
    """
    z2, rows = z**2, np.where(rows > 0, rows, np.nan)
    middle = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = z * np.sqrt((share * (1 - share) + z2 / (4 * rows)) / rows) / (1 + z2 / rows)
    # The share lies within, whatever rounding says: at 0 and 1 an end would fall short of it by 1e-18.
    return np.clip(middle - half, 0, share), np.clip(middle + half, share, 1)


def is_thin(share: float, rows: float) -> bool:
    """Whether so few rows lie on either side that weeks drawn anew know no luck: 0 of 6 would be 0 for sure.

    >>> is_thin(0.0, 6), is_thin(0.5, 400), is_thin(0.99, 400)
    (True, False, True)
    """
    return min(rows / 3, rows * share, rows * (1 - share)) < 10


def newcombe_ends(
    one: tuple[Floats, Floats, Floats], other: tuple[Floats, Floats, Floats]
) -> tuple[Floats, Floats]:
    """The interval of *one* minus *other*, each (value, low, high): R. G. Newcombe's hybrid score (1998, method 10).

    >>> a, b = np.array([0.5, 0.4, 0.6]), np.array([0.2, 0.2, 0.2])
    >>> low, high = newcombe_ends(tuple(a[:, None]), tuple(b[:, None]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.2], [0.4])
    """
    value, low, high = one
    against, under, over = other
    difference = value - against
    return (
        difference - np.hypot(value - low, over - against),
        difference + np.hypot(high - value, against - under),
    )
