"""Mandatory rules: what they match, and what they refuse to be."""

import numpy as np
import pandas as pd
import pytest

from redlane.errors import RedlaneError
from redlane.lanes import LaneSettings, Rule, mandatory

FRAME = pd.DataFrame(
    {
        "hs_code": ["930100", "0101210000", None, "610910"],
        "origin_country": ["NO", None, "NA", "CN"],
        "customs_value": [0.0, np.nan, 10.5, 99.0],
        "preference_claimed": [1.0, 0.0, np.nan, 1.0],
    }
)


def matched(**condition):
    rule = Rule.parse({"id": "r", "why": "Because.", **condition})
    return mandatory(FRAME, [rule])[0].tolist()


def test_text_rules_match_whole_values_or_beginnings():
    assert matched(column="origin_country", one_of=["NO", "NA"]) == [True, False, True, False]
    assert matched(column="hs_code", starts_with=["93", "0101"]) == [True, True, False, False]


def test_number_rules_hold_their_bounds_and_skip_missing_values():
    assert matched(column="customs_value", at_least=10.5) == [False, False, True, True]
    assert matched(column="customs_value", at_most=10.5) == [True, False, True, False]
    assert matched(column="customs_value", at_least=1, at_most=50) == [False, False, True, False]
    assert matched(column="preference_claimed", at_least=1) == [True, False, False, True]


def test_the_first_rule_that_matches_is_recorded():
    rules = [
        Rule(id="arms", column="hs_code", starts_with=("93",), why="Arms."),
        Rule(id="preference", column="preference_claimed", at_least=1, why="Preference."),
    ]
    mask, first = mandatory(FRAME, rules)
    assert mask.tolist() == [True, False, False, True]
    assert first.tolist() == [0, -1, -1, 1]


def test_without_rules_nothing_is_mandatory():
    mask, first = mandatory(FRAME, [])
    assert not mask.any()
    assert (first == -1).all()


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"column": "irregular", "at_least": 1}, "which is outcome"),
        ({"column": "assessed_value", "at_least": 1}, "which is assessed"),
        ({"column": "typology", "one_of": ["phoenix"]}, "which is truth"),
        ({"column": "colour", "one_of": ["red"]}, "'colour' is not a canonical column"),
        ({"column": "registered_on", "at_least": 1}, "which is a date"),
        ({"column": "hs_code"}, "has no condition; give either one_of or starts_with"),
        ({"column": "hs_code", "at_least": 1}, "has at_least; give either"),
        (
            {"column": "hs_code", "one_of": ["1"], "starts_with": ["1"]},
            "has one_of, starts_with; give either",
        ),
        ({"column": "customs_value", "one_of": ["1"]}, "has one_of; give at_least, at_most or both"),
        ({"column": "hs_code", "one_of": []}, "at least one value"),
        ({"column": "hs_code", "one_of": ["1"], "why": " "}, "a sentence why"),
        ({"column": "hs_code", "contains": "1"}, "unknown key 'contains'"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_one_sentence(condition, sentence):
    with pytest.raises(RedlaneError, match=sentence) as refusal:
        Rule.parse({"id": "r", "why": "Because.", **condition})
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("unquoted", [False, 65, None, ""])
def test_codes_that_yaml_misread_are_refused(unquoted):
    """NO (Norway) without quotes is false in YAML, 0101 is 65: silently they would never match."""
    with pytest.raises(RedlaneError, match="write codes in quotes"):
        Rule.parse({"id": "r", "why": "Because.", "column": "origin_country", "one_of": ["CN", unquoted]})


def test_a_rule_on_a_column_the_file_lacks_is_refused():
    rule = Rule(id="seller watch", column="seller_id", one_of=("S1",), why="Watch list.")
    with pytest.raises(
        RedlaneError, match="'seller watch' reads 'seller_id', which the declarations do not have"
    ):
        mandatory(FRAME, [rule])


def test_two_rules_of_one_name_are_refused():
    rule = {"id": "arms", "column": "hs_code", "starts_with": ["93"], "why": "Arms."}
    with pytest.raises(RedlaneError, match="two mandatory rules are called 'arms'"):
        LaneSettings.parse({"mandatory": [rule, rule]})
