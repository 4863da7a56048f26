"""Robust statistics of many cells at once: quantiles and the median absolute deviation.

All work on the sorted values of the cells, laid one after another; none has a loop over cells or rows.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Runs:
    """Values of several cells: each cell's in ascending order, from ``starts`` on, ``counts`` (at least 1) of them."""

    values: Numbers
    starts: Places
    counts: Places

    @classmethod
    def of(cls, cells: "list[Numbers]") -> "Runs":
        """Runs of unsorted values, one array per cell."""
        counts = np.array([len(cell) for cell in cells], np.int64)
        starts = np.cumsum(counts) - counts
        return cls(np.concatenate([np.sort(cell) for cell in cells]), starts, counts)

    def take(self, chosen: Places) -> "Runs":
        """The runs at these places; the values stay where they are."""
        return Runs(self.values, self.starts[chosen], self.counts[chosen])

    def __len__(self) -> int:
        return len(self.counts)


def quantile(runs: Runs, q: float) -> Numbers:
    """Linear-interpolation quantile of each run (numpy's default method).

    >>> quantile(Runs.of([np.array([4.0, 1.0]), np.array([7.0])]), 0.25).tolist()
    [1.75, 7.0]
    """
    position = (runs.counts - 1) * q
    below = np.floor(position).astype(np.int64)
    low = runs.values[runs.starts + below]
    high = runs.values[runs.starts + np.minimum(below + 1, runs.counts - 1)]
    result: Numbers = low + (high - low) * (position - below)
    return result


def median_absolute_deviation(runs: Runs, median: Numbers) -> Numbers:
    """Median of abs(value - median) of each run, exactly.

    The deviations below the median and those above are two sorted lists. How many of the smaller half of all
    deviations lie below is found by bisection for all runs together, so that nothing has to be sorted again.

    >>> runs = Runs.of([np.array([1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0])])
    >>> median_absolute_deviation(runs, quantile(runs, 0.5)).tolist()
    [1.0]
    """
    count, below = runs.counts, runs.counts // 2
    wanted = (count - 1) // 2 + 1
    sides = _Sides(runs.values, runs.starts + below, below, count - below, median)
    left = sides.part_below(wanted)
    right = wanted - left
    nearest = np.maximum(sides.below(left - 1), sides.above(right - 1))
    following = np.minimum(
        np.where(left < sides.n_below, sides.below(left), np.inf),
        np.where(right < sides.n_above, sides.above(right), np.inf),
    )
    halfway = np.where(count % 2 == 0, 0.5, 0.0)
    with np.errstate(invalid="ignore"):
        even = nearest + (following - nearest) * halfway
    return np.where(halfway > 0, even, nearest)


@dataclass(frozen=True)
class _Sides:
    """The deviations of each run on either side of its median, nearest first; ``middle`` begins the upper side."""

    values: Numbers
    middle: Places
    n_below: Places
    n_above: Places
    median: Numbers

    def below(self, rank: Places) -> Numbers:
        """The deviation of this rank (0 is the nearest); of rank -1: minus infinity."""
        place = self.middle - 1 - np.clip(rank, 0, np.maximum(self.n_below - 1, 0))
        return np.where(rank < 0, -np.inf, self.median - self.values[np.maximum(place, 0)])

    def above(self, rank: Places) -> Numbers:
        place = self.middle + np.clip(rank, 0, np.maximum(self.n_above - 1, 0))
        return np.where(rank < 0, -np.inf, self.values[place] - self.median)

    def part_below(self, wanted: Places) -> Places:
        """How many of the *wanted* smallest deviations lie below the median."""
        low, high = np.maximum(0, wanted - self.n_above), np.minimum(wanted, self.n_below)
        while (low < high).any():
            half = (low + high) // 2
            enough = (low < high) & (self.below(half) >= self.above(wanted - half - 1))
            low = np.where(enough | (low >= high), low, half + 1)
            high = np.where(enough, half, high)
        part: Places = low
        return part
