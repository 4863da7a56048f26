"""Digit tests as a profile: published on a grid, from whole periods, never from the future; who is eligible."""

import numpy as np
import pandas as pd
import pytest

from redlane.declarations.periods import days
from redlane.errors import RedlaneError
from redlane.profiles.benford import category, chance, deviation, hundredths, q_values
from redlane.profiles.build import Profiles, build
from redlane.profiles.digitbook import STATISTICS
from redlane.profiles.digitcounts import DigitReference
from redlane.profiles.keys import KeyHashes
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.store import append_to_store, create_store, open_store

REFERENCE = DigitReference(window_days=60, publish_every_days=14, minimum_count=30, distinct_goods=3)
NEEDS = ProfileNeeds(digits=(REFERENCE,))


def trades(n=3000, days=150, parties=12, seed=0, **columns):
    """Amounts over six powers of ten, so that their digits follow the law."""
    random = np.random.default_rng(seed)
    day = np.sort(random.integers(0, days, n))
    frame = pd.DataFrame(
        {
            "declaration_id": [f"D{seed}-{i}" for i in range(n)],
            "registered_on": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D"),
            "importer_id": random.choice([f"I{i}" for i in range(parties)], n),
            "hs_code": random.choice(["010121", "620342", "620343", "870323"], n),
            "customs_value": np.round(10 ** random.uniform(0, 6, n), 2),
        }
    )
    return frame.assign(**columns)


def looked_up(profiles, frame, reference=REFERENCE):
    return profiles.before("digits", reference, KeyHashes(frame), days(frame["registered_on"]))


def by_hand(frame, party, day):
    """The definition: whole periods of 14 days, four of them, the last one ended before *day*."""
    end = next(d for d in range(day - 1, 0, -1) if (d + 1) % 14 == 0)
    own = frame[frame["importer_id"] == party]
    inside = (days(own["registered_on"]) <= end) & (days(own["registered_on"]) > end - 56)
    values = own["customs_value"][inside]
    counts = np.bincount(category(hundredths(values.to_numpy()), "first"), minlength=9)
    return len(values), deviation(counts[None, :], "first")[0]


def test_statistics_are_what_the_definition_says():
    frame = trades()
    found, checked = looked_up(build(frame, NEEDS), frame), 0
    for row in range(1500, len(frame), 131):
        n, mad = by_hand(frame, frame["importer_id"][row], int(days(frame["registered_on"])[row]))
        if found["eligible"][row]:
            checked += 1
            assert (found["n"][row], found["mad"][row]) == (n, pytest.approx(mad))
        else:
            assert n < 30
    assert checked > 8


def test_excess_p_and_q_are_over_all_parties_of_the_publication():
    frame = trades()
    late = frame.groupby("importer_id").tail(1).assign(registered_on=pd.Timestamp("2024-06-15"))
    found = looked_up(build(frame, NEEDS), late)
    tested = found["eligible"] == 1
    by_chance = chance(found["mad"][tested], found["n"][tested].astype(np.int64), "first")
    assert found["excess"][tested] == pytest.approx(found["mad"][tested] / by_chance.expected)
    assert found["p_value"][tested].tolist() == by_chance.p_value.tolist()
    assert found["q_value"][tested].tolist() == q_values(by_chance.p_value).tolist()


def test_nothing_of_the_day_itself_or_later_is_seen():
    frame = trades()
    cut = pd.Timestamp("2024-04-10")
    other = frame.copy()
    later = frame["registered_on"] >= cut
    other.loc[later, "customs_value"] = 5.0
    asked = frame[frame["registered_on"] <= cut]
    first, second = (looked_up(build(world, NEEDS), asked) for world in (frame, other))
    assert all(np.array_equal(first[name], second[name], equal_nan=True) for name in first)


def test_order_of_rows_and_deliveries_change_nothing():
    frame = trades()
    whole = looked_up(build(frame, NEEDS), frame)
    shuffled = looked_up(build(frame.sample(frac=1, random_state=1), NEEDS), frame)
    early, rest = frame.iloc[:1700], frame.iloc[1700:]
    first = build(early, NEEDS)
    parts = Profiles.merge([first, build(rest, NEEDS, earlier=first)])
    apart = looked_up(parts, frame)
    for name in (*STATISTICS, "eligible"):
        assert np.array_equal(whole[name], shuffled[name], equal_nan=True)
        assert np.array_equal(whole[name], apart[name], equal_nan=True)


def test_a_store_gives_back_what_was_built(tmp_path):
    frame = trades()
    create_store(tmp_path / "s", frame.iloc[:1700], NEEDS, {"a": "1"})
    append_to_store(tmp_path / "s", frame.iloc[1700:], {"b": "2"})
    stored, fresh = looked_up(open_store(tmp_path / "s"), frame), looked_up(build(frame, NEEDS), frame)
    assert all(np.array_equal(stored[name], fresh[name], equal_nan=True) for name in fresh)


def test_who_falls_silent_is_no_longer_tested():
    frame = trades(parties=2)
    cut = pd.Timestamp("2024-03-01")
    frame = frame[(frame["importer_id"] == "I0") | (frame["registered_on"] < cut)]
    asked = pd.DataFrame(
        {"importer_id": ["I0", "I1", None], "registered_on": pd.Timestamp("2024-05-28"), "hs_code": "010121"}
    )
    found = looked_up(build(frame, NEEDS), asked)
    assert found["eligible"].tolist()[:2] == [1.0, 0.0]
    assert np.isnan(found["eligible"][2])
    assert np.isnan(found["n"][1])


def test_before_the_first_publication_nothing_is_known():
    found = looked_up(build(trades(), NEEDS), trades().head(1))
    assert all(np.isnan(values).all() for values in found.values())


@pytest.mark.parametrize(
    ("values", "goods", "tested"),
    [
        ((100, 90_000), 1, False),
        ((100, 90_000), 4, True),
        ((10, 1_000_000), 1, True),
    ],
)
def test_amounts_must_reach_over_three_powers_of_ten_or_many_goods(values, goods, tested):
    reference = DigitReference(minimum_count=30, distinct_goods=4)
    low, high = np.log10(values)
    amounts = np.round(10 ** np.random.default_rng(1).uniform(low, high, 3000), 2)
    amounts[:24] = np.repeat([values[0] * 1.0, values[1] * 1.0], 12)
    codes = np.resize(["010121", "620342", "620343", "870323"][:goods], 3000)
    frame = trades(customs_value=amounts, hs_code=codes, importer_id="I0")
    assert (
        np.nanmax(looked_up(build(frame, ProfileNeeds(digits=(reference,))), frame, reference)["eligible"])
        == tested
    )


def test_values_capped_by_a_threshold_are_left_out():
    random = np.random.default_rng(2)
    capped = trades(customs_value=np.round(random.uniform(20, 150, 3000), 2))
    free, bounded = (
        DigitReference(minimum_count=30, distinct_goods=3, leave_out_below=border) for border in (0, 1000)
    )
    found = looked_up(build(capped, ProfileNeeds(digits=(free, bounded))), capped, free)
    assert np.nanmax(found["eligible"]) == 1
    assert np.nanmin(found["q_value"]) < 0.001, "a cap alone bends the digits"
    found = looked_up(build(capped, ProfileNeeds(digits=(bounded,))), capped, bounded)
    assert np.nanmax(found["eligible"]) == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"leave_out_below": 150}, "a power of ten is needed"),
        ({"amount": "assessed_value"}, "known only after the inspection"),
        ({"amount": "office"}, "a column of numbers"),
        ({"party": ["importer"]}, "is not a column"),
        ({"window_days": 7}, "window_days must be at least"),
    ],
)
def test_settings_that_would_mislead_are_refused(wrong, sentence):
    with pytest.raises(RedlaneError, match=sentence):
        DigitReference.parse(wrong)
