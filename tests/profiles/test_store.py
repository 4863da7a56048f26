"""The store only grows, names what was touched, and opens as it was on any past night."""

import pytest

from redlane.errors import RedlaneError
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.prices import PriceReference
from redlane.profiles.store import append_to_store, create_store, open_store
from tests.worlds import small_world

NEEDS = ProfileNeeds(
    activity=((), ("importer_id",)),
    outcomes=((), ("importer_id", "hs6")),
    prices=(PriceReference(levels=(("hs6",),), minimum_count=5),),
)


@pytest.fixture
def store(tmp_path):
    world = small_world(200)
    create_store(tmp_path / "p", world, NEEDS, {"a.csv": "11"})
    return tmp_path / "p"


def test_what_is_read_back_is_what_was_built(store):
    opened = open_store(store)
    built = create_store(store.parent / "again", small_world(200), NEEDS, {"a.csv": "11"})
    assert opened.id == built.id
    for key in NEEDS.activity:
        assert (
            opened.activity[key].amounts("value_cents").tolist()
            == built.activity[key].amounts("value_cents").tolist()
        )


def test_the_id_does_not_depend_on_the_order_of_rows(store):
    shuffled = small_world(200).sample(frac=1, random_state=3).reset_index(drop=True)
    assert create_store(store.parent / "s", shuffled, NEEDS, {"a.csv": "11"}).id == open_store(store).id


def test_an_earlier_id_opens_the_store_as_it_was(store):
    before = open_store(store)
    after = append_to_store(store, small_world(50, seed=9), {"b.csv": "22"})
    assert after.id != before.id
    again = open_store(store, before.id)
    assert again.activity[()].amounts("count").sum() == 200
    assert open_store(store).activity[()].amounts("count").sum() == 250


def test_the_same_file_is_not_counted_twice(store):
    with pytest.raises(RedlaneError, match="already added"):
        append_to_store(store, small_world(200), {"a.csv": "11"})


def test_outcomes_may_follow_their_declarations(tmp_path):
    world = small_world(200)
    create_store(tmp_path / "p", world.drop(columns=["irregular", "outcome_known_on"]), NEEDS, {"a": "1"})
    late = append_to_store(tmp_path / "p", world, {"b": "2"}, "outcomes")
    whole = create_store(tmp_path / "q", world, NEEDS, {"a": "1"})
    assert late.activity[()].amounts("count").sum() == 200
    assert late.outcomes[()].amounts("hits").sum() == whole.outcomes[()].amounts("hits").sum() > 0


@pytest.mark.parametrize("what", ["changed", "missing", "extra"])
def test_a_touched_file_is_refused_by_name(store, what):
    file = store / "segment_00001" / "activity__importer.parquet"
    if what == "changed":
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    elif what == "missing":
        file.unlink()
    else:
        file = file.with_name("extra.parquet")
        file.write_bytes(b"")
    with pytest.raises(RedlaneError, match=file.name):
        open_store(store)


def test_a_folder_without_profiles_says_how_to_build_them(tmp_path):
    with pytest.raises(RedlaneError, match="redlane profile"):
        open_store(tmp_path)


def test_names_are_readable(store):
    import pandas as pd

    names = pd.read_parquet(store / "segment_00001" / "names__importer_id.parquet")
    assert set(names["importer_id"]) <= {f"I{i}" for i in range(40)}
