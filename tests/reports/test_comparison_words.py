"""The page of a comparison speaks two languages, with the same keys, and asks for no word that is not there."""

import re
from importlib.resources import files
from string import Formatter

from redlane.evaluation.paired.differences import BETTER, LUCK, SAME, TOO_FEW, WORSE
from redlane.evaluation.settings import PARTITIONS
from redlane.reports.words import catalogue

ENGLISH, FRENCH = (catalogue(language, "compare") for language in ("en", "fr"))
TEMPLATE = files("redlane.reports").joinpath("page", "compare.html").read_text()


def placeholders(phrase):
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


def test_both_languages_have_the_same_keys_and_placeholders():
    assert set(ENGLISH) == set(FRENCH)
    assert {key for key in ENGLISH if placeholders(ENGLISH[key]) != placeholders(FRENCH[key])} == set()
    assert {key for key, phrase in FRENCH.items() if phrase == ENGLISH[key] and len(phrase) > 14} == set()


def test_every_word_that_is_asked_for_is_there():
    asked = set(re.findall(r"""\bt\(["']([\w.]+\w)["']""", TEMPLATE))
    assert {key for key in asked if key not in ENGLISH} == set()
    for verdict in (BETTER, WORSE, LUCK, SAME, TOO_FEW):
        assert {f"verdict.{verdict}", f"short.{verdict}"} <= set(ENGLISH)


def test_nobody_is_accused_and_common_partitions_have_names():
    said = " ".join([*ENGLISH.values(), *FRENCH.values()]).lower()
    assert not any(word in said for word in ("fraud", "guilty", "coupable", "suspect", "bias"))
    assert {f"partition.{name}" for name in PARTITIONS[:4]} <= set(ENGLISH)
