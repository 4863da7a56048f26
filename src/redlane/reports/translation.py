"""Reasons and red flags in the language of a report: the score file keeps English, which is read and written anew.

A stored sentence and the code beside it say which template it was written with. Its values are read back
(:mod:`redlane.words.sentence_reader`) and stand in the template of the other language
(:mod:`redlane.words.phrasebook`). What cannot be read for sure stays English, and is marked and counted.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from redlane.declarations.columns import COLUMNS
from redlane.explanations.sentences import Template, missing_sentence
from redlane.explanations.wording import UNKNOWN
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.flag import Flag
from redlane.features.spec import Feature
from redlane.model.bundle import Bundle
from redlane.profiles.keys import HS_PREFIXES
from redlane.words.catalogue import catalogue
from redlane.words.phrasebook import Phrasebook, phrasebook
from redlane.words.sentence_reader import Field, SentenceReader, filled

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
TEXTS = frozenset(
    [
        *HS_PREFIXES,
        "additional_origin",
        *(c.name for c in COLUMNS.values() if c.kind in ("text", "code", "hs", "country")),
    ]
)
"""Fields whose words are copied, however much they look like numbers."""


@dataclass(frozen=True)
class Translator:
    """Puts into one language what features and flags of one bundle say; English stays as it is (``book`` is None)."""

    book: Phrasebook | None = None
    specs: Mapping[str, Feature] = field(default_factory=dict)
    flags: Mapping[str, Flag] = field(default_factory=dict)

    @classmethod
    def of(cls, language: str, bundle: Bundle | None) -> "Translator":
        """For the catalogue that *bundle* was trained with; without one, nothing is known and all stays English."""
        if bundle is None:
            return cls(phrasebook(language))
        return cls.knowing(language, bundle.specs, bundle.configured("features"))

    @classmethod
    def knowing(cls, language: str, specs: Sequence[Feature], settings: Mapping[str, Any]) -> "Translator":
        """For these features, made with these *settings*.

        Raises:
            RedlaneError: the settings are none of features.
        """
        book = phrasebook(language)
        if book is None:
            return cls(book)
        flags = FeatureSettings.parse(settings, "the bundle's features").flags()
        return cls(book, {spec.name: spec for spec in specs}, {flag.id: flag for flag in flags})

    def reasons(self, codes: Sequence[str], sentences: Sequence[str]) -> tuple[list[str], list[bool]]:
        """Reasons of features: their words, and which of them stayed English."""
        return self._each(codes, sentences, self._of_feature)

    def raised(self, ids: Sequence[str], sentences: Sequence[str]) -> tuple[list[str], list[bool]]:
        """Sentences of raised red flags: their words, and which of them stayed English."""
        return self._each(ids, sentences, self._of_flag)

    def meaning(self, spec: Feature) -> str:
        """What a feature means."""
        return (self.book and self.book.meaning(spec.meaning)) or spec.meaning

    def unit(self, spec: Feature) -> str:
        """The unit of a feature."""
        return (self.book and self.book.unit(spec.unit)) or spec.unit

    def sentence(self, spec: Feature) -> str:
        """The sentence of a feature before it is filled."""
        flag = self.flags.get(spec.name.removeprefix("flag_"))
        told = None if flag is None else self._raised(flag)
        return told or (self.book and self.book.sentence(spec.sentence)) or spec.sentence

    def pairs(self, spec: Feature) -> "list[Pair]":
        """Every template that may have written a reason of this feature, with the same in the other language."""
        flag = self.flags.get(spec.name.removeprefix("flag_"))
        said = [] if flag is None else self.flag_pairs(flag)
        templates = filter(
            None, (spec.sentence if flag is None else "", spec.sentence_zero, spec.sentence_none)
        )
        made = [(template, self.book and self.book.sentence(template)) for template in templates]
        return [*said, *(Pair.of(template, other) for template, other in made if other)]

    def flag_pairs(self, flag: Flag) -> "list[Pair]":
        """The template of a raised flag, its parameters written out, in both languages."""
        other = self._raised(flag)
        return [Pair.of(flag.spoken, other)] if other else []

    def _raised(self, flag: Flag) -> str | None:
        """The sentence of a raised flag, the numbers of its parameters with the decimal sign of the language."""
        if self.book is None or (other := self.book.flag(flag)[1]) is None:
            return None
        return re.sub(r"(?<=\d)\.(?=\d)", catalogue(self.book.language)["ui.point"], other)

    def _each(
        self, codes: Sequence[str], sentences: Sequence[str], pairs: "Callable[[str], list[Pair]]"
    ) -> tuple[list[str], list[bool]]:
        """The same sentence of the same code is translated once: batches repeat them often."""
        if self.book is None:
            return list(sentences), [False] * len(sentences)
        known: dict[str, list[Pair]] = {code: pairs(code) for code in dict.fromkeys(codes)}
        asked = list(zip(codes, sentences, strict=True))
        made = {each: self._translated(*each, known[each[0]]) for each in dict.fromkeys(asked)}
        told = [made[each] for each in asked]
        return [text or each[1] for text, each in zip(told, asked, strict=True)], [
            text is None for text in told
        ]

    def _of_feature(self, code: str) -> "list[Pair]":
        return self.pairs(self.specs[code]) if code in self.specs else []

    def _of_flag(self, code: str) -> "list[Pair]":
        return self.flag_pairs(self.flags[code]) if code in self.flags else []

    def _translated(self, code: str, sentence: str, pairs: "list[Pair]") -> str | None:
        if code in self.specs and self.book and sentence == missing_sentence(self.specs[code]):
            return self.book.sentence(sentence)
        for pair in pairs:
            words = pair.reader.read(sentence)
            spoken = None if words is None else self._spoken(words, self.specs.get(code))
            if spoken is not None:
                return filled(pair.other, spoken)
        return None

    def _spoken(self, words: Mapping[Field, str], spec: Feature | None) -> dict[Field, str] | None:
        made = {each: self._value(each[0], text, spec) for each, text in words.items()}
        return (
            None if None in made.values() else {each: text for each, text in made.items() if text is not None}
        )

    def _value(self, name: str, text: str, spec: Feature | None) -> str | None:
        """A value as the other language writes it; None where it is not what the field holds."""
        if self.book is None:
            return text
        if text == UNKNOWN:
            return self.book.unknown
        for ending, section in (("_cell", "cell"), ("_finding", "finding")):
            if name.endswith(ending):
                return self.book.words(section, text)
        is_text = name in TEXTS or (name == "value" and spec is not None and spec.kind == "category")
        return text if is_text or _DAY.match(text) else self.book.number(text)


@dataclass(frozen=True)
class Pair:
    """A template of the catalogue, and the same in the other language."""

    reader: SentenceReader
    other: Template

    @classmethod
    def of(cls, english: str, other: str) -> "Pair":
        """From the two texts."""
        return cls(
            SentenceReader(Template.parse(english, "the catalogue")), Template.parse(other, "a translation")
        )
