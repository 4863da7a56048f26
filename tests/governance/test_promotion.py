"""Gates hold or say by how much they do not."""

import json

import numpy as np
import pytest

from redlane.governance import promotion as gates
from redlane.governance.finding import Finding, plain_findings
from redlane.governance.promotion import PromotionSettings

HOW = PromotionSettings()


def line(value, low, high, verdict):
    return {"measure": "precision", "value": value, "low": low, "high": high, "verdict": verdict}


@pytest.mark.parametrize(
    ("difference", "outcome", "said"),
    [
        (line(0.02, 0.01, 0.03, "better"), "passed", "not below -0.0400"),
        (line(0.0, -0.03, 0.03, "luck"), "passed", "not below"),
        (line(0.0, -0.06, 0.06, "luck"), "failed", "0.0200 below the -0.0400 allowed"),
        (line(-0.02, -0.03, -0.01, "worse"), "failed", "worse by more than luck, by at least 0.0100"),
        (line(0.0, float("nan"), float("nan"), "too_few"), "failed", ""),
        (line(0.0, 0.0, 0.0, "same"), "passed", ""),
    ],
)
def test_a_champion_gives_way_only_to_one_as_good(difference, outcome, said):
    found = gates.against_champion(difference, 0.4, HOW)
    assert found.outcome == outcome and said in found.sentence


def test_failed_or_missing_checks_close_the_gate_and_warnings_do_not():
    passed = Finding("RL001", "Leak", "passed", "", "")
    warning = Finding("RL002", "Weeks", "warning", "", "")
    failed = Finding("XA01", "Sums", "failed", "", "")

    def held(*findings):
        return {"checks.json": json.dumps(plain_findings(findings)), "assurance.json": "[]"}

    assert gates.documents(held(passed, warning), HOW).outcome == "passed"
    assert "XA01 (Sums) failed" in gates.documents(held(passed, failed), HOW).sentence
    assert gates.documents({}, HOW).value == 2
    assert gates.documents({"checks.json": "{", "assurance.json": "[]"}, HOW).failed
    assert gates.documents({}, PromotionSettings(documents=())).outcome == "not_applicable"


def test_one_bit_of_one_row_closes_the_gate():
    margin = np.array([0.1, -2.0])
    assert gates.exact(margin, margin.copy()).outcome == "passed"
    assert gates.exact(margin, np.array([np.nextafter(0.1, 1), -2.0])).value == 1
