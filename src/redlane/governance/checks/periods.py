"""Checks of the periods: what was learnt from lies before what is judged, and there is enough of both."""

import numpy as np

from redlane.declarations.identity import tie_hash
from redlane.declarations.periods import NEVER, days
from redlane.evaluation.bootstrap import draw_blocks, interval, mean_draws
from redlane.evaluation.comparison import Rows
from redlane.evaluation.truth import Floats, blocks
from redlane.governance.check import Check, NotApplicableError, Verdict, judged
from redlane.governance.settings import CheckSettings
from redlane.governance.study import Study, weeks_of

ORDER = Check(
    "RL01",
    "Training lies before testing",
    "The last day of training and tuning is held against the first day of testing, the outcomes learnt from "
    "against the day on which the model is fitted, and declarations (number and item) of both sides against "
    "each other.",
    "Rows that stand on both sides, or were learnt from before they could be known, let a model remember "
    "instead of judge.",
    "Split by registration day only (`periods`), and take declarations that were delivered twice out of the "
    "files.",
    "Nothing that is judged was learnt from.",
)


def order(study: Study, settings: CheckSettings) -> Verdict:
    """Count what stands on the wrong side."""
    past, test = study.past.declarations, study.test.declarations
    first = int(days(test["registered_on"]).min())
    late = int((days(past["registered_on"]) >= first).sum())
    unknown = int((days(past["outcome_known_on"]) >= first).sum()) if "outcome_known_on" in past else 0
    both = int(np.isin(tie_hash(past), tie_hash(test)).sum())
    sentence = (
        f"Of {len(past):,} rows learnt from, {late:,} were registered after the first test row, {unknown:,} "
        f"had an outcome not yet known then, and {both:,} stand in both."
    )
    wrong = late + unknown + both
    return Verdict("failed" if wrong else "passed", sentence, wrong, bound=0)


KNOWN_BEFORE = Check(
    "RL02",
    "Outcomes are known after registration",
    "The day each outcome became known is held against the day of registration.",
    "An outcome known before its declaration, or on the same day as a rule, is dated wrongly: histories "
    "would then tell what nobody knew.",
    "Map the day the result was entered to `outcome_known_on`; where it is not recorded, leave the column "
    "out and set an assumed delay in the declarations format.",
    "Histories tell only what was known.",
)


def known_before(study: Study, settings: CheckSettings) -> Verdict:
    """Count outcomes known too early; those of the same day count for the warning."""
    frame = study.declarations
    if "outcome_known_on" not in frame:
        raise NotApplicableError("The declarations do not say when outcomes became known.")
    known, registered = days(frame["outcome_known_on"]), days(frame["registered_on"])
    dated = known != NEVER
    if not dated.any():
        raise NotApplicableError("No outcome has a day on which it became known.")
    early, same = int((dated & (known < registered)).sum()), float((known == registered)[dated].mean())
    sentence = (
        f"Of {int(dated.sum()):,} outcomes {early:,} were known before registration, {same:.1%} on the same "
        "day."
    )
    outcome = judged(same, warn=settings.same_day_share, fail=2.0)
    return Verdict("failed" if early else outcome, sentence, early, bound=0)


RATES = Check(
    "RL03",
    "The outcome rate is steady",
    "The share found irregular in the test period is held against that of training and tuning, with a block "
    "bootstrap of weeks on both sides.",
    "A jump between periods means that inspections, selection or recording changed: probabilities learnt "
    "before it do not hold after it.",
    "Find out what changed and when; begin training after it, or lengthen `periods.maturity_days` where "
    "findings arrive late.",
    "What was learnt and what is judged are found irregular about equally often.",
)


def rates(study: Study, settings: CheckSettings) -> Verdict:
    """The ratio of the rates, and whether it is more than weeks explain."""
    past, test = _rate_draws(study, study.past, 0), _rate_draws(study, study.test, 1)
    if min(past[0], test[0]) == 0:
        raise NotApplicableError(
            "One of the periods has no finding at all, so that rates cannot be compared."
        )
    ratio = test[0] / past[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = interval((test[1] / past[1])[:, None], study.evaluation.confidence)
    apart = bool(low[0] > 1 or high[0] < 1)
    outcome = judged(max(ratio, 1 / ratio), warn=settings.rate_warning, fail=settings.rate_failure)
    sentence = (
        f"{test[0]:.1%} of the test rows were found irregular, {past[0]:.1%} of those learnt from: a factor "
        f"of {ratio:.2f}."
    )
    return Verdict(
        outcome if apart else "passed",
        sentence,
        ratio,
        float(low[0]),
        float(high[0]),
        settings.rate_failure if ratio > 1 else 1 / settings.rate_failure,
    )


def _rate_draws(study: Study, rows: Rows, draw: int) -> tuple[float, Floats]:
    """The rate, and what it is in resamples of weeks."""
    how = study.evaluation
    block, starts = blocks(days(rows.declarations["registered_on"]), how.block)
    drawn = draw_blocks(len(starts), max(how.bootstrap_repeats, 100), how.seed + draw)
    return float(rows.irregular.mean()), mean_draws(rows.irregular, block, drawn)


ENOUGH = Check(
    "RL04",
    "There are enough findings for the intervals",
    "Findings and weeks of the test period are counted.",
    "Intervals are drawn from weeks. With a handful of weeks or findings they are too narrow, and most "
    "differences cannot be told from luck.",
    "Lengthen `periods.test_days`, or wait for more outcomes.",
    "The intervals rest on enough findings and weeks.",
)


def enough(study: Study, settings: CheckSettings) -> Verdict:
    """Findings and weeks of the test period."""
    found, weeks = int(study.test.irregular.sum()), weeks_of(study.test)
    outcome = judged(-found, warn=1 - settings.findings_warning, fail=1 - settings.findings_failure)
    if outcome == "passed" and weeks < settings.weeks_warning:
        outcome = "warning"
    sentence = (
        f"The test period has {found:,} findings among {len(study.test.declarations):,} rows in {weeks} "
        "weeks."
    )
    return Verdict("failed" if weeks < 2 else outcome, sentence, found, bound=settings.findings_failure)
