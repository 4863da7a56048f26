"""Labels of a file matched with canonical columns, or refused in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from redlane.declarations.columns import COLUMNS, REQUIRED
from redlane.declarations.format import DeclarationFormat
from redlane.errors import RedlaneError
from redlane.io.containers import printable

SCORING_ROLES = ("identifier", "declared")
"""Roles of the columns that are read when labels are left out."""

_MOST_SHOWN = 40


@dataclass(frozen=True)
class Matched:
    """``sources``: canonical column to label, in canonical order (ids first); ``places``: where they stand."""

    sources: dict[str, str]
    places: list[int]
    notes: list[str]


def match_columns(headers: Sequence[str], rules: DeclarationFormat, labels: bool, name: str) -> Matched:
    """Match the *headers* of the file *name*; without *labels*, only identifiers and declared columns.

    Raises:
        RedlaneError: a needed column is lacking, a column stands twice, or an unknown one is not allowed.

    >>> rules = DeclarationFormat(columns={"No": "declaration_id", "Day": "registered_on"})
    >>> match_columns(["Day", "No", "Colour"], rules, True, "a.csv").places
    [1, 0]
    >>> match_columns(["Day"], rules, True, "a.csv")
    Traceback (most recent call last):
    ...
    redlane.errors.RedlaneError: a.csv lacks the column 'No' (declaration_id); its header has: 'Day'
    """
    wanted = {label: to for label, to in rules.columns.items() if labels or COLUMNS[to].role in SCORING_ROLES}
    found: dict[str, int] = {}
    for place, label in enumerate(headers):
        if label in wanted:
            _require_single(found, headers, wanted[label], label, name)
            found[wanted[label]] = place
    _require_needed(found, headers, rules, name)
    order = [column for column in COLUMNS if column in found]
    sources = {column: headers[found[column]] for column in order}
    return Matched(sources, [found[column] for column in order], _notes(headers, rules, name))


def _require_single(
    found: dict[str, int], headers: Sequence[str], column: str, label: str, name: str
) -> None:
    if column not in found:
        return
    first = headers[found[column]]
    if first == label:
        raise RedlaneError(f"{name}: the column '{printable(label)}' stands twice in its header; keep one")
    raise RedlaneError(
        f"{name}: the columns '{printable(first)}' and '{printable(label)}' both mean {column}; keep one"
    )


def _require_needed(
    found: dict[str, int], headers: Sequence[str], rules: DeclarationFormat, name: str
) -> None:
    lacking = [column for column in REQUIRED if column not in found]
    if not lacking:
        return
    asked = " and ".join(f"'{printable(rules.label(column))}' ({column})" for column in lacking)
    shown = ", ".join(f"'{printable(label[:80])}'" for label in headers[:_MOST_SHOWN])
    more = f" and {len(headers) - _MOST_SHOWN} more" if len(headers) > _MOST_SHOWN else ""
    raise RedlaneError(f"{name} lacks the column {asked}; its header has: {shown}{more}")


def _notes(headers: Sequence[str], rules: DeclarationFormat, name: str) -> list[str]:
    unknown = [
        label for label in headers if label not in rules.columns and label not in rules.ignored_columns
    ]
    if not unknown:
        return []
    listed = ", ".join(f"'{printable(label[:80])}'" for label in unknown[:_MOST_SHOWN])
    if rules.unknown_columns == "refuse":
        raise RedlaneError(f"{name} has columns the declarations format does not know: {listed}")
    return [f"{name}: columns not in the declarations format were left aside: {listed}"]
