"""The report stage: one file from a scored batch, never in place of something else."""

import re
import shlex
import shutil
from dataclasses import replace

import pytest

from redlane import arguments
from redlane.errors import ExitCode, RedlaneError
from redlane.model.bundle import read_bundle
from redlane.reports import printing
from redlane.stage_table import STAGES
from redlane.stages import report as stage
from tests.reports.browser import needs_browser
from tests.reports.worlds import full, run_report


@pytest.fixture(scope="module")
def night(trained, tmp_path_factory):
    file = tmp_path_factory.mktemp("night") / "scores.parquet"
    trained.score(file.parent)
    return file


def test_it_says_what_it_wrote(trained, night, tmp_path):
    result = run_report(night, tmp_path / "out" / "r.html", files=[trained.new_file])
    assert result.exit_code == ExitCode.DONE
    assert result.paths["report"].stat().st_size == result.numbers["bytes"]
    assert result.counts["read"] == result.counts["accepted"] + result.counts["rejected"]
    assert result.counts["in_report"] == result.counts["red"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["r.html"]


def test_a_report_is_the_same_every_time(trained, night, tmp_path):
    first = full(trained, tmp_path, scores=night).read_bytes()
    assert full(trained, tmp_path, scores=night).read_bytes() == first


def test_scores_alone_are_enough_and_what_is_missing_is_said(night, tmp_path):
    result = run_report(night, tmp_path / "r.html")
    assert any("no declarations were given" in note for note in result.notes)
    page = result.paths["report"].read_text(encoding="utf-8")
    for sentence in ("No declarations were given", "No profiles were given", "No bundle was given"):
        assert sentence in page


def test_declarations_that_were_changed_since_are_said_to_be(trained, night, tmp_path):
    other = trained.new.iloc[1:]
    other.to_parquet(tmp_path / "other.parquet")
    page = full(trained, tmp_path, scores=night, files=[tmp_path / "other.parquet"]).read_text(
        encoding="utf-8"
    )
    assert "are not the file that was scored" in page


def test_earlier_batches_stand_beside_this_one(trained, night, tmp_path):
    trained.score(tmp_path / "earlier.parquet")
    page = run_report(night, tmp_path / "r.html", previous=[tmp_path / "earlier.parquet"]).paths["report"]
    assert "earlier.parquet" in page.read_text(encoding="utf-8")
    assert "No earlier batch was given" not in page.read_text(encoding="utf-8")


def test_another_bundle_or_profiles_store_is_refused(trained, night, tmp_path, monkeypatch):
    learnt = read_bundle(trained.bundle)
    monkeypatch.setattr(stage, "read_bundle", lambda folder: replace(learnt, id="another"))
    with pytest.raises(RedlaneError, match="the bundle given has the id another"):
        run_report(night, tmp_path / "r.html", bundle=trained.bundle)
    shutil.copytree(trained.profiles, tmp_path / "store")
    next((tmp_path / "store").rglob("*.parquet")).unlink()
    with pytest.raises(RedlaneError, match="is missing from the profiles store"):
        run_report(night, tmp_path / "r.html", profiles=tmp_path / "store")
    assert not (tmp_path / "r.html").exists()


def test_nothing_but_a_report_is_replaced(trained, night, tmp_path):
    page = tmp_path / "mine.html"
    page.write_text("<html>mine</html>")
    with pytest.raises(RedlaneError, match="is no report of redlane's"):
        run_report(night, page)
    assert page.read_text() == "<html>mine</html>"
    with pytest.raises(RedlaneError, match=r"does not end with \.html"):
        run_report(night, tmp_path / "r.parquet")
    with pytest.raises(RedlaneError, match="would lie in or replace"):
        run_report(night, trained.bundle / "r.html", bundle=trained.bundle)
    run_report(night, tmp_path / "r.html")
    run_report(night, tmp_path / "r.html")


def test_scores_without_a_manifest_are_refused(night, tmp_path):
    shutil.copy(night, tmp_path / "alone.parquet")
    with pytest.raises(RedlaneError, match=r"has no alone\.manifest\.json beside it"):
        run_report(tmp_path / "alone.parquet", tmp_path / "r.html")
    with pytest.raises(RedlaneError, match="is no score file"):
        run_report(tmp_path / "absent.parquet", tmp_path / "r.html")


def test_without_a_browser_a_pdf_is_refused_in_a_sentence(night, tmp_path, monkeypatch):
    monkeypatch.setattr(printing, "BROWSERS", ("no-such-browser",))
    with pytest.raises(RedlaneError, match="--pdf needs Chromium or Chrome"):
        run_report(night, tmp_path / "r.html", pdf=True)
    assert list(tmp_path.iterdir()) == []


@needs_browser
def test_a_pdf_holds_the_first_pages_and_the_cases_asked_for(night, tmp_path):
    result = run_report(night, tmp_path / "r.html", pdf=True, pdf_cases=12)
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", result.paths["pdf"].read_bytes()))
    assert 13 <= pages <= 12 + 5


def test_masking_without_a_key_is_refused(night, tmp_path, monkeypatch):
    monkeypatch.delenv("REDLANE_MASK_KEY", raising=False)
    with pytest.raises(RedlaneError, match="masking needs a secret key"):
        run_report(night, tmp_path / "r.html", mask_parties=True)


def test_a_folder_of_scores_is_known_by_its_manifest(night):
    places = stage.places_of(night)
    assert places.manifest.name == "manifest.json"
    assert stage.places_of(night.parent) == places


def test_the_command_that_recomputes_a_score_can_be_typed(night, tmp_path):
    page = run_report(night, tmp_path / "r.html").paths["report"].read_text(encoding="utf-8")
    words = shlex.split(re.search(r'"command":"redlane ([^"]+)"', page)[1])
    request = arguments.parse(STAGES[words[0]], [*words[1:], "--declaration", "A1"])
    assert request.paths["scores"].name == night.name
    assert request.overrides == []


def test_without_a_score_file_the_report_is_about_the_model(trained, tmp_path):
    from redlane import configuration
    from redlane.stages import report

    settings = configuration.load("report", [configuration.conf_folder()])
    settings = {key: value for key, value in settings.items() if key != "defaults"}
    given = {**settings, "bundle": trained.bundle, "out": tmp_path / "model.html", "lanes_shown": ("red",)}
    done = report.run(**given)
    page = (tmp_path / "model.html").read_text()
    assert done.numbers["bundle_id"] in page
    assert "How good it is" in page
    assert report.run(**{**given, "language": "fr"}).paths["report"] == tmp_path / "model.html"
    with pytest.raises(RedlaneError, match="--bundle DIR alone"):
        report.run(**{**given, "bundle": None})
    with pytest.raises(RedlaneError, match="--profiles belongs to the report of a batch"):
        report.run(**{**given, "profiles": trained.profiles})
