"""The measures of every group of declarations, as they are and on every resample of weeks, under one selection."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redlane.evaluation.bootstrap import draw_blocks
from redlane.evaluation.measures import ratio
from redlane.evaluation.order import inspection_order
from redlane.evaluation.partitions import Group, Partition
from redlane.evaluation.settings import Cut, EvaluationSettings
from redlane.evaluation.truth import Floats, Truth, blocks

Codes = npt.NDArray[np.intp]

MEASURES = (
    "base_rate",
    "selection_rate",
    "precision",
    "recall",
    "false_positive_share",
    "calibration_gap",
)
"""Irregular among all; selected among all; irregular among the selected; selected among the irregular; selected among
the regular; mean probability minus share irregular."""


@dataclass(frozen=True)
class GroupValues:
    """Every measure of every group, as it is and on each resample; the last group is all rows together.

    Attributes:
        groups: the groups, without the last.
        counts: (5, groups + 1): rows, irregular, sum of probabilities, selected, irregular among the selected.
        value: (6, groups + 1), in the order of :data:`MEASURES`.
        draws: (repeats, 6, groups + 1), on the same resampled weeks for every group, ranking and model.
    """

    groups: tuple[Group, ...]
    counts: Floats
    value: Floats
    draws: Floats


def group_values(
    score: Floats, probability: Floats, truth: Truth, parts: Sequence[Partition], settings: EvaluationSettings
) -> GroupValues:
    """The measures of every group of *parts* with their resamples.

    Two rankings of the same rows, judged with the same settings, have paired draws: their difference is the
    difference of their ``draws``.
    """
    groups = tuple(group for part in parts for group in part.groups)
    order = inspection_order(np.asarray(score, dtype=np.float64), truth.tie).rows
    block, starts = blocks(truth.registered_day, settings.block)
    drawn = draw_blocks(len(starts), settings.bootstrap_repeats, settings.seed)
    counter = _Counter(truth.irregular[order], probability[order], _member(parts, order), block[order])
    cut = Cut(rate=settings.subgroup_rate)
    counts = counter.count(np.ones(len(starts)), cut)
    draws = [counter.count(weeks, cut) for weeks in drawn]
    resampled = np.array(draws).reshape(len(draws), *counts.shape)
    return GroupValues(groups, counts, _measures(counts), _measures(resampled))


def _member(parts: Sequence[Partition], order: Codes) -> Codes:
    """(parts + 1, rows): the number of the group each row is in, counted through all parts; -1 for none."""
    before, codes = 0, []
    for part in parts:
        codes.append(np.where(part.code < 0, -1, part.code + before)[order])
        before += len(part.groups)
    return np.array([*codes, np.full(len(order), before)], dtype=np.intp)


class _Counter:
    """Counts per group under any weights of weeks; all arrays are in inspection order."""

    def __init__(self, irregular: Floats, probability: Floats, member: Codes, block: Codes) -> None:
        self.irregular, self.block = irregular, block
        self.member = member + 1  # no group becomes bin 0, which is dropped
        self.groups = int(self.member.max())
        amounts = (np.ones_like(irregular), irregular, probability)
        self.by_week = np.stack([self._by_week(each) for each in amounts], axis=1)

    def count(self, weeks: Floats, cut: Cut) -> Floats:
        """(5, groups): see :class:`GroupValues`; *weeks* says how often each week was drawn."""
        weight = weeks[self.block]
        rows = np.cumsum(weight)
        size = cut.size(int(rows[-1]))
        edge = int(np.searchsorted(rows, size))
        taken = weight[: edge + 1].copy()
        taken[-1] -= rows[edge] - size  # the row at the edge may be taken only in part of its copies
        selected = [self._sums(taken), self._sums(taken * self.irregular[: edge + 1])]
        return np.concatenate([np.tensordot(weeks, self.by_week, 1), selected])

    def _sums(self, amounts: Floats) -> Floats:
        member = self.member[:, : len(amounts)]
        weights = np.broadcast_to(amounts, member.shape)
        sums = np.bincount(member.ravel(), weights=weights.ravel(), minlength=self.groups + 1)
        return np.asarray(sums[1:], dtype=np.float64)

    def _by_week(self, amounts: Floats) -> Floats:
        weeks, bins = int(self.block.max()) + 1, self.groups + 1
        place = (self.block * bins + self.member).ravel()
        weights = np.broadcast_to(amounts, self.member.shape).ravel()
        sums = np.bincount(place, weights=weights, minlength=weeks * bins)
        return np.asarray(sums.reshape(weeks, bins)[:, 1:], dtype=np.float64)


def _measures(counts: Floats) -> Floats:
    """(…, 6, groups) from counts (…, 5, groups)."""
    parts = shares(counts)
    values = ratio(parts[0], parts[1])
    values[..., -1, :] = ratio(counts[..., 2, :], counts[..., 0, :]) - values[..., -1, :]
    return values


def shares(counts: Floats) -> tuple[Floats, Floats]:
    """How many of how many, for each measure; the calibration gap rests on the share irregular."""
    n, irregular, _, taken, hits = np.moveaxis(counts, -2, 0)
    above = np.stack([irregular, taken, hits, hits, taken - hits, irregular], axis=-2)
    return above, np.stack([n, n, taken, irregular, n - irregular, n], axis=-2)
