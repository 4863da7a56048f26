"""Every word of every page is in the language's file: dropped in a file of a language that brackets what it says."""

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from redlane.analysis.listed import ANALYSES
from redlane.analysis.plots import png
from redlane.declarations.columns import COLUMNS
from redlane.governance.assurance.catalogue import TESTS
from redlane.governance.checks.catalogue import CHECKS
from redlane.governance.finding import plain_findings
from redlane.governance.promotion import PromotionSettings, calibration
from redlane.model.bundle import read_bundle
from redlane.reports.model_report import ModelSources, model_report
from redlane.stages import analyse, compare
from redlane.words import catalogue
from redlane.words.catalogue import known_language, languages
from tests.reports.browser import browsing, needs_browser, opened
from tests.reports.worlds import full
from tests.runs import CANARY, chosen
from tests.words.pseudo import left_over, pointed, pseudo_file, said

GATHER = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.textContent.trim() && !node.parentElement.closest('code, pre, bdi, script, style, noscript'))
      found.push(node.textContent.trim());
  }
  document.querySelectorAll('[aria-label], [title]').forEach((e) =>
    found.push(e.getAttribute('aria-label') || e.getAttribute('title')));
  document.querySelectorAll('bdi[lang]').forEach((e) => found.push(e.textContent));
  return found;
}"""
"""All that a page opened in a browser says, and the sentences that stayed English."""

GIVEN = {
    "redlane",
    "ROC",
    "AUC",
    "SHA",
    "csv",
    "small",
    "again",
    "train",
    "declarations",
    "bundle",
    "models",
    "lightgbm",
}
"""Names of the program, of files and of bundles."""


@pytest.fixture(scope="module")
def qps(tmp_path_factory) -> Iterator[str]:
    """The name of a language whose file is laid beside the shipped ones, and nothing else done."""
    folder = tmp_path_factory.mktemp("words") / "catalogue"
    shutil.copytree(str(catalogue._FOLDER), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "_FOLDER", folder)
        languages.cache_clear()
        yield pseudo_file(folder).stem
    languages.cache_clear()


@pytest.fixture(scope="module")
def names(trained) -> set[str]:
    """What features, packages and offices are called."""
    bundle = read_bundle(trained.bundle)
    given = (
        {spec.name for spec in bundle.specs}
        | set(bundle.manifest["versions"])
        | set(bundle.manifest["files"])
    )
    return (
        GIVEN | given | set(COLUMNS) | {part for name in given for part in name.replace("-", ".").split(".")}
    )


@pytest.fixture(scope="module")
def night_in(trained, night, qps, tmp_path_factory) -> Path:
    return full(trained, tmp_path_factory.mktemp("qps"), scores=night, language=qps)


def complete(html: str, names: set[str]) -> None:
    texts = said(html)
    assert len([text for text in texts if "⟦" in text]) > 20
    assert not (rest := left_over(texts, names)), "\n".join(rest)
    assert pointed(texts) == []


def test_the_batch_report(night_in, names):
    complete(night_in.read_text(encoding="utf-8"), names)


@needs_browser
def test_the_list_and_the_case_files(night_in, names):
    with browsing() as browser, opened(browser, night_in) as page:
        listed = page.evaluate(GATHER)
        page.locator("#list tbody a").first.click()
        texts = [*listed, *page.evaluate(GATHER)]
        sentences = page.locator("#case ol bdi").all_inner_texts()
    texts = [text for text in texts if not text.startswith(CANARY)]
    assert sentences and all("⟦" in sentence for sentence in sentences)
    assert not (rest := left_over(texts, names)), "\n".join(rest)
    assert pointed(texts) == []


def found_of_each() -> list[dict[str, object]]:
    """Findings with the words of every check, as a bundle keeps them."""
    outcomes = ("passed", "failed", "not_applicable")
    sentence = "On 1,500 rows the sum differs from the margin by at most 2.5e-15."
    return [
        {"code": check.code, "title": check.title, "outcome": outcome, "sentence": sentence,
         "meaning": check.meaning(outcome), "value": 0.25, "low": 0.2, "high": 0.3, "bound": 0.1}
        for check, _ in (*CHECKS, *TESTS) for outcome in outcomes
    ]  # fmt: skip


def test_the_model_report(trained, qps, names):
    gates = plain_findings([calibration(error, PromotionSettings()) for error in (0.01, 0.8)])
    decision = {"promoted": True, "by": "redlane", "reason": "", "rows": 12345, "sequence": 1, "hash": "0"}
    decision |= {"decided_at": "2026-01-02T03:04:05Z", "gates": gates}
    sources = ModelSources.of(read_bundle(trained.bundle), decision)
    documents = {**sources.documents, "checks.json": json.dumps(found_of_each())}
    complete(model_report(ModelSources(**{**vars(sources), "documents": documents}), qps), names)


def test_the_page_of_a_comparison(trained, qps, names, tmp_path):
    shutil.copytree(trained.bundle, tmp_path / "again")
    compare.run(
        files=[trained.history_file],
        bundles=[trained.bundle, tmp_path / "again"],
        profiles=[trained.profiles],
        out=tmp_path / "page.html",
        declarations=None,
        evaluation=chosen("evaluation", "default", bootstrap_repeats=20),
        comparison=chosen("comparison", "default", timed_rows=10, explained_rows=20),
        explanations=chosen("explanations", "reasons"),
        tracking=chosen("tracking", "local", enabled=False),
        language=qps,
        as_of=None,
    )
    complete((tmp_path / "page.html").read_text(encoding="utf-8"), names)


DRAWN: list[str] = []
"""What stands in the pictures of analyses."""


def read_and_drawn(figure: Any) -> bytes:
    """The picture, its texts noted down."""
    from matplotlib.text import Text

    made = png(figure)
    DRAWN.extend(text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text())
    return made


@pytest.fixture(scope="module")
def analysed(trained, qps, tmp_path_factory) -> Iterator[Path]:
    out = tmp_path_factory.mktemp("analysed") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("redlane.analysis.analysis.png", read_and_drawn)
        run_analyse(trained, qps, out)
    yield out


def run_analyse(trained, qps, out) -> None:
    analyse.run(
        files=[trained.history_file],
        profiles=trained.profiles,
        out=out,
        declarations=chosen("declarations", "canonical"),
        features=chosen("features", "default"),
        flags=chosen("flags", "default"),
        evaluation=chosen("evaluation", "default", bootstrap_repeats=20),
        since=date(2024, 4, 15),
        until=None,
        analyses=None,
        tables="csv",
        top_rows=8,
        language=qps,
        as_of=None,
    )


def test_the_pictures_of_analyses(analysed, names):
    said_there = [text.split(CANARY)[0] for text in DRAWN]
    assert len(said_there) > 50
    assert left_over(said_there, names) == []
    assert pointed(said_there) == []


@pytest.mark.parametrize("page", ["index", *ANALYSES])
def test_the_pages_of_analyses(page, analysed, names):
    made = analysed / f"{page}.html"
    if made.exists():
        complete(made.read_text(encoding="utf-8"), names)
    else:
        assert page in ("mirror_gaps", "digits")


def test_the_file_alone_makes_it_a_language(night_in, qps, tmp_path):
    assert qps in languages()
    assert '<html lang="qps">' in night_in.read_text(encoding="utf-8")
    assert known_language(str(pseudo_file(tmp_path, "nl.yaml"))) == str(tmp_path / "nl.yaml")
    assert catalogue.catalogue(str(tmp_path / "nl.yaml"))["use.title"] == "⟦Intended use⟧"
