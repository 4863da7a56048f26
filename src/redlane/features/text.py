"""What a feature is called, means and says, written down with words in capitals that are filled in later."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from redlane.features.spec import Feature, Group

_NOTHING: Mapping[str, str] = {}


class Text(NamedTuple):
    """One feature: its name, meaning, unit, sentence, and the sentence where it is 0."""

    name: str
    meaning: str
    unit: str
    sentence: str
    zero: str = ""

    def feature(self, group: Group, family: str, words: Mapping[str, str] = _NOTHING) -> Feature:
        """The feature, with every one of *words* filled in.

        >>> text = Text("KEY_pace", "pace of KEY", "share", "WHO declares {value:share}")
        >>> text.feature("behaviour", "pace", {"KEY": "seller", "WHO": "this seller"}).sentence
        'this seller declares {value:share}'
        """
        name, meaning, unit, sentence, zero = (_filled(text, words) for text in self)
        return Feature(name, meaning, sentence, group, unit, family=family, sentence_zero=zero)


def _filled(text: str, words: Mapping[str, str]) -> str:
    return re.sub("|".join(words), lambda found: words[found[0]], text) if words else text
