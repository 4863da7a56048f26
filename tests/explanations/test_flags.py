"""Red flags of explained rows: which, in which words, and what stays unknown."""

import numpy as np
import pandas as pd

from redlane.explanations.flags import FLAGS_TYPE, raised_flags
from redlane.explanations.storage import to_json
from redlane.features.flags.flag import Flag
from redlane.features.spec import GROUPS


def flag(id, group="origin", sentence="from {origin_country}", **more):
    told = {"version": 2, "title": "t", "severity": "high", "source": "own", "expression": "net_mass > 1"}
    return Flag.parse({"id": id, "group": group, "sentence": sentence, **told, **more})


FLAGS = [flag("A"), flag("B", "quantity", "{net_mass} kg, more than {kg} ({x:share})", parameters={"kg": 1})]
FEATURES = pd.DataFrame({"flag_A": [1.0, 0.0, np.nan, 1.0], "flag_B": [1.0, np.nan, np.nan, 0.0], "x": 0.25})
FACTS = pd.DataFrame({"origin_country": ["CN", "DE", None, None], "net_mass": [12.5, 1.0, np.nan, 0.1]})


def test_raised_flags_are_told_in_order_and_the_rest_is_counted():
    found = raised_flags(FEATURES, FACTS, FLAGS)
    rows = found.to_arrow()
    assert rows.type == FLAGS_TYPE
    assert [[each["id"] for each in row] for row in rows.to_pylist()] == [["A", "B"], [], [], ["A"]]
    assert found.sentence.tolist() == ["from CN", "12.5 kg, more than 1 (25 %)", "from unknown"]
    assert found.not_computed.tolist() == [0, 1, 2, 0]
    assert list(found.by_group) == list(GROUPS)
    assert found.by_group[["origin", "quantity"]].to_numpy().tolist() == [[1, 1], [0, 0], [0, 0], [1, 0]]


def test_json_says_the_same():
    text = to_json(raised_flags(FEATURES, FACTS, FLAGS).to_arrow())
    assert text[3] == '[{"id":"A","version":2,"group":"origin","sentence":"from unknown"}]'
    assert text[1] == "[]"


def test_no_rows_and_no_flags_are_fine():
    assert raised_flags(FEATURES.head(0), FACTS.head(0), FLAGS).to_arrow().to_pylist() == []
    nothing = raised_flags(FEATURES, FACTS, [])
    assert nothing.to_arrow().to_pylist() == [[], [], [], []]
    assert nothing.not_computed.tolist() == [0, 0, 0, 0]


def test_braces_in_parameters_stay_text():
    odd = flag("C", sentence="one of {odd}", parameters={"odd": ["{x}", "b"]})
    found = raised_flags(pd.DataFrame({"flag_C": [1.0]}), FACTS.head(1), [odd])
    assert found.sentence.tolist() == ["one of {x}, b"]
