"""Each scheme does what it says, seen in a world where nothing else is planted."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from redlane.declarations.synthetic import World, build_world, generate
from redlane.declarations.synthetic.generate import shipments
from redlane.declarations.synthetic.shipments import Shipments
from redlane.declarations.synthetic.tables import CODE, COUNTRIES

HUBS = {country.code for country in COUNTRIES if country.hub}


@pytest.fixture(scope="module")
def made(planted_alone):
    """Rows of a few weeks (joined), the planted ones' positions, and their world."""

    def make(scheme: str, **changes: object) -> tuple[World, Shipments, np.ndarray]:
        world = build_world(planted_alone(scheme, **changes))
        rows = shipments(world, 0)
        for week in range(1, world.settings.weeks):
            rows = rows.append(shipments(world, week))
        planted = rows.typology == CODE[scheme]
        assert 0.003 < planted.mean() < 0.12
        return world, rows, planted

    return make


def _price_deviation(world: World, rows: Shipments) -> np.ndarray:
    usual = world.tariff.log_price(rows.good, rows.origin, rows.mode, 0)
    return np.log(rows.value / rows.net_mass) - usual


def test_undervaluation_lowers_the_unit_price_and_overlaps(made):
    world, rows, planted = made("undervaluation")
    deviation = _price_deviation(world, rows)
    assert np.median(deviation[planted]) < np.median(deviation[~planted]) - 0.3
    assert 0.75 < roc_auc_score(planted, -deviation) < 0.97
    assert (rows.true_value[planted] > rows.value[planted]).all()


def test_over_invoicing_raises_the_price_of_goods_that_bear_little_duty(made):
    world, rows, planted = made("over_invoicing")
    deviation = _price_deviation(world, rows)
    assert 0.75 < roc_auc_score(planted, deviation) < 0.98
    assert world.tariff.rate[rows.good[planted]].max() <= 5.0


def test_quantity_misdeclaration_understates_but_prices_rightly(made):
    _, rows, planted = made("quantity_misdeclaration")
    assert (rows.quantity[planted] <= np.maximum(rows.true_quantity[planted], 1)).all()
    lighter = planted & (rows.net_mass < 0.95 * rows.true_net_mass)
    assert (rows.net_mass / rows.gross_mass)[lighter].mean() < (rows.net_mass / rows.gross_mass)[
        ~planted
    ].mean()
    true_price = np.log(rows.true_value[lighter] / rows.true_net_mass[lighter])
    declared = np.log(rows.value[lighter] / rows.net_mass[lighter])
    assert np.median(np.abs(true_price - declared)) < 0.02


def test_misclassification_moves_to_a_sibling_with_less_duty_at_its_own_price(made):
    world, rows, planted = made("misclassification")
    tariff = world.tariff
    good, true = rows.good[planted], rows.true_good[planted]
    assert (tariff.heading[good] == tariff.heading[true]).all()
    assert (tariff.rate[good] <= tariff.rate[true] - 3.0).all()
    price = np.log(rows.value / rows.net_mass)[planted]
    origin = rows.origin[planted]
    own = np.abs(price - tariff.price[true] - tariff.origin_price[true, origin])
    sibling = np.abs(price - tariff.price[good] - tariff.origin_price[good, origin])
    assert own.mean() < sibling.mean()


def test_false_origin_claims_a_preference_and_leaves_from_elsewhere(made):
    world, rows, planted = made("false_origin")
    tariff = world.tariff
    assert rows.preference[planted].all()
    assert (tariff.agreement[rows.origin[planted]] > 0).all()
    paid = tariff.duty(rows.good, rows.origin, rows.preference, 0)[planted]
    owed = tariff.duty(rows.true_good, rows.true_origin, rows.true_preference, 0)[planted]
    assert (paid < owed).all()
    elsewhere = rows.departure != rows.origin
    assert elsewhere[planted].mean() > 0.8 > 0.4 > elsewhere[~planted].mean()


def test_transshipment_goes_through_a_hub_around_a_dumping_duty(made):
    world, rows, planted = made("transshipment", weeks=10)
    codes = np.array([country.code for country in COUNTRIES])
    assert set(codes[rows.departure[planted]]) <= HUBS
    heading = world.tariff.heading[rows.good[planted]]
    assert (world.tariff.dumping[heading, rows.true_origin[planted]] > 0).all()
    assert (world.tariff.dumping[heading, rows.origin[planted]] == 0).all()


def test_splitting_makes_many_small_declarations_of_one_trade(made):
    world, rows, planted = made("splitting")
    assert (rows.value[planted] < world.settings.de_minimis).all()
    pieces = pd.DataFrame(
        {name: getattr(rows, name)[planted] for name in ("importer", "seller", "true_good")}
    )
    assert pieces.groupby(list(pieces)).size().median() >= 4
    assert (rows.value[~planted] < world.settings.de_minimis).mean() > 0.005


def test_phoenix_firms_rise_after_a_silent_one_with_its_sellers_and_broker(planted_alone):
    world = build_world(planted_alone("phoenix", weeks=40))
    chains, importers, lanes = world.firms.chains, world.firms.importers, world.firms.lanes
    risen = np.flatnonzero(chains.risen & (chains.kind == 0))
    assert len(risen)
    for firm in risen + world.settings.importers:
        before = firm - 1
        assert importers.first[firm] > importers.until[before] - 1
        assert importers.first[firm] - importers.until[before] <= 4
        assert importers.broker[firm] == importers.broker[before]
        mine, theirs = (
            set(lanes.seller[lanes.start[f] : lanes.start[f] + lanes.size[f]]) for f in (firm, before)
        )
        assert mine == theirs
        assert importers.ids[firm] != importers.ids[before]


def test_phoenix_rows_are_those_of_risen_firms(planted_alone):
    world = build_world(planted_alone("phoenix", weeks=40))
    rows = shipments(world, 30)
    firms = rows.importer[rows.typology == CODE["phoenix"]] - world.settings.importers
    assert len(firms) and world.firms.chains.risen[firms].all()


def test_phantom_shipments_name_odd_goods_and_bring_nothing(made):
    world, rows, planted = made("phantom_shipment")
    assert (rows.true_value[planted] == 0).all()
    deviation = np.abs(_price_deviation(world, rows))
    assert deviation[planted].mean() > 1.2 * deviation[~planted].mean()


def test_collusion_hides_what_its_inspector_handles(planted_alone):
    settings = planted_alone("collusion", weeks=30, inspection_rate=0.4, missed=0.0)
    world = build_world(settings)
    frame = pd.concat(list(generate(settings)), ignore_index=True)
    seen = frame[(frame["typology"] == "collusion") & (frame["inspected"] == 1)]
    brokers, inspectors = world.firms.brokers.ids, world.staff.inspector_ids
    paired = {brokers[b]: inspectors[s] for b, s in enumerate(world.staff.pair_inspector.tolist()) if s >= 0}
    partner = seen["declarant_id"].map(paired) == seen["inspector_id"]
    assert partner.mean() > 0.35
    assert seen.loc[partner, "irregular"].mean() < 0.25
    assert (seen.loc[~partner, "irregular"] == 1).all()


def test_honest_mistakes_are_cheap(declarations):
    found = declarations[declarations["irregular"] == 1]
    mistakes = found["typology"] == "honest_mistake"
    assert (
        found.loc[mistakes, "recovered_revenue"].median() < found.loc[~mistakes, "recovered_revenue"].median()
    )


def test_a_milder_world_is_harder(made):
    aucs = []
    for severity in (0.5, 2.0):
        world, rows, planted = made("undervaluation", severity=severity)
        aucs.append(roc_auc_score(planted, -_price_deviation(world, rows)))
    assert aucs[0] < aucs[1] - 0.1
