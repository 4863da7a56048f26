"""Analysis pages in a real browser: hostile words stay words, nothing is asked of a network, text can be read."""

import pandas as pd
import pytest

from redlane.analysis.page import Page, Picture, page_html
from redlane.analysis.plots import bars, png
from tests.reports.browser import browsing, needs_browser, opened
from tests.reports.contrast import contrasts
from tests.reports.worlds import HOSTILE

pytestmark = needs_browser
HANDLERS = """[...document.querySelectorAll('*')]
  .filter((node) => node.getAttributeNames().some((name) => /^on/.test(name))).length"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A page whose every text is hostile."""
    evil = list(HOSTILE)
    table = pd.DataFrame({evil[0]: evil, "importer_id": evil[::-1], "share": 0.25})
    figure = bars(evil, table["share"].to_numpy(), title=evil[1], unit=evil[4])
    page = Page(
        title=evil[1],
        lead=evil[2],
        reading=evil,
        cautions=evil,
        table=table,
        rows=len(table),
        files=[f"{evil[9]}.csv", *evil[:3]],
        facts=dict(zip(evil, evil[::-1], strict=True)),
        finding=evil[8],
        pictures=[Picture(png(figure), evil[2], evil[13])],
        units={"share": evil[0], evil[0]: evil[1]},
    )
    place = tmp_path_factory.mktemp("analysis") / "page.html"
    place.write_text(page_html(page), encoding="utf-8")
    return place


def test_hostile_words_are_shown_and_run_nothing(file):
    with browsing() as browser, opened(browser, file) as page:
        assert page.evaluate("document.scripts.length") == 0
        assert page.locator("main img").count() == page.locator("main figure img[alt]").count() == 1
        assert page.locator("iframe, object, embed, link, base").count() == 0
        assert page.evaluate(HANDLERS) == 0
        text = page.locator("main").inner_text()
        assert HOSTILE[0] in text
        assert not set(text) & {"\u202e", "\u2066", "\u200f", "\x00", "\u2028"}
        assert min(contrasts(page, "body *")) >= 4.5
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "A"
