"""The feature dictionary says what the catalogue says; every sentence can be written."""

from pathlib import Path

import pytest
import yaml

from redlane.explanations.sentences import check_sentences
from redlane.features.catalogue import FeatureSettings
from redlane.features.document import features_page

ROOT = Path(__file__).parents[2]
CHOICES = sorted(path.stem for path in (ROOT / "conf" / "features").glob("*.yaml"))


def _catalogue(choice):
    values = yaml.safe_load((ROOT / "conf" / "features" / f"{choice}.yaml").read_text())
    values.pop("name")
    return FeatureSettings.parse(values)


def test_the_page_is_up_to_date():
    page = features_page(_catalogue("default"), "default")
    assert (ROOT / "docs" / "features.md").read_text() == page, "run: make docs"


@pytest.mark.parametrize("choice", CHOICES)
def test_every_sentence_names_only_fields_that_exist(choice):
    catalogue = _catalogue(choice)
    check_sentences(catalogue.features(), [*catalogue.columns(), *catalogue.fact_names()])


@pytest.mark.parametrize("choice", CHOICES)
def test_every_feature_has_meaning_unit_and_sentence(choice):
    for feature in _catalogue(choice).features():
        assert feature.meaning and feature.unit and feature.sentence and feature.family, feature.name
