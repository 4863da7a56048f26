"""What shows planted splitting: pieces that follow another day's, and values just below the threshold."""

import numpy as np
import pytest

from tests.recovery.planted import auc, features, settled, world

PIECES = "importer_x_seller_x_hs4_pieces_14d"
KEY = ["importer_id", "seller_id", "hs4"]


@pytest.fixture(scope="module")
def split():
    found = world("splitting")
    return found.assign(hs4=found.hs_code.str[:4]), features(found, "splitting")


def later_pieces(declarations):
    """Planted pieces of which another one of the same importer, seller and heading came on one of 14 days before."""
    planted = declarations[declarations.typology == "splitting"]
    pairs = planted.reset_index().merge(planted.reset_index(), on=KEY, suffixes=("", "_before"))
    gap = (pairs.registered_on - pairs.registered_on_before).dt.days
    return np.isin(np.arange(len(declarations)), pairs["index"][gap.between(1, 14)])


def test_pieces_that_follow_another_day_stand_out(split):
    declarations, found = split
    planted, later = declarations.typology == "splitting", later_pieces(declarations)
    assert later.sum() > 25
    assert auc(planted, found[PIECES], settled(declarations) & (later | ~planted)) >= 0.95


def test_all_pieces_together_with_the_value_just_below(split):
    declarations, found = split
    planted = declarations.typology == "splitting"
    score = found[PIECES] + 0.5 * found["value_just_below_800"]
    assert auc(planted, score, settled(declarations)) >= 0.95
    assert auc(planted, found[PIECES], settled(declarations)) >= 0.7  # a first day's pieces see no others
