"""The case file that `redlane explain` writes, in a real browser and in both languages."""

import pandas as pd
import pytest

from redlane.stages import explain
from tests.reports.browser import browsing, needs_browser, opened

pytestmark = needs_browser


@pytest.fixture(scope="module")
def browser():
    with browsing() as found:
        yield found


@pytest.mark.parametrize(("language", "word"), [("en", "Without it: score"), ("fr", "Sans lui : score")])
def test_it_opens_on_its_case_and_says_what_the_score_would_be_without_each_reason(
    browser, trained, night, tmp_path, language, word
):
    table = pd.read_parquet(night, columns=["declaration_id", "lane"])
    name = table.loc[table["lane"] == "red", "declaration_id"].iloc[0]
    places = {"bundle": trained.bundle, "profiles": trained.profiles, "out": tmp_path / "case.html"}
    explain.run(
        file=trained.new_file, scores=night, declaration=name, rows=1, seed=0, language=language, **places
    )
    with opened(browser, tmp_path / "case.html") as page:
        case = page.locator("#case article")
        assert name in case.locator("h2").inner_text()
        assert case.locator("ol li").count() == case.locator(".without").count() > 0
        assert all(text.startswith(word) for text in case.locator(".without").all_inner_texts())
        assert page.locator("#overview").is_hidden()
        page.keyboard.press("Escape")
        page.locator("#overview").wait_for()
        assert page.locator("#case").is_hidden()
