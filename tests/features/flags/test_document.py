"""The page on red flags says what the catalogue says, and the catalogue is one an officer can trust."""

from pathlib import Path

import pytest

from redlane.declarations.columns import COLUMNS
from redlane.explanations.sentences import check_sentences
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.availability import uncomputable
from redlane.features.flags.document import NOT_SHIPPED, flags_page
from tests.runs import chosen

ROOT = Path(__file__).parents[3]
FLAGS = tuple(chosen("flags", "default").catalogue.values())
NEEDS_A_TABLE = {"RF15", "RF31"}
"""Flags that read partner statistics, which are given beside the declarations or not at all."""


@pytest.fixture(scope="module")
def features() -> FeatureSettings:
    settings: FeatureSettings = chosen("features", "default").with_flags(chosen("flags", "default"))
    return settings


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "red-flags.md").read_text() == flags_page(FLAGS, "default"), "run: make docs"


def test_every_flag_of_the_methods_is_shipped_or_said_to_be_left_out() -> None:
    told = {flag.id for flag in FLAGS} | {words.split()[0] for words in NOT_SHIPPED}
    assert told == {f"RF{number:02}" for number in range(1, 36)}


def test_every_flag_can_be_computed_from_the_features_that_are_shipped(features: FeatureSettings) -> None:
    assert set(uncomputable(FLAGS, features.names(), list(COLUMNS))) <= NEEDS_A_TABLE


def test_every_sentence_can_be_written(features: FeatureSettings) -> None:
    fields = [*features.columns(), *features.optional_columns(), *features.fact_names()]
    check_sentences(features.features(), fields)


def test_a_flag_that_tells_the_same_fact_as_a_feature_names_one_that_exists(
    features: FeatureSettings,
) -> None:
    names = {feature.name for feature in features.features()}
    told = {flag.same_fact_as for flag in FLAGS if flag.id not in NEEDS_A_TABLE} - {""}
    assert told <= names
    assert len(told) > 10
