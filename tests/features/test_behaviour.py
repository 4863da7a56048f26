"""Shares, pace, splitting and repeats: computed again the slow way, and cases made by hand."""

import numpy as np
import pandas as pd
import pytest

from redlane.errors import RedlaneError
from redlane.features.catalogue import FeatureSettings, build, facts
from redlane.profiles.build import build as build_profiles
from tests.worlds import small_world

FAMILIES = [
    {
        "family": "shares",
        "window": 60,
        "shares": [
            {"key": ["importer_id", "hs2"], "within": ["importer_id"], "minimum": 3},
            {"key": ["importer_id", "office"], "within": ["importer_id"], "minimum": 3},
        ],
    },
    {
        "family": "pace",
        "keys": [["importer_id"]],
        "measures": ["count", "value"],
        "windows": [7, 30],
        "silence": 14,
    },
    {"family": "splitting", "threshold": 60, "keys": [["importer_id"]], "windows": [14, 60]},
    {"family": "repeats", "window": 30, "minimum": 3},
]
FIRST = pd.Timestamp("2024-01-01")


def features(world, *families):
    settings = FeatureSettings.parse({"families": list(families)})
    return build(world, build_profiles(world, settings.needs()), settings)


def on(day, **values):
    """One declaration of one importer, `day` days after the first."""
    row = small_world(1).assign(
        importer_id="A", seller_id="S", hs_code="620342", office="X", declarant_id="B"
    )
    return row.assign(registered_on=FIRST + pd.Timedelta(days=day), declaration_id=f"D{day}", **values)


def world_of(*rows):
    frame = pd.concat(rows, ignore_index=True)
    return frame.assign(declaration_id=[f"D{i}" for i in range(len(frame))])


@pytest.fixture(scope="module")
def world():
    return small_world(500)


@pytest.fixture(scope="module")
def found(world):
    return features(world, *FAMILIES)


def earlier(world, row, days, **same):
    this = world.iloc[row]
    before = world[(world.registered_on < this.registered_on) & (world.importer_id == this.importer_id)]
    return before[before.registered_on >= this.registered_on - pd.Timedelta(days=days)]


def test_shares_are_laplaces_rule_over_earlier_days(world, found):
    for row in range(0, len(world), 23):
        before, this = earlier(world, row, 60), world.iloc[row]
        k, n = (before.hs_code.str[:2] == this.hs_code[:2]).sum(), len(before)
        expected = (k + 1) / (n + 2) if n >= 3 else np.nan
        assert found["importer_x_hs2_share_in_importer_60d"][row] == pytest.approx(expected, nan_ok=True)


def test_a_share_must_lie_within_what_it_is_a_share_of():
    for key, within in ((["office"], ["importer_id"]), (["office"], ["office"]), (["office"], [])):
        with pytest.raises(RedlaneError, match="must be a part of 'office'"):
            features(small_world(5), {"family": "shares", "shares": [{"key": key, "within": within}]})


def test_pace_compares_with_the_rest_of_the_usual_window(world, found):
    for row in range(0, len(world), 23):
        this, year, month = world.iloc[row], earlier(world, row, 365), earlier(world, row, 30)
        older = len(year) - len(month)
        age = min((this.registered_on - year.registered_on.min()).days, 365) if len(year) else 0
        usual = older * 30 / (age - 30) if older else np.nan
        expected = np.log((len(month) + 1) / (usual + 1))
        assert found["importer_pace_30d"][row] == pytest.approx(expected, nan_ok=True)


def test_a_burst_follows_a_silence_and_a_newcomer_has_none():
    days = [0, 1, 40, 41, 42]
    burst = features(world_of(*(on(day) for day in days)), FAMILIES[1])["importer_burst_7d"]
    assert burst.tolist() == pytest.approx([np.nan, np.nan, 0.0, 1.0, 2.0], nan_ok=True)


def test_pieces_of_earlier_days_are_counted_and_added_up():
    rows = [
        on(0, customs_value=50.0),
        on(1, customs_value=40.0),
        on(1, customs_value=59.99),
        on(1, customs_value=60.0),
    ]
    world = world_of(
        *rows, on(2, customs_value=29.0), on(20, customs_value=45.0), on(21, customs_value=np.nan)
    )
    found = features(world, FAMILIES[2])
    assert found["importer_pieces_14d"].tolist() == pytest.approx([0, 1, 1, 0, 0, 0, np.nan], nan_ok=True)
    assert found["importer_pieces_60d"][5] == 3
    together = found["importer_pieces_value_60d"]
    assert together[1] == pytest.approx(90 / 60) and together[5] == pytest.approx((50 + 40 + 59.99 + 45) / 60)
    assert together[[3, 4, 6]].isna().all()


def test_a_repeat_is_the_same_to_the_cent_and_elsewhere_means_elsewhere():
    same = {"customs_value": 812.5, "net_mass": 100.0}
    world = world_of(
        on(0, **same),
        on(0, **same),
        on(3, **same),
        on(4, **same).assign(office="Y"),
        on(5, **same).assign(declarant_id="C"),
        on(6, customs_value=812.51, net_mass=100.0),
        on(36, **same),
    )
    found = features(world, FAMILIES[3])
    assert found["repeats_30d"].tolist() == [0, 0, 2, 3, 4, 0, 0]
    assert found["repeats_elsewhere_30d"].tolist() == [0, 0, 0, 3, 4, 0, 0]


def test_unchanging_prices_are_seen_whatever_the_mass():
    world = world_of(*(on(day, customs_value=8.0 * m, net_mass=m) for day, m in enumerate([1, 2, 5, 10, 3])))
    odd = world_of(world, on(9, customs_value=81.0, net_mass=10.0))
    share = features(odd, FAMILIES[3])["importer_same_price_365d"]
    assert share.tolist()[3:] == [1.0, 1.0, 0.0] and share[:3].isna().all()


def test_round_values_are_compared_with_everybodys():
    rng = np.random.default_rng(0)
    crowd = small_world(2000, days=60).assign(customs_value=np.round(rng.lognormal(9, 1, 2000)))
    round_ones = pd.concat([on(i, customs_value=1000.0 * (i + 1)) for i in range(20)])
    world = world_of(
        crowd, round_ones, on(61), small_world(1).assign(registered_on=FIRST + pd.Timedelta(days=61))
    )
    excess = features(world, FAMILIES[3])["importer_round_values_365d"]
    assert excess.iloc[-2] > 20
    assert abs(excess.iloc[-1]) < 3


def test_missing_parts_give_missing_values_and_nothing_is_infinite(world):
    hidden = world.assign(importer_id=world.importer_id.where(world.index % 2 == 0, None))
    found = features(hidden, *FAMILIES)
    by_importer = found[[name for name in found if name not in ("value_just_below_60", "value_to_60")]]
    assert by_importer[world.index % 2 == 1].isna().all().all()
    nothing = features(world.assign(customs_value=0.0, net_mass=0.0), *FAMILIES)
    assert not np.isinf(found.to_numpy()).any() and not np.isinf(nothing.to_numpy()).any()


def test_rows_are_worth_the_same_alone_and_in_company(world):
    settings = FeatureSettings.parse({"families": FAMILIES})
    profiles = build_profiles(world, settings.needs())
    together = build(world, profiles, settings)
    shuffled = world.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        build(shuffled, profiles, settings).set_axis(shuffled.index).sort_index(), together
    )
    assert build(world.iloc[[7]], profiles, settings).iloc[0].equals(together.iloc[7])
    assert len(build(world.head(0), profiles, settings)) == 0


def test_families_shrink_to_the_columns_there_are():
    settings = FeatureSettings.parse({"families": FAMILIES})
    shares, pace, splitting, repeats = settings.families
    columns = {"importer_id", "hs_code", "registered_on"}
    assert [s.name for s in shares.reduced_to(columns).shares] == ["importer_x_hs2_share_in_importer"]
    assert pace.reduced_to(columns).measures == ("count",)
    assert splitting.reduced_to(columns) is None and repeats.reduced_to(columns) is None


def test_every_sentence_can_be_written(world):
    settings = FeatureSettings.parse({"families": FAMILIES})
    known = facts(world.tail(3), build_profiles(world, settings.needs()), settings)
    row = {**known.iloc[-1].to_dict(), "value": 0.5}
    for feature in settings.features():
        for sentence in (feature.sentence, feature.sentence_zero):
            assert "None" not in sentence.replace(":share", "").format(**row)
