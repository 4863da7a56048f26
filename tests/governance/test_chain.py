"""Decisions in a chain: whatever is changed, taken out, moved or cut off is seen; what cannot be seen is stated."""

import json
import subprocess
import sys

import pytest

from redlane.errors import RedlaneError
from redlane.governance.chain import CHAIN, CHAMPION, read_chain


def decision(name, promoted=True):
    return {"bundle": name, "bundle_id": f"id of {name}", "promoted": promoted, "by": "somebody"}


@pytest.fixture
def folder(tmp_path):
    chain = read_chain(tmp_path)
    for number in range(4):
        chain = chain.add(decision(f"m{number}", promoted=number != 3))
    return tmp_path


def lines(folder):
    return (folder / CHAIN).read_text().splitlines(keepends=True)


def edited(old):
    entry = json.loads(old)
    return json.dumps({**entry, "by": "somebody else"}) + "\n"


TAMPERINGS = {
    "edited": lambda held: [held[0], edited(held[1]), *held[2:]],
    "last edited": lambda held: [*held[:3], edited(held[3])],
    "deleted": lambda held: [held[0], *held[2:]],
    "moved": lambda held: [held[1], held[0], *held[2:]],
    "twice": lambda held: [*held[:2], held[1], *held[2:]],
    "cut off": lambda held: held[:3],
    "emptied": lambda held: [],
    "garbage": lambda held: [*held, "no decision\n"],
}


def test_what_was_written_reads_back_and_the_last_promoted_is_champion(folder):
    chain = read_chain(folder)
    assert [entry["bundle"] for entry in chain.entries] == ["m0", "m1", "m2", "m3"]
    assert chain.champion == {"bundle": "m2", "bundle_id": "id of m2"}
    assert chain.was_champion("id of m1") and not chain.was_champion("id of m3")


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_is_seen(folder, how):
    (folder / CHAIN).write_text("".join(TAMPERINGS[how](lines(folder))))
    with pytest.raises(RedlaneError):
        read_chain(folder)


def test_every_changed_character_is_seen(folder):
    whole = (folder / CHAIN).read_bytes()
    for place in range(0, len(whole) - 1, 13):
        changed = bytes([whole[place] ^ 1])
        (folder / CHAIN).write_bytes(whole[:place] + changed + whole[place + 1 :])
        with pytest.raises(RedlaneError):
            read_chain(folder)


def test_a_champion_named_by_hand_is_seen(folder):
    told = json.loads((folder / CHAMPION).read_text())
    told["champion"] = {"bundle": "m3", "bundle_id": "id of m3"}
    (folder / CHAMPION).write_text(json.dumps(told))
    with pytest.raises(RedlaneError, match="does not fit"):
        read_chain(folder)
    (folder / CHAMPION).unlink()
    with pytest.raises(RedlaneError):
        read_chain(folder)


def test_a_history_written_anew_is_seen_only_by_a_hash_kept_elsewhere(folder, tmp_path_factory):
    kept = read_chain(folder).head
    for name in (CHAIN, CHAMPION):
        (folder / name).unlink()
    assert read_chain(folder).add(decision("m9")).head != kept


REFUSALS = """
import sys
from pathlib import Path
from redlane.governance.chain import read_chain
for number in range(20):
    decision = {"bundle": f"{sys.argv[2]}{number}", "bundle_id": "id", "promoted": False}
    read_chain(Path(sys.argv[1])).add(decision)
"""


def test_decisions_of_two_processes_at_once_all_join_the_chain(folder):
    command = [sys.executable, "-c", REFUSALS, str(folder)]
    both = [subprocess.Popen([*command, name], stderr=subprocess.PIPE, text=True) for name in "xy"]
    assert [process.communicate()[1] for process in both] == ["", ""]
    joined = [entry["bundle"] for entry in read_chain(folder).entries[4:]]
    for name in "xy":
        assert [bundle for bundle in joined if bundle[0] == name] == [f"{name}{n}" for n in range(20)]
    assert len(joined) == 40


def test_a_decision_against_a_champion_that_is_none_any_more_is_refused(folder):
    first, second = read_chain(folder), read_chain(folder)
    first.add(decision("m4"))
    with pytest.raises(RedlaneError, match=r"while m5 was judged, m4 became champion"):
        second.add(decision("m5"))
    assert read_chain(folder).champion["bundle"] == "m4"


def test_a_refusal_in_between_is_followed(folder):
    first, second = read_chain(folder), read_chain(folder)
    first.add(decision("m4", promoted=False))
    second.add(decision("m5"))
    assert [entry["bundle"] for entry in read_chain(folder).entries[4:]] == ["m4", "m5"]
