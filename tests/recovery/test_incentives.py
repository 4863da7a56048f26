"""What shows planted misclassification: the pair's earlier declarations most of all, and the price."""

import pytest

from tests.recovery.planted import auc, features, settled, world


@pytest.fixture(scope="module")
def misclassified():
    found = world("misclassification", seed=2)
    return found, features(found, "misclassification")


def test_the_pairs_share_of_dearer_subheadings_stands_out(misclassified):
    declarations, found = misclassified
    planted = declarations.typology == "misclassification"
    assert auc(planted, found["importer_x_seller_dearer_share"], settled(declarations)) >= 0.9


def test_most_misclassified_goods_have_a_dearer_sibling_and_the_price_helps(misclassified):
    declarations, found = misclassified
    planted = (declarations.typology == "misclassification").to_numpy()
    late = settled(declarations)
    assert (found["sibling_rate_gap"][planted & late] >= 1).mean() > 0.9
    assert auc(planted, found["sibling_price_fit"], late & (found["sibling_price_fit"].notna())) >= 0.6
