"""A check: words that stay the same, and a function that looks; together they make a finding."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from redlane.governance.finding import Finding, Outcome

UNTESTED = "This was not tested here, which is neither good news nor bad."


class Verdict(NamedTuple):
    """What one look gave: the outcome, a sentence with the numbers, and the numbers by themselves."""

    outcome: Outcome
    sentence: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound: float | None = None


class NotApplicableError(Exception):
    """Raised by a look that cannot be taken; the text says why."""


@dataclass(frozen=True)
class Check:
    """The words of one check, as its page and its findings give them.

    Attributes:
        code: its name for good: ``RL…`` for data and periods, ``XA…`` for explanations.
        title: what is looked at, in a few words.
        how: how it is detected.
        why: why it matters where it fails.
        mend: what to do then.
        clear: what it means where it passes.
    """

    code: str
    title: str
    how: str
    why: str
    mend: str
    clear: str

    def finding(self, look: Callable[[], Verdict]) -> Finding:
        """The finding of one *look*; one that cannot be taken is *not applicable*, and says why.

        >>> check = Check("RL99", "Title", "how", "Why.", "Mend.", "All is well.")
        >>> check.finding(lambda: Verdict("passed", "Seen.")).meaning
        'All is well.'
        >>> check.finding(lambda: Verdict("failed", "Seen.", 2.0, bound=1.0)).meaning
        'Why. Mend.'
        """
        try:
            verdict = look()
        except NotApplicableError as reason:
            verdict = Verdict("not_applicable", str(reason))
        return Finding(self.code, self.title, meaning=self.meaning(verdict.outcome), **verdict._asdict())

    def meaning(self, outcome: Outcome) -> str:
        """What *outcome* means for whoever relies on the model."""
        if outcome == "not_applicable":
            return UNTESTED
        return self.clear if outcome == "passed" else f"{self.why} {self.mend}"


def judged(value: float, *, warn: float, fail: float) -> Outcome:
    """The outcome for a value that had better be small: *fail* and *warn* are the first values that do.

    >>> [judged(value, warn=0.1, fail=0.2) for value in (0.05, 0.1, 0.2)]
    ['passed', 'warning', 'failed']
    """
    return "failed" if value >= fail else "warning" if value >= warn else "passed"
