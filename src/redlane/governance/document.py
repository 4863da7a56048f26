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


_BOUNDS = """**Where the bounds come from.** Some are what the method promises and admit no choice (XA01, XA02) or a
comparison with luck on the same rows (XA05, XA06, and what fails XA07 and XA09). The others stand below what was
measured once, before any was set, on a customs model of 150 to 200 trees:

| test | measured there | bound | below it |
| --- | --: | --: | --- |
| XA03 share of the top 4 facts | 0.92 | 0.85 | a warning |
| XA04 fall by the first fact, times that of a random one | 13 | 5 | fails |
| XA07 correlation of contribution and fall | 0.89 | 0.7 | a warning |
| XA08 overlap of the top 4 under another seed | 0.70 | 0.5 | fails |
| XA09 same first reason under another seed | 0.81 | 0.6 | a warning |
| XA10 rank correlation of the scores under another seed | 0.963 | 0.85 | fails |
| XA12 overlap with a model of shuffled labels (had better be small) | 0.22 | 0.35 | fails above |
| XA13 overlap after noise of a hundredth | 0.985 | 0.95 | fails |

How far below is judgement, not measurement. XA07 and XA09 first had fixed bounds of failure as well (0.2 and 0.3), set
after low values had been seen; they were replaced by the comparison with luck, which no value can be
tuned to. XA11 is a warning only: a better model may well have other reasons.

**XA03 does not pass with the default features, and cannot.** 275 features make 194 facts, and many of them tell
something alike: in two trainings of the demo the top 4 facts held 40 and 44 % of all that raised the score of the
top-ranked rows, of whole families of features (41) the top 4 held 59 and 56 %; in the first, 27 facts were needed for
85 %, and only the seven typology groups got there (97 %). So four sentences are the strongest causes, not most of the
cause. Case files say so with the share of that very row, draw the seven groups, which add up to the whole, and tell
what the score would be without each sentence.

**XA08 may fail on the demo.** Its 4,551 inspected rows are few for 275 features: in the same two trainings, between
which one family of features was changed, the top reasons overlapped with those of another seed by 0.72 and 0.44, and
the first reason stayed the same in 84 and 58 % of the rows (2 % by luck, in the second). The bound stays where it was
set: a bundle that fails is not promoted, and its reasons are one training's account of the declaration."""


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
        _BOUNDS,
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
