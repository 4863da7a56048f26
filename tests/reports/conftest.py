"""One scored batch, its report and a hostile one, made once for all tests of the room."""

from pathlib import Path

import pytest

from tests.reports.worlds import full, hostile_report, scored


@pytest.fixture(scope="session")
def night(trained, tmp_path_factory) -> Path:
    return scored(trained, tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="session")
def report(trained, night, tmp_path_factory) -> Path:
    return full(trained, tmp_path_factory.mktemp("report"), scores=night)


@pytest.fixture(scope="session")
def hostile(trained, tmp_path_factory) -> Path:
    return hostile_report(trained, tmp_path_factory.mktemp("hostile"))
