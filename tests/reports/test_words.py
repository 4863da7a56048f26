"""Both languages say everything, with the same placeholders, in words that accuse nobody."""

import re
from importlib.resources import files
from string import Formatter

import pytest

from redlane.declarations.columns import COLUMNS
from redlane.declarations.rejects import CATALOGUE
from redlane.evaluation.group_values import MEASURES as GAUGES
from redlane.evaluation.settings import DERIVED
from redlane.explanations.typology import CONTROLS, TYPOLOGIES
from redlane.governance.finding import OUTCOMES
from redlane.lanes.queue import LANE_REASONS, LANES
from redlane.profiles.prices import MEASURES
from redlane.reports.document import SCRIPTS
from redlane.reports.model_report import READ
from redlane.reports.words import LANGUAGES, catalogue, page_words

PAGE = files("redlane.reports").joinpath("page")
SCRIPT = "".join(PAGE.joinpath(name).read_text() for name in SCRIPTS)
TEMPLATE = PAGE.joinpath("page.html").read_text()
ENGLISH = catalogue("en")


def placeholders(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_and_placeholders(language):
    words = catalogue(language)
    assert list(words) == list(ENGLISH) or set(words) == set(ENGLISH)
    different = {key for key in words if placeholders(words[key]) != placeholders(ENGLISH[key])}
    assert different == set()


def test_french_is_french():
    same = {
        key
        for key, phrase in catalogue("fr").items()
        if phrase == ENGLISH[key] and len(phrase) > 12 and " {" not in phrase
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
        *(f"column.{column.name}" for column in declared),
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_accused(language):
    said = " ".join(phrase for key, phrase in catalogue(language).items()).lower()
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
        "absent": [name.split(".")[0] for name in READ],
    }
    assert {f"{section}.{key}" for section, keys in closed.items() for key in keys} <= set(ENGLISH)
