"""Outcomes completed: when each became known, whether there was an inspection, what a finding brought."""

from typing import Literal

import numpy as np
import pandas as pd

from redlane.declarations.format import DeclarationFormat

Proxy = Literal["value", "value_times_duty_rate"]


def complete_outcomes(frame: pd.DataFrame, rules: DeclarationFormat) -> tuple[pd.DataFrame, dict[str, int]]:
    """Fill in what the format says about outcomes; *frame* is changed in place and given back with counts.

    * ``inspected: all`` marks every record as inspected; a finding on goods said not to be inspected is put
      aside (counted as ``outcome-without-inspection``), since an uninspected zero says nothing.
    * ``outcome_known_on`` of a known outcome without a date is the assumed delay after registration.
    * ``recovered_revenue`` is the proxy where the format asks for one and the file has no such column.

    >>> frame = pd.DataFrame({"registered_on": pd.to_datetime(["2024-01-01"]), "irregular": [1.0]})
    >>> rules = DeclarationFormat(columns={"a": "declaration_id", "b": "registered_on"})
    >>> complete_outcomes(frame, rules)[0]["outcome_known_on"].dt.date.tolist()
    [datetime.date(2024, 1, 31)]
    """
    if "irregular" not in frame:
        return frame, {}
    counts = _inspections(frame, rules)
    _known_on(frame, rules)
    if rules.revenue_proxy != "none" and "recovered_revenue" not in frame:
        frame["recovered_revenue"] = revenue_proxy(frame, rules.revenue_proxy)
    return frame, counts


def revenue_proxy(frame: pd.DataFrame, proxy: Proxy = "value_times_duty_rate") -> pd.Series:
    """irregular x customs value (x duty rate / 100): a stand-in for recovered revenue, and to be called one.

    Missing where any of its parts is missing or absent.

    >>> found = pd.DataFrame({"irregular": [1.0], "customs_value": [200.0], "duty_rate": [8.0]})
    >>> revenue_proxy(found).tolist()
    [16.0]
    """
    irregular, value, rate = (frame.get(name, np.nan) for name in ("irregular", "customs_value", "duty_rate"))
    lost = irregular * value if proxy == "value" else irregular * value * rate / 100
    return pd.Series(lost, index=frame.index, dtype="float64")


def _inspections(frame: pd.DataFrame, rules: DeclarationFormat) -> dict[str, int]:
    if rules.inspected == "all":
        frame["inspected"] = 1.0
        return {}
    if "inspected" not in frame:
        return {}
    aside = (frame["inspected"] == 0) & frame["irregular"].notna()
    frame.loc[aside, "irregular"] = np.nan
    return {"outcome-without-inspection": int(aside.sum())} if aside.any() else {}


def _known_on(frame: pd.DataFrame, rules: DeclarationFormat) -> None:
    assumed = frame["registered_on"] + pd.Timedelta(days=rules.assumed_outcome_delay_days)
    given = frame["outcome_known_on"] if "outcome_known_on" in frame else pd.Series(pd.NaT, index=frame.index)
    known = given.astype("datetime64[us]").fillna(assumed).where(frame["irregular"].notna())
    frame["outcome_known_on"] = known.astype("datetime64[us]")
