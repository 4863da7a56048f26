"""Sentences that are kept in English (findings, cautions, notes, why something was left out), told in another language.

A bundle keeps what its checks found as English sentences, so that it can be read with any text editor and by any later
version. The section ``said`` of a language's file holds their patterns: ``{n} of {of} features are constant.`` and what
it becomes. A sentence is read back with its pattern (:mod:`redlane.words.sentence_reader`) and written anew: numbers as
the language writes them, names as they are; a field whose name begins with ``said`` holds a sentence or phrase of the
same section, ``said_list``, ``said_each`` and ``said_items`` hold several. What no pattern fits stays English, and
whoever shows it says so.
"""

import re
from functools import cache

from redlane.explanations.sentences import Template
from redlane.words.numbers import number_in
from redlane.words.phrasebook import phrasebook
from redlane.words.sentence_reader import SentenceReader, filled

SECTION = "said"

_LISTS = {
    "said_list": re.compile(r"(, | (?=and [0-9,]+ more\Z))"),
    "said_each": re.compile(r"(; )"),
    "said_items": re.compile(r"((?<=\)); |(?<=\)), )"),
}
"""What stands between the parts of a list: commas, semicolons, or what follows the brackets that end each part."""

_OPEN = re.compile(r"\{[^{}]*\}")
_NAME = re.compile(r"[\w.-]+")


def retold(sentence: str, language: str) -> str | None:
    """A kept *sentence* in *language*; None where its pattern is not known.

    >>> retold("Only 9 weeks were resampled: read the intervals as too narrow.", "fr")
    'Seules 9 semaines ont été rééchantillonnées : les intervalles sont à lire comme trop étroits.'
    >>> retold("Something nobody wrote.", "fr"), retold("Something nobody wrote.", "en")
    (None, 'Something nobody wrote.')
    """
    book = phrasebook(language)
    if book is None:
        return sentence
    if (whole := book.sections[SECTION].get(sentence)) is not None:
        return whole.replace("{{", "{").replace("}}", "}")
    return next(filter(None, (_read(pair, sentence, language) for pair in _pairs(language))), None)


def _read(pair: tuple[SentenceReader, Template], sentence: str, language: str) -> str | None:
    words = pair[0].read(sentence)
    if words is None:
        return None
    made = {field: _value(field[0], text, language) for field, text in words.items()}
    known = {field: text for field, text in made.items() if text is not None}
    return filled(pair[1], known) if len(known) == len(made) else None


def _value(name: str, text: str, language: str) -> str | None:
    if name in _LISTS:
        parts = _LISTS[name].split(text)
        made = [part if place % 2 else _item(part, language) for place, part in enumerate(parts)]
        return None if None in made else "".join(part or "" for part in made)
    return retold(text, language) if name.startswith(SECTION) else number_in(text, language) or text


def _item(text: str, language: str) -> str | None:
    """A part of a list: a phrase, or the name of a feature."""
    return retold(text, language) or (text if _NAME.fullmatch(text) else None)


@cache
def _pairs(language: str) -> list[tuple[SentenceReader, Template]]:
    """The patterns with something open, those with most words of their own first: the first that fits is taken."""
    book = phrasebook(language)
    entries = book.sections[SECTION].items() if book else ()
    return [
        (
            SentenceReader(Template.parse(english, "the words")),
            Template.parse(other, f"the words of {language}"),
        )
        for english, other in sorted(entries, key=lambda entry: -len(_OPEN.sub("", entry[0])))
        if "{" in english
    ]
