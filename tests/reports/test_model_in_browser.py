"""The model report in a real browser: no request, no complaint, found with the keyboard, whole on paper."""

import pytest

from redlane.model.bundle import read_bundle
from redlane.reports.model_report import ModelSources, model_report
from tests.reports.browser import browsing, needs_browser, opened
from tests.reports.contrast import contrasts, faint

pytestmark = needs_browser


@pytest.fixture(scope="module")
def browser():
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def file(trained, tmp_path_factory):
    place = tmp_path_factory.mktemp("model") / "model.html"
    place.write_text(model_report(ModelSources.of(read_bundle(trained.bundle)), "en"), encoding="utf-8")
    return place


def test_it_opens_from_disk_at_once_with_headed_tables_and_told_plots(browser, file):
    with opened(browser, file) as page:
        assert page.title().startswith("Model report: small")
        assert page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") < 3000
        assert page.locator("table:not(:has(caption))").count() == 0
        assert page.locator("thead th:not([scope])").count() == 0
        assert page.locator("svg:not([aria-hidden]):not([role=img])").count() == 0
        assert page.locator("svg[role=img]:not(:has(title)), svg[role=img]:not(:has(desc))").count() == 0
        assert page.locator("svg.chart").count() >= 12
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0


def test_text_has_contrast_enough_folded_parts_included(browser, file):
    with opened(browser, file) as page:
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        assert len(contrasts(page, "svg text")) > 100
        assert faint(page) == []


def test_every_link_within_the_page_leads_somewhere(browser, file):
    with opened(browser, file) as page:
        lost = page.evaluate(
            "[...document.querySelectorAll('a[href^=\"#\"]')].map((a) => a.hash.slice(1))"
            ".filter((id) => !document.getElementById(id))"
        )
        assert lost == []


def test_the_dictionary_is_searched_from_the_keyboard_and_links_open_hidden_rows(browser, file):
    with opened(browser, file) as page:
        every = page.locator("#features tbody tr").count()
        page.focus("#find")
        page.keyboard.type("HIT rate importer")
        shown = page.locator("#features tbody tr:visible")
        assert 0 < shown.count() < every
        assert all("importer" in text.lower() for text in shown.all_inner_texts())
        assert page.locator("#hits").inner_text() == f"{shown.count()} of {every} features"
        page.fill("#find", "nothing is called so")
        assert shown.count() == 0
        page.locator("#explanations tbody a").first.click()
        assert page.locator("#features tbody tr:visible").count() == every


def test_on_a_phone_nothing_but_tables_is_wider_than_the_screen(browser, file):
    with opened(browser, file, viewport={"width": 390, "height": 800}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 392


def test_on_paper_what_is_folded_is_open_and_the_search_is_gone(browser, file):
    with opened(browser, file) as page:
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert page.locator("#find").is_hidden()
        assert page.get_by_text("Every column of the declarations that redlane knows").is_visible()
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert page.locator("details[open]").count() <= 2
