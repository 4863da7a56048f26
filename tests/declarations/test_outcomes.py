"""Outcomes enter on the day they became known, and only where there was an inspection."""

import numpy as np
import pandas as pd

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.outcomes import complete_outcomes, revenue_proxy

TWO = {"a": "declaration_id", "b": "registered_on"}


def found(**columns: list[object]) -> pd.DataFrame:
    days = pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03"])
    return pd.DataFrame({"registered_on": days} | columns)


def test_a_missing_date_is_the_assumed_delay_and_a_given_one_stays() -> None:
    frame = found(irregular=[1.0, 0.0, np.nan], outcome_known_on=pd.to_datetime(["2024-01-05", None, None]))
    done, _ = complete_outcomes(frame, DeclarationFormat(columns=TWO, assumed_outcome_delay_days=10))
    assert done["outcome_known_on"].dt.strftime("%Y-%m-%d").tolist()[:2] == ["2024-01-05", "2024-01-12"]
    assert done["outcome_known_on"].isna().tolist() == [False, False, True]


def test_an_uninspected_zero_is_no_outcome() -> None:
    frame = found(irregular=[1.0, 0.0, 0.0], inspected=[1.0, 0.0, np.nan])
    done, counts = complete_outcomes(frame, DeclarationFormat(columns=TWO))
    assert done["irregular"].isna().tolist() == [False, True, False]
    assert done["outcome_known_on"].isna().tolist() == [False, True, False]
    assert counts == {"outcome-without-inspection": 1}


def test_inspected_all_says_so() -> None:
    done, _ = complete_outcomes(
        found(irregular=[1.0, 0.0, 0.0]), DeclarationFormat(columns=TWO, inspected="all")
    )
    assert done["inspected"].tolist() == [1, 1, 1]


def test_the_proxy_stands_in_only_where_asked_and_where_nothing_was_recovered() -> None:
    frame = found(
        irregular=[1.0, 0.0, np.nan], customs_value=[50.0, 60.0, 70.0], duty_rate=[10.0, 10.0, 10.0]
    )
    assert "recovered_revenue" not in complete_outcomes(frame.copy(), DeclarationFormat(columns=TWO))[0]
    asked = DeclarationFormat(columns=TWO, revenue_proxy="value_times_duty_rate")
    assert complete_outcomes(frame.copy(), asked)[0]["recovered_revenue"].tolist()[:2] == [5.0, 0.0]
    whole = DeclarationFormat(columns=TWO, revenue_proxy="value")
    assert complete_outcomes(frame.copy(), whole)[0]["recovered_revenue"].tolist()[:2] == [50.0, 0.0]
    given = frame.assign(recovered_revenue=[9.0, 8.0, 7.0])
    assert complete_outcomes(given, asked)[0]["recovered_revenue"].tolist() == [9, 8, 7]
    assert revenue_proxy(frame.drop(columns="duty_rate")).isna().all()


def test_without_outcomes_nothing_is_added() -> None:
    frame = found()
    assert complete_outcomes(frame, DeclarationFormat(columns=TWO))[0].columns.tolist() == ["registered_on"]
