"""Silent importers are counted as plain Python would count them; no day sees its own declarations or later ones."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.profiles.build import Profiles, build
from redlane.profiles.keys import KeyHashes
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.silences import Silence
from redlane.profiles.spells import Spells
from redlane.profiles.store import append_to_store, create_store, open_store
from tests.profiles.trading import START, frame, trades

NEED = Silence(keys=(("seller_id",),), silent_days=4, patience=2, remembered_days=15, minimum_count=2)

rows = trades(3, 1, 40)


def looked_up(profiles, importer, seller, day):
    query = pd.DataFrame({"importer_id": [f"I{importer}"], "seller_id": [f"S{seller}"]})
    days = np.array([(START - pd.Timestamp("1970-01-01")).days + day])
    seen = profiles.before("silences", NEED, KeyHashes(query), days).of(("seller_id",))
    return {name: float(values[0]) for name, values in seen.items()}


def by_hand(rows, importer, seller, day):
    """What the definition says, from the rows before *day* alone."""
    past = [row for row in rows if row[2] < day]
    until = max((row[2] for row in past), default=0)
    silent, inspected, hits, lasts = 0, 0, 0, []
    for other in {row[0] for row in past} - {importer}:
        mine = sorted(row[2] for row in past if row[0] == other)
        linked = any(row[0] == other and row[1] == seller for row in past)
        begins = mine[-1] + max(4, 2 * (mine[-1] - mine[0]) // max(len(mine) - 1, 1))
        if not linked or len(mine) < 2 or begins > min(day - 1, until) or begins + 15 < day:
            continue
        known = [row[3] for row in rows if row[0] == other and row[3] is not None and row[2] + row[4] < day]
        silent, inspected, hits = silent + 1, inspected + len(known), hits + sum(known)
        lasts.append(mine[-1])
    return silent, inspected, hits, lasts


@settings(max_examples=80, deadline=None)
@given(rows, st.integers(0, 3), st.integers(0, 1), st.integers(0, 60))
def test_as_counted_by_hand(rows, importer, seller, day):
    profiles = build(frame(rows), ProfileNeeds(silences=(NEED,)))
    found = looked_up(profiles, importer, seller, day)
    silent, inspected, hits, lasts = by_hand(rows, importer, seller, day)
    assert (found["silent"], found["inspected"], found["hits"]) == (silent, inspected, hits)
    if silent:
        epoch = (START - pd.Timestamp("1970-01-01")).days
        assert found["last_day"] - epoch == pytest.approx(np.mean(lasts))
    else:
        assert np.isnan(found["last_day"])


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 60)), min_size=1, max_size=40), st.integers(0, 40)
)
def test_spells_of_parts_are_spells_of_the_whole(events, cut):
    def spells(part):
        party, day = (np.array(values) for values in zip(*part, strict=True)) if part else ([], [])
        party = np.array(party, np.uint64)
        return Spells.of_events(party, party, np.array(day, np.int64), 5)

    merged = Spells.merge([spells(events[cut:]), spells(events[:cut])], 5)
    for name in ("owners", "first", "last", "count"):
        np.testing.assert_array_equal(getattr(merged, name), getattr(spells(events), name))
    for day in range(0, 70, 7):
        active = set(merged.owners[merged.active(day, 5)].tolist())
        assert active == {party for party, seen in events if day - 5 < seen <= day}


def test_a_store_in_parts_is_the_store_of_the_whole(tmp_path):
    rng = np.random.default_rng(3)
    made = [
        (
            int(rng.integers(4)),
            int(rng.integers(2)),
            day,
            [None, 0, 1][rng.integers(3)],
            int(rng.integers(1, 20)),
        )
        for day in np.sort(rng.integers(0, 40, 60)).tolist()
    ]
    whole, needs = frame(made), ProfileNeeds(silences=(NEED,))
    create_store(tmp_path / "store", whole[:35], needs, {"a": "1"})
    append_to_store(tmp_path / "store", whole[35:], {"b": "2"})
    kept, built = open_store(tmp_path / "store"), Profiles.merge([build(whole, needs)])
    for day in range(0, 60, 3):
        np.testing.assert_equal(looked_up(kept, 0, 1, day), looked_up(built, 0, 1, day))
    assert kept.tables["silences"][NEED].ledger(("seller_id",)).amounts("silent").any()
