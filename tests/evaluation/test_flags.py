"""Hit rates of red flags: counted by hand, with intervals that hold and verdicts that claim no more."""

import numpy as np
import pandas as pd
import pytest

from redlane.evaluation.flags import LEAST, flag_table, wilson
from redlane.evaluation.settings import EvaluationSettings
from redlane.features.flags.flag import Flag

SETTINGS = EvaluationSettings(bootstrap_repeats=200)


def flag(id="X1"):
    return Flag.parse(
        {"id": id, "version": 3, "title": "t", "group": "origin", "severity": "high", "source": "own"}
        | {"expression": "net_mass > 1", "sentence": "s"}
    )


def judged(value, irregular, weeks=10):
    n = len(value)
    declarations = pd.DataFrame(
        {
            "irregular": np.asarray(irregular, dtype="float64"),
            "registered_on": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(np.arange(n) % (7 * weeks), unit="D"),
        }
    )
    features = pd.DataFrame({"flag_X1": np.asarray(value, dtype="float64")})
    return flag_table(features, declarations, [flag()], SETTINGS).iloc[0]


def made(n, precision, base, seed=0):
    rng = np.random.default_rng(seed)
    value = (rng.random(n) < 0.2).astype(float)
    return value, (rng.random(n) < np.where(value == 1, precision, base)).astype(float)


def test_everything_is_counted():
    row = judged([1, 1, 1, 0, 0, np.nan, 1, 1], [1, 0, np.nan, 1, 0, 0, 1, np.nan])
    assert (row.flag, row.version, row.severity) == ("X1", 3, "high")
    assert (row.declarations, row.raised, row.inspected, row.hits) == (8, 5, 3, 2)
    assert row.raised_share == 5 / 8
    assert row.not_computed_share == 1 / 8
    assert row.precision == pytest.approx(2 / 3)
    assert row.base_rate == pytest.approx(3 / 6)
    assert row.lift == pytest.approx(4 / 3)
    assert row.verdict == "too few inspected to tell"


def test_a_flag_that_finds_more_is_above_and_one_that_finds_less_below():
    assert judged(*made(2000, 0.5, 0.1)).verdict == "above the base rate"
    low = judged(*made(2000, 0.02, 0.3))
    assert low.verdict == "below the base rate"
    assert low.lift < 1


def test_an_interval_that_includes_the_base_rate_is_not_told_apart():
    row = judged(*made(300, 0.13, 0.1))
    assert row.low <= row.base_rate <= row.high
    assert row.verdict == "not distinguishable from the base rate"


def test_few_inspections_have_wilsons_interval_and_many_the_weeks():
    assert judged(*made(100, 0.5, 0.1)).method == "wilson"
    assert judged(*made(2000, 0.5, 0.1)).method == "bootstrap"
    one_week = judged(*made(2000, 0.5, 0.1), weeks=1)
    assert one_week.method == "wilson"
    assert 0 < one_week.low < one_week.precision < one_week.high < 1


def test_blocks_of_resemblance_widen_the_interval():
    """All of a week's finds together: Wilson would count them as independent."""
    n = 2100
    weeks = np.arange(n) % 70 // 7
    value = np.ones(n)
    row = judged(value, weeks >= 5)
    low, high = wilson(int(row.hits), n, 0.95)
    assert row.high - row.low > 3 * (high - low)


def test_a_flag_without_effect_is_seldom_called_one():
    verdicts = [judged(*made(1000, 0.1, 0.1, seed)).verdict for seed in range(60)]
    assert sum(verdict != "not distinguishable from the base rate" for verdict in verdicts) <= 9


def test_nothing_raised_and_nothing_inspected():
    assert judged([0, 0, np.nan], [1, 0, 0]).verdict == "never inspected"
    row = judged([1] * 9, [np.nan] * 9)
    assert row.inspected == 0 and np.isnan(row.precision) and np.isnan(row.base_rate)
    assert LEAST > 1


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (5, 5), (1, 40), (20, 40)])
def test_wilson_holds_its_share_and_stays_inside(hits, n):
    low, high = wilson(hits, n, 0.95)
    assert 0 <= low <= hits / n <= high <= 1
