"""Own words reach every sentence and no number, and averages are of what came before."""

import numpy as np
import pandas as pd

from redlane.explanations.sentences import missing_sentence
from redlane.features.catalogue import FeatureSettings, build, facts
from redlane.features.vocabulary import in_words
from redlane.profiles.build import build as build_profiles
from tests.runs import chosen
from tests.worlds import small_world

WORDS = {
    "importer": "customer",
    "declarations": "payments",
    "declaration": "payment",
    "customs value": "amount",
}
FAMILY = {
    "family": "history",
    "key": ["importer_id"],
    "windows": ["all", 30],
    "measures": ["count", "mean_value", "value_to_mean", "hit_rate"],
}


def settings(**more: object) -> FeatureSettings:
    return FeatureSettings.parse({"families": [FAMILY], **more})


def test_whole_words_change_longest_first_and_fields_do_not() -> None:
    text = "Declarations of importers: {importer} of this importer, customs value"
    assert in_words(text, WORDS) == "Payments of importers: {importer} of this customer, amount"


def test_words_change_sentences_and_meanings_but_no_name_and_no_number() -> None:
    frame = small_world(200)
    plain, own = settings(), settings(words=WORDS)
    profiles = build_profiles(frame, plain.needs())
    pd.testing.assert_frame_equal(build(frame, profiles, plain), build(frame, profiles, own))
    pd.testing.assert_frame_equal(facts(frame, profiles, plain), facts(frame, profiles, own))
    assert [spec.name for spec in plain.features()] == [spec.name for spec in own.features()]
    assert not [spec for spec in own.features() if "importer" in spec.meaning or "declar" in spec.sentence]


def test_what_cannot_be_computed_is_said_in_own_words() -> None:
    assert missing_sentence(settings(words=WORDS).features()[0]).startswith(
        "cannot be computed for this payment: "
    )


def test_flags_keep_the_words() -> None:
    features = settings(words=WORDS, families=[FAMILY, {"family": "flags"}])
    assert features.with_flags(chosen("flags", "default", catalogue={})).words == WORDS


def test_an_average_is_of_the_values_of_earlier_days() -> None:
    frame = small_world(300)
    table = build(frame, build_profiles(frame, settings().needs()), settings())
    for row in (50, 299):
        mine = frame["importer_id"] == frame.loc[row, "importer_id"]
        age = (frame.loc[row, "registered_on"] - frame["registered_on"]).dt.days
        mean = frame.loc[mine & (age > 0) & (age <= 30), "customs_value"].mean()
        np.testing.assert_allclose(table.loc[row, "importer_mean_value_30d"], mean)
        ratio = frame.loc[row, "customs_value"] / mean
        np.testing.assert_allclose(table.loc[row, "importer_value_to_mean_30d"], ratio)


def test_without_values_a_history_has_no_comparison_of_values() -> None:
    reduced = settings().families[0].reduced_to(["importer_id"])
    assert reduced is not None
    assert "value_to_mean" not in reduced.measures
    assert settings().families[0].reduced_to(["customs_value"]) is None
