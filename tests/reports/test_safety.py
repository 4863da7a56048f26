"""What stands in a declaration stays text; what is masked stays masked; the page names all that may run in it."""

import base64
import hashlib
import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.errors import RedlaneError
from redlane.model.bundle import read_bundle
from redlane.reports.content import Look, Sources
from redlane.reports.document import SCRIPTS, _asset
from redlane.reports.masking import VARIABLE, mask_key, mask_parties, masked
from redlane.reports.packing import coded, json_for_page, numbers
from redlane.reports.report import batch_report
from redlane.reports.scored import read_scored
from redlane.stages.report import places_of
from tests.reports.worlds import HOSTILE, full
from tests.runs import CANARY

KEY = "a secret of twenty bytes"


@given(st.lists(st.text()))
def test_data_in_a_page_cannot_end_its_block_and_reads_back(texts):
    packed = json_for_page(texts)
    assert not set(packed) & {"<", ">", "&", "\u2028", "\u2029"}
    assert json.loads(packed) == texts


@given(st.lists(st.one_of(st.none(), st.text())))
def test_a_coded_column_reads_back(words):
    packed = coded(words)
    assert [None if i < 0 else packed["d"][i] for i in packed["i"]] == words


@given(st.lists(st.floats()))
def test_numbers_are_always_json(values):
    assert json.loads(json_for_page(numbers(values, digits=None))) == [
        value if value == value and abs(value) != float("inf") else None for value in values
    ]


def test_the_policy_names_the_hash_of_the_script_and_the_style_and_nothing_else(report):
    page = report.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_the_page_refers_to_nothing_outside(report):
    page = report.read_text(encoding="utf-8")
    assert re.findall(r"""\b(?:src|href)=["'](?!#|data:,)[^"']*""", page) == []
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)[^'\" ]+", page) == []
    assert re.findall(r"""\s(?:on\w+|style)=["']""", page) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_never_parse_text_as_markup_or_code(name):
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser|srcdoc"
    )
    assert (
        re.findall(forbidden + r"|\bfetch\b|XMLHttpRequest|WebSocket|localStorage|\bimport\(", _asset(name))
        == []
    )


def test_hostile_texts_stand_escaped_in_the_file(hostile):
    page = hostile.read_text(encoding="utf-8")
    assert page.count("<script") == 2
    assert page.count("</script>") == 2
    assert "<img" not in page
    assert "\x00" not in page
    assert "\u202e" not in page.split('id="data">')[0]


def test_words_of_ones_own_flags_and_facts_stand_escaped_in_the_file(trained, night):
    """Titles of a flag file of one's own become meanings of the bundle's features; rejects name columns."""
    bundle = read_bundle(trained.bundle)
    specs = [replace(spec, meaning=HOSTILE[at % len(HOSTILE)]) for at, spec in enumerate(bundle.specs)]
    scored = read_scored(places_of(night), ("red",))
    rejects = pd.DataFrame({"record_number": 1, "column": HOSTILE, "code": HOSTILE})
    sources = Sources(replace(scored, rejects=rejects), None, None, replace(bundle, specs=tuple(specs)))
    page = batch_report(sources, [(HOSTILE[2], scored.every)], Look())
    assert page.count("<script") == page.count("</script>") == 2
    assert not re.findall("<(?:img|svg/)", page)
    assert page.count("&lt;img src=x onerror=alert(3)&gt;") >= 3


def test_masked_parties_are_not_in_the_file(trained, night, report, tmp_path):
    (tmp_path / "key").write_text(KEY)
    assert CANARY in report.read_text(encoding="utf-8")
    masked_report = full(trained, tmp_path, scores=night, mask_key=tmp_path / "key")
    hidden = masked_report.read_text(encoding="utf-8")
    assert CANARY not in hidden
    assert KEY not in hidden
    assert hidden.count('"#') > 10


def test_the_mask_is_one_of_the_key_alone():
    ids = pd.Series(["A", "B", None, "A"], dtype="object")
    first, again, other = masked(ids, b"k" * 16), masked(ids, b"k" * 16), masked(ids, b"l" * 16)
    assert first.tolist() == again.tolist()
    assert first[0] == first[3] != first[1]
    assert first[2] is None
    assert not set(first.dropna()) & set(other.dropna())


def test_masking_leaves_free_text_out_and_everything_else_alone():
    frame = pd.DataFrame({"importer_id": ["A"], "description": ["shoes for Mr B"], "office": ["A"]})
    told = mask_parties(frame, b"k" * 16)
    assert list(told) == ["importer_id", "office"]
    assert told["office"].tolist() == ["A"]
    assert told["importer_id"].tolist() == masked(frame["importer_id"], b"k" * 16).tolist() != ["A"]


def test_a_mask_needs_a_key_worth_its_name(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(RedlaneError, match=VARIABLE):
        mask_key(None)
    monkeypatch.setenv(VARIABLE, "short")
    with pytest.raises(RedlaneError, match="at least 16"):
        mask_key(None)
    monkeypatch.setenv(VARIABLE, KEY)
    assert mask_key(None) == KEY.encode()
    with pytest.raises(RedlaneError, match="cannot be read"):
        mask_key(tmp_path / "absent")
