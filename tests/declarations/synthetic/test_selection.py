"""How the world's customs looks at it: calibrated propensities, honest outcomes, rosters."""

import numpy as np
import pandas as pd
import pytest

from redlane.declarations.columns import COLUMNS
from redlane.declarations.synthetic import SyntheticSettings, build_world, generate
from redlane.declarations.synthetic.outcomes import evaded
from redlane.declarations.synthetic.trade import trade

AFTERWARDS = [name for name, column in COLUMNS.items() if column.role in ("assessed", "outcome")]


@pytest.fixture(scope="module")
def inspected(declarations: pd.DataFrame) -> pd.DataFrame:
    return declarations[declarations["inspected"] == 1]


def test_inspections_match_their_propensity(declarations):
    head = declarations.drop_duplicates("declaration_id")
    expected = head["selection_propensity"].sum()
    spread = np.sqrt((head["selection_propensity"] * (1 - head["selection_propensity"])).sum())
    assert abs(head["inspected"].sum() - expected) < 4 * spread


def test_propensity_is_calibrated_in_every_fifth(declarations):
    head = declarations.drop_duplicates("declaration_id")
    fifth = pd.qcut(head["selection_propensity"].rank(method="first"), 5, labels=False)
    table = head.groupby(fifth)[["inspected", "selection_propensity"]].mean()
    assert (table["inspected"] - table["selection_propensity"]).abs().max() < 0.03


def test_every_declaration_can_be_inspected(small, declarations):
    assert declarations["selection_propensity"].min() >= 0.999 * small.inspection_rate * small.random_share


def test_inspection_rate_is_kept(small, declarations):
    head = declarations.drop_duplicates("declaration_id")
    assert head["selection_propensity"].mean() == pytest.approx(small.inspection_rate, rel=1e-6)


def test_random_inspections_are_a_fair_sample(small, declarations, inspected):
    head = declarations.drop_duplicates("declaration_id")
    drawn = head["selection_reason"] == "random"
    assert drawn.mean() == pytest.approx(small.inspection_rate * small.random_share, rel=0.3)
    assert head.loc[drawn, "customs_value"].median() == pytest.approx(
        head["customs_value"].median(), rel=0.35
    )


def test_only_inspected_rows_have_findings(declarations, inspected):
    rest = declarations[declarations["inspected"] == 0]
    assert rest[[name for name in AFTERWARDS if name != "inspected"]].isna().all(axis=None)
    assert rest[["inspector_id", "selection_reason"]].isna().all(axis=None)
    assert inspected[[*AFTERWARDS, "inspector_id", "selection_reason"]].notna().all(axis=None)


def test_outcomes_become_known_later_and_some_much_later(inspected):
    days = (inspected["outcome_known_on"] - inspected["registered_on"]).dt.days
    assert days.min() >= 1
    assert 6 <= days.median() <= 15
    assert (days > 45).mean() > 0.01


def test_labels_are_noisy_both_ways(inspected):
    truly, recorded = inspected["truly_irregular"] == 1, inspected["irregular"] == 1
    assert 0.03 < (truly & ~recorded).sum() / truly.sum() < 0.3
    assert 0 < (~truly & recorded).sum() / (~truly).sum() < 0.02


def test_revenue_comes_only_from_findings_and_has_a_heavy_tail(inspected):
    found = inspected["irregular"] == 1
    revenue = inspected.loc[found, "recovered_revenue"]
    assert (revenue > 0).all()
    assert (inspected.loc[~found, "recovered_revenue"] == 0).all()
    assert revenue.mean() > 2 * revenue.median()


def test_assessed_equals_declared_where_nothing_was_found(inspected):
    clean = inspected[inspected["irregular"] == 0]
    assert (clean["assessed_hs_code"] == clean["hs_code"]).all()
    assert (clean["assessed_origin"] == clean["origin_country"]).all()
    assert (clean["assessed_value"] == clean["customs_value"]).all()


def test_honest_trade_evades_nothing(world):
    rows = trade(world, 3)
    assert evaded(world, rows, 3).max() == pytest.approx(0.0, abs=1e-6)


def test_every_office_is_staffed_every_day(world):
    for week in range(5):
        roster = world.staff.on_duty(world.settings.seed, week)
        for day in range(7):
            assert set(world.staff.office[roster[day]]) == set(range(len(world.staff.start)))


def test_inspectors_work_at_one_office_on_rostered_days(world, declarations, inspected):
    assert inspected.groupby("inspector_id")["office"].nunique().max() == 1
    first_week = inspected[inspected["registered_on"] < "2024-01-08"]
    roster = world.staff.on_duty(world.settings.seed, 0)
    for inspector, day in zip(
        first_week["inspector_id"], first_week["registered_on"].dt.day_of_week, strict=True
    ):
        assert roster[day, list(world.staff.inspector_ids).index(inspector)]


def test_a_rule_without_strength_inspects_at_random():
    blind = SyntheticSettings.parse({"weeks": 4, "declarations_per_week": 300, "rule_strength": 0.0})
    frame = pd.concat(list(generate(blind)), ignore_index=True)
    assert frame["selection_propensity"].std() == pytest.approx(0.0, abs=1e-9)


def test_rule_is_imperfect(declarations):
    uninspected = declarations[declarations["inspected"] == 0]
    assert uninspected["truly_irregular"].sum() > 3 * declarations["irregular"].sum() / 2


def test_world_without_collusive_pairs_has_no_partner():
    none = SyntheticSettings.parse({"collusive_pairs": 0, "weeks": 2})
    assert (build_world(none).staff.pair_inspector == -1).all()
