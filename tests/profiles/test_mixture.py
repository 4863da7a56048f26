"""The mixture of honest and bent prices: Bayes' rule again the slow way, and what it must say of histories."""

import numpy as np
import pytest

from redlane.profiles.mixture import (
    BENT,
    BORDERS,
    HONEST,
    HYPOTHESES,
    STEPS,
    Shape,
    judge,
    mixture,
)

SHAPE = Shape(spread=0.3, level_spread=0.25, departure=0.6)
SHAPES = (SHAPE, Shape(0.045, 0.02, 0.25), Shape(0.14, 0.05, 0.4))
BINS = len(BORDERS) + 1


def histories(seed, count, mean=2.0):
    rng = np.random.default_rng(seed)
    return (
        rng.poisson(mean, (BINS, count)),
        rng.normal(0, 0.6, count),
        rng.normal(0, 2 * STEPS, (8, count)).astype(int),
    )


def verdict(counts, evidence, deviation, shape=SHAPE):
    return judge(mixture(shape).foretell(counts, deviation), evidence, deviation)


def declared(history, shape=SHAPE):
    """Evidence of deviations one after the other, all of one trade; and the trade's counts at the end."""
    of, counts, total = mixture(shape), np.zeros((BINS, 1), int), np.zeros((8, 1), int)
    for deviation in history:
        place = of.bins(np.array([deviation]))
        total += of.evidence(counts, place)
        counts[place[0]] += 1
    return counts, total


@pytest.mark.parametrize("shape", SHAPES)
def test_the_hypotheses_are_distributions(shape):
    of = mixture(shape)
    assert np.exp(of.likelihood).sum(axis=2) == pytest.approx(1.0, abs=1e-5)
    assert np.exp(of.prior).sum() == pytest.approx(1.0, abs=1e-5)
    step = shape.spread / 33
    for density in (of.honest, of.lowered, of.raised):
        assert density.sum(axis=1) * step == pytest.approx(1.0, abs=0.01)
    assert sum(h.weight for h in HYPOTHESES) == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(3))
def test_evidence_is_how_well_each_share_foretold(seed):
    counts, deviation, _ = histories(seed, 1)
    of = mixture(SHAPE)
    place = of.bins(deviation)
    chance = []
    for row in range(len(HYPOTHESES)):
        level = np.exp(of.prior + of.likelihood[row] @ counts[:, 0])
        chance.append(level / level.sum() @ np.exp(of.likelihood[row][:, place[0]]))
    expected = np.log(np.array(chance[1:]) / chance[0]) * STEPS
    assert of.evidence(counts, place)[:, 0] == pytest.approx(expected, abs=0.51)


@pytest.mark.parametrize("seed", range(3))
def test_the_verdict_is_bayes_rule(seed):
    counts, deviation, evidence = histories(seed, 1)
    of = mixture(SHAPE)
    place = int(deviation[0] / SHAPE.spread * 33 + of.honest.shape[1] / 2)
    weight = np.log([h.weight for h in HYPOTHESES]) + np.append(0, evidence[:, 0]) / STEPS
    weight = np.exp(weight - weight.max()) / np.exp(weight - weight.max()).sum()
    joint = np.exp(of.prior + of.likelihood @ counts[:, 0])
    joint = joint / joint.sum(axis=1, keepdims=True) * weight[:, None]
    low = np.array([h.low for h in HYPOTHESES])[:, None]
    high = np.array([h.high for h in HYPOTHESES])[:, None]
    odds = np.log(
        (joint * low * of.lowered[:, place]).sum() / (joint * (1 - low - high) * of.honest[:, place]).sum()
    )
    found = verdict(counts, evidence, deviation)
    assert found.low_odds[0] == pytest.approx(odds, abs=1e-4)
    assert found.low_rate[0] == pytest.approx((joint * low).sum())


@pytest.mark.parametrize("shape", SHAPES)
def test_low_and_high_mirror_each_other(shape):
    """Cheap is to lowered prices as dear is to raised ones: neither direction is looked for less."""
    counts, deviation, evidence = histories(4, 50)
    deviation *= shape.spread
    one = verdict(counts, evidence, deviation, shape)
    other = verdict(counts[::-1], evidence[[4, 5, 6, 7, 0, 1, 2, 3]], -deviation, shape)
    assert one.low_rate == pytest.approx(other.high_rate, abs=1e-9)
    assert one.low_odds == pytest.approx(other.high_odds, abs=0.1)


def test_company_and_portions_change_nothing():
    """Bit for bit: alone, and in a crowd larger than a portion."""
    counts, deviation, evidence = histories(5, 20_000, 1.5)
    of = mixture(SHAPE)
    together, weighed = verdict(counts, evidence, deviation), of.evidence(counts, of.bins(deviation))
    for at in (0, 1, 16_383, 16_384, 19_999):
        here = slice(at, at + 1)
        alone = verdict(counts[:, here], evidence[:, here], deviation[here])
        assert [v[0] for v in alone] == [v[at] for v in together]
        assert np.array_equal(of.evidence(counts[:, here], of.bins(deviation[here])), weighed[:, here])


def test_missing_stays_missing_and_far_away_stays_finite():
    counts, _, evidence = histories(6, 3)
    found = verdict(counts, evidence, np.array([np.nan, -80.0, 80.0]))
    for values in found:
        assert np.isnan(values[0]) and np.isfinite(values[1:]).all()


def test_a_cheap_trader_is_not_a_bent_one():
    """All prices a third lower are a level of its own; a third of them much lower are a share."""
    rng = np.random.default_rng(7)
    cheap = rng.normal(-0.4, 0.25, 120)
    bent = np.where(np.arange(120) % 3 == 0, -0.9, 0.0) + rng.normal(0, 0.25, 120)
    found = []
    for history in (cheap, bent):
        counts, evidence = declared(history)
        found.append([values[0] for values in verdict(counts, evidence, np.array([-0.75]))])
    (_, _, honest_rate, _), (bent_odds, _, bent_rate, _) = found
    assert bent_rate > 0.2 > 0.05 > honest_rate
    assert bent_odds > found[0][0] + 2


def test_evidence_is_joined_across_trades_with_levels_of_their_own():
    """Five honest trades on five levels say nothing; lowered prices in each say more than those of one trade."""
    rng = np.random.default_rng(8)
    levels, honest, bent, one = np.array([-0.4, -0.2, 0.0, 0.2, 0.4]), 0, 0, 0
    for level in levels:
        prices = level + rng.normal(0, 0.25, 20)
        honest = honest + declared(prices)[1]
        one = declared(prices - 0.9 * (np.arange(20) % 3 == 0))[1]
        bent = bent + one
    tenth, third = BENT.index((0.1, 0.0, 0.03)), BENT.index((0.3, 0.0, 0.03))
    assert honest[third, 0] < -STEPS and honest[tenth, 0] < STEPS
    assert bent[third, 0] > 3 * STEPS and bent[third, 0] > one[third, 0]


def test_nobody_is_beyond_doubt():
    """Two thousand honest prices do not put a price at a fifth of the usual beyond doubt."""
    counts, evidence = np.zeros((BINS, 1), int), np.full((8, 1), -400 * STEPS)
    counts[4:8, 0] = 300, 700, 700, 300
    found = verdict(counts, evidence, np.array([-1.6]))
    assert found.low_odds[0] > -3 > -6 > found.high_odds[0]
    assert found.low_rate[0] == pytest.approx(HONEST.low)
