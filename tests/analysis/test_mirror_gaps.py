"""Mirror gaps by good and partner, their readings, and the evasion elasticity."""

import numpy as np
import pandas as pd
import pytest

from redlane.analysis.evasion_elasticity import duty_rates, evasion_elasticity, least_squares
from redlane.analysis.mirror_gaps import READINGS, gaps_by, mirror_gaps
from redlane.errors import RedlaneError
from redlane.profiles.build import build
from redlane.profiles.mirror_reference import MirrorReference
from redlane.profiles.needs import ProfileNeeds
from tests.profiles.test_mirror import exports, imports

NEEDS = ProfileNeeds(mirror=(MirrorReference(),))


def year(*rows: dict) -> pd.DataFrame:
    """Declarations of all of 2023; small ones of a good of its own mark the ends of the year."""
    ends = ({"registered_on": day, "hs_code": "990000"} for day in ("2023-01-01", "2023-12-31"))
    return imports(*({"registered_on": "2023-06-01", **row} for row in rows), *ends)


def gaps(table: pd.DataFrame, declared: pd.DataFrame) -> pd.DataFrame:
    profiles = build(declared, NEEDS, references={"partner_exports": table})
    return mirror_gaps(declared, profiles, 2023).set_index(["hs6", "country"])


def test_readings_of_planted_gaps():
    table = exports(
        {"hs6": "010121"},
        {"hs6": "020110", "exports": 2000.0},
        {"hs6": "030110", "exports": 400.0},
        {"hs6": "040110", "exports": 1800.0, "exports_mass": 90.0},
        {"hs6": "040120", "exports": 200.0, "exports_mass": 10.0},
        {"hs6": "050110", "country": "CN", "exports": 2000.0, "exports_mass": 100.0},
        {"hs6": "050110", "country": "DE", "exports": 200.0, "exports_mass": 10.0},
        {"hs6": "060110", "exports": 3000.0, "exports_mass": 150.0},
        {"hs6": "070110", "exports": 300.0, "exports_mass": 15.0},
        {"hs6": "080110"},
    )
    goods = ("010121", "020110", "030110", "040110", "040120", "050110", "060110", "070110", "090110")
    rows = [{"hs_code": good, "customs_value": 1050.0, "net_mass": 50.0} for good in goods]
    rows += [
        {**rows[5], "origin_country": "DE"},
        {**rows[0], "hs_code": "080110", "customs_value": 0.0, "net_mass": 0.0},
    ]
    found = gaps(table, year(*rows))
    readings = {good: found.loc[(good, "CN"), "reading"] for good in (*goods, "080110")}
    assert readings == {
        "010121": "agreement",
        "020110": "undervaluation",
        "030110": "over-invoicing",
        "040110": "classification",
        "040120": "classification",
        "050110": "origin",
        "060110": "unrecorded imports",
        "070110": "unrecorded exports",
        "090110": "unrecorded exports",
        "080110": "unrecorded imports",
    }
    assert found.loc[("050110", "DE"), "reading"] == "origin"
    assert set(found["reading"]) <= set(READINGS)
    assert found["pair"].xs("CN", level=1)[["080110", "090110", "010121"]].tolist() == [
        "lost",
        "orphan",
        "matched",
    ]


def test_numbers_of_a_pair_and_totals_by_partner():
    found = gaps(
        exports({"exports": 800.0, "reexports": 5.0}), year({"customs_value": 420.0, "net_mass": 50.0})
    )
    row = found.loc[("620342", "CN")]
    assert (row["imports"], row["gap"], row["reexports"]) == (400, -400, 5)
    assert row["relative_gap"] == pytest.approx(400 / 600) and row["log_gap"] == pytest.approx(np.log(2))
    assert row["mass_gap"] == 0 and row["price_gap"] == pytest.approx(np.log(2))
    totals = gaps_by(found.reset_index(), "country").iloc[0]
    assert (totals["country"], totals["exports"], totals["orphan_pairs"]) == ("CN", 800, 1)


def test_what_cannot_be_said_is_refused_in_a_sentence():
    declared = year({})
    with pytest.raises(RedlaneError, match="hold no mirror statistics"):
        mirror_gaps(declared, build(declared, ProfileNeeds()), 2023)
    profiles = build(declared.iloc[:1], NEEDS, references={"partner_exports": exports({})})
    with pytest.raises(RedlaneError, match=r"no partner's exports of 2021"):
        mirror_gaps(declared, profiles, 2021)
    with pytest.raises(RedlaneError, match=r"imports of 2023 are not known"):
        mirror_gaps(declared, profiles, 2023)


def made_up(evasion: float, shift: float, n: int = 400) -> tuple[pd.DataFrame, pd.Series]:
    """Pairs whose log gap grows with their own rate and falls with that of the heading's other good."""
    rng = np.random.default_rng(5)
    goods = np.array([f"{10 + i // 2:04d}{10 * (i % 2):02d}" for i in range(n)])
    rate = pd.Series(rng.uniform(0, 40, n), goods)
    other = rate.to_numpy()[np.arange(n) ^ 1]
    gap = evasion * rate.to_numpy() / 100 + shift * other / 100 + rng.normal(0, 0.2, n)
    return pd.DataFrame({"hs6": goods, "country": "CN", "exports": 1.0, "log_gap": gap}), rate


def test_a_planted_elasticity_is_found_within_its_error():
    table, rates = made_up(3.0, -1.5)
    found = evasion_elasticity(table, rates)
    assert abs(found.tax - 3) < 3 * found.tax_error and abs(found.similar + 1.5) < 3 * found.similar_error
    assert found.pairs == 400 and 0.05 < found.tax_error < 0.2 and 0.5 < found.r_squared < 1


def test_no_elasticity_from_few_pairs_or_one_rate():
    table, rates = made_up(3.0, 0.0)
    with pytest.raises(RedlaneError, match="20 pairs"):
        evasion_elasticity(table.head(20), rates)
    with pytest.raises(RedlaneError, match="do not vary"):
        evasion_elasticity(table, rates * 0 + 5.0)


def test_least_squares_agrees_with_numpy():
    rng = np.random.default_rng(1)
    design = np.column_stack([np.ones(50), rng.normal(size=(50, 2))])
    outcome = rng.normal(size=50)
    expected, rest, *_ = np.linalg.lstsq(design, outcome, rcond=None)
    found, errors, _ = least_squares(design, outcome)
    assert np.allclose(found, expected)
    variance = np.linalg.inv(design.T @ design) * rest[0] / 47
    assert np.allclose(errors, np.sqrt(np.diag(variance)))


def test_duty_rates_leave_preferences_out():
    frame = imports(*({"registered_on": "2023-06-01", "hs_code": f"62034200{i}"} for i in range(3)))
    frame = frame.assign(duty_rate=[10.0, 20.0, 0.0], preference_claimed=[0.0, 0.0, 1.0])
    assert duty_rates(frame).to_dict() == {"620342": 15.0}
