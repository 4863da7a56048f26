"""An old bundle scores as it did, into files that look as they did; what changes, changes on purpose (renew.py)."""

import csv

import pytest

from redlane.io.files import read_json
from tests.golden.renew import BUNDLE, HERE, NAMES, PROFILES, rounded, score_into, without_versions


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("golden")
    score_into(folder)
    return folder


def columns(path, *names):
    with path.open(newline="") as file:
        return [tuple(row[name] for name in names) for row in csv.DictReader(file)]


def test_margins_are_the_same_to_the_last_digit(made):
    names = ("declaration_id", "item_number", "margin", "rank", "lane", "lane_reason")
    assert columns(made / NAMES[0], *names) == columns(HERE / NAMES[0], *names)


@pytest.mark.parametrize("name", NAMES[:2])
def test_files_look_the_same(made, name):
    found, expected = ((folder / name).read_text() for folder in (made, HERE))
    assert rounded(found) == rounded(expected)


def test_the_manifest_looks_the_same(made):
    assert without_versions(read_json(made / NAMES[2])) == read_json(HERE / NAMES[2])


def test_the_golden_files_say_something():
    """Each lane, a reason, a reject of each kind: otherwise they would hold nothing."""
    assert {lane for (lane,) in columns(HERE / NAMES[0], "lane")} == {"red", "yellow", "blue", "green"}
    assert any(reasons for (reasons,) in columns(HERE / NAMES[0], "reasons"))
    codes = [code for (code,) in columns(HERE / NAMES[1], "code")]
    assert sorted(codes) == ["country-format", "duplicate-id", "duplicate-id", "number-format"]
    assert sum(path.stat().st_size for folder in (BUNDLE, PROFILES) for path in folder.rglob("*.*")) < 150_000
