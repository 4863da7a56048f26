"""The model report: numbers as they are in the documents, nothing that names a party, hostile words only text."""

import json
import re
import shutil
from dataclasses import replace

import pytest

from redlane.errors import RedlaneError
from redlane.features.spec import Feature
from redlane.governance.chain import read_chain
from redlane.governance.finding import plain_findings
from redlane.governance.promotion import PromotionSettings, calibration
from redlane.model.bundle import read_bundle
from redlane.reports import model_tables
from redlane.reports.model_report import ModelSources, model_report
from redlane.words.catalogue import languages
from tests.reports.worlds import run_report
from tests.runs import CANARY

EVIL = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def sources(trained):
    return ModelSources.of(read_bundle(trained.bundle))


@pytest.fixture(scope="module")
def page(sources):
    return model_report(sources, "en")


def document(sources, name):
    return json.loads(sources.documents[name])


def changed(sources, name, change):
    content = document(sources, name)
    change(content)
    return replace(sources, documents={**sources.documents, name: json.dumps(content)})


def test_it_travels_in_the_bundle_and_is_the_same_but_for_the_id(sources, page):
    inside = sources.documents["card.html"]
    assert sources.bundle_id not in inside
    assert sources.bundle_id in page
    assert 100_000 < len(inside.encode()) < 800_000


def test_every_headline_number_of_the_evaluation_is_told_with_its_interval(sources, page):
    measures = document(sources, "evaluation.json")["slices"]["whole"]["measures"]
    rows = [row for row in measures if row["cut"] == "5 %" and row["measure"] in ("precision", "recall")]
    assert len({row["ranking"] for row in rows}) >= 6
    for row in rows:
        low, high = (f"{100 * row[end]:.1f}" for end in ("low", "high"))
        assert f'<td class="n">{100 * row["value"]:.1f}<small>{low} – {high}</small></td>' in page


def test_the_honest_slice_stands_beside_all_rows_where_goods_repeat(sources, page):
    assert document(sources, "evaluation.json")["seen_share"] < 0.2
    fold = re.compile(r"<details><summary>The honest slice")
    assert fold.search(page)
    often = changed(sources, "evaluation.json", lambda content: content.update(seen_share=0.5))
    assert not fold.search(model_report(often, "en"))
    assert "50 % of the test declarations repeat" in model_report(often, "en")


def test_no_party_is_named(sources):
    for text in [*sources.documents.values(), *(model_report(sources, language) for language in languages())]:
        assert CANARY not in text


def test_hostile_words_stay_text(sources):
    hostile = changed(sources, "data.json", lambda content: content["files"][0].update(name=EVIL))

    def labels(content):
        for one in content["dependences"]:
            for row in one.get("labels", []):
                row["label"] = EVIL

    hostile = changed(hostile, "explanations.json", labels)

    def group(content):
        for row in content["subgroups"]["groups"]:
            if row["kind"] == "value":
                row["group"] = EVIL

    hostile = changed(hostile, "evaluation.json", group)
    hostile = replace(hostile, facts={**hostile.facts, "name": EVIL, "model": EVIL})
    written = model_report(hostile, "fr")
    assert EVIL not in written
    assert written.count("&lt;script&gt;alert(") >= 4


def test_findings_are_told_with_value_bound_and_meaning(sources):
    finding = {
        "code": "XA01", "title": "Sums", "outcome": "failed", "sentence": "They differ.", "meaning": "Do not rely.",
        "value": 0.25, "low": 0.2, "high": 0.3, "bound": 0.1,
    }  # fmt: skip
    told = replace(sources, documents={**sources.documents, "assurance.json": json.dumps([finding])})
    english, french = (model_report(told, language) for language in ("en", "fr"))
    assert "0.25 (0.2 – 0.3) · held against 0.1" in english
    assert '<span class="outcome failed">échouée</span>' in french
    assert "were not put to the test" not in english


def test_what_a_bundle_does_not_hold_is_said(sources):
    bare = model_report(replace(sources, documents={}), "en")
    assert "does not hold its evaluation" in bare
    assert 'id="dictionary"' in bare and 'id="calibration"' not in bare


@pytest.mark.parametrize("text", ["{", '{"slices": 3}', '{"slices": {"whole": {}}}', "[1]"])
def test_a_document_of_another_kind_is_refused_in_a_sentence(sources, text):
    odd = replace(sources, documents={**sources.documents, "evaluation.json": text})
    with pytest.raises(RedlaneError, match="of the bundle"):
        model_report(odd, "en")


def test_hours_follow_the_controls_along_the_order():
    amounts = {
        "findings": [0, 5, 10],
        "expected_findings": [0, 5, 10],
        "revenue": None,
        "expected_revenue": None,
    }
    curves = {"shares": [0.0, 0.1, 1.0], "workload": {"rows": 100, "weeks": 2, **amounts}}
    hours = {"documents": 1.0, "laboratory": 10.0, "other": 2.0}
    controls = {
        "share": [0.1, 1.0],
        "rows": [10, 100],
        "count": {"documents": [10, 10], "laboratory": [0, 40]},
    }
    found = model_tables.workload(curves, hours, {"controls": controls})
    assert found["hours"] == [0.0, 10 / 2, (10 + 400 + 50 * 2) / 2]
    assert found["table"][3]["inspections"] == 5.0
    assert model_tables.workload(curves, hours, None)["hours"][-1] == 100


def test_schemes_of_few_have_an_interval_that_knows_luck():
    rows = [{"ranking": "m", "cut": "5 %", "typology": "t", "n": 6, "recall": 0.0, "low": 0.0, "high": 0.0}]
    (row,) = model_tables._schemes({"per_typology": rows, "main": "m"}, "5 %")
    assert row["high"] == pytest.approx(0.39, abs=0.01)


def test_features_speak_the_language_of_the_report(sources):
    spec = sources.specs[0]
    own = Feature(name="own", meaning="A meaning of one's own", sentence="x", group=spec.group)
    told = model_report(replace(sources, specs=[*sources.specs, own]), "fr")
    assert "A meaning of one&#39;s own" in told
    assert "Rapport du modèle" in told and "Modellbericht" not in told


@pytest.mark.parametrize("promoted", [True, False])
def test_the_last_decision_about_the_bundle_is_told_with_its_gates(trained, tmp_path, promoted):
    models = tmp_path / "models"
    shutil.copytree(trained.bundle, models / "a")
    about = {
        "bundle": "a",
        "bundle_id": read_bundle(models / "a").id,
        "by": f"head of risk {EVIL}",
        "reason": "",
    }
    gate = calibration(0.08, PromotionSettings())
    decided = {"decided_at": "2026-01-02T03:04:05Z", "rows": 12345, "gates": plain_findings([gate])}
    other = {**about, "bundle_id": "another", "by": "somebody else"}
    chain = read_chain(models).add({**about, **decided, "promoted": promoted})
    chain.add({**other, **decided, "promoted": False})
    page = run_report(None, tmp_path / "model.html", bundle=models / "a").paths["report"].read_text()
    assert ("Made champion on 2026-01-02" in page) is promoted
    assert ("Not made champion on 2026-01-02" in page) is not promoted
    assert gate.sentence in page and "12\u202f345" in page and chain.head in page
    assert "head of risk &lt;script&gt;" in page and "somebody else" not in page
