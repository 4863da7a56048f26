"""The gates between a bundle and the champion's place: each a finding, with what was found and what was asked."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from redlane.errors import RedlaneError
from redlane.evaluation.paired.duel import Duel
from redlane.evaluation.subgroups import Subgroups
from redlane.evaluation.truth import Floats
from redlane.governance.finding import Finding, parse_findings
from redlane.settings import Settings

Share = Annotated[float, Field(ge=0, le=1)]


class PromotionSettings(Settings):
    """What is asked of a champion (``conf/promotion/default.yaml``)."""

    margin: Share = 0.10
    """How much worse than the champion, as a share of the champion's value, the paired interval may reach."""
    calibration_error: Share = 0.05
    """Largest calibration error."""
    subgroup_difference: Share = 0.05
    """Largest difference of a group in the share of regular rows selected, where it is more than luck."""
    reason_overlap: Share = 0.15
    """Least overlap (Jaccard) of the four leading reasons with the champion's."""
    documents: tuple[Literal["checks", "assurance"], ...] = ("checks", "assurance")
    """Findings that the bundle must hold, none of them failed."""
    rescored_rows: Annotated[int, Field(ge=1)] = 500
    """Rows scored again by the bundle read anew."""


REGISTRY: dict[str, type[Settings]] = {"promotion": PromotionSettings}
"""The ``name:`` of a file in ``conf/promotion/`` -> the class its other keys are fields of."""


def against_champion(difference: Mapping[Any, Any], champion: float, how: PromotionSettings) -> Finding:
    """Not worse than the champion: non-inferior by the margin, and not worse for certain.

    *difference* is the line that decides of a contest; *champion* the champion's own value.

    >>> line = {"measure": "precision", "value": -0.01, "low": -0.03, "high": 0.01, "verdict": "luck"}
    >>> against_champion(line, 0.4, PromotionSettings()).outcome
    'passed'
    """
    bound = -how.margin * champion
    value, low, high = (float(difference[end]) for end in ("value", "low", "high"))
    verdict = str(difference["verdict"])
    holds = verdict == "same" or (verdict != "worse" and low >= bound)
    ends = f"{difference['measure']} {value:+.4f} against the champion, interval {low:+.4f} to {high:+.4f}"
    if holds:
        sentence = f"{ends}; the lower end is not below {bound:+.4f}."
    elif verdict == "worse":
        sentence = f"{ends}: it is worse by more than luck, by at least {-high:.4f}."
    else:
        sentence = f"{ends}: the lower end is {bound - low:.4f} below the {bound:+.4f} allowed."
    return _finding("PG01", "Not worse than the champion", holds, sentence, value, low, high, bound)


def calibration(error: float, how: PromotionSettings) -> Finding:
    """Probabilities mean what they say.

    >>> calibration(0.08, PromotionSettings()).sentence
    'The calibration error is 0.0800, 0.0300 above the 0.0500 allowed.'
    """
    bound = how.calibration_error
    holds = error <= bound
    more = "at most" if holds else f"{error - bound:.4f} above"
    sentence = f"The calibration error is {error:.4f}, {more} the {bound:.4f} allowed."
    return _finding("PG02", "Calibration", holds, sentence, error, bound=bound)


def subgroups(found: Subgroups, how: PromotionSettings) -> Finding:
    """No group has many more of its regular declarations selected than all have, beyond luck."""
    rows = found.table[found.table["measure"] == "false_positive_share"]
    if rows.empty:
        return _none("PG03", "Subgroups", "No column divides the rows into groups large enough to compare.")
    sure = rows[rows["verdict"] == "higher"]
    bound = how.subgroup_difference
    if sure.empty:
        sentence = f"None of {len(rows)} groups has more of its regular declarations selected, beyond luck."
        return _finding("PG03", "Subgroups", True, sentence, bound=bound)
    worst = sure.sort_values("difference").iloc[-1]
    value = float(worst["difference"])
    holds = value <= bound
    more = "within" if holds else f"{value - bound:.4f} above"
    sentence = (
        f"The largest difference beyond luck in the share of regular declarations selected is {value:+.4f} "
        f"({worst['partition']} {worst['group'] or worst['kind']}), {more} the {bound:.4f} allowed."
    )
    ends = float(worst["difference_low"]), float(worst["difference_high"])
    return _finding("PG03", "Subgroups", holds, sentence, value, *ends, bound)


def reasons(duel: Duel, how: PromotionSettings) -> Finding:
    """Officers read reasons of the kind they know."""
    value, bound = duel.agreement.overlap, how.reason_overlap
    if value != value:
        return _none("PG04", "Reasons", "No declaration that either selects has a reason to compare.")
    holds = value >= bound
    more = "at least" if holds else f"{bound - value:.4f} below"
    sentence = (
        f"{value:.4f} of the leading reasons are the champion's, {more} the {bound:.4f} asked for "
        f"({duel.agreement.rows} declarations)."
    )
    return _finding("PG04", "Reasons", holds, sentence, value, bound=bound)


def documents(held: Mapping[str, str], how: PromotionSettings) -> Finding:
    """Every check the bundle was released with has passed; *held* are its documents."""
    if not how.documents:
        return _none("PG05", "Checks", "No document of findings is asked for (promotion.documents).")
    failed = []
    for name in how.documents:
        text = held.get(f"{name}.json")
        if text is None:
            failed.append(f"it holds no {name}.json")
            continue
        try:
            findings = parse_findings(json.loads(text))
        except (ValueError, RedlaneError):
            failed.append(f"its {name}.json holds no findings")
            continue
        failed += [f"{each.code} ({each.title}) failed" for each in findings if each.failed]
    count = float(len(failed))
    told = (
        f"Of the bundle's own checks: {'; '.join(failed)}."
        if failed
        else "No check of the bundle has failed."
    )
    return _finding("PG05", "Checks", not failed, told, count, bound=0.0)


def exact(before: Floats, again: Floats) -> Finding:
    """Read anew, it scores to the last bit what it scored; golden rows are checked whenever a bundle is read."""
    unlike = int((before.view(np.int64) != again.view(np.int64)).sum())
    sentence = f"Read anew, {unlike} of {len(before)} rows score differently; golden rows give their margins exactly."
    return _finding("PG06", "Reload and rescoring exact", not unlike, sentence, float(unlike), bound=0.0)


def without_champion(why: str) -> list[Finding]:
    """The gates that need a champion, where none is to be held against."""
    return [_none("PG01", "Not worse than the champion", why), _none("PG04", "Reasons", why)]


def _finding(
    code: str,
    title: str,
    holds: bool,
    sentence: str,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    bound: float | None = None,
) -> Finding:
    outcome: Literal["passed", "failed"] = "passed" if holds else "failed"
    return Finding(code, title, outcome, sentence, _MEANING[code], value, low, high, bound)


def _none(code: str, title: str, why: str) -> Finding:
    return Finding(code, title, "not_applicable", why, _MEANING[code])


_MEANING = {
    "PG01": "A champion is replaced only by a model that selects as well.",
    "PG02": "Probabilities are read by people and multiplied with money.",
    "PG03": "Honest traders of one group are not to be examined much more often than others.",
    "PG04": "Where reasons change altogether, officers are to be told before they meet them.",
    "PG05": "What the release found wrong is put right before the model decides anything.",
    "PG06": "A score can be recomputed years later.",
}
