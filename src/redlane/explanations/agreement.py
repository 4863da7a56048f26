"""How far two explanations of the same rows agree: by the leading reasons, as an officer reads them."""

from collections.abc import Sequence
from dataclasses import dataclass

from redlane.explanations.reasons import ReasonTable


@dataclass(frozen=True)
class Agreement:
    """On *rows* that both explain: mean overlap of the leading reasons, share with the same first one.

    ``overlap`` is Jaccard's: reasons in both over reasons in either; 1 where all are the same. NaN without rows.
    """

    rows: int
    overlap: float
    same_first: float


def agreement(first: ReasonTable, second: ReasonTable, top: int = 4) -> Agreement:
    """The agreement of two tables of reasons of the same rows; see :func:`agreement_of`."""
    return agreement_of(codes_by_row(first), codes_by_row(second), top)


def codes_by_row(table: ReasonTable) -> list[list[str]]:
    """The codes of each row's reasons, strongest first."""
    codes = table.code.tolist()
    return [codes[start:stop] for start, stop in zip(table.offsets[:-1], table.offsets[1:], strict=True)]


def agreement_of(first: Sequence[Sequence[str]], second: Sequence[Sequence[str]], top: int = 4) -> Agreement:
    """The agreement of two lists of names per row, strongest first; rows where neither names any are left out.

    >>> agreement_of([["a", "b"], ["c"], []], [["a", "d"], ["c"], []])
    Agreement(rows=2, overlap=0.6666666666666666, same_first=1.0)
    """
    pairs = [(list(one[:top]), list(two[:top])) for one, two in zip(first, second, strict=True) if one or two]
    if not pairs:
        return Agreement(0, float("nan"), float("nan"))
    overlap = [len({*one} & {*two}) / len({*one, *two}) for one, two in pairs]
    same = [one[:1] == two[:1] for one, two in pairs]
    return Agreement(len(pairs), sum(overlap) / len(pairs), sum(same) / len(pairs))
