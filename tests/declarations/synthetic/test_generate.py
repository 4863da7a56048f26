"""What every generated world must keep, whatever its settings."""

from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.declarations.columns import COLUMNS, require_declared
from redlane.declarations.synthetic import SyntheticSettings, World, build_world, generate, generate_week
from redlane.declarations.synthetic.arrays import stream
from redlane.declarations.synthetic.tables import SCHEMES, TYPOLOGIES
from redlane.errors import RedlaneError

CONF = Path(__file__).parents[3] / "conf" / "declarations" / "synthetic.yaml"

tiny_worlds = st.builds(
    SyntheticSettings,
    seed=st.integers(0, 2**32),
    weeks=st.integers(1, 3),
    declarations_per_week=st.integers(1, 120),
    importers=st.integers(10, 60),
    offices=st.integers(1, 12),
    inspectors=st.integers(1, 30),
    several_items=st.floats(0, 1),
    inspection_rate=st.floats(0.01, 0.9),
    severity=st.floats(0.2, 3),
)


def test_configuration_spells_out_every_setting_and_its_default():
    values = yaml.safe_load(CONF.read_text())
    assert values.pop("name") == "synthetic"
    assert list(values) == list(SyntheticSettings.model_fields)
    assert SyntheticSettings.parse(values) == SyntheticSettings()


def test_unknown_scheme_is_refused_by_name():
    with pytest.raises(RedlaneError, match="'smurfing' is not a scheme"):
        SyntheticSettings.parse({"starts": {"smurfing": 0.5}})


def test_same_settings_give_the_same_rows(small):
    for once, again in zip(islice(generate(small), 3), islice(generate(small), 3), strict=True):
        pd.testing.assert_frame_equal(once, again)


def test_a_week_needs_no_other_week(world: World, declarations: pd.DataFrame):
    begins = pd.Timestamp(world.settings.start) + pd.Timedelta(weeks=11)
    inside = declarations["registered_on"].between(begins, begins + pd.Timedelta(days=6))
    alone = generate_week(world, 11)
    pd.testing.assert_frame_equal(alone, declarations[inside].reset_index(drop=True))


def test_another_seed_gives_another_world(small, declarations):
    other = next(iter(generate(small.model_copy(update={"seed": 1}))))
    assert not set(other["importer_id"]) & set(declarations["importer_id"])


def test_weeks_come_in_the_order_of_dates(declarations):
    assert declarations["registered_on"].is_monotonic_increasing
    assert declarations["registered_on"].iloc[0].date() >= date(2024, 1, 1)


def test_columns_are_canonical_and_nearly_complete(declarations):
    assert list(declarations.columns) == [name for name in COLUMNS if name in declarations.columns]
    assert set(COLUMNS) - set(declarations.columns) == {"import_use", "description", "registered_hour"}


def test_truth_and_findings_are_never_declared(declarations):
    for name in ("typology", "truly_irregular", "irregular", "assessed_value", "selection_propensity"):
        assert name in declarations.columns
        with pytest.raises(RedlaneError, match="never be a feature"):
            require_declared([name], "a feature")


@settings(max_examples=25, deadline=None)
@given(tiny_worlds)
def test_every_world_keeps_the_promises_of_a_file(made: SyntheticSettings):
    frame = pd.concat(list(generate(made)), ignore_index=True)
    assert not frame.duplicated(["declaration_id", "item_number"]).any()
    assert frame["hs_code"].str.fullmatch(r"[0-9]{6}").all()
    assert (frame["gross_mass"] >= frame["net_mass"]).all()
    assert (frame[["net_mass", "quantity", "customs_value"]] > 0).all(axis=None)
    assert frame["typology"].isin(TYPOLOGIES).all()
    assert ((frame["typology"] != "honest") == (frame["truly_irregular"] == 1)).all()
    assert frame["selection_propensity"].between(0, 1, inclusive="right").all()
    declared = [name for name in frame.columns if COLUMNS[name].role == "declared"]
    assert not frame[declared].isna().any(axis=None)


@settings(max_examples=15, deadline=None)
@given(tiny_worlds)
def test_items_of_a_declaration_share_its_parties_and_fate(made: SyntheticSettings):
    frame = pd.concat(list(generate(made)), ignore_index=True)
    shared = ["registered_on", "office", "importer_id", "declarant_id", "inspected", "selection_propensity"]
    assert frame.groupby("declaration_id")[shared].nunique().le(1).all(axis=None)


def test_every_typology_is_planted_and_near_its_share(small, declarations):
    share = declarations["typology"].value_counts(normalize=True)
    assert set(share.index) == set(TYPOLOGIES)
    for scheme in set(SCHEMES) - {"transshipment"}:
        assert 0.3 < share[scheme] / small.share(scheme) < 2.5, scheme


def test_irregular_rows_are_few_and_inspected_rows_hold_more(declarations):
    inspected = declarations[declarations["inspected"] == 1]
    assert 0.035 < declarations["truly_irregular"].mean() < 0.08
    assert inspected["truly_irregular"].mean() > 1.6 * declarations["truly_irregular"].mean()


def test_a_scheme_share_of_nought_leaves_it_out(planted_alone):
    for scheme in ("undervaluation", "splitting"):
        frame = pd.concat(list(generate(planted_alone(scheme))), ignore_index=True)
        assert set(frame["typology"]) == {"honest", scheme}


def test_transshipment_starts_late(small, declarations):
    begins = pd.Timestamp(small.start) + pd.Timedelta(weeks=small.first_week("transshipment"))
    when = declarations.loc[declarations["typology"] == "transshipment", "registered_on"]
    assert len(when) and when.min() >= begins


def test_schemes_are_concentrated_but_not_pure(declarations):
    firms = declarations.groupby("importer_id")["truly_irregular"].agg(["mean", "size"])
    large = firms[firms["size"] >= 30]
    assert (large["mean"] > 0.15).mean() < 0.35
    assert large["mean"].quantile(0.9) > 3 * large["mean"].median()
    assert large["mean"].max() < 0.95


def test_trade_is_heavy_tailed_and_firms_come_and_go(declarations):
    rows = declarations["importer_id"].value_counts()
    assert rows.iloc[: len(rows) // 10].sum() > 0.35 * len(declarations)
    first = declarations.groupby("importer_id")["registered_on"].min()
    last = declarations.groupby("importer_id")["registered_on"].max()
    middle = declarations["registered_on"].quantile(0.5)
    assert (first > middle).mean() > 0.08
    assert (last < middle).mean() > 0.03


def test_world_is_built_from_settings_alone(small):
    one, two = build_world(small), build_world(small)
    assert np.array_equal(one.plan.intensity, two.plan.intensity)
    assert np.array_equal(one.firms.importers.ids, two.firms.importers.ids)


def test_random_streams_are_the_same_in_every_process():
    assert stream(7, "trade", 3).bit_generator.random_raw(2).tolist() == [
        12925199259292281500,
        5515746138758613299,
    ]
