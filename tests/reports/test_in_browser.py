"""The report in a real browser: opened from disk, searched, filtered, read with the keyboard, printed."""

import csv
import io
import re
from pathlib import Path

import pytest

from redlane.declarations.periods import days
from redlane.profiles.keys import KeyHashes
from redlane.profiles.store import open_store
from tests.reports.browser import browsing, needs_browser, opened
from tests.reports.contrast import contrasts, faint
from tests.reports.worlds import HOSTILE, full, texts_replaced
from tests.runs import write_csv

pytestmark = needs_browser


@pytest.fixture(scope="module")
def browser():
    with browsing() as found:
        yield found


def listed(page) -> list[str]:
    return page.locator("#list tbody th").all_inner_texts()


def found(page) -> str:
    return page.locator("#found").inner_text()


def test_it_opens_from_disk_and_lists_the_selection(browser, report):
    with opened(browser, report) as page:
        assert page.title() == "Selection report: new.csv"
        total = page.evaluate("JSON.parse(document.getElementById('data').textContent).rows")
        assert len(listed(page)) == min(50, total)
        assert found(page).startswith(f"{total} of {total} items")
        assert page.locator("table thead th:not([scope])").count() == 0
        assert page.locator("svg[role=img]:not(:has(title)):not(:has(desc))").count() == 0


def test_search_filter_sort_and_pages_narrow_and_order_the_list(browser, report):
    with opened(browser, report) as page:
        first = listed(page)[0].split(" / ")[0]
        page.fill("#search", first.lower())
        assert {name.split(" / ")[0] for name in listed(page)} == {first}
        page.fill("#search", "no such thing anywhere")
        assert listed(page) == []
        page.get_by_role("button", name="Clear").click()
        page.select_option("#filter-lane_reason", "random")
        assert set(page.locator("#list tbody tr td:nth-child(10)").all_inner_texts()) == {"lot"}
        page.get_by_role("button", name="Clear").click()
        page.get_by_role("button", name="Customs value").click()
        assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Customs value")
        assert page.evaluate("document.activeElement.textContent").startswith("Customs value")
        amounts = [
            float(re.sub(r"\s", "", text))
            for text in page.locator("#list tbody tr td:nth-child(8)").all_inner_texts()
        ]
        assert amounts == sorted(amounts)


def test_a_case_says_what_was_declared_and_why_it_was_selected(browser, report, trained):
    with opened(browser, report) as page:
        name = listed(page)[0].split(" / ")[0]
        page.locator("#list tbody a").first.click()
        case = page.locator("#case article")
        text = case.inner_text()
        row = trained.new[trained.new["declaration_id"] == name].iloc[0]
        assert name in text
        assert str(row["importer_id"]) in text
        assert f"--declaration '{name}'" in text
        assert page.evaluate("document.activeElement.tagName") == "H2"
        assert page.locator("#overview").is_hidden()
        assert case.locator("ol li").count() >= 1
        assert "Known before" in text or "No declaration of this party was known" in text


def test_a_history_tells_what_was_known_strictly_before_the_day(browser, report, trained):
    store = open_store(trained.profiles)
    with opened(browser, report) as page:
        for row in range(0, 40, 4):
            page.evaluate(f"location.hash = 'case-{row}'")
            page.locator(f'#case article[data-row="{row}"]').wait_for()
            name, item = page.locator("#case h2 bdi").all_inner_texts()
            of = (trained.new["declaration_id"] == name) & (trained.new["item_number"] == item)
            one = trained.new[of]
            hashes, on = KeyHashes(one).of(("declarant_id",)), days(one["registered_on"])
            activity = store.activity[("declarant_id",)].before(hashes, on)
            outcomes = store.outcomes[("declarant_id",)].before(hashes, on)
            told = page.locator('figure:has(h4:has-text("Declarant")) p').inner_text()
            assert [int(n) for n in re.findall(r"(\d+) (?:decl|insp|with)", told.replace("\u202f", ""))] == [
                activity.total("count")[0],
                outcomes.total("inspected")[0],
                outcomes.total("hits")[0],
                activity.total("count", 365)[0],
                outcomes.total("inspected", 365)[0],
                outcomes.total("hits", 365)[0],
            ]


def test_the_steps_of_a_waterfall_lead_from_the_base_rate_to_the_score(browser, report):
    lowered = 0
    with opened(browser, report) as page:
        for row in range(0, 30, 6):
            page.evaluate(f"location.hash = 'case-{row}'")
            page.locator(f'#case article[data-row="{row}"]').wait_for()
            for told in page.locator("#case svg.chart desc").all_text_contents()[:2]:
                start, *steps, end = (
                    float(n.replace("−", "-")) for n in re.findall(r" ([+−]?\d+\.\d{3})(?=;|$)", told)
                )
                assert start + sum(steps) == pytest.approx(end, abs=0.006)
                lowered += sum(step < 0 for step in steps)
    assert lowered > 0


def test_the_keyboard_is_enough(browser, report):
    with opened(browser, report) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.locator("#list tbody a").nth(2).focus()
        page.keyboard.press("Enter")
        page.locator("#case article").wait_for()
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Next case").focus()
        page.keyboard.press("Enter")
        page.locator('#case article[data-row="3"]').wait_for()
        page.keyboard.press("Escape")
        page.wait_for_function("document.activeElement.id === 'row-3'")
        assert page.locator("#case").is_hidden()


def test_each_case_is_printed_on_one_page_of_its_own(browser, report):
    with opened(browser, report) as page:
        alone = pages_of(page.pdf(prefer_css_page_size=True))
        page.evaluate("location.hash = 'case-1'")
        page.locator("#case article").wait_for()
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert pages_of(page.pdf(prefer_css_page_size=True)) == 1
    with opened(browser, report, "#print=4") as page:
        sheets = page.locator("#paper .case").evaluate_all(
            "(all) => all.map((sheet) => [sheet.getBoundingClientRect().height, sheet.style.zoom])"
        )
        assert len(sheets) == 4
        assert all(tall <= 1020 and (tall > 860 or not zoom) for tall, zoom in sheets), sheets
        assert pages_of(page.pdf(prefer_css_page_size=True)) == alone + 4


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def test_hostile_texts_are_shown_as_they_are_and_do_nothing(browser, hostile):
    with opened(browser, hostile) as page:
        assert page.evaluate("document.scripts.length") == 2
        assert page.locator("main img, main script").count() == 0
        offices = page.locator("#offices tbody th").all_inner_texts()
        assert HOSTILE[0] in offices
        for row in range(
            min(len(HOSTILE), page.evaluate("JSON.parse(document.getElementById('data').textContent).rows"))
        ):
            page.evaluate(f"location.hash = 'case-{row}'")
            page.locator(f'#case article[data-row="{row}"]').wait_for()
            text = page.locator("#case").inner_text()
            assert not set(text) & {"\u202e", "\x00", "\u2028"}
        assert page.locator("#case img, #case script").count() == 0


def test_whatever_text_stands_in_the_data_is_shown_and_runs_nothing(browser, report, tmp_path):
    """Linked parties, sentences, flag titles, typologies, units, peers: every text there is, hostile."""
    page_text, replaced = texts_replaced(report)
    assert replaced > 300
    (tmp_path / "evil.html").write_text(page_text, encoding="utf-8")
    with opened(browser, tmp_path / "evil.html") as page:
        rows = page.evaluate("JSON.parse(document.getElementById('data').textContent).rows")
        linked = 0
        for row in range(0, rows, max(1, rows // 12)):
            page.evaluate(f"location.hash = 'case-{row}'")
            page.locator(f'#case article[data-row="{row}"]').wait_for()
            linked += page.locator("#case .linked svg .party").count()
            assert not set(page.locator("#case").inner_text()) & {"\u202e", "\u2066", "\u200f", "\x00", "\r"}
            assert page.evaluate(FOREIGN) == []
        assert linked > 0
        page.evaluate("location.hash = 'selected'")
        assert page.evaluate(FOREIGN) == []
        formulas = [cell for line in saved_list(page)[1:] for cell in line if cell.startswith(FORMULA)]
        assert [cell for cell in formulas if not re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell)] == []


FORMULA = tuple("=+-@\t\r\n＝＋－＠")
FOREIGN = """[...document.querySelectorAll('main *')].filter((node) =>
  /^(img|script|iframe|object|embed|link|style|base|meta)$/i.test(node.tagName)
  || node.getAttributeNames().some((name) => /^on|^style$/i.test(name))
  || /^\\s*javascript:/i.test(node.getAttribute('href') || '')).map((node) => node.outerHTML)"""


def saved_list(page) -> list[list[str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the list (CSV)").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_case_says_what_is_not_at_hand(browser, trained, night, tmp_path):
    others = trained.new.iloc[:0]
    write_csv(trained.history.tail(50)[others.columns], tmp_path / "others.csv")
    file = full(trained, tmp_path, scores=night, files=[tmp_path / "others.csv"], bundle=None)
    with opened(browser, file, "#case-0") as page:
        text = page.locator("#case").inner_text()
        assert text.count("This item is not in the declarations given.") == 2
        assert "Effects are in log-odds before calibration" in text


def test_what_hides_or_reorders_text_is_written_out(browser, hostile):
    with opened(browser, hostile) as page:
        page.fill("#search", "gpj.exe")
        assert "a⟨U+202E⟩gpj.exe" in page.locator("#list tbody").inner_text()
        page.fill("#search", "end\u2029s")
        assert "line⟨U+2028⟩end⟨U+2029⟩s" in page.locator("#list tbody").inner_text()


def test_the_saved_list_holds_no_formula(browser, hostile):
    with opened(browser, hostile) as page:
        lines = saved_list(page)
    assert len(lines) == 1 + int(found_rows(hostile))
    assert {len(line) for line in lines} == {len(lines[0])}
    cells = [cell for line in lines[1:] for cell in line if not re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell)]
    assert not [cell for cell in cells if cell.startswith(FORMULA)]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


def found_rows(file: Path) -> str:
    return re.search(r'id="data">.*?"rows":(\d+)', file.read_text(encoding="utf-8"), re.DOTALL)[1]


def test_french_speaks_french_and_a_narrow_window_does_not_scroll_sideways(browser, trained, night, tmp_path):
    french = full(trained, tmp_path, scores=night, language="fr")
    with opened(browser, french, viewport={"width": 390, "height": 800}) as page:
        assert page.locator("h1").inner_text() == "Rapport de sélection"
        assert page.evaluate("document.documentElement.lang") == "fr"
        for place in ("", "case-0"):
            page.evaluate(f"location.hash = '{place}'")
            page.wait_for_timeout(50)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_text_has_contrast_enough(browser, report):
    with opened(browser, report) as page:
        assert len(contrasts(page, "body *")) > 200
        assert faint(page) == []
        page.evaluate("location.hash = 'case-0'")
        page.locator("#case article").wait_for()
        assert len(contrasts(page, "#case svg text")) > 20
        assert faint(page) == []
