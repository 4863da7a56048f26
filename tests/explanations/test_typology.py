"""Every typology group has its words and its control."""

import numpy as np
import pandas as pd
import pytest

from redlane.explanations import CONTROLS, TYPOLOGIES, suggested_controls
from redlane.explanations.typology import leading_groups
from redlane.features.spec import GROUPS


def make_groups(**values):
    n = len(next(iter(values.values())))
    return pd.DataFrame({group: values.get(group, np.zeros(n)) for group in GROUPS})


def test_the_catalogue_covers_the_groups_in_order_and_uses_every_control():
    assert tuple(TYPOLOGIES) == GROUPS
    assert {typology.control for typology in TYPOLOGIES.values()} == set(CONTROLS)


@pytest.mark.parametrize("group", GROUPS)
def test_words_choose_no_guilt(group):
    typology = TYPOLOGIES[group]
    text = f"{typology.label} {typology.meaning} {typology.why}".lower()
    assert typology.meaning.endswith(".")
    assert not any(word in text for word in ("fraudulent", "guilty", "criminal", "cheat"))


def test_the_leading_group_is_the_one_that_raised_the_margin_most():
    groups = make_groups(valuation=[0.2, -1.0, 0.3], origin=[0.1, 0.0, 0.3])
    assert leading_groups(groups).tolist() == ["valuation", None, "valuation"]
    assert suggested_controls(groups).tolist() == ["documents", None, "documents"]


def test_no_rows_need_no_control():
    assert suggested_controls(make_groups(valuation=[])).tolist() == []
