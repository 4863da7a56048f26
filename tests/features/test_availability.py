"""What happens where declarations cannot feed a family."""

import pytest

from redlane.errors import RedlaneError
from redlane.features.availability import available
from redlane.features.catalogue import FeatureSettings

FAMILIES = [
    {"family": "history", "key": ["importer_id"]},
    {"family": "novelty", "keys": [["importer_id", "hs6"], ["importer_id", "seller_id"]]},
    {"family": "codes", "codes": ["office", "hs2"]},
    {"family": "route", "preference": True},
]
COLUMNS = ("importer_id", "hs_code", "origin_country", "departure_country")


def _settings(**more: object) -> FeatureSettings:
    return FeatureSettings.parse({"families": FAMILIES, **more})


def test_everything_there_changes_nothing() -> None:
    columns = (*COLUMNS, "seller_id", "office", "preference_claimed")
    for choice in ("refuse", "leave_out"):
        settings = _settings(unavailable=choice)
        assert available(settings, columns) == (settings, [])


def test_a_missing_column_is_refused_unless_asked_otherwise() -> None:
    with pytest.raises(RedlaneError, match="'novelty' reads 'seller_id'"):
        available(_settings(), COLUMNS)


def test_only_what_lacks_a_column_is_left_out_and_each_is_named_once() -> None:
    kept, notes = available(_settings(unavailable="leave_out"), COLUMNS)
    names = [feature.name for feature in kept.features()]
    assert names == [
        "importer_count",
        "importer_hit_rate",
        "importer_x_hs6_is_new",
        "hs2",
        "departure_differs",
    ]
    [note] = notes
    for words in ("importer_x_seller_is_new (no seller_id)", "office (no office)", "(no preference_claimed)"):
        assert note.count(words) == 1, words


def test_nothing_left_is_refused() -> None:
    with pytest.raises(RedlaneError, match="none can be computed"):
        available(_settings(unavailable="leave_out"), ("registered_on",))


def test_a_table_that_was_not_given_leaves_its_features_out_and_says_how_to_give_it() -> None:
    mirror = {"family": "mirror"}
    settings = FeatureSettings.parse({"families": [*FAMILIES[:1], mirror]})
    columns = {*settings.columns()}
    kept, [note] = available(settings, columns)
    assert [family.family for family in kept.families] == ["history"]
    assert "no partner exports; --partner-exports FILE gives them" in note
    assert available(settings, columns, ["partner_exports"]) == (settings, [])
    with pytest.raises(RedlaneError, match="importer_id"):
        available(settings, columns - {"importer_id"})
