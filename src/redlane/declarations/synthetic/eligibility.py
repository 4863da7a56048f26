"""Where a scheme pays: which goods and origins it can be carried out with."""

import numpy as np

from redlane.declarations.synthetic.arrays import Flags, Ints
from redlane.declarations.synthetic.tariff import Tariff

LOW_DUTY = 5.0
"""Value is moved abroad under goods whose duty (%) is at most this."""
WORTHWHILE_DUTY = 4.0
"""A preference is worth a false origin from this duty (%) on."""


def eligible(scheme: str, tariff: Tariff, good: Ints, origin: Ints, week: int) -> Flags:
    """Whether *scheme* makes sense for each good from each (true) origin in *week*."""
    if scheme == "over_invoicing":
        return np.asarray(tariff.rate[good] <= LOW_DUTY)
    if scheme == "misclassification":
        return np.asarray(tariff.cheaper[good] >= 0)
    if scheme == "false_origin":
        return np.asarray((tariff.rate[good] >= WORTHWHILE_DUTY) & (tariff.agreement[origin] == 0))
    if scheme == "transshipment":
        dumped = tariff.dumping[tariff.heading[good], origin] > 0
        return np.asarray(dumped & (week >= tariff.dumping_from))
    return np.ones(len(good), dtype=bool)
