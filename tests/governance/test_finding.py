"""Findings travel as JSON and come back as they were; what is no finding is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redlane.errors import RedlaneError
from redlane.governance.finding import OUTCOMES, Finding, parse_findings, plain_findings

NUMBERS = st.none() | st.floats()
FINDINGS = st.builds(
    Finding,
    code=st.text(),
    title=st.text(),
    outcome=st.sampled_from(OUTCOMES),
    sentence=st.text(),
    meaning=st.text(),
    value=NUMBERS,
    low=NUMBERS,
    high=NUMBERS,
    bound=NUMBERS,
)


@given(st.lists(FINDINGS, max_size=4))
def test_findings_survive_json(findings: list[Finding]) -> None:
    text = json.dumps(plain_findings(findings), allow_nan=False)
    assert parse_findings(json.loads(text)) == tuple(findings)


def test_only_a_failure_closes_a_gate() -> None:
    findings = [Finding("RL01", "t", outcome, "s", "m") for outcome in OUTCOMES]
    assert [finding.outcome for finding in findings if finding.failed] == ["failed"]


GOOD = Finding("RL01", "t", "passed", "s", "m", 0.5).plain()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ({}, "a list"),
        ([{}], "has the keys"),
        ([{**GOOD, "more": 1}], "has the keys"),
        ([{**GOOD, "outcome": "fine"}], "no outcome 'fine'"),
        ([{**GOOD, "title": 3}], "'title' must be text"),
        ([{**GOOD, "value": "0.5"}], "'value' must be a number"),
        ([{**GOOD, "bound": True}], "'bound' must be a number"),
        ([7], "has the keys"),
    ],
)
def test_what_is_no_finding_is_refused(content: object, fault: str) -> None:
    with pytest.raises(RedlaneError, match=fault):
        parse_findings(content)
