"""Selective labels: outcomes exist only for inspected rows, and inspected rows are not like the others."""

import numpy as np

from redlane.evaluation.measures import ratio
from redlane.evaluation.truth import Booleans, Floats


def inverse(propensity: Floats | None) -> Floats | None:
    """How many declarations each inspected row stands for: 1 / propensity; 0 (left out) where unknown."""
    if propensity is None or np.isnan(propensity).all():
        return None
    return np.nan_to_num(ratio(1.0, propensity))


def ipw_precision(selected: Booleans, irregular: Floats, propensity: Floats) -> tuple[float, float]:
    """Share of the *selected* declarations that are irregular, from the inspected among them.

    Inspected rows (outcome not NaN) weigh 1 / propensity (Hajek's self-normalised estimate); returned with
    the effective sample size ``(sum w)^2 / sum w^2``: an estimate resting on fewer than about 30 says little.

    >>> selected, irregular = np.array([True, True, True, False]), np.array([1.0, 0.0, np.nan, 1.0])
    >>> precision, size = ipw_precision(selected, irregular, np.array([1.0, 0.25, 0.25, 1.0]))
    >>> precision, round(size, 2)  # one row stands for 1, the other for 4
    (0.2, 1.47)
    """
    seen = selected & ~np.isnan(irregular) & (propensity > 0)
    weight = 1 / propensity[seen]
    value = ratio(float(np.sum(weight * irregular[seen])), float(weight.sum()))
    size = ratio(float(weight.sum()) ** 2, float(np.sum(weight**2)))
    return float(value), float(size)
