"""The page on checks: ``docs/checks.md``, written from the catalogues and from nothing else."""

from collections.abc import Iterable

from redlane.governance.assurance.catalogue import TESTS
from redlane.governance.check import Check
from redlane.governance.checks.catalogue import CHECKS

_HEAD = """# Checks

`redlane train` looks for leaks and mistakes in what it learns from (RL…) and tests its explanations (XA…). The
findings travel in the bundle as `checks.json` and `assurance.json`; what did not pass is shown at the end of the run.
`redlane check FILE` looks before anything is trained, with the settings of a training, and ends with exit status 5
where a check fails.

A finding is *passed*, *failed*, a *warning* (for a person to look at; it closes no gate) or *not applicable* (it could
not be tested here, and says why). Gates and sample sizes are settings (`governance=`, `conf/governance/default.yaml`);
every draw is seeded. `governance.checks.enabled=false` and `governance.assurance.enabled=false` leave them out;
`governance.checks.probe=false` and `governance.assurance.retrain=false` leave out what trains models of its own.
`redlane train --previous models/BEFORE` holds the reasons of the new bundle against those of the one before."""


def checks_page() -> str:
    """Every check: how it is detected, why it matters, what to do."""
    data, explanations = ([check for check, _ in catalogue] for catalogue in (CHECKS, TESTS))
    parts = [
        _HEAD,
        _overview([*data, *explanations]),
        "## Data, periods and leaks",
        *map(_section, data),
        "## Explanations",
        "Looked at are rows drawn from the top-ranked test rows. A *fact* is what makes one reason: a "
        "feature, or several that tell the same. Intervals draw weeks with replacement.",
        *map(_section, explanations),
    ]
    return "\n\n".join(parts) + "\n"


def _overview(checks: Iterable[Check]) -> str:
    lines = ["| code | check |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| {check.code} | {check.title} |" for check in checks)])


def _section(check: Check) -> str:
    return (
        f"### {check.code} {check.title}\n\n* **How it is detected.** {check.how}\n* **Why it matters.** "
        f"{check.why}\n* **What to do.** {check.mend}\n* **Where it passes:** {check.clear}"
    )
