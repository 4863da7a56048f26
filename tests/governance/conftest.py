"""A clean study, without a model and with one, trained once."""

from dataclasses import replace

import pytest

from redlane.governance.study import Study
from tests.governance.studies import study


@pytest.fixture(scope="session")
def clean() -> Study:
    return study()


@pytest.fixture(scope="session")
def fitted(clean) -> Study:
    return replace(clean, model=clean.retrained())
