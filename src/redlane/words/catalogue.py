"""The words of a language: a file of ``words/catalogue/`` or a file of one's own, with the same keys and placeholders.

A new language is a new file and nothing else: its name is the language's tag (``fr``, ``pt-BR``), English is copied and
put into other words. A path that ends with ``.yaml`` is a language too.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator

from redlane.errors import RedlaneError
from redlane.io.containers import shown

SENTENCES = "sentences"
"""The part that says what kept English sentences become; :mod:`redlane.words.phrasebook` reads it."""

PARTS = ("comparison", "analysis", SENTENCES)
"""Parts of a file with keys of their own; everything else is one catalogue, that of the reports."""

IN_PAGE = (
    "ui", "plot", "lane", "lane_reason", "group", "meaning", "control", "why", "column", "unit", "part", "measure",
    "link", "several",
)  # fmt: skip
"""The sections whose words the page itself needs, for what it writes when a case is opened."""

_OWN = (".yaml", ".yml")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FOLDER = files("redlane.words").joinpath("catalogue")


@cache
def languages() -> tuple[str, ...]:
    """The languages there are files of, English first.

    >>> languages()[0], "fr" in languages()
    ('en', True)
    """
    names = sorted(Path(file.name).stem for file in _FOLDER.iterdir() if file.name.endswith(_OWN))
    return tuple(sorted(names, key=lambda name: name != "en"))


def known_language(language: str) -> str:
    """*language* itself, if there is a complete file of it.

    Raises:
        RedlaneError: there is none; or the file given cannot be read, lacks phrases or has other placeholders.
    """
    if language in languages():
        return language
    if not language.endswith(_OWN):
        raise RedlaneError(
            f"there is no language '{language}'; there are {', '.join(languages())}, or the path of a file of words "
            "that ends with .yaml"
        )
    if found := faults(language):
        raise RedlaneError(
            f"{shown(Path(language))} is no complete file of words ({len(found)} faults): {found[0]}; begin with a "
            "copy of redlane's en.yaml"
        )
    return language


Language = Annotated[str, AfterValidator(known_language)]
"""``en``, ``fr``, any other file of ``words/catalogue/``, or the path of a file of one's own."""


def tag(language: str) -> str:
    """The tag a browser knows a language by (BCP 47): the name of its file, or *und* where that is none.

    >>> tag("fr"), tag("words/pt-BR.yaml"), tag("my words.yaml")
    ('fr', 'pt-BR', 'und')
    """
    name = Path(language).stem if language.endswith(_OWN) else language
    return name if _TAG.fullmatch(name) else "und"


@cache
def catalogue(language: str, part: str = "") -> dict[str, str]:
    """Every phrase of the reports by dotted key, or every one of a *part*.

    Raises:
        RedlaneError: there is no such language.

    >>> catalogue("fr")["lane.red"], catalogue("fr", "comparison")["short.better"]
    ('rouge', 'meilleur')
    """
    tree = _tree(language)
    chosen = tree[part] if part else {name: words for name, words in tree.items() if name not in PARTS}
    return dict(_flat(chosen))


def page_words(language: str) -> dict[str, str]:
    """The phrases that travel inside the page."""
    return {key: phrase for key, phrase in catalogue(language).items() if key.split(".")[0] in IN_PAGE}


def sentences(language: str) -> Mapping[str, Any]:
    """The part of kept sentences, as it stands in the file: sections of patterns and what they become."""
    part: Mapping[str, Any] = _tree(language)[SENTENCES]
    return part


def faults(language: str) -> list[str]:
    """What is wrong with a file of words, a sentence each: phrases it lacks, placeholders that differ from English.

    Phrases it has beyond English are no fault: among the kept sentences may be those of one's own features.
    """
    english, other = (_whole(each) for each in ("en", language))
    lacking = [f"it lacks '{'.'.join(key)}'" for key in english if key not in other]
    different = [
        f"'{'.'.join(key)}' has the placeholders {sorted(placeholders(other[key]))}, not {sorted(placeholders(phrase))}"
        for key, phrase in english.items()
        if key in other and placeholders(other[key]) != placeholders(phrase)
    ]
    return lacking + different + _odd_patterns(other)


def _odd_patterns(words: Mapping[tuple[str, ...], str]) -> list[str]:
    """Patterns of kept sentences that name no section, or whose other side fills in what the English does not hold."""
    patterns = {key: phrase for key, phrase in words.items() if key[0] == SENTENCES and len(key) == 3}
    sections = {key[1] for key in patterns} | {"n", "name"}
    named = {key: re.findall(r"<([A-Za-z]+?)\d?>", key[2]) for key in patterns}
    unknown = [
        f"'{key[2]}' names <{name}>, and there is no such section"
        for key, names in named.items()
        for name in names
        if name.lower() not in sections
    ]
    return unknown + [
        f"'{phrase}' fills in what '{key[2]}' does not hold"
        for key, phrase in patterns.items()
        if not placeholders(phrase) <= placeholders(key[2])
    ]


def placeholders(phrase: str) -> frozenset[str]:
    """What a phrase leaves open.

    >>> sorted(placeholders("{n} declarations of <who> at {rate:share}"))
    ['<who>', 'n', 'rate:share']
    """
    try:
        fields = [(name, form) for _, name, form, _ in Formatter().parse(phrase) if name is not None]
    except ValueError:
        return frozenset([phrase])
    marked = {f"<{piece.partition('>')[0]}>" for piece in phrase.split("<")[1:] if ">" in piece}
    return frozenset(f"{name}:{form}" if form else name for name, form in fields) | marked


def _whole(language: str) -> dict[tuple[str, ...], str]:
    return dict(_leaves(_tree(language)))


@cache
def _tree(language: str) -> Mapping[str, Any]:
    if language in languages():
        text = _FOLDER.joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    elif language.endswith(_OWN):
        text = _own(Path(language))
    else:
        known_language(language)
    try:
        tree = yaml.load(text, Loader=_LOADER)  # noqa: S506 - the safe one, or the same in C
    except yaml.YAMLError as error:
        raise RedlaneError(
            f"{shown(Path(language))} is no YAML: {' '.join(str(error).split())[:200]}"
        ) from None
    if not isinstance(tree, Mapping):
        raise RedlaneError(f"{shown(Path(language))} holds no words; begin with a copy of redlane's en.yaml")
    return tree


def _own(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise RedlaneError(
            f"the file of words {shown(path)} cannot be read: {error.strerror or error}"
        ) from None
    except ValueError:
        raise RedlaneError(f"the file of words {shown(path)} is no text in UTF-8; save it as such") from None


def _flat(words: Any) -> Iterator[tuple[str, str]]:
    for key, phrase in _leaves(words):
        yield ".".join(key), phrase


def _leaves(words: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every phrase with the names it stands under."""
    if isinstance(words, Mapping):
        for name, below in words.items():
            yield from _leaves(below, (*above, str(name)))
    elif isinstance(words, list):
        for place, below in enumerate(words):
            yield from _leaves(below, (*above, str(place)))
    else:
        yield above, "" if words is None else str(words)
