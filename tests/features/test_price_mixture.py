"""Price mixtures: Bayes' rule computed again the slow way, and what it must say of honest and of bent histories."""

import numpy as np
import pytest

from redlane.features.catalogue import FeatureSettings, build, facts
from redlane.features.mixture import SHARES, WEIGHTS, Shape, mixture
from redlane.profiles.build import build as build_profiles
from tests.worlds import small_world

SHAPE = Shape(spread=0.33, level_spread=0.25, departure=0.6)
BORDERS = (-1.2, -0.85, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.85, 1.2)
FAMILY = {
    "family": "price_mixture",
    "deviations": {
        "reference": {"levels": [["hs4"], ["hs2"]], "minimum_count": 5, "dominant_share": 0},
        "keys": [["importer_id"], ["importer_id", "hs4"]],
        "borders": [-0.8, -0.3, 0.3, 0.8],
    },
    "window": 60,
}


def judged(counts, deviation, shape=SHAPE):
    return mixture(shape, BORDERS).judge(np.atleast_2d(counts).T, np.atleast_1d(deviation))


def test_the_hypotheses_are_distributions():
    of = mixture(SHAPE, BORDERS)
    assert np.exp(of.likelihood).sum(axis=1) == pytest.approx(1.0, abs=0.01)
    assert np.exp(of.prior).sum() == pytest.approx(1 - (1 - WEIGHTS[0]) ** 2, abs=1e-5)  # never both at once
    assert sorted(set(of.low)) == sorted(set(of.high)) == sorted(SHARES)


@pytest.mark.parametrize("seed", range(4))
def test_the_verdict_is_bayes_rule(seed):
    rng = np.random.default_rng(seed)
    counts, deviation = rng.poisson(2.0, 12), rng.normal(0, 0.6)
    of, found = mixture(SHAPE, BORDERS), judged(counts, deviation)
    weight = np.exp(of.prior + of.likelihood @ counts)
    weight /= weight.sum()
    low, high, place = np.array(of.low), np.array(of.high), int((deviation + 4.0) / 0.01)
    honest, lowered = of.honest[of.level, place], of.lowered[of.level, place]
    odds = np.log(weight @ (low * lowered)) - np.log(weight @ ((1 - low - high) * honest))
    assert found.low_odds[0] == pytest.approx(odds, abs=1e-4)
    assert found.low_rate[0] == pytest.approx(weight @ low)
    assert found.level[0] == pytest.approx(weight @ of.levels[of.level])


@pytest.mark.parametrize("seed", range(4))
def test_low_and_high_mirror_each_other(seed):
    """Cheap is to lowered prices as dear is to raised ones: neither direction is looked for less."""
    rng = np.random.default_rng(seed)
    counts, deviation = rng.poisson(2.0, 12), rng.normal(0, 0.6)
    one, other = judged(counts, deviation), judged(counts[::-1], -deviation)
    assert one.low_rate[0] == pytest.approx(other.high_rate[0], abs=0.01)
    assert one.low_odds[0] == pytest.approx(other.high_odds[0], abs=0.1)
    assert one.level[0] == pytest.approx(-other.level[0], abs=0.01)


def test_company_and_portions_change_nothing():
    """Bit for bit: alone, and in a crowd larger than a portion."""
    rng = np.random.default_rng(5)
    counts, deviation = rng.poisson(1.5, (20_000, 12)), rng.normal(0, 1, 20_000)
    together = judged(counts, deviation)
    for place in (0, 1, 16_383, 16_384, 19_999):
        alone = judged(counts[place], deviation[place])
        assert [v[0] for v in alone] == [v[place] for v in together]
    few = judged(counts[100:117], deviation[100:117])
    assert all(np.array_equal(one, all_[100:117]) for one, all_ in zip(few, together, strict=True))


def test_a_cheap_trader_is_not_a_bent_one():
    """All prices a third lower are a level of its own; a third of them much lower are a habit."""
    cheap, bent = np.zeros((2, 12), int)
    cheap[[3, 4, 5]] = 10, 20, 10
    bent[[0, 1, 5, 6]] = 6, 6, 14, 14
    found = judged([cheap, bent], [-0.7, -0.7])
    assert found.level[0] < -0.25 and found.level[0] < found.level[1]
    assert found.low_rate[1] > 0.2 > 0.01 > found.low_rate[0]
    assert found.low_odds[1] > found.low_odds[0] + 2


def test_nobody_is_beyond_doubt():
    """A firm with thousands of honest prices may try once: a price far below its own stands out among all firms'."""
    honest = np.rint(of_honest() * 3000).astype(int)
    far, usual = judged([honest, honest], [-1.6, 0.0]).low_odds
    nobody = judged(np.zeros(12, int), 0.0).low_odds[0]
    assert far > nobody > usual
    assert -10 < usual < -5


def of_honest():
    """How honest prices about the usual level fall between the borders."""
    of = mixture(SHAPE, BORDERS)
    weights = np.exp(
        of.likelihood[
            [at == 4 and low == high for at, low, high in zip(of.level, of.low, of.high, strict=True)]
        ]
    )
    return weights[0] / weights[0].sum()


@pytest.fixture(scope="module")
def made():
    world = small_world(500)
    settings = FeatureSettings.parse({"families": [FAMILY]})
    profiles = build_profiles(world, settings.needs())
    return world, settings, profiles, build(world, profiles, settings)


def test_features_judge_what_was_counted_before(made):
    world, settings, profiles, found = made
    (family,) = settings.families
    known = facts(world, profiles, settings)
    away = np.log(known["importer_price_per_kg_now"])
    row = int(np.argmax(known["importer_price_per_kg_before"]))
    gap = (world["registered_on"][row] - world["registered_on"]).dt.days
    mine = (world["importer_id"] == world["importer_id"][row]) & gap.between(1, 60) & away.notna()
    counts = np.histogram(away[mine], [-9, *family.deviations.borders, 9])[0]
    assert counts.sum() == known["importer_price_per_kg_before"][row] > 3
    expected = mixture(SHAPE, family.deviations.borders).judge(counts[:, None], away.to_numpy()[[row]])
    for part in ("low_odds", "high_odds", "low_rate", "high_rate"):
        assert found[f"importer_price_per_kg_{part}"][row] == getattr(expected, part)[0]
    assert found["importer_price_per_kg_gap"][row] == pytest.approx(away[row] - expected.level[0])


def test_missing_where_there_is_no_reference_and_only_there(made):
    world, settings, profiles, found = made
    now = facts(world, profiles, settings)["importer_price_per_kg_now"]
    assert 0 < now.isna().sum() < len(world) / 2
    for name in found:
        assert (found[name].isna() == now.isna()).all(), name


def test_borders_ascend():
    from redlane.errors import RedlaneError

    with pytest.raises(RedlaneError, match="do not ascend"):
        FeatureSettings.parse({"families": [{**FAMILY, "deviations": {"borders": [0.3, 0.1]}}]})
