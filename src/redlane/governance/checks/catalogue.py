"""All checks of data and periods, in the order in which they are shown."""

from collections.abc import Callable

from redlane.governance.check import Check, Verdict
from redlane.governance.checks import drift, inputs, labels, leaks, periods
from redlane.governance.finding import Finding
from redlane.governance.settings import CheckSettings
from redlane.governance.study import Study
from redlane.progress import track

Look = Callable[[Study, CheckSettings], Verdict]

CHECKS: tuple[tuple[Check, Look], ...] = (
    (periods.ORDER, periods.order),
    (periods.KNOWN_BEFORE, periods.known_before),
    (periods.RATES, periods.rates),
    (periods.ENOUGH, periods.enough),
    (inputs.CONSTANT, inputs.constant),
    (inputs.DUPLICATED, inputs.duplicated),
    (inputs.MISSING, inputs.missing),
    (inputs.UNSEEN, inputs.unseen),
    (inputs.IDENTITY, inputs.identity),
    (labels.CONTRADICTIONS, labels.contradictions),
    (labels.PROPENSITY, labels.propensity),
    (leaks.ALONE, leaks.alone),
    (leaks.REPEATS, leaks.repeats),
    (leaks.PROBE, leaks.probe),
    (drift.ADVERSARIAL, drift.adversarial),
)
"""Each check with the function that looks."""


def run_checks(study: Study, settings: CheckSettings) -> tuple[Finding, ...]:
    """One finding per check; what could not be looked at is *not applicable*, never passed over."""
    return tuple(
        check.finding(lambda look=look: look(study, settings))  # type: ignore[misc]
        for check, look in track(CHECKS, "checking")
    )
