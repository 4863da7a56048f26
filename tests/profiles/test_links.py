"""Links are the same however they arrive, and a day sees only the links of the days before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.profiles.build import Profiles, build
from redlane.profiles.keys import KeyHashes
from redlane.profiles.links import Links
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.store import append_to_store, create_store, open_store
from tests.worlds import small_world

events = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(0, 30)), max_size=60)


def table(rows):
    owner, member, day = (np.array(part) for part in zip(*rows, strict=True)) if rows else ([], [], [])
    return Links.of_events(np.array(owner, np.uint64), np.array(member, np.uint64), np.array(day, np.int64))


def plain(links):
    return list(
        zip(links.index.row_keys().tolist(), links.index.days.tolist(), links.members.tolist(), strict=True)
    )


@given(events, st.integers(0, 60), st.randoms(use_true_random=False))
def test_any_order_and_any_deliveries_give_the_same_table(rows, cut, random):
    whole = table(rows)
    mixed = random.sample(rows, len(rows))
    first = table(mixed[:cut])
    second = table(mixed[cut:]).without(first)
    assert plain(Links.merge([first, second])) == plain(whole)
    assert len(second) <= len(table(mixed[cut:]))


@given(events, st.integers(1, 5), st.integers(0, 6), st.integers(0, 31), st.integers(1, 20))
def test_what_is_seen_is_what_plain_python_counts(rows, owner, member, day, window):
    seen = table(rows).before(
        np.array([owner], np.uint64), np.array([member], np.uint64), np.array([day], np.int64)
    )
    first = {}
    for a, b, d in rows:
        if a and b:
            first[a, b] = min(d, first.get((a, b), d))
    mine = {b: d for (a, b), d in first.items() if a == owner and d < day}
    assert seen.degree()[0] == len(mine)
    assert seen.degree(window)[0] == sum(d >= day - window for d in mine.values())
    assert sorted(seen.members()[1].tolist()) == sorted(mine)
    if member:
        assert seen.is_new()[0] == (member not in mine)
    assert seen.stated()[0] == bool(member)


def test_a_hub_shows_its_latest_members_only():
    links = table([(1, member, member) for member in range(1, 9)])
    seen = links.before(np.array([1, 1], np.uint64), np.array([9, 9], np.uint64), np.array([20, 3]))
    rows, members = seen.members(at_most=3)
    assert rows.tolist() == [0, 0, 0, 1, 1]
    assert members.tolist() == [6, 7, 8, 1, 2]


def test_a_store_keeps_each_link_once(tmp_path):
    link = (("seller_id",), ("importer_id",))
    frame = small_world(400)
    needs = ProfileNeeds(links=(link,))
    create_store(tmp_path / "store", frame[:250], needs, {"a": "1"})
    append_to_store(tmp_path / "store", frame[250:], {"b": "2"})
    kept, whole = open_store(tmp_path / "store"), build(frame, needs)
    assert plain(kept.tables["links"][link]) == plain(whole.tables["links"][link])
    days = frame["registered_on"].to_numpy("datetime64[D]").astype(np.int64)
    now, later = (p.before("links", link, KeyHashes(frame), days) for p in (kept, Profiles.merge([whole])))
    np.testing.assert_array_equal(now.degree(30), later.degree(30))
    assert now.degree().max() > 1


def test_pairs_of_keys_are_checked():
    with pytest.raises(Exception, match="no_such"):
        ProfileNeeds(links=((("no_such",), ("importer_id",)),)).columns()
