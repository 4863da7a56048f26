"""The values back out of a sentence: its template read backwards.

A sentence was written by filling a template, so that reading it means finding the texts between the literals. Where
they can be found in more than one way (a value holds the words of the template), nothing is read: a wrong split would
be a wrong statement.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from redlane.explanations.sentences import Template

Field = tuple[str, str]
"""Name and format of a field."""


@dataclass(frozen=True)
class SentenceReader:
    """Reads the sentences of one template."""

    template: Template

    def read(self, sentence: str) -> Mapping[Field, str] | None:
        """The words of each field; None where the template does not fit, or fits in two ways.

        >>> reader = SentenceReader(Template.parse("{n} of {total} declarations", "an example"))
        >>> reader.read("3 of 12 declarations"), reader.read("1 of 2 of 3 declarations")
        ({('n', ''): '3', ('total', ''): '12'}, None)
        """
        shortest, longest = self._patterns
        found, other = shortest.fullmatch(sentence), longest.fullmatch(sentence)
        if found is None or other is None or found.groups() != other.groups():
            return None
        return dict(zip(self._fields, found.groups(), strict=True))

    @cached_property
    def _fields(self) -> tuple[Field, ...]:
        return tuple(dict.fromkeys(self.template.fields))

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """With the first fields as short, and as long, as they can be: the same where there is one way only."""
        return self._pattern("(.+?)"), self._pattern("(.+)")

    def _pattern(self, group: str) -> re.Pattern[str]:
        written, seen = re.escape(self.template.literals[0]), list[Field]()
        for field, after in zip(self.template.fields, self.template.literals[1:], strict=True):
            if field in seen:
                written += f"(?:\\{seen.index(field) + 1})"
            else:
                seen.append(field)
                written += group
            written += re.escape(after)
        return re.compile(written, re.DOTALL)


def filled(template: Template, words: Mapping[Field, str]) -> str:
    """The sentence of *template* with these words.

    >>> filled(Template.parse("sur {total}, {n}", "an example"), {("n", ""): "3", ("total", ""): "12"})
    'sur 12, 3'
    """
    return template.fill(lambda name, form: [words[name, form]], 1)[0]
