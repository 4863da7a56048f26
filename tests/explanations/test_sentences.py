"""Templates are checked at start and can do nothing but name values."""

import pytest

from redlane.errors import RedlaneError
from redlane.explanations import check_sentences
from redlane.explanations.sentences import Template, missing_sentence
from redlane.features.spec import Feature


def make_spec(sentence, **more):
    return Feature("n", "Earlier declarations", sentence, "behaviour", **more)


@pytest.mark.parametrize(
    "hostile",
    [
        "{value.__class__.__mro__}",
        "{value[0]}",
        "{value!r}",
        "{0}",
        "{}",
        "{value:>1000000000}",
        "{value:{n}}",
        "{ value }",
        "{value",
        "value}",
    ],
)
def test_a_template_may_only_name_values(hostile):
    with pytest.raises(RedlaneError, match="the sentence of feature 'n'") as refusal:
        check_sentences([make_spec(hostile)], ["n"])
    assert "\n" not in str(refusal.value)


def test_a_template_naming_an_unknown_field_is_refused_at_start():
    with pytest.raises(
        RedlaneError, match=r"feature 'n' names '{peers}', which is no declared column, feature or fact"
    ):
        check_sentences([make_spec("{value} of {peers}")], ["importer_id"])


def test_the_sentence_for_zero_is_checked_too():
    with pytest.raises(RedlaneError, match=r"'{nothing}'"):
        check_sentences([make_spec("{value}", sentence_zero="{nothing}")], [])


def test_sentences_may_name_columns_facts_features_and_the_value():
    check_sentences([make_spec("{value}, {n}, {hs6}, {q1:share}")], ["hs6", "q1"])


def test_doubled_braces_are_literal():
    template = Template.parse("{{{a}}} and {{b}}", "x")
    assert template.fill(lambda name, form: ["1"], rows=1) == ["{1} and {b}"]


def test_values_are_inserted_verbatim_even_when_they_look_like_templates():
    template = Template.parse("from {a}", "x")
    assert template.fill(lambda name, form: ["{b} %s \\1"], rows=1) == ["from {b} %s \\1"]


def test_a_missing_value_has_its_own_sentence():
    assert missing_sentence(make_spec("")).startswith("cannot be computed")
    assert missing_sentence(make_spec("", kind="category")).startswith("not stated")
