"""Looking before training, and after it: findings in the terminal, in a file, in the bundle."""

import pytest

from redlane.declarations.periods import Periods
from redlane.errors import ExitCode, RedlaneError
from redlane.governance import GovernanceSettings
from redlane.governance.assurance.catalogue import TESTS
from redlane.governance.checks.catalogue import CHECKS
from redlane.governance.finding import parse_findings
from redlane.io.files import read_json, sha256_files
from redlane.model.bundle import read_bundle
from redlane.model.weighting import Weighting
from redlane.stages import check
from tests.runs import QUICK, chosen, run_train

QUICKLY = {"checks": {"probe": False}, "assurance": {"rows": 60, "random_orders": 1}}


def run_check(trained, out=None, **changes):
    standard = {
        "partner_table": None,
        "bundle": None,
        "profiles": None,
        "declarations": chosen("declarations", "canonical"),
        "partner_exports": chosen("partner_exports", "comtrade"),
        "features": chosen("features", "first", unavailable="leave_out"),
        "flags": chosen("flags", "default"),
        "model": chosen("model", "lightgbm", **QUICK),
        "periods": Periods(burn_in_days=28, tune_days=35, test_days=42),
        "weighting": Weighting(),
        "evaluation": chosen("evaluation", "default", bootstrap_repeats=20),
        "governance": GovernanceSettings.parse(QUICKLY),
        "as_of": None,
        "caution": "Made up.",
    }
    return check.run(files=[trained.history_file], out=out, **{**standard, **changes})


def test_a_file_is_looked_at_before_anything_is_trained(trained, tmp_path):
    result = run_check(trained, tmp_path / "findings.json")
    findings = parse_findings(read_json(tmp_path / "findings.json"))
    assert [each.code for each in findings] == [each.code for each, _ in CHECKS]
    assert result.exit_code == ExitCode.DONE
    assert result.numbers == {each.code: each.outcome for each in findings}
    assert result.notes[0] == "Made up."
    shown = next(table for table in result.tables if table.title == "Checks")
    assert shown.frame["found"].tolist() == [each.sentence for each in findings]


def test_a_failed_check_shows_in_the_exit_status_and_says_what_to_do(trained):
    strict = GovernanceSettings.parse({"checks": {"probe": False, "repeated_share": 0.01, "lookup_auc": 0.0}})
    result = run_check(trained, governance=strict)
    assert result.exit_code == ExitCode.NOT_PASSED
    assert result.numbers["RL13"] == "failed"
    assert any(note.startswith("RL13") and "unseen goods tuple" in note for note in result.notes)


def test_findings_are_written_as_json_only(trained, tmp_path):
    with pytest.raises(RedlaneError, match=r"written as \.json"):
        run_check(trained, tmp_path / "findings.csv")


def test_a_training_leaves_its_findings_in_the_bundle_and_compares_with_the_one_before(trained, tmp_path):
    before = sha256_files(trained.bundle)
    result = run_train(
        tmp_path,
        [trained.history_file],
        features=chosen("features", "first", unavailable="leave_out"),
        governance=GovernanceSettings.parse(QUICKLY),
        previous_bundle=trained.bundle,
    )
    bundle = read_bundle(result.paths["bundle"])
    found = {
        name: parse_findings(read_json(bundle.folder / name)) for name in ("checks.json", "assurance.json")
    }
    assert [each.code for each in found["checks.json"]] == [each.code for each, _ in CHECKS]
    assert [each.code for each in found["assurance.json"]] == [each.code for each, _ in TESTS]
    previous = next(each for each in found["assurance.json"] if each.code == "XA11")
    assert "profiles that this training does not make" in previous.sentence
    assert {"checks.json", "assurance.json"} <= set(bundle.documents)
    assert result.numbers["checks"]["XA01"] == "passed"
    assert sha256_files(trained.bundle) == before


def test_a_previous_bundle_that_cannot_be_read_is_refused(trained, tmp_path):
    with pytest.raises(RedlaneError, match="nowhere"):
        run_train(
            tmp_path,
            [trained.history_file],
            features=chosen("features", "first", unavailable="leave_out"),
            previous_bundle=tmp_path / "nowhere",
        )
    assert not (tmp_path / "models").exists()
