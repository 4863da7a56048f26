"""Small labelled samples to be ranked."""

from collections.abc import Callable

import numpy as np
import pytest

from redlane.evaluation import Truth

MONDAY = 18_267  # 2020-01-06


def sample(n: int, seed: int = 0, weeks: int = 8) -> Truth:
    rng = np.random.default_rng(seed)
    irregular = (rng.random(n) < 0.3).astype(float)
    return Truth(
        irregular=irregular,
        revenue=np.round(irregular * rng.lognormal(3, 1, n), 2),
        revenue_is_proxy=False,
        registered_day=MONDAY + rng.integers(0, 7 * weeks, n),
        tie=rng.permutation(n).astype(np.uint64) + np.uint64(1),
    )


@pytest.fixture
def make_truth() -> Callable[..., Truth]:
    return sample
