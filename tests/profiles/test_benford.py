"""Digit tests keep the rates they promise: the definitions, the noise of chance, p-values and false discoveries."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.profiles.benford import (
    category,
    chance,
    chi_square,
    deviation,
    expected,
    hundredths,
    q_values,
)

CRITICAL = {
    50: (0.0491, 0.0571),
    100: (0.0348, 0.0406),
    200: (0.0249, 0.0289),
    500: (0.0157, 0.0180),
    1000: (0.0111, 0.0129),
    2000: (0.0078, 0.0090),
    5000: (0.0049, 0.0057),
}
"""The 95 and 99 % points of the first-digit MAD, simulated independently of this code."""


def conforming(n, digits, parties, seed):
    return np.random.default_rng(seed).multinomial(n, expected(digits), size=parties)


def p_values(counts, digits="first"):
    return chance(deviation(counts, digits), counts.sum(axis=1), digits).p_value


def test_shares_are_those_of_the_law():
    assert expected("first") == pytest.approx([math.log10(1 + 1 / d) for d in range(1, 10)])
    printed = [0.11968, 0.11389, 0.10882, 0.10433, 0.10031, 0.09668, 0.09337, 0.09035, 0.08757, 0.08500]
    assert expected("second") == pytest.approx(printed, abs=5e-6)
    assert expected("first_two") == pytest.approx([math.log10(1 + 1 / d) for d in range(10, 100)])
    for digits in ("first", "second", "first_two"):
        assert expected(digits).sum() == pytest.approx(1)


@given(st.decimals("0.01", "99999999999", places=2))
def test_digits_are_those_of_the_decimal_as_written(amount):
    written = str(amount).replace(".", "").lstrip("0")
    cents = hundredths(np.array([float(amount)]))
    assert category(cents, "first")[0] == int(written[0]) - 1
    two = int(written[:2]) - 10 if len(written) > 1 else -1
    assert category(cents, "first_two")[0] == two
    assert category(cents, "second")[0] == (int(written[1]) if len(written) > 1 else -1)


def test_floats_just_below_a_power_of_ten_are_not_misread():
    values = np.array([0.1 + 0.2, 1.1 * 1.1, 4.35 * 100, 999.995 + 0.005, float(Decimal("0.29"))])
    assert (category(hundredths(values), "first") + 1).tolist() == [3, 1, 4, 1, 2]


def test_what_is_no_amount_has_no_digits():
    cents = hundredths(np.array([0.0, -5.0, np.nan, np.inf, 1e300, 0.004]))
    assert category(cents, "first").tolist() == [-1] * 6


def test_chi_square_is_pearsons():
    counts = conforming(300, "second", 5, 1)
    under = 300 * expected("second")
    assert chi_square(counts, "second") == pytest.approx([sum((row - under) ** 2 / under) for row in counts])


@pytest.mark.parametrize(("digits", "floor"), [("first", 0.2348), ("second", 0.2389), ("first_two", 0.0793)])
def test_the_noise_of_chance_is_known(digits, floor):
    share = expected(digits)
    assert np.sqrt(2 * share * (1 - share) / np.pi).mean() == pytest.approx(floor, abs=1e-4)
    n = np.array([1000])
    by_chance = chance(np.array([0.01]), n, digits).expected * np.sqrt(n)
    assert by_chance == pytest.approx(floor, rel=0.01)


@pytest.mark.parametrize(("n", "points"), CRITICAL.items())
def test_critical_values_are_met_within_monte_carlo_error(n, points):
    at = chance(np.array(points), np.array([n, n]), "first").p_value
    assert at[0] == pytest.approx(0.05, abs=0.006)
    assert at[1] == pytest.approx(0.01, abs=0.002)


def test_nigrinis_fixed_cut_off_condemns_nine_in_ten_honest_small_traders_and_ours_one_in_twenty():
    counts = conforming(100, "first", 20_000, 2)
    assert (deviation(counts, "first") > 0.015).mean() == pytest.approx(0.92, abs=0.01)
    assert (p_values(counts) <= 0.05).mean() == pytest.approx(0.05, abs=0.006)


@pytest.mark.parametrize("n", [100, 137, 178, 240, 999, 4000])
@pytest.mark.parametrize("level", [0.01, 0.05, 0.1])
def test_the_nominal_rate_is_kept_on_and_between_the_simulated_sizes(n, level):
    found = (p_values(conforming(n, "first", 20_000, n)) <= level).mean()
    assert found <= level + 4 * math.sqrt(level * (1 - level) / 20_000)
    assert found >= 0.8 * level


def test_second_digits_keep_the_rate_too():
    found = (p_values(conforming(300, "second", 20_000, 3), "second") <= 0.05).mean()
    assert found == pytest.approx(0.05, abs=0.006)


def test_p_values_are_never_zero_and_do_not_depend_on_company():
    counts = np.vstack([conforming(100, "first", 5, 4), [[0, 0, 0, 0, 0, 0, 0, 0, 100]]])
    together = p_values(counts)
    assert together[-1] == pytest.approx(1e-5)
    assert together.tolist() == [p_values(row[None, :])[0] for row in counts]


@given(st.lists(st.floats(1e-5, 1.0), min_size=1, max_size=40))
def test_q_values_are_benjamini_and_hochbergs(found):
    p = np.array(found)
    ordered = np.sort(p)
    steps = ordered * len(p) / np.arange(1, len(p) + 1)
    by_hand = [min(1.0, min(steps[i] for i in range(len(p)) if ordered[i] >= value)) for value in p]
    assert q_values(p) == pytest.approx(by_hand)


def test_false_discoveries_stay_below_the_rate_asked_for():
    shares, invented = [], np.full(9, 1 / 9)
    random = np.random.default_rng(6)
    for _ in range(150):
        honest = random.multinomial(250, expected("first"), size=90)
        planted = random.multinomial(250, invented, size=10)
        found = q_values(p_values(np.vstack([honest, planted]))) <= 0.1
        shares.append(found[:90].sum() / max(found.sum(), 1))
        assert found[90:].all()
    assert np.mean(shares) <= 0.1
