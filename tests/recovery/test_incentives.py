"""Planted misclassification and false origins are found by the features of incentives alone."""

import pytest

from tests.recovery.planted import auc, features, settled, world

ODDS = "importer_x_seller_dearer_log_odds"


@pytest.fixture(scope="module")
def misclassified():
    found = world("misclassification", seed=2)
    return found, features(found, "misclassification")


def test_misclassification_stands_out(misclassified):
    declarations, found = misclassified
    planted = declarations.typology == "misclassification"
    assert auc(planted, found[ODDS], settled(declarations)) >= 0.9
    assert auc(planted, found["importer_x_seller_dearer_share"], settled(declarations)) >= 0.9


def test_most_misclassified_goods_have_a_dearer_sibling_and_the_price_helps(misclassified):
    declarations, found = misclassified
    planted = (declarations.typology == "misclassification").to_numpy()
    late = settled(declarations)
    assert (found["sibling_rate_gap"][planted & late] >= 1).mean() > 0.9
    assert auc(planted, found["sibling_price_fit"], late & (found["sibling_price_fit"].notna())) >= 0.6


def test_honest_trade_seldom_looks_misclassified():
    declarations = world(seed=2)
    odds = features(declarations, "misclassification")[ODDS][settled(declarations)]
    assert (odds > 2).mean() < 0.015
    assert (odds > 4).mean() < 0.002


def test_false_origins_stand_out():
    declarations = world("false_origin", seed=2)
    found = features(declarations, "origin_incentive")
    planted = declarations.typology == "false_origin"
    assert auc(planted, found["preference_margin_elsewhere"], settled(declarations)) >= 0.9


def test_transshipment_stands_out():
    declarations = world("transshipment", share=0.02, starts=0.4)
    found = features(declarations, "origin_incentive")
    planted = (declarations.typology == "transshipment").to_numpy()
    late = settled(declarations, 84)
    assert planted[late].sum() > 50
    assert auc(planted, found["additional_duty_left"], late) >= 0.88
    assert auc(planted, found["additional_duty_avoided"], late) >= 0.95
