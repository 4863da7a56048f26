"""The moment of a run: told by the clock, or by the variable that stands for it."""

from datetime import UTC, datetime

import pytest

from redlane.clock import VARIABLE, utc_now
from redlane.errors import RedlaneError


def test_the_clock_is_told_to_the_second_in_utc(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    told = datetime.strptime(utc_now(), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - told).total_seconds()) < 120


def test_the_variable_stands_for_now(monkeypatch):
    monkeypatch.setenv(VARIABLE, " 1735689600 ")
    assert utc_now() == "2025-01-01T00:00:00Z"


@pytest.mark.parametrize("stated", ["noon", "1e9", "9" * 30, "12.5"])
def test_a_variable_that_is_no_second_is_refused(monkeypatch, stated):
    monkeypatch.setenv(VARIABLE, stated)
    with pytest.raises(RedlaneError, match="give whole seconds since 1970"):
        utc_now()
