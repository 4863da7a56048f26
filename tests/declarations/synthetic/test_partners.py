"""What partners record is the truth, roughly; phantoms are in nobody's statistics; the same seed, the same table."""

import numpy as np
import pandas as pd
import pytest

from redlane.declarations.statistical_countries import ALPHA_3
from redlane.declarations.synthetic import SyntheticSettings, build_world, generate_week
from redlane.declarations.synthetic.comtrade import OWN_ISO, comtrade_tables
from redlane.declarations.synthetic.generate import shipments
from redlane.declarations.synthetic.partners import CIF_FOB, PartnerStatistics
from redlane.declarations.synthetic.tables import CODES

SETTINGS = SyntheticSettings.parse(
    {"weeks": 8, "declarations_per_week": 200, "importers": 120, "sellers": 100, "start": "2024-01-01"}
)


@pytest.fixture(scope="module")
def world():
    return build_world(SETTINGS)


def table(world, weeks) -> pd.DataFrame:
    statistics = PartnerStatistics(world)
    for week in weeks:
        generate_week(world, week, statistics.watch)
    statistics.add_earlier()
    return pd.concat(list(comtrade_tables(statistics)), ignore_index=True)


@pytest.fixture(scope="module")
def recorded(world) -> pd.DataFrame:
    return table(world, range(8))


def test_the_same_seed_gives_the_same_table(world, recorded):
    pd.testing.assert_frame_equal(table(build_world(SETTINGS), range(8)), recorded)


def test_weeks_may_come_in_any_order(world, recorded):
    amounts = ["primaryValue", "netWgt"]
    other = table(world, [3, 1, 2, 0, 7, 6, 5, 4])
    pd.testing.assert_frame_equal(
        other.drop(columns=[*amounts, "qty", "fobvalue", "cifvalue"]),
        recorded.drop(columns=[*amounts, "qty", "fobvalue", "cifvalue"]),
    )
    assert np.allclose(other[amounts], recorded[amounts], atol=0.011)


def test_two_years_before_the_start_are_complete(recorded):
    rows = recorded.groupby(["refYear", "flowCode"])["primaryValue"].sum().unstack()  # noqa: PD010
    assert rows.index.tolist() == [2022, 2023, 2024]
    assert rows.loc[2022, "X"] == pytest.approx(rows.loc[2023, "X"], rel=0.3)


def test_every_row_is_between_a_partner_and_this_country(recorded):
    ours = recorded["flowCode"] == "M"
    assert set(recorded.loc[ours, "reporterISO"]) == set(recorded.loc[~ours, "partnerISO"]) == {OWN_ISO}
    assert set(recorded.loc[~ours, "reporterISO"]) <= {ALPHA_3[code] for code in CODES}
    key = ["refYear", "flowCode", "reporterISO", "partnerISO", "cmdCode"]
    assert not recorded.duplicated(key).any()


def test_exports_contain_reexports(recorded):
    key = ["refYear", "reporterISO", "cmdCode"]
    flows = recorded.set_index(key)
    again = flows[flows["flowCode"] == "RX"]["primaryValue"]
    both = again.to_frame("again").join(flows[flows["flowCode"] == "X"]["primaryValue"], how="left")
    assert len(both) > 20 and (both["primaryValue"] >= both["again"] - 0.01).all()


def test_truth_without_freight_is_recorded_and_phantoms_are_not(world):
    statistics = PartnerStatistics(world)
    true, phantoms = 0.0, 0
    for week in range(8):
        rows = shipments(world, week)
        statistics.watch(rows, week)
        true += float((rows.true_value / CIF_FOB[rows.mode]).sum())
        phantoms += int((rows.true_value == 0).sum())
    tallies = statistics.years.values()
    assert phantoms > 0
    assert sum(t.exports[0].sum() + t.reexports[0].sum() for t in tallies) == pytest.approx(true)


def test_declared_imports_are_those_of_the_declarations(world):
    statistics = PartnerStatistics(world)
    frame = generate_week(world, 2, statistics.watch)
    assert statistics.years[2024].imports[0].sum() == pytest.approx(frame["customs_value"].sum())
    assert statistics.years[2024].imports[1].sum() == pytest.approx(frame["net_mass"].sum())


def test_a_start_within_a_year_still_has_two_closed_years_before():
    middle = SETTINGS.model_copy(update={"start": pd.Timestamp("2024-06-03").date(), "weeks": 2})
    years = table(build_world(middle), range(2)).groupby("refYear")["primaryValue"].sum()
    assert years.index.tolist() == [2022, 2023, 2024]
    assert years[2022] == pytest.approx(years[2023], rel=0.3)
