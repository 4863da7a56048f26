"""Sentences of the feature catalogue in another language: patterns of English templates, and what they become.

The catalogue's sentences are put together from few parts ("earlier declarations of this importer with this seller in
the past 90 days: {value}"), so that a translation is a list of patterns and of their parts, and holds for features
that somebody configures tomorrow. In a pattern ``<when>`` stands for a phrase of the section ``when``, ``<who>`` for
one or several of the section ``who``, joined as English joins them; ``<n>`` for a number; ``<name>`` for a word that
stays; ``{k}`` for any field. ``<Who>`` begins with a capital letter. Several of one section are numbered: ``<who1>``.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from redlane.features.flags.flag import Flag
from redlane.words.catalogue import catalogue, sentences
from redlane.words.numbers import decimals, number_in

_TOKEN = re.compile(r"<([A-Za-z]+?)(\d?)>|(\{[^{}]*\})")
_FIELD = r"\{[^{}]*\}"
_FIELD_GROUP = "field_"
_VERBATIM = {"n": r"[0-9]+(?:\.[0-9]+)?", "name": r"[^\s{}]+"}
"""Parts that no section lists."""
_JOINED = {"who": (" with ", ", "), "key": (" with ", ", ")}
"""Sections whose phrases follow each other: what stands after the first, and between the others."""


@dataclass(frozen=True)
class Phrasebook:
    """Patterns of one language. ``sections`` by name; ``joins`` are the words that join phrases of a section."""

    sections: Mapping[str, Mapping[str, str]]
    joins: tuple[str, str]
    language: str

    def sentence(self, template: str) -> str | None:
        """The *template* of a sentence in this language, with the same fields; None where no pattern fits.

        >>> phrasebook("fr").sentence("inspections of this importer with HS heading {hs4} so far: {value}")
        "contrôles concernant cet importateur avec la position SH {hs4} jusqu'ici : {value}"
        """
        return self._translated("sentence", template)

    def meaning(self, text: str) -> str | None:
        """What a feature means, in this language; None where no pattern fits."""
        return self._translated("meaning", text)

    def unit(self, text: str) -> str | None:
        """A unit in this language; None where it is not known."""
        return self._translated("unit", text)

    def flag(self, flag: Flag) -> tuple[str | None, str | None]:
        """Title of a red *flag*, and its sentence with the flag's parameters written out; None where not known."""
        said = self._translated("flag", flag.sentence)
        spoken = None if said is None else flag.model_copy(update={"sentence": said}).spoken
        return self._translated("title", flag.title), spoken

    @property
    def unknown(self) -> str:
        """What is said for a value nobody knows."""
        return catalogue(self.language)["number.unknown"]

    def number(self, text: str) -> str | None:
        """A number of an English sentence as this language writes it; None where it is no number."""
        return number_in(text, self.language)

    def words(self, section: str, text: str) -> str | None:
        """A value that is itself English words; the name of a reference cell is read piece by piece."""
        whole = self._translated(section, text)
        if whole is not None or section != "cell":
            return whole
        pieces = re.split(r" (?=HS |from |departed |by |office |quantity unit |procedure )", text)
        made = [self._translated(section, piece) for piece in pieces]
        return None if None in made else " ".join(piece for piece in made if piece)

    def _translated(self, section: str, text: str) -> str | None:
        for english, target in self.sections.get(section, {}).items():
            if _may_be(english, text) and (found := self._expression(english).fullmatch(text)):
                return self._filled(target, found)
        return None

    def _expression(self, english: str) -> re.Pattern[str]:
        """A pattern compiled, once for all languages that have the same English."""
        key = (self._vocabulary, english)
        if key not in _COMPILED:
            _COMPILED[key] = re.compile(_regex(self, english, named=True))
        return _COMPILED[key]

    @cached_property
    def _vocabulary(self) -> str:
        """What the patterns hang on: the English side of every section."""
        english = {name: list(entries) for name, entries in self.sections.items()}
        return hashlib.sha256(repr(english).encode()).hexdigest()

    def _filled(self, target: str, found: re.Match[str]) -> str | None:
        parts: dict[str, str | None] = {}
        for name, text in found.groupdict().items():
            parts[name] = self._part(name.rstrip("0123456789"), text)
        if None in parts.values():
            return None
        return _TOKEN.sub(lambda token: parts[_group(token)] or "", target)

    def _part(self, section: str, text: str) -> str | None:
        """The phrase or phrases that *text* is; fields, numbers and names stay."""
        if section == "n":
            return decimals(text, self.language)
        if section in _VERBATIM or section.startswith(_FIELD_GROUP):
            return text
        if section[0].isupper():
            made = self._part(section.lower(), text) or self._part(
                section.lower(), text[:1].lower() + text[1:]
            )
            return None if made is None else made[:1].upper() + made[1:]
        return self._chain(section, text) if section in _JOINED else self._translated(section, text)

    def _chain(self, section: str, text: str) -> str | None:
        first, between = _JOINED[section]
        head, _, tail = text.partition(first)
        made = [self._translated(section, part) for part in (head, *(tail.split(between) if tail else ()))]
        if None in made:
            return self._translated(section, text)
        known = [part for part in made if part is not None]
        return known[0] + (self.joins[0] + self.joins[1].join(known[1:]) if known[1:] else "")


@cache
def phrasebook(language: str) -> Phrasebook | None:
    """The phrasebook of *language*; None for English, which the catalogue is written in."""
    if language == "en":
        return None
    sections = dict(sentences(language))
    first, between = sections.pop("joins")
    return Phrasebook(
        {name: {str(k): str(v) for k, v in entries.items()} for name, entries in sections.items()},
        (str(first), str(between)),
        language,
    )


_COMPILED: dict[tuple[str, str], re.Pattern[str]] = {}


def _may_be(english: str, text: str) -> bool:
    """Whether the words of a pattern stand in *text* in their order: most patterns need not be compiled."""
    place = 0
    for words in _words_of(english):
        found = text.find(words, place)
        if found < 0:
            return False
        place = found + len(words)
    return True


@cache
def _words_of(english: str) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"<[A-Za-z]+\d?>|\{[^{}]*\}", english)))


def _regex(book: Phrasebook, pattern: str, named: bool = False) -> str:
    """A pattern as a regular expression: its parts as groups, everything else as it stands."""
    written, end = "", 0
    for token in _TOKEN.finditer(pattern):
        part = _wildcard(book, token)
        written += re.escape(pattern[end : token.start()]) + (
            f"(?P<{_group(token)}>{part})" if named else part
        )
        end = token.end()
    return written + re.escape(pattern[end:])


def _group(token: re.Match[str]) -> str:
    return _FIELD_GROUP + re.sub(r"\W", "_", token[3][1:-1]) if token[3] else token[1] + token[2]


def _wildcard(book: Phrasebook, token: re.Match[str]) -> str:
    if token[3]:
        return _FIELD
    section = token[1]
    if section in _VERBATIM:
        return _VERBATIM[section]
    phrases = [_regex(book, english) for english in book.sections[section.lower()]]
    if section[0].isupper():
        phrases += [phrase[:1].upper() + phrase[1:] for phrase in phrases]
    one = "(?:" + "|".join(sorted(phrases, key=len, reverse=True)) + ")"
    if section.lower() not in _JOINED:
        return one
    rest = "(?:" + "|".join(_regex(book, english) for english in book.sections[section.lower()]) + ")"
    first, between = map(re.escape, _JOINED[section.lower()])
    return f"(?:{one}(?:{first}{rest}(?:{between}{rest})*)?)"
