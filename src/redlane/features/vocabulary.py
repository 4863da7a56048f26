"""A vocabulary of one's own: the words in which features speak, where declarations are something else.

A payments file maps its customers to the importer's column; its officers should read of customers. Words change what
people read, never a name or a number.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from redlane.features.spec import Feature

_FIELD = re.compile(r"(\{[^{}]*\})")


def reworded(feature: Feature, words: Mapping[str, str]) -> Feature:
    """*feature* with meaning, unit and sentences in other *words*; what stands in braces stays.

    Whole words are replaced, longer expressions before shorter ones; a capital stays a capital.

    >>> plain = Feature("n", "Importer: declarations", "{n} declarations of this importer: {importer_n}", "behaviour")
    >>> reworded(plain, {"importer": "customer", "declarations": "payments"}).sentence
    '{n} payments of this customer: {importer_n}'
    >>> reworded(plain, {"importer": "customer", "declarations": "payments"}).meaning
    'Customer: payments'
    """
    if not words:
        return feature
    return replace(
        feature,
        meaning=in_words(feature.meaning, words),
        unit=in_words(feature.unit, words),
        sentence=in_words(feature.sentence, words),
        sentence_zero=in_words(feature.sentence_zero, words),
        sentence_none=in_words(feature.sentence_none, words),
        row=in_words(feature.row, words),
    )


def in_words(text: str, words: Mapping[str, str]) -> str:
    """One *text* in other *words*; what stands in braces stays."""
    listed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)({listed})(?!\w)", re.IGNORECASE)
    own = {word.lower(): mine for word, mine in words.items()}

    def replaced(found: re.Match[str]) -> str:
        word = own[found[0].lower()]
        return word[:1].upper() + word[1:] if found[0][0].isupper() else word

    parts = _FIELD.split(text)
    return "".join(part if place % 2 else pattern.sub(replaced, part) for place, part in enumerate(parts))
