"""A flag as it is written down: kept whole, refused in one sentence where it cannot be right."""

import pytest

from redlane import cli
from redlane.errors import RedlaneError
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.availability import availability_note
from redlane.features.flags.flag import Flag, FlagSettings
from tests.runs import chosen

ENTRY = {
    "version": 1,
    "title": "Heavy",
    "group": "quantity",
    "severity": "low",
    "parameters": {"kg": 1000, "codes": ["22", "24"]},
    "expression": "net_mass > kg and hs2 in codes",
    "sentence": "{net_mass} kg of HS {hs6}, more than {kg}; {codes}",
    "source": "own experience",
}
FAMILIES = [
    {"family": "amounts", "amounts": ["net_mass", "roundness"]},
    {"family": "codes", "codes": ["office"]},
]


def one(**changes: object) -> Flag:
    return Flag.parse({"id": "X1", **ENTRY, **changes})


def features(**changes: object) -> FeatureSettings:
    settings = FeatureSettings.parse({"families": [*FAMILIES, {"family": "flags"}]})
    return settings.with_flags(FlagSettings.parse({"catalogue": {"X1": {**ENTRY, **changes}}}))


def test_a_flag_knows_what_it_reads_and_says() -> None:
    flag = one()
    assert flag.columns() == ("net_mass", "hs_code")
    assert flag.spoken == "{net_mass} kg of HS {hs6}, more than 1000; 22, 24"
    assert flag.feature == "flag_X1"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"expression": "net_mass.tofile('x')"},
            r"flag 'X1': the expression is refused, at character 1: only abs",
        ),
        ({"expression": "assessed_value > 1"}, "flag 'X1' reads 'assessed_value', which is assessed"),
        ({"expression": "irregular == 1"}, "known only after the inspection"),
        ({"sentence": "{importer_id} again"}, "identifies a party"),
        ({"sentence": "{net_mass"}, "the sentence cannot be read"),
        ({"parameters": {"net_mass": 1}}, "'net_mass' cannot be the name of a parameter"),
        ({"parameters": {"kg": [1, "a"]}}, "a list holds either texts"),
        ({"parameters": {"kg": 1e99}}, "a parameter cannot be used"),
        ({"severity": "dire"}, "key 'severity' is 'dire'"),
        ({"group": "mood"}, "key 'group' is 'mood'"),
        ({"version": 0}, "key 'version' is 0"),
        ({"source": ""}, "key 'source'"),
        ({"expresion": "1 < 2"}, "unknown key 'expresion'; did you mean 'expression'"),
        ({"id": "no spaces"}, "an id has up to 24 letters"),
    ],
)
def test_what_cannot_be_right_is_refused_in_one_sentence(changes: dict[str, object], words: str) -> None:
    with pytest.raises(RedlaneError, match=words):
        one(**changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"expression": "hs2 > 1"}, "at character 1: '>' needs a number, and has a text"),
        ({"expression": "office == 4"}, "compares a text with a number"),
        ({"expression": "roundness in codes"}, "a number in a list of texts"),
        ({"expression": "registered_on == 1"}, "is a date"),
        ({"expression": "seller_id == 'ACME'"}, "spelt out"),
        ({"expression": "net_mass > kg", "sentence": "{rondness} zeros"}, r"did you mean '\{roundness\}'"),
    ],
)
def test_what_does_not_fit_the_features_is_refused_before_any_row(
    changes: dict[str, object], words: str
) -> None:
    with pytest.raises(RedlaneError, match=rf"flag 'X1'.*{words}"):
        features(**changes)


def test_a_misspelt_name_is_recognisable() -> None:
    settings = features(expression="rondness >= 3 or net_mass > kg", sentence="round")
    [note] = availability_note(settings.flags(), settings.names(), ["net_mass", "hs_code"])
    assert "X1 (nothing offers 'rondness'; the nearest name is 'roundness')" in note
    lacking = features()
    [note] = availability_note(lacking.flags(), lacking.names(), ["hs_code"])
    assert "X1 (no column 'net_mass')" in note
    assert availability_note(lacking.flags(), lacking.names(), ["hs_code", "net_mass"]) == []


def test_settings_written_down_are_the_same_settings() -> None:
    settings = features()
    assert FeatureSettings.parse(settings.plain()) == settings
    assert [flag.id for flag in settings.flags()] == ["X1"]


def test_flags_stand_in_the_order_of_their_ids_whatever_file_they_come_from() -> None:
    settings = FlagSettings.parse({"catalogue": {"B": ENTRY, "A": ENTRY, "C": None}})
    assert list(settings.catalogue) == ["A", "B"]
    with pytest.raises(RedlaneError, match="flag 'A': keys and values are needed"):
        FlagSettings.parse({"catalogue": {"A": {**ENTRY, "id": "B"}}})


def test_features_without_a_place_for_flags_have_none() -> None:
    without = FeatureSettings.parse({"families": FAMILIES})
    assert without.with_flags(chosen("flags", "default")) == without


def test_a_single_parameter_changes_on_the_command_line() -> None:
    values = cli.compose("train", ["flags.catalogue.RF20.parameters.others=3", "flags.catalogue.RF12=null"])
    flags = FlagSettings.parse({"catalogue": values["flags"]["catalogue"]})
    assert flags.catalogue["RF20"].parameters["others"] == 3
    assert "RF12" not in flags.catalogue
