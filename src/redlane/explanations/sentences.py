"""Sentence templates: written in the feature catalogue, filled from stored numbers, never able to run code.

A template such as ``declared {price} per kg; {value:share} of peers`` may name ``value`` (the feature's own),
declared columns, the facts its family offers, and other features. Attribute and index access, conversions
and unknown formats are refused before the first row is read.
"""

import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from redlane.errors import RedlaneError
from redlane.explanations.wording import FORMATS, Words
from redlane.features.spec import Feature

CANNOT_BE_COMPUTED = "cannot be computed for this {row}: {meaning}"
NOT_STATED = "not stated in this {row}: {meaning}"


@dataclass(frozen=True)
class Template:
    """A parsed sentence: ``literals[i]`` stands before ``fields[i]`` (name, format); one literal ends it."""

    literals: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, sentence: str, where: str) -> "Template":
        """Parse *sentence*; *where* names it in errors.

        Raises:
            RedlaneError: it is malformed or asks for more than a name and a known format.

        >>> Template.parse("{n} declarations of {hs6}", "feature n").fields
        (('n', ''), ('hs6', ''))
        >>> Template.parse("{n.__class__}", "feature n")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        redlane.errors.RedlaneError: the sentence of feature n names '{n.__class__}'; only plain names ...
        """
        literals, fields, ending = [], [], ""
        try:
            parts = list(string.Formatter().parse(sentence))
        except ValueError as error:
            raise RedlaneError(f"the sentence of {where} cannot be read: {error}: '{sentence}'") from None
        for literal, name, form, conversion in parts:
            ending += literal
            if name is None:
                continue
            _check_field(name, form or "", conversion, where)
            literals.append(ending)
            fields.append((name, form or ""))
            ending = ""
        return cls((*literals, ending), tuple(fields))

    def fill(self, column: Callable[[str, str], Words], rows: int) -> list[str]:
        """Write the sentence for *rows* rows; ``column(name, format)`` gives a field's words.

        >>> Template.parse("{n} of {n}", "x").fill(lambda name, form: ["1", "2"], rows=2)
        ['1 of 1', '2 of 2']
        """
        written = [self.literals[0]] * rows
        for (name, form), after in zip(self.fields, self.literals[1:], strict=True):
            written = [left + word + after for left, word in zip(written, column(name, form), strict=True)]
        return written


def check_sentences(specs: Sequence[Feature], fields: Iterable[str]) -> None:
    """Check at start that every sentence can be written for every row.

    *fields* are the names sentences may use besides ``value`` and the features' own names: declared columns
    and peer numbers.

    Raises:
        RedlaneError: a sentence is malformed, or names a field nobody offers.

    >>> check_sentences([Feature("n", "", "{n} of {total}", "behaviour")], ["n"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    redlane.errors.RedlaneError: the sentence of feature 'n' names '{total}', which is no ...
    """
    known = {"value", *fields, *(spec.name for spec in specs)}
    for spec in specs:
        for sentence in (spec.sentence, spec.sentence_zero, spec.sentence_none):
            where = f"feature '{spec.name}'"
            for name, _ in Template.parse(sentence, where).fields:
                if name not in known:
                    raise RedlaneError(
                        f"the sentence of {where} names '{{{name}}}', "
                        "which is no declared column, feature or fact"
                    )


def missing_sentence(spec: Feature) -> str:
    """What is said when the feature has no value.

    >>> missing_sentence(Feature("z", "Robust z-score of the unit price", "{value}", "valuation"))
    'cannot be computed for this declaration: Robust z-score of the unit price'
    """
    template = NOT_STATED if spec.kind == "category" else CANNOT_BE_COMPUTED
    return template.format(meaning=spec.meaning, row=spec.row)


def _check_field(name: str, form: str, conversion: str | None, where: str) -> None:
    if conversion or not name.isidentifier():
        shown = name + (f"!{conversion}" if conversion else "")
        raise RedlaneError(
            f"the sentence of {where} names '{{{shown}}}'; only plain names are allowed in braces"
        )
    if form not in FORMATS:
        known = ", ".join(f"':{known}'" for known in FORMATS if known)
        raise RedlaneError(f"the sentence of {where} asks for format ':{form}'; known are {known}")
