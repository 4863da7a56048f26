"""A format is its YAML file, checked; the shipped ones spell out every choice."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from redlane.declarations.columns import COLUMNS
from redlane.declarations.format import HOUR, DeclarationFormat
from redlane.errors import RedlaneError

CONF = Path(__file__).parents[2] / "conf" / "declarations"
TWO = {"declaration_id": "declaration_id", "registered_on": "registered_on"}


def spelled_out(settings: type[BaseModel], values: dict[str, Any]) -> None:
    assert set(values) == set(settings.model_fields)
    for name, field in settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            spelled_out(field.annotation, values[name])


@pytest.mark.parametrize("name", ["canonical", "kcs"])
def test_shipped_formats_spell_out_every_choice(name: str) -> None:
    values = yaml.safe_load((CONF / f"{name}.yaml").read_text())
    assert values.pop("name") == "file_format"
    spelled_out(DeclarationFormat, values)
    rules = DeclarationFormat.parse(values)
    assert DeclarationFormat.parse(rules.plain()) == rules


def test_the_canonical_format_has_every_canonical_column(canonical: DeclarationFormat) -> None:
    assert canonical.columns == {name: name for name in COLUMNS if name != HOUR}


def test_defaults_are_what_the_canonical_file_says(canonical: DeclarationFormat) -> None:
    assert DeclarationFormat(columns=canonical.columns) == canonical


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colums": {}}, "unknown key 'colums'; did you mean 'columns'"),
        ({"columns": {"a": "declaration_id"}}, "no label is mapped to registered_on"),
        ({"columns": TWO | {"x": "colour"}}, "'colour' is not a canonical column"),
        ({"dates": ["dd/mm/yyyy"]}, "'dd/mm/yyyy' is no date format; write iso .*%d/%m/%Y"),
        ({"dates": ["%d/%m"]}, "is no date format"),
        ({"dates": []}, "one or more date formats"),
        ({"true_values": [True]}, "YAML takes yes, no, .* write it in quotes"),
        ({"encoding": "no-such"}, "not a known text encoding"),
        ({"decimal": ",", "thousands": ","}, "the same character"),
        ({"extra_countries": ["xx"]}, "not a code of two capital letters"),
        ({"ignored_columns": ["registered_on"]}, "both mapped and ignored"),
        ({"true_values": ["1"], "false_values": ["1"]}, "both yes and no"),
        ({"hs": {"lengths": []}}, "one or more lengths"),
        ({"policies": {"hs_format": "accept"}}, "policies.hs_format"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(RedlaneError, match=words):
        DeclarationFormat.parse({"columns": TWO} | changes)


def test_labels_are_found_by_canonical_name(kcs: DeclarationFormat) -> None:
    assert kcs.label("hs_code") == "HS6 Code"
    with pytest.raises(RedlaneError, match="no label to 'quantity'"):
        kcs.label("quantity")
