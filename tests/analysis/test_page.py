"""Pages are complete in themselves: nothing of a declaration is markup, nothing is fetched, everything is said."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.analysis.page import Page, Picture, page_html

HOSTILE = '<script>alert(1)</script><img src=x onerror=y>"&\u202egnp.exe\x00'
PICTURE = Picture(b"\x89PNG not really", 'bars "of" <cells>', "what is shown")


def page(**changes):
    standard = {
        "title": "Prices & cells",
        "lead": "What it is.",
        "reading": ["How to read it."],
        "cautions": ["Not proof."],
        "table": pd.DataFrame({"name": ["a"], "amount": [1.5]}),
        "rows": 7,
        "files": ["prices.parquet", "prices_origins.parquet"],
        "facts": {"Period": "a year"},
        "pictures": [PICTURE],
    }
    return page_html(Page(**{**standard, **changes}))


class Reader(HTMLParser):
    """Collects tags with their attributes, and the text of cells."""

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.texts = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))


def read(html):
    reader = Reader()
    reader.feed(html)
    return reader


def test_a_page_says_what_it_is_how_to_read_it_and_where_the_whole_table_is():
    html = page(finding="Three were found.")
    for words in ("Prices &amp; cells", "What it is.", "How to read it.", "Not proof.", "Three were found."):
        assert words in html
    assert "The first 1 of 7 rows" in html
    for file in ("prices.parquet", "prices_origins.parquet"):
        assert ("a", {"href": file}) in read(html).tags
    assert "<title>Prices &amp; cells</title>" in html
    assert '<html lang="en">' in html


def test_pictures_are_embedded_and_have_words_for_those_who_cannot_see_them():
    image = next(attributes for tag, attributes in read(page()).tags if tag == "img")
    assert image["src"].startswith("data:image/png;base64,")
    assert image["alt"] == 'bars "of" <cells>'


def test_nothing_is_fetched_and_no_script_runs():
    reader = read(page(table=pd.DataFrame({"name": [HOSTILE, "http://example.org/x.png"]})))
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in reader.tags}
    addresses = [a.get("src") or a.get("href") for _, a in reader.tags if a.get("src") or a.get("href")]
    assert all(address.startswith("data:") or "/" not in address for address in addresses)
    assert not [name for _, attributes in reader.tags for name in attributes if name.startswith("on")]
    policy = next(a["content"] for tag, a in reader.tags if a.get("http-equiv"))
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@given(st.text(max_size=60))
def test_whatever_a_declaration_says_stays_text(words):
    frame = pd.DataFrame({words or "column": [words]})
    plain, odd = (
        read(page(table=pd.DataFrame({"name": ["a"]}))),
        read(page(table=frame, finding="", title=words)),
    )
    assert [tag for tag, _ in odd.tags] == [tag for tag, _ in plain.tags]


def test_hidden_and_reordering_characters_are_gone():
    html = page(
        table=pd.DataFrame({"name": [HOSTILE]}), title=HOSTILE, lead=HOSTILE, facts={HOSTILE: HOSTILE}
    )
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "<script>alert" not in html


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([np.nan], "–"),
        ([1234567.0], "1.23 million"),
        ([3e-7], "3.0e-07"),
        ([True], "yes"),
        ([None], "–"),
        ([pd.Timestamp("2024-05-02")], "2024-05-02"),
    ],
)
def test_cells_read_well(values, shown):
    html = page(table=pd.DataFrame({"name": pd.Series(values)}))
    assert re.search(rf"<td[^>]*>(<bdi>)?{re.escape(shown)}(</bdi>)?</td>", html)


def test_an_empty_table_is_said_to_be_empty():
    assert "Nothing to show" in page(table=pd.DataFrame({"name": []}), rows=0)
