"""The network as plain Python would measure it; publications made stay; hubs connect nobody."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.profiles.build import Profiles, build
from redlane.profiles.keys import KeyHashes
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.networks import NetworkReference
from redlane.profiles.store import append_to_store, create_store, open_store
from tests.profiles.trading import START, frame, trades

NEED = NetworkReference(partners=(("seller_id",),), window_days=20, publish_every_days=5, hub_degree=2)
EPOCH = (START - pd.Timestamp("1970-01-01")).days

rows = trades(5, 4, 50)


def looked_up(profiles, importer, day):
    query = pd.DataFrame({"importer_id": [f"I{importer}"]})
    seen = profiles.before("networks", NEED, KeyHashes(query), np.array([EPOCH + day]))
    return {name: float(values[0]) for name, values in seen.items()}


def by_hand(rows, importer, day):
    """Measured at the last grid day up to the last day of trade before *day*, from what was known at its end."""
    grid = [
        d for d in range(min(r[2] for r in rows), max(r[2] for r in rows) + 1) if (EPOCH + d + 1) % 5 == 0
    ]
    traded = max((r[2] for r in rows if r[2] < day), default=-1)
    on = max((d for d in grid if d <= traded), default=None)
    links = {(r[0], r[1]) for r in rows if on is not None and on - 20 < r[2] <= on}
    if importer not in {i for i, _ in links}:
        return None
    known = {
        i: [r[3] for r in rows if r[0] == i and r[3] is not None and r[2] + r[4] <= on] for i in range(6)
    }
    degree = {s: len({i for i, t in links if t == s}) for _, s in links}
    found, border = {importer}, [importer]
    while border:
        at = border.pop()
        sellers = {s for i, s in links if i == at and degree[s] <= 2}
        new = {i for i, s in links if s in sellers} - found
        found |= new
        border += new
    others = [y for i in found - {importer} for y in known[i]]
    hops = [
        (len(known[j]) / degree[s], sum(known[j]) / degree[s])
        for i, s in links
        if i == importer
        for j, t in links
        if t == s and j != importer
    ]
    return len(found), len(others), sum(others), sum(n for n, _ in hops), sum(h for _, h in hops)


@settings(max_examples=60, deadline=None)
@given(rows, st.integers(0, 5), st.integers(0, 75))
def test_as_measured_by_hand(rows, importer, day):
    found = looked_up(build(frame(rows), ProfileNeeds(networks=(NEED,))), importer, day)
    expected = by_hand(rows, importer, day)
    if expected is None:
        assert all(np.isnan(value) for value in found.values())
        return
    names = (
        "community_importers",
        "community_inspected",
        "community_hits",
        "seller_inspected",
        "seller_hits",
    )
    assert [found[name] for name in names] == pytest.approx(list(expected))
    assert found["community_first_day"] < EPOCH + day or np.isnan(found["community_first_day"])


@settings(max_examples=10, deadline=None)
@given(rows, st.integers(1, 49))
def test_publications_made_stay(tmp_path_factory, rows, day):
    """A store in two parts says what a store of the whole says: no publication saw the second part too early."""
    folder = tmp_path_factory.mktemp("store")
    early = [row for row in rows if row[2] <= day]
    late = [row for row in rows if row[2] > day]
    if not early or not late:
        return
    needs = ProfileNeeds(networks=(NEED,))
    first = frame(early)
    create_store(folder / "store", first, needs, {"a": "1"})
    seen = range(0, max(row[2] for row in early) + 1, 7)
    before = [looked_up(open_store(folder / "store"), i, d) for i in range(6) for d in seen]
    append_to_store(folder / "store", frame(late), {"b": "2"})
    kept, whole = open_store(folder / "store"), Profiles.merge([build(frame(rows), needs)])
    assert repr(before) == repr([looked_up(kept, i, d) for i in range(6) for d in seen])
    for d in range(0, 60, 6):
        np.testing.assert_equal(looked_up(kept, 0, d), looked_up(whole, 0, d))
