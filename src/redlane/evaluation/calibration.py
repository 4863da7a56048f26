"""Does a probability of 0.3 mean three in ten? Brier score, calibration error, reliability table."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.errors import RedlaneError
from redlane.evaluation.truth import Floats


def require_probability(probability: Floats) -> None:
    """Check that every value lies in [0, 1].

    Raises:
        RedlaneError: one does not, or is missing.
    """
    odd = probability[~((probability >= 0) & (probability <= 1))]
    if len(odd):
        raise RedlaneError(f"evaluation: a probability of {odd[0]:g} is impossible; it must lie from 0 to 1")


def brier(probability: Floats, irregular: Floats) -> float:
    """Mean squared distance between probability and outcome (Brier 1950): 0 is perfect, lower is better.

    >>> round(brier(np.array([0.8, 0.1]), np.array([1.0, 0.0])), 3)
    0.025
    """
    return float(np.mean((probability - irregular) ** 2))


def quantile_bins(probability: Floats, bins: int) -> npt.NDArray[np.intp]:
    """Bin of each row: *bins* bins of equal count, lowest first; equal probabilities share a bin.

    >>> quantile_bins(np.array([0.1, 0.2, 0.2, 0.9]), 2).tolist()
    [0, 0, 0, 1]
    """
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, bins + 1)))
    codes = np.searchsorted(edges[1:-1], probability, side="left")
    return np.unique(codes, return_inverse=True)[1]


def reliability(probability: Floats, irregular: Floats, bins: int = 10) -> pd.DataFrame:
    """Per quantile bin: rows, mean probability, share found irregular.

    >>> reliability(np.array([0.1, 0.3, 0.7, 0.9]), np.array([0.0, 0.0, 1.0, 1.0]), 2)
       rows  probability  irregular
    0     2          0.2        0.0
    1     2          0.8        1.0
    """
    frame = pd.DataFrame({"probability": probability, "irregular": irregular})
    grouped = frame.groupby(quantile_bins(probability, bins))
    table = grouped.mean()
    table.insert(0, "rows", grouped.size())
    return table


def calibration_error(probability: Floats, irregular: Floats, bins: int = 10) -> float:
    """Expected calibration error over quantile bins: mean of |mean probability - share irregular|, by rows.

    >>> round(calibration_error(np.array([0.1, 0.3, 0.7, 0.9]), np.array([0.0, 0.0, 1.0, 1.0]), 2), 3)
    0.2
    """
    table = reliability(probability, irregular, bins)
    gaps = (table["probability"] - table["irregular"]).abs()
    return float((gaps * table["rows"]).sum() / table["rows"].sum())


def calibration_error_draws(
    gap: Floats, bins: npt.NDArray[np.intp], block: npt.NDArray[np.intp], drawn: Floats
) -> Floats:
    """Calibration error in each resample, from sums by block and bin; *gap* is probability - outcome per row.

    The bins stay those of the whole sample. Resampling adds noise to every bin, so that these values lie
    somewhat above the error itself: read the interval as an upper estimate.
    """
    blocks, count = drawn.shape[1], int(bins.max()) + 1
    sums = np.bincount(block * count + bins, weights=gap, minlength=blocks * count).reshape(blocks, count)
    rows = drawn @ np.bincount(block, minlength=blocks)
    return np.asarray(np.abs(drawn @ sums).sum(axis=1) / rows, dtype=np.float64)
