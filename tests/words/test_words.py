"""Every language says everything, with the same placeholders, in words that accuse nobody."""

import re
from importlib.resources import files

import pytest
from pydantic import TypeAdapter

from redlane.declarations.columns import COLUMNS
from redlane.declarations.rejects import CATALOGUE
from redlane.declarations.synthetic.tables import TYPOLOGIES as TYPOLOGIES_PLANTED
from redlane.errors import RedlaneError
from redlane.evaluation.group_values import MEASURES as GAUGES
from redlane.evaluation.paired.differences import BETTER, LUCK, SAME, TOO_FEW, WORSE
from redlane.evaluation.settings import DERIVED, PARTITIONS
from redlane.explanations.typology import CONTROLS, TYPOLOGIES
from redlane.governance.finding import OUTCOMES
from redlane.lanes.queue import LANE_REASONS, LANES
from redlane.profiles.prices import MEASURES
from redlane.reports.document import SCRIPTS
from redlane.reports.model_report import READ
from redlane.words.catalogue import (
    PARTS,
    Language,
    catalogue,
    faults,
    known_language,
    languages,
    page_words,
    sentences,
)
from redlane.words.kept import retold

PAGE = files("redlane.reports").joinpath("page")
SCRIPT = "".join(PAGE.joinpath(name).read_text() for name in SCRIPTS)
TEMPLATE = PAGE.joinpath("page.html").read_text()
ENGLISH = catalogue("en")


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_keys_and_placeholders(language):
    """The one test that whoever adds a language runs."""
    assert faults(language) == []
    for part in ("", *PARTS):
        assert set(catalogue(language, part)) == set(catalogue("en", part))


def test_english_sentences_say_themselves():
    keys = [key for key in sentences("en") if key != "joins"]
    assert len(keys) > 15
    for section in keys:
        assert {key: key for key in sentences("en")[section]} == sentences("en")[section]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda text: text.replace('  search: "Search in', '  sought: "Search in'), "it lacks 'ui.search'"),
        (lambda text: text.replace("{read} read =", "{red} read ="), "'flow.sum_read' has the placeholders"),
        (
            lambda text: text.replace("{read} read =", "{read.x} read ="),
            "'flow.sum_read' has the placeholders",
        ),
        (lambda text: text + '    "a {b}": "{c}"\n', "'{c}' fills in what 'a {b}' does not hold"),
        (lambda text: text + '    "a <b>": "<b>"\n', "'a <b>' names <b>, and there is no such section"),
        (lambda text: "page: [", "is no YAML"),
        (lambda text: "words", "holds no words"),
    ],
)
def test_an_incomplete_file_of_words_is_refused_in_a_sentence(change, fault, tmp_path):
    own = tmp_path / "xx.yaml"
    english = files("redlane.words").joinpath("catalogue", "en.yaml").read_text(encoding="utf-8")
    own.write_text(change(english), encoding="utf-8")
    with pytest.raises(RedlaneError, match=re.escape(fault)):
        known_language(str(own))


def test_an_unknown_language_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(RedlaneError, match="no language 'xx'; there are en, "):
        known_language("xx")
    with pytest.raises(RedlaneError, match=r"none\.yaml cannot be read: No such file"):
        TypeAdapter(Language).validate_python(str(tmp_path / "none.yaml"))
    (tmp_path / "latin.yaml").write_bytes("page: é".encode("latin-1"))
    with pytest.raises(RedlaneError, match="no text in UTF-8"):
        known_language(str(tmp_path / "latin.yaml"))


def test_french_is_french():
    same = {
        key
        for part in ("", *PARTS)
        for key, phrase in catalogue("fr", part).items()
        if phrase == catalogue("en", part)[key] and len(re.sub(r"[{<].*?[}>]", "", phrase)) > 12
    }
    assert same == set()


def test_english_says_what_the_rest_of_redlane_says():
    assert {group: ENGLISH[f"group.{group}"] for group in TYPOLOGIES} == {
        g: t.label for g, t in TYPOLOGIES.items()
    }
    assert {group: ENGLISH[f"meaning.{group}"] for group in TYPOLOGIES} == {
        g: t.meaning for g, t in TYPOLOGIES.items()
    }
    assert {group: ENGLISH[f"why.{group}"] for group in TYPOLOGIES} == {
        g: t.why for g, t in TYPOLOGIES.items()
    }
    assert {code: ENGLISH[f"reject.{code}"] for code in CATALOGUE} == {
        c: v.meaning for c, v in CATALOGUE.items()
    }


def test_every_column_lane_control_and_measure_has_words():
    declared = [c for c in COLUMNS.values() if c.role in ("identifier", "declared")]
    wanted = {
        *(f"column.{column.name}" for column in COLUMNS.values()),
        *(f"unit.{column.unit}" for column in declared if column.unit),
        *(f"lane.{lane}" for lane in LANES),
        *(f"lane_reason.{reason}" for reason in LANE_REASONS),
        *(f"ui.because_{reason}" for reason in LANE_REASONS),
        *(f"control.{control}" for control in CONTROLS),
        *(f"measure.{measure}" for measure in MEASURES),
    }
    assert wanted <= set(ENGLISH)


def test_every_key_that_is_asked_for_exists():
    asked = set(re.findall(r"""\bt\(["']([\w.]+\w)["']""", TEMPLATE + SCRIPT))
    asked |= set(re.findall(r"'((?:ui|plot)\.[a-z_]+)'", SCRIPT)) | set(re.findall(r'"(\w+\.\w+)"', heads()))
    missing = {key for key in asked if key not in ENGLISH and not key.endswith("_")}
    assert missing == set()
    begun = {key for key in asked if key.endswith("_")}
    assert {key for key in begun if not any(known.startswith(key) for known in ENGLISH)} == set()


def heads() -> str:
    return "".join(re.findall(r"heads\((.+?)\)", TEMPLATE))


def test_the_page_carries_only_words_that_it_may_need():
    used = set(page_words("en"))
    assert {
        key for key in used if key.split(".")[0] in ("page", "flow", "provenance", "gap", "reject")
    } == set()


@pytest.mark.parametrize("language", languages())
def test_nobody_is_accused(language):
    said = " ".join(
        phrase for part in ("", "comparison", "analysis") for phrase in catalogue(language, part).values()
    ).lower()
    for word in (
        "guilty",
        "fraudster",
        "fraudulent",
        "suspicious",
        "suspect",
        "coupable",
        "fraudeur",
        "frauduleux",
    ):
        assert word not in said


def test_every_key_that_the_model_report_asks_for_exists():
    template = PAGE.joinpath("model.html").read_text()
    asked = set(re.findall(r"""\bt\(["']([\w.]+\w)["']""", template))
    asked |= {
        key for keys in re.findall(r"heads\(\[(.+?)\]", template) for key in re.findall(r'"([\w.]+)"', keys)
    }
    asked |= {f"chart.{key}" for key in ("swarm_told", "dependence_told", "gain_told", "months_told")}
    assert len(asked) > 100
    assert {key for key in asked if key not in ENGLISH} == set()
    closed = {
        "role": ("identifier", "declared", "assessed", "outcome", "selection", "truth"),
        "use_of": ("read", "key", "label", "refused", "unused"),
        "gauge": [*GAUGES, "lift", "revenue", "average_precision", "roc_auc", "brier", "calibration_error"],
        "class": ("new", "known", "claimed", "not_claimed", "pooled", "missing"),
        "outcome": OUTCOMES,
        "partition": DERIVED,
        "scheme": TYPOLOGIES_PLANTED[1:],
        "absent": [name.split(".")[0] for name in READ],
    }
    assert {f"{section}.{key}" for section, keys in closed.items() for key in keys} <= set(ENGLISH)


def test_every_word_that_a_comparison_asks_for_is_there():
    words = catalogue("en", "comparison")
    asked = set(re.findall(r"""\bt\(["']([\w.]+\w)["']""", PAGE.joinpath("compare.html").read_text()))
    assert {key for key in asked if key not in words} == set()
    for verdict in (BETTER, WORSE, LUCK, SAME, TOO_FEW):
        assert {f"verdict.{verdict}", f"short.{verdict}"} <= set(words)
    assert {f"partition.{name}" for name in PARTITIONS[:4]} <= set(words)


def test_phrases_of_ones_own_may_be_added(tmp_path):
    own = tmp_path / "xx.yaml"
    english = files("redlane.words").joinpath("catalogue", "en.yaml").read_text(encoding="utf-8")
    own.write_text(english + '    "my caution about {n} rows": "own words: {n}"\n', encoding="utf-8")
    assert known_language(str(own)) == str(own)
    assert retold("my caution about 1,234,567 rows", str(own)) == "own words: 1\u202f234\u202f567"
    assert retold("my caution", str(own)) is None
