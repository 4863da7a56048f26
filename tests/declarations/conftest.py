"""A small declarations file in every container, and the formats shipped in ``conf/declarations``."""

from pathlib import Path

import pytest
import yaml

from redlane.declarations.format import DeclarationFormat

CONF = Path(__file__).parents[2] / "conf" / "declarations"


def shipped(name: str) -> DeclarationFormat:
    """The format of ``conf/declarations/<name>.yaml``."""
    values = yaml.safe_load((CONF / f"{name}.yaml").read_text())
    assert values.pop("name") == "file_format"
    return DeclarationFormat.parse(values, name)


@pytest.fixture(scope="session")
def canonical() -> DeclarationFormat:
    return shipped("canonical")


@pytest.fixture(scope="session")
def kcs() -> DeclarationFormat:
    return shipped("kcs")
