"""Reasons and flags in French: every template of the shipped catalogue has one, and values survive the way."""

import random
import re
import string
from functools import cache

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from redlane.explanations.sentences import Template, missing_sentence
from redlane.explanations.typology import TYPOLOGIES
from redlane.explanations.wording import number, share
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.flag import Flag
from redlane.features.spec import Feature
from redlane.reports.translation import TEXTS, Translator
from redlane.words.catalogue import catalogue
from redlane.words.numbers import number_in
from redlane.words.phrasebook import phrasebook
from redlane.words.sentence_reader import SentenceReader, filled
from tests.runs import CONF

FIELD = re.compile(r"\{[^{}]*\}")
FURTHER = [
    {"family": "neighbours", "key": ["seller_id"], "windows": ["all", 90]},
    {"family": "community"},
    {"family": "vertex", "key": ["seller_id"]},
]
"""Families of the catalogue that no shipped file lists."""


@cache
def shipped() -> tuple[dict[str, Feature], dict[str, Flag]]:
    """Every feature and flag of ``conf/``, and of the families that are documented beside."""
    flags = yaml.safe_load((CONF / "flags" / "default.yaml").read_text())["catalogue"]
    specs: dict[str, Feature] = {}
    known: dict[str, Flag] = {}
    for path in sorted((CONF / "features").glob("*.yaml")):
        values = yaml.safe_load(path.read_text())
        values.pop("name", None)
        values.pop("defaults", None)
        families = [{**f, "catalogue": flags} if f["family"] == "flags" else f for f in values["families"]]
        made = FeatureSettings.parse({**values, "families": [*FURTHER, *families]})
        specs |= {spec.name: spec for spec in made.features()}
        known |= {flag.id: flag for flag in made.flags()}
    return specs, known


def translator() -> Translator:
    specs, flags = shipped()
    return Translator(phrasebook("fr"), specs, flags)


def templates(spec: Feature) -> list[str]:
    return [text for text in (spec.sentence, spec.sentence_zero, spec.sentence_none) if text]


def test_every_shipped_feature_has_french_words():
    told = translator()
    assert len(told.specs) > 250
    for spec in told.specs.values():
        assert len(told.pairs(spec)) == len(templates(spec)), spec.name
        assert told.book.meaning(spec.meaning), spec.meaning
        assert not spec.unit or told.book.unit(spec.unit), spec.unit
        assert told.book.sentence(missing_sentence(spec)), spec.name


def test_every_shipped_flag_has_a_french_title_and_sentence():
    told = translator()
    assert len(told.flags) == 30
    for flag in told.flags.values():
        title, spoken = told.book.flag(flag)
        assert title
        assert set(FIELD.findall(spoken)) == set(FIELD.findall(flag.spoken)), flag.id


def test_french_templates_name_the_same_fields():
    told = translator()
    for spec in told.specs.values():
        for pair in told.pairs(spec):
            assert set(pair.other.fields) == set(pair.reader.template.fields), spec.name


def test_every_group_control_and_key_phrase_has_french_words():
    words = catalogue("fr")
    assert set(words) == set(catalogue("en"))
    for group, typology in TYPOLOGIES.items():
        for section in ("group", "meaning", "why"):
            assert words[f"{section}.{group}"] != catalogue("en")[f"{section}.{group}"] or section == "group"
        assert f"control.{typology.control}" in words


CELLS = (
    "HS 610910 from CN by mode 4",
    "HS 6109",
    "by this importer by this seller HS 610910",
    "HS 61 departed AE",
)
FINDINGS = ("depart from", "do not clearly depart from")
CODES = ("CN", "X 1", "40.5", "unknown", "a;b")


def word_of(rng: random.Random, name: str, form: str, spec: Feature) -> str:
    """What scoring might write for a field."""
    if name.endswith("_cell"):
        return rng.choice(CELLS)
    if name.endswith("_finding"):
        return rng.choice(FINDINGS)
    if name in ("hs2", "hs4", "hs6"):
        return rng.choice(("61", "6109", "010121"))
    if name in TEXTS or (name == "value" and spec.kind == "category"):
        return rng.choice(CODES)
    value = rng.choice((rng.uniform(-2, 2), rng.randint(0, 5000), 10 ** rng.uniform(0, 12), float("nan")))
    return (share if form else number)(value)


@settings(max_examples=5)
@given(st.integers(0, 1 << 32))
def test_what_was_written_is_read_back_and_told_with_the_same_values(seed):
    told, rng = translator(), random.Random(seed)
    read = stayed = 0
    for spec in told.specs.values():
        for pair in told.pairs(spec):
            template = pair.reader.template
            words = {(name, form): word_of(rng, name, form, spec) for name, form in template.fields}
            sentence = filled(template, words)
            found = pair.reader.read(sentence)
            assert found in (words, None)  # None: the words allow another split
            (french,), (english,) = told.reasons([spec.name], [sentence])
            digits = re.findall(r"\d+", " ".join(words.values()))
            assert english or not missing(french, digits), (sentence, french)
            read, stayed = read + 1, stayed + english
    assert stayed < 0.05 * read


def missing(french: str, digits: list[str]) -> list[str]:
    """Those of *digits* that a French sentence lacks."""
    left = re.findall(r"\d+", french)
    return [each for each in digits if each not in left]


@pytest.mark.parametrize(
    "sentence",
    [
        "earlier declarations of this importer so far: many",
        "something nobody wrote",
        "earlier declarations of this importer so far: 3 of 4",
        "",
    ],
)
def test_what_cannot_be_read_for_sure_stays_english_and_is_counted(sentence):
    assert translator().reasons(["importer_count"], [sentence]) == ([sentence], [True])


def test_a_value_that_holds_the_words_of_the_template_is_not_split_by_guess():
    reader = SentenceReader(Template.parse("office {office} with {n} of {n}", "x"))
    assert reader.read("office A with 3 of 3") == {("office", ""): "A", ("n", ""): "3"}
    assert reader.read("office A with 3 of 4") is None
    reader = SentenceReader(Template.parse("{office} with {tax_type}", "x"))
    assert reader.read("A with B with C") is None


def test_hostile_values_stay_values():
    text = "<script>{value}</script> {0} \\1"
    assert translator().reasons(["office"], [f"office: {text}"]) == ([f"bureau : {text}"], [False])


def test_unknown_codes_and_reports_in_english_are_left_alone():
    assert translator().reasons(["no_such"], ["a sentence"]) == (["a sentence"], [True])
    assert Translator.of("en", None).reasons(["importer_count"], ["a"]) == (["a"], [False])
    assert Translator.of("fr", None).reasons(["importer_count"], ["a"]) == (["a"], [True])


@given(st.one_of(st.floats(-1e12, 1e12), st.floats(0, 2), st.integers(0, 5000)))
def test_numbers_keep_their_digits(value):
    for text in (number(value), share(value)):
        told = number_in(text, "fr")
        kept = str.maketrans("", "", string.ascii_letters + " \u202f")
        assert told is not None
        assert told.replace(",", ".").replace("−", "-").translate(kept) == text.translate(kept)
