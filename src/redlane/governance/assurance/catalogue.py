"""All tests of explanations, in the order in which they are shown."""

from collections.abc import Callable

from redlane.governance.assurance import moving, steadiness, sums
from redlane.governance.assurance.trial import Trial
from redlane.governance.check import Check, Verdict
from redlane.governance.finding import Finding
from redlane.progress import track

Look = Callable[[Trial], Verdict]

TESTS: tuple[tuple[Check, Look], ...] = (
    (sums.ADDITIVITY, sums.additivity),
    (sums.NOTHING, sums.nothing),
    (sums.MASS, sums.mass),
    (moving.FIRST, moving.first),
    (moving.DELETION, moving.deletion),
    (moving.INSERTION, moving.insertion),
    (moving.CORRELATION, moving.correlation),
    (steadiness.SEEDS, steadiness.seeds),
    (steadiness.SEED_FIRST, steadiness.seed_first),
    (steadiness.SEED_SCORES, steadiness.seed_scores),
    (steadiness.PREVIOUS, steadiness.previous),
    (steadiness.PERMUTED, steadiness.permuted),
    (steadiness.NOISE, steadiness.noise),
)
"""Each test with the function that looks."""


def run_tests(trial: Trial) -> tuple[Finding, ...]:
    """One finding per test; what could not be tested is *not applicable*, never passed over."""
    return tuple(
        check.finding(lambda look=look: look(trial))  # type: ignore[misc]
        for check, look in track(TESTS, "testing explanations")
    )
