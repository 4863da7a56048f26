"""What a model learnt from, counted: periods, months and columns, and no value of any column."""

import json
from datetime import date

import numpy as np
import pandas as pd

from redlane.declarations.periods import Split
from redlane.governance.data_summary import data_summary

ROWS = pd.DataFrame(
    {
        "declaration_id": list("abcdef"),
        "registered_on": pd.to_datetime(
            ["2024-01-30", "2024-01-31", "2024-02-01", "2024-02-02", "2024-03-01", "2024-03-02"]
        ),
        "importer_id": ["SECRET"] * 6,
        "net_mass": [1.0, None, 3.0, 4.0, 5.0, 6.0],
        "irregular": [1.0, 0.0, np.nan, 1.0, 0.0, 1.0],
        "recovered_revenue": [10.0, np.nan, np.nan, 5.5, np.nan, 2.0],
        "inspector_id": ["WHO"] * 6,
        "office": ["A"] * 6,
    }
)  # fmt: skip


def summary():
    masks = [np.isin(np.arange(6), rows) for rows in ([0, 1], [3], [4, 5])]
    split = Split(*masks, date(2024, 2, 2), date(2024, 3, 1))
    return data_summary(ROWS, split, {"net_mass", "importer_id"}, {"a.csv": "0f"})


def test_periods_and_months_are_counted():
    found = summary()
    train = found["periods"][0]
    assert (train["rows"], train["irregular"], train["base_rate"], train["revenue"]) == (2, 1, 0.5, 10.0)
    assert (train["first"], train["last"]) == ("2024-01-30", "2024-01-31")
    assert train["low"] < 0.5 < train["high"]
    assert found["months"][1] == {"month": "2024-02", "declarations": 2, "labelled": 1, "irregular": 1}


def test_columns_have_their_use_and_no_value_is_told():
    found = summary()
    assert {row["name"]: row["use"] for row in found["columns"]} == {
        "declaration_id": "unused",
        "registered_on": "unused",
        "importer_id": "key",
        "net_mass": "read",
        "irregular": "label",
        "recovered_revenue": "label",
        "inspector_id": "refused",
        "office": "unused",
    }
    text = json.dumps(found, allow_nan=False)
    assert "SECRET" not in text and "WHO" not in text
