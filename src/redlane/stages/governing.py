"""What stages share that look at a training before it is trusted: the looks, their documents and their tables."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from redlane.declarations.periods import Periods
from redlane.errors import RedlaneError
from redlane.evaluation.settings import EvaluationSettings
from redlane.features.catalogue import FeatureSettings, build
from redlane.governance.assurance.catalogue import run_tests
from redlane.governance.assurance.trial import Previous, Trial
from redlane.governance.checks.catalogue import run_checks
from redlane.governance.finding import Finding, plain_findings
from redlane.governance.settings import GovernanceSettings
from redlane.governance.study import Study
from redlane.model.bundle import Bundle
from redlane.pipeline import Recipe
from redlane.profiles.build import Profiles
from redlane.profiles.build import build as build_profiles
from redlane.progress import step
from redlane.stages import learning
from redlane.stages.material import Material
from redlane.stages.result import ResultTable

CHECKS, ASSURANCE = "checks.json", "assurance.json"
"""The bundle's documents that hold findings; see :func:`redlane.governance.finding.parse_findings`."""


@dataclass(frozen=True)
class Looked:
    """What was found: by the checks, and by the tests of the explanations; None where not looked at."""

    checks: tuple[Finding, ...] | None = None
    assurance: tuple[Finding, ...] | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them."""
        return (*(self.checks or ()), *(self.assurance or ()))

    def documents(self) -> dict[str, str]:
        """The bundle's documents, as text by name."""
        held = {CHECKS: self.checks, ASSURANCE: self.assurance}
        return {name: _text(findings) for name, findings in held.items() if findings is not None}

    def tables(self) -> list[ResultTable]:
        """What did not pass, for people."""
        open_ = [each for each in self.findings if each.outcome in ("failed", "warning")]
        return findings_tables("Checks that did not pass", open_, self.summary()) if self.findings else []

    def summary(self) -> str:
        """How many of each outcome."""
        return summary(self.findings)


def look(study: Study, settings: GovernanceSettings, previous: "Previous | str") -> Looked:
    """Run the checks and the tests of the explanations, as far as *settings* want them.

    *previous* is the previous bundle, or a sentence why there is none.
    """
    checks = assurance = None
    if settings.checks.enabled:
        step("checking the data for leaks and mistakes")
        checks = run_checks(study, settings.checks)
    if settings.assurance.enabled:
        step("testing the explanations")
        given = (None, previous) if isinstance(previous, str) else (previous, "")
        assurance = run_tests(Trial(study, settings.assurance, *given))
    return Looked(checks, assurance)


def studied(
    material: Material, periods: Periods, recipe: Recipe, evaluation: EvaluationSettings, proxy: bool
) -> Study:
    """What was gathered, as a study without a model: profiles are built in memory, features computed once.

    Raises:
        RedlaneError: the periods are out of order, or one holds no labelled row.
    """
    frame, split = material.frame, material.split(periods)
    step("building profiles")
    profiles = build_profiles(frame, recipe.features.needs(), references=material.references.tables)
    step("computing features")
    past = learning.rows_of(frame, split.train | split.tune, profiles, recipe.features)
    test = learning.rows_of(frame, split.test, profiles, recipe.features)
    return Study(
        frame, split, past, test, recipe, evaluation, references=material.references.tables, proxy=proxy
    )


def previous_of(bundle: Bundle | None, profiles: Profiles) -> Previous | str:
    """The previous *bundle*, to be held against the one just trained; or a sentence why that cannot be done.

    It has to be named: were it looked for, the same training could come out differently.
    """
    if bundle is None:
        return "No previous bundle was named (--previous)."
    try:
        features = FeatureSettings.parse(
            bundle.configured("features"), where="features of the previous bundle"
        )
    except RedlaneError as error:
        return f"The previous bundle's features are not known here: {error}."
    if lacking := features.needs().missing_from(profiles.needs):
        return f"The previous bundle reads profiles that this training does not make: {lacking[0]}."
    name = f"{bundle.folder.name}, {bundle.id[:12]}"
    return Previous(name, bundle.model, bundle.specs, lambda rows: build(rows, profiles, features))


def findings_tables(title: str, findings: Sequence[Finding], note: str = "") -> list[ResultTable]:
    """Findings for people, one line each."""
    lines = [
        {"code": each.code, "outcome": each.outcome.replace("_", " "), "found": each.sentence}
        for each in findings
    ]
    frame = pd.DataFrame(lines, columns=["code", "outcome", "found"])
    return [ResultTable(title, frame, f"{note}; docs/checks.md explains each code" if note else "")]


def summary(findings: Sequence[Finding]) -> str:
    """How many there are of each outcome.

    >>> summary([Finding("RL01", "t", "passed", "s", "m"), Finding("RL02", "t", "failed", "s", "m")])
    '1 passed, 1 failed'
    """
    counted: Mapping[str, int] = {
        outcome: sum(each.outcome == outcome for each in findings)
        for outcome in ("passed", "failed", "warning", "not_applicable")
    }
    return ", ".join(f"{n} {outcome.replace('_', ' ')}" for outcome, n in counted.items() if n)


def numbers(looked: Looked) -> dict[str, str]:
    """The outcome of each check by its code, for the result."""
    return {each.code: each.outcome for each in looked.findings}


def _text(findings: Sequence[Finding]) -> str:
    return json.dumps(plain_findings(findings), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
