"""From margin to probability by a strictly increasing curve that fits on a page of JSON.

Isotonic regression is well calibrated but flat in places: hundreds of declarations would share one
probability just where the lane is cut. Here isotonic regression (pool adjacent violators; Barlow et al. 1972;
Zadrozny and Elkan 2002) gives a few knots, each backed by enough regular and irregular rows, and straight
lines between them in log-odds give a curve that rises everywhere. Where there are too few rows for two knots,
what remains is Platt's straight line (1999) with his smoothed targets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redlane.errors import RedlaneError

Floats = npt.NDArray[np.float64]

_LEAST_SLOPE = 0.05
"""Log-odds per unit of margin the tails rise by at least, however little the margin told."""
_MOST_SLOPE = 2.0
_LEAST_INNER_SLOPE = 1e-4
_STRAIGHT = 20.0
_REACH = 10.0
"""Log-odds beyond +-20 are bent towards +-30: a probability never rounds to 0 or 1."""


@dataclass(frozen=True)
class Calibration:
    """Knots of log-odds over margin, straight between them and straight beyond with the given slopes.

    >>> curve = Calibration((0.0, 2.0), (-3.0, 1.0), slope_below=1.0, slope_above=1.0)
    >>> [round(float(p), 4) for p in curve.probability(np.array([-1.0, 0.0, 1.0, 2.0, 3.0]))]
    [0.018, 0.0474, 0.2689, 0.7311, 0.8808]

    Raises:
        RedlaneError: the curve would not rise everywhere.
    """

    margins: tuple[float, ...]
    log_odds: tuple[float, ...]
    slope_below: float
    slope_above: float

    def __post_init__(self) -> None:
        numbers = np.array([*self.margins, *self.log_odds, self.slope_below, self.slope_above])
        rises = all((np.diff(knots) > 0).all() for knots in (self.margins, self.log_odds))
        if not (
            len(self.margins) == len(self.log_odds) > 0
            and np.isfinite(numbers).all()
            and rises
            and min(self.slope_below, self.slope_above) > 0
        ):
            raise RedlaneError("the calibration curve does not rise everywhere")

    def probability(self, margin: Floats) -> Floats:
        """Probability that inspection finds something; between 0 and 1, both excluded."""
        return 1.0 / (1.0 + np.exp(-_bent(self._log_odds(np.asarray(margin, dtype=np.float64)))))

    def _log_odds(self, margin: Floats) -> Floats:
        inside = np.interp(margin, self.margins, self.log_odds)
        below = np.minimum(margin - self.margins[0], 0.0) * self.slope_below
        above = np.maximum(margin - self.margins[-1], 0.0) * self.slope_above
        return inside + below + above

    def plain(self) -> dict[str, Any]:
        """As JSON-ready data; :meth:`read` gives the same curve back, to the last bit."""
        return {
            "margins": list(self.margins),
            "log_odds": list(self.log_odds),
            "slope_below": self.slope_below,
            "slope_above": self.slope_above,
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Calibration":
        """The curve from :meth:`plain`'s data.

        Raises:
            RedlaneError: it is not such data, or the curve would not rise everywhere.
        """
        try:
            knots = [tuple(float(value) for value in plain[name]) for name in ("margins", "log_odds")]
            return cls(knots[0], knots[1], float(plain["slope_below"]), float(plain["slope_above"]))
        except (KeyError, TypeError, ValueError):
            raise RedlaneError("the calibration curve lacks its knots or slopes") from None


def fit_calibration(margin: Floats, irregular: Floats, weight: Floats | None, min_count: int) -> Calibration:
    """The curve that fits outcomes (0 or 1) of rows the trees have not learnt from.

    Each knot stands on at least *min_count* regular and *min_count* irregular rows.

    Raises:
        RedlaneError: there are no rows, or only rows of one outcome.
    """
    if len(margin) == 0 or irregular.min() == irregular.max():
        found = "no rows" if len(margin) == 0 else f"only outcome {irregular[0]:.0f}"
        raise RedlaneError(f"the tuning period has {found}; calibration needs both outcomes: make it longer")
    order = np.lexsort((irregular, margin))
    margin, irregular = margin[order], irregular[order]
    weight = np.ones(len(margin)) if weight is None else weight[order]
    slope, at_zero = _platt(margin, irregular, weight)
    blocks = _pooled(_blocks(margin, irregular, weight, min_count))
    if len(blocks) < 2:
        middle = float(np.average(margin, weights=weight))
        return Calibration((middle,), (at_zero + slope * middle,), slope, slope)
    weights, totals, found = np.array(blocks).T
    knots = totals / weights
    heights = _rising(np.log(found / (weights - found)), knots)
    return Calibration(tuple(knots.tolist()), tuple(heights.tolist()), slope, slope)


def _blocks(margin: Floats, irregular: Floats, weight: Floats, min_count: int) -> list[Floats]:
    """Neighbouring rows with enough of both outcomes: (weight, weight x margin, weight irregular) of each."""
    last_of_margin = np.flatnonzero(np.append(np.diff(margin) > 0, True))
    counts = np.cumsum([irregular, 1 - irregular], axis=1)[:, last_of_margin]
    starts, start, before = [], 0, np.zeros(2)
    while start < len(margin) and (counts[:, -1] - before >= min_count).all():
        starts.append(start)
        end = max(np.searchsorted(*pair) for pair in zip(counts, before + min_count, strict=True))
        start, before = int(last_of_margin[end]) + 1, counts[:, end]
    sums = np.stack([weight, weight * margin, weight * irregular], axis=1)
    return list(np.add.reduceat(sums, starts or [0], axis=0))


def _pooled(blocks: list[Floats]) -> list[Floats]:
    """Pool adjacent violators: neighbours are merged until the irregular share (and margin) rises."""
    pooled: list[Floats] = []
    for block in blocks:
        pooled.append(block)
        while len(pooled) > 1 and (pooled[-1][1:] / pooled[-1][0] <= pooled[-2][1:] / pooled[-2][0]).any():
            last = pooled.pop()
            pooled[-1] = pooled[-1] + last
    return pooled


def _rising(heights: Floats, margins: Floats) -> Floats:
    """Lift knots, where needed, to the least slope inside the curve."""
    least = _LEAST_INNER_SLOPE * margins
    return np.maximum.accumulate(heights - least) + least


def _platt(margin: Floats, irregular: Floats, weight: Floats, rounds: int = 100) -> tuple[float, float]:
    """Slope (within bounds, drawn to 1 by a weak prior) and intercept of a logistic line, by Newton steps."""
    found, regular = float(irregular.sum()), float((1 - irregular).sum())
    target = np.where(irregular > 0, (found + 1) / (found + 2), 1 / (regular + 2))
    slope, intercept = 1.0, 0.0
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(slope * margin + intercept, -_STRAIGHT, _STRAIGHT)))
        residual, spread = weight * (p - target), weight * np.maximum(p * (1 - p), 1e-9)
        cross, total = spread @ margin, spread.sum()
        pull = residual @ margin + (slope - 1) - cross * residual.sum() / total
        step = np.clip(pull / (spread @ margin**2 + 1 - cross**2 / total), -1, 1)
        turned = float(np.clip(slope - step, _LEAST_SLOPE, _MOST_SLOPE)) - slope
        moved = float(np.clip(-(residual.sum() + cross * turned) / total, -2, 2))
        slope, intercept = slope + turned, intercept + moved
        if abs(turned) + abs(moved) < 1e-10:
            break
    return slope, intercept


def _bent(log_odds: Floats) -> Floats:
    beyond = np.maximum(np.abs(log_odds) - _STRAIGHT, 0.0)
    inside = np.clip(log_odds, -_STRAIGHT, _STRAIGHT)
    return inside + np.sign(log_odds) * (beyond / (1 + beyond / _REACH))
