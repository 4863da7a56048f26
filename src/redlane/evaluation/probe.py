"""Probes for leaks: with outcomes shuffled there is nothing to find, and nothing may be found."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.evaluation.truth import Integers, blocks


def shuffled_within_weeks(day: Integers, seed: int, among: npt.NDArray[np.bool_] | None = None) -> Integers:
    """A random permutation that moves rows only within their week (and only rows where *among* holds).

    ``values[result]`` gives the shuffled values. Week by week, so that the base rate keeps its drift: a model
    that only knows what day it is must not pass for one that knows declarations.

    >>> shuffled_within_weeks(np.array([4, 5, 11, 12, 18]), seed=3).tolist()
    [0, 1, 3, 2, 4]
    """
    rows = np.arange(len(day)) if among is None else np.flatnonzero(among)
    codes, _ = blocks(day[rows], "week")
    luck = np.random.Generator(np.random.PCG64(seed)).random(len(rows))
    result = np.arange(len(day), dtype=np.int64)
    result[rows[np.argsort(codes, kind="stable")]] = rows[np.lexsort((luck, codes))]
    return result


def shuffle_outcomes(declarations: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The same declarations with their outcomes dealt anew among the labelled rows of each week.

    Finding, revenue and delay travel together; the day of knowledge becomes the row's own registration day
    plus the delay it was dealt. A model trained on these must not rank better than chance; if it does, a
    feature has seen its own label.
    """
    registered = declarations["registered_on"]
    labelled = declarations["irregular"].notna().to_numpy()
    day = registered.to_numpy(dtype="datetime64[D]").astype(np.int64)
    dealt = declarations.iloc[shuffled_within_weeks(day, seed, labelled)]
    changed = {name: dealt[name].to_numpy() for name in ("irregular", "recovered_revenue") if name in dealt}
    if "outcome_known_on" in dealt:
        delay = (dealt["outcome_known_on"] - dealt["registered_on"]).to_numpy()
        changed["outcome_known_on"] = registered.to_numpy() + delay
    return declarations.assign(**changed)
