"""Mandatory rules that name a red flag: raised is red, unknown is not, and no rule is silently without effect."""

import numpy as np
import pandas as pd
import pytest

from redlane.errors import RedlaneError
from redlane.lanes import LaneSettings, Rule, mandatory
from redlane.lanes.queue import QueueBuilder

FRAME = pd.DataFrame({"hs_code": ["930100", "610910", None]})
JURISDICTIONS = Rule(id="jurisdictions", flag="RF28", why="Always.")
VALUES = {"RF28": np.array([1.0, 0.0, np.nan])}


def test_raised_is_met_and_what_cannot_be_computed_never_is():
    met, rule = mandatory(FRAME, [JURISDICTIONS], VALUES)
    assert met.tolist() == [True, False, False]
    assert rule.tolist() == [0, -1, -1]


def test_flags_and_columns_stand_side_by_side_and_the_first_is_recorded():
    arms = Rule(id="arms", column="hs_code", starts_with=("93", "61"), why="Arms.")
    assert mandatory(FRAME, [JURISDICTIONS, arms], VALUES)[1].tolist() == [0, 1, -1]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({}, "needs either a column or a flag"),
        ({"flag": "RF28", "column": "hs_code"}, "needs either a column or a flag"),
        ({"flag": "RF28", "at_least": 1}, "a flag is enough by itself"),
        ({"flag": "RF28", "why": " "}, "needs an id, a sentence why"),
    ],
)
def test_a_rule_names_a_flag_or_a_column(condition, words):
    with pytest.raises(RedlaneError, match=words):
        Rule.parse({"id": "r", "why": "Because.", **condition})


def test_a_flag_the_bundle_lacks_is_refused_with_those_it_has():
    with pytest.raises(RedlaneError, match=r"no red flag 'RF28'; known are RF01, RF02"):
        JURISDICTIONS.check_flag(["RF01", "RF02"], {})
    with pytest.raises(RedlaneError, match="it has none"):
        JURISDICTIONS.check_flag([], {})
    with pytest.raises(RedlaneError, match=r"cannot be computed for these declarations: no column 'x'"):
        JURISDICTIONS.check_flag(["RF28"], {"RF28": "no column 'x'"})
    JURISDICTIONS.check_flag(["RF28"], {})
    with pytest.raises(RedlaneError, match="which is not computed"):
        mandatory(FRAME, [JURISDICTIONS], {})


def test_the_queue_takes_flags_batch_by_batch():
    rows = pd.DataFrame(
        {"declaration_id": list("abc"), "item_number": "1", "registered_on": pd.Timestamp("2024-05-02")}
    )
    builder = QueueBuilder(LaneSettings(mandatory=(JURISDICTIONS,)))
    for place in range(3):
        values = {"RF28": VALUES["RF28"][place : place + 1]}
        builder.add(rows.iloc[[place]], np.zeros(1), flags=values)
    assert builder.queue().mandatory.tolist() == [True, False, False]
