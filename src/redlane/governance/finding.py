"""A finding: what one check saw, and whether that is well; read by reports and by gates."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from redlane.errors import RedlaneError

Outcome = Literal["passed", "failed", "warning", "not_applicable"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""How a check can end. *not_applicable*: it could not be done here, and the sentence says why."""

_NUMBERS = ("value", "low", "high", "bound")


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        code: names the check for good, ``RL…`` for data and ``XA…`` for explanations.
        title: the check in a few words.
        outcome: one of :data:`OUTCOMES`; a *warning* is for a person to look at and closes no gate.
        sentence: what was found, with its numbers.
        meaning: what that means for whoever relies on the model.
        value: the number that was judged; None where there is none.
        low: lower end of its interval, where it has one.
        high: upper end of its interval.
        bound: the gate the value was held against.

    >>> Finding("XA01", "Sums", "passed", "Sums differ by 2e-15.", "Reasons are whole.", 2e-15).value
    2e-15

    Raises:
        RedlaneError: the outcome is none there is.
    """

    code: str
    title: str
    outcome: Outcome
    sentence: str
    meaning: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    bound: float | None = None

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise RedlaneError(
                f"finding {self.code}: there is no outcome '{self.outcome}'; known are {', '.join(OUTCOMES)}"
            )
        for name in _NUMBERS:
            number = getattr(self, name)
            if number is not None:
                object.__setattr__(self, name, float(number) if math.isfinite(number) else None)

    @property
    def failed(self) -> bool:
        """Whether it closes a gate."""
        return self.outcome == "failed"

    def plain(self) -> dict[str, Any]:
        """As JSON-ready data; :meth:`parse` gives the same finding back."""
        return asdict(self)

    @classmethod
    def parse(cls, plain: Mapping[str, Any]) -> "Finding":
        """The finding from :meth:`plain`'s data.

        Raises:
            RedlaneError: it is not such data.
        """
        names = {field.name for field in fields(cls)}
        if not isinstance(plain, Mapping) or set(plain) != names:
            raise RedlaneError(f"a finding has the keys {', '.join(sorted(names))}, and no others")
        texts = [name for name in sorted(names) if name not in _NUMBERS]
        if wrong := [name for name in texts if not isinstance(plain[name], str)]:
            raise RedlaneError(f"a finding's '{wrong[0]}' must be text")
        if wrong := [name for name in _NUMBERS if not _is_number(plain[name])]:
            raise RedlaneError(f"a finding's '{wrong[0]}' must be a number or null")
        return cls(**plain)


def plain_findings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON-ready data: what a bundle's ``assurance.json`` and ``checks.json`` hold."""
    return [finding.plain() for finding in findings]


def parse_findings(content: Any) -> tuple[Finding, ...]:
    """The findings from :func:`plain_findings`'s data.

    Raises:
        RedlaneError: it is not such data.
    """
    if not isinstance(content, list):
        raise RedlaneError("findings are a list; this document holds none")
    return tuple(Finding.parse(entry) for entry in content)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
