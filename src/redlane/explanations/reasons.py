"""Top reasons of a score: facts that raised it, strongest first, each in its catalogue's sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.explanations.sentences import Template, missing_sentence
from redlane.explanations.settings import ExplanationSettings
from redlane.explanations.siblings import reason_keys
from redlane.explanations.wording import Words, words
from redlane.features.spec import GROUPS, Feature

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reason:
    """One reason: the feature's name, the sentence, and what the fact added to the margin."""

    code: str
    sentence: str
    contribution: float


@dataclass(frozen=True)
class ReasonTable:
    """Reasons of n rows as columns: row i's are those from ``offsets[i]`` to ``offsets[i + 1]``.

    Row i of the features and facts it was made from is row i here.
    """

    offsets: Places
    code: npt.NDArray[np.object_]
    sentence: npt.NDArray[np.object_]
    contribution: Numbers

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def rows(self) -> list[list[Reason]]:
        """The same as objects, one list per row."""
        columns = zip(self.code, self.sentence, self.contribution.tolist(), strict=True)
        flat = [Reason(*values) for values in columns]
        return [flat[start:stop] for start, stop in zip(self.offsets[:-1], self.offsets[1:], strict=True)]

    @classmethod
    def join(cls, parts: Sequence["ReasonTable"]) -> "ReasonTable":
        """Reasons of the rows of all *parts*, in order."""
        counts = [np.diff(part.offsets) for part in parts]
        return cls(
            offsets=np.cumsum(np.concatenate([np.zeros(1, dtype=np.int64), *counts])),
            code=_joined([part.code for part in parts]),
            sentence=_joined([part.sentence for part in parts]),
            contribution=np.concatenate([np.empty(0), *(part.contribution for part in parts)]),
        )


class _Chosen(NamedTuple):
    """The reasons chosen, row by row and strongest first: row, place of the feature that speaks, sum."""

    row: Places
    speaker: Places
    contribution: Numbers


def reasons(
    contributions: Numbers,
    features: pd.DataFrame,
    facts: pd.DataFrame,
    specs: Sequence[Feature],
    settings: ExplanationSettings,
) -> ReasonTable:
    """Write the reasons that raised each row's score.

    *contributions* (n, F + 1) are those of the margin, base value last, columns in the order of *specs*;
    *features* (n, F) the model's inputs and *facts* (n, …) the declared columns and peer numbers, same rows.
    Siblings (:func:`~redlane.explanations.siblings.reason_keys`) make one reason: the strongest speaks, the
    contribution is their sum. Sums that do not raise the score are never reasons; nor are those below
    ``minimum_share`` of all that raised it. Use :func:`check_sentences` once, before.

    >>> spec = Feature("n", "Earlier declarations", "{value} earlier declarations", "behaviour")
    >>> table = reasons(np.array([[0.7, -2.0], [-0.1, -2.0]]), pd.DataFrame({"n": [3.0, 5.0]}),
    ...                 pd.DataFrame(index=range(2)), [spec], ExplanationSettings())
    >>> table.rows()
    [[Reason(code='n', sentence='3 earlier declarations', contribution=0.7)], []]
    """
    chosen = _choose(contributions, reason_keys(specs), settings)
    sentences = np.full(len(chosen.row), None, dtype=object)
    for place in np.unique(chosen.speaker).tolist():
        said = np.flatnonzero(chosen.speaker == place)
        sentences[said] = _write(specs[place], chosen.row[said], features, facts)
    counts = np.bincount(chosen.row, minlength=len(contributions))
    return ReasonTable(
        offsets=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)]),
        code=np.array([spec.name for spec in specs], dtype=object)[chosen.speaker],
        sentence=sentences,
        contribution=chosen.contribution,
    )


def group_contributions(contributions: Numbers, specs: Sequence[Feature]) -> pd.DataFrame:
    """What each typology group added to the margin: (n, groups), columns in the order of ``GROUPS``.

    The groups of a row and its base value sum to its margin.

    >>> spec = Feature("n", "", "", "behaviour")
    >>> group_contributions(np.array([[0.7, -2.0]]), [spec])["behaviour"].tolist()
    [0.7]
    """
    members = {group: [j for j, spec in enumerate(specs) if spec.group == group] for group in GROUPS}
    return pd.DataFrame({group: _sum(contributions, places) for group, places in members.items()})


def _choose(contributions: Numbers, keys: list[list[int]], settings: ExplanationSettings) -> _Chosen:
    n, top = len(contributions), min(settings.top, len(keys))
    totals = np.column_stack([np.empty((n, 0)), *(_sum(contributions, places) for places in keys)])
    least = settings.minimum_share * _sum(np.maximum(totals, 0.0), range(len(keys)))
    order = np.argsort(-totals, axis=1, kind="stable")[:, :top]  # equal sums in catalogue order
    best = np.take_along_axis(totals, order, axis=1)
    row, slot = np.nonzero((best > 0) & (best >= least[:, None]))
    key = order[row, slot]
    speakers = np.column_stack(
        [np.empty((n, 0), dtype=np.int64), *(_loudest(contributions, k) for k in keys)]
    )
    return _Chosen(row, speakers[row, key], best[row, slot])


def _sum(table: Numbers, places: Sequence[int]) -> Numbers:
    """Sum of some columns, added one by one so that no batch size changes a digit."""
    total = np.zeros(len(table))
    for place in places:
        total += table[:, place]
    return total


def _loudest(contributions: Numbers, places: list[int]) -> Places:
    loudest = np.argmax(contributions[:, places], axis=1)
    speakers: Places = np.array(places, dtype=np.int64)[loudest]
    return speakers


def _write(
    spec: Feature, rows: Places, features: pd.DataFrame, facts: pd.DataFrame
) -> npt.NDArray[np.object_]:
    """The sentence of one feature for some rows, by whether its value is missing, of nothing, zero or another."""
    value = features[spec.name].iloc[rows]
    missing, never = value.isna().to_numpy(), np.zeros(len(rows), dtype=bool)
    none = (facts[spec.counts].iloc[rows] == 0).to_numpy() & ~missing if spec.sentence_none else never
    zero = (value == 0).to_numpy() & ~missing & ~none if spec.sentence_zero else never
    written = np.full(len(rows), missing_sentence(spec), dtype=object)
    said = ((~missing & ~none & ~zero, spec.sentence), (none, spec.sentence_none), (zero, spec.sentence_zero))
    for which, sentence in said:
        if which.any():
            words_of = field_words(spec.name, rows[which], features, facts)
            template = Template.parse(sentence, f"feature '{spec.name}'")
            written[which] = template.fill(words_of, int(which.sum()))
    return written


def field_words(
    feature: str, rows: Places, features: pd.DataFrame, facts: pd.DataFrame
) -> Callable[[str, str], Words]:
    """The words of a sentence's fields for some *rows*: the feature's own value, else a fact, else another feature."""

    def column(name: str, form: str) -> Words:
        own = name == "value"
        source = facts if name in facts.columns and not own else features
        return words(source[feature if own else name].iloc[rows], form)

    return column


def _joined(parts: list[npt.NDArray[np.object_]]) -> npt.NDArray[np.object_]:
    return np.concatenate([np.empty(0, dtype=object), *parts])
