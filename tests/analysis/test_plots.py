"""Pictures: both sides on one scale, the same bytes for the same numbers, names never read as notation."""

import numpy as np
import pytest

from redlane.analysis import plots

NAMES = ["620342 CN", "cost $5$", "x" * 80]


def diverging(low, high):
    return plots.diverging(
        NAMES, np.array(low), np.array(high), sides=("too low", "too high"), title="T", unit="kg"
    )


def test_both_sides_have_one_scale_and_room_for_both():
    axes = diverging([1.0, 2.0, 0.0], [0.0, 50.0, 3.0]).axes[0]
    left, right = axes.get_xlim()
    assert left == -right
    assert right > 50
    words = [text.get_text() for text in axes.texts]
    assert "too low" in words
    assert "too high" in words


def test_the_first_name_is_at_the_top():
    axes = diverging([1.0, 2.0, 0.0], [0.0, 50.0, 3.0]).axes[0]
    ticks = dict(zip((t.get_text() for t in axes.get_yticklabels()), axes.get_yticks(), strict=True))
    assert ticks["620342 CN"] == max(ticks.values())


@pytest.mark.parametrize(
    "figure",
    [
        lambda: diverging([0.0, 0.0, np.nan], [0.0, 0.0, 0.0]),
        lambda: plots.bars(NAMES, np.array([3.0, np.nan, 1.0]), title="T", unit="links"),
        lambda: plots.intervals(
            NAMES, np.array([0.2, np.nan, 0.0]), np.zeros(3), np.ones(3), base=0.1, title="T", unit="share"
        ),
        lambda: plots.funnel(np.array([100.0]), np.array([0.02]), np.array([False]), 0.2348),
    ],
)
def test_every_picture_can_be_drawn_twice_alike(figure):
    first, second = plots.png(figure()), plots.png(figure())
    assert first.startswith(b"\x89PNG")
    assert first == second
