"""A language that shows what is not translated: English in brackets, with a comma for the decimal point."""

import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

VERBATIM = {"code", "pre", "bdi", "script", "style"}
"""Elements that hold what a file, a person or a program gave."""

SAID = ("title", "aria-label", "alt", "placeholder", "data-phrase")
"""Attributes that are read out."""

_BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧|⟦[^⟦⟧]*\Z|\A[^⟦⟧]*⟧")
"""Phrases; an element within one (a link, a name) cuts it into texts that only begin or end with a bracket."""

_IDENTIFIER = re.compile(r"\S*(?:\w_\w|\w\.\w)\S*")
_WORD = re.compile(r"[^\W\d_]{3,}")
_POINT = re.compile(r"(?<![\d.])\d+\.\d+(?![\d.])")
_VOID = {"meta", "link", "br", "img", "input", "col", "hr"}


def pseudo_file(folder: Path, name: str = "qps.yaml") -> Path:
    """Write the language into *folder*."""
    english = yaml.safe_load(
        files("redlane.words").joinpath("catalogue", "en.yaml").read_text(encoding="utf-8")
    )
    made = _bracketed(english)
    made["ui"]["point"] = ","
    made["sentences"]["joins"] = english["sentences"]["joins"]
    path = folder / name
    path.write_text(yaml.safe_dump(made, allow_unicode=True, sort_keys=False, width=10**6), encoding="utf-8")
    return path


def _bracketed(words: Any) -> Any:
    if isinstance(words, dict):
        return {key: _bracketed(below) for key, below in words.items()}
    if isinstance(words, list):
        return [_bracketed(below) for below in words]
    return f"⟦{_POINT.sub(lambda found: found[0].replace('.', ','), words)}⟧" if words else words


class Reader(HTMLParser):
    """What a page says outside the elements of :data:`VERBATIM`: text, and attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)
        self.said += [value for name, value in attrs if name in SAID and value]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not VERBATIM & set(self.open):
            self.said.append(data.strip())


def said(html: str) -> list[str]:
    """Every visible text of a page."""
    reader = Reader()
    reader.feed(html)
    return reader.said


def left_over(texts: list[str], names: set[str]) -> list[str]:
    """Texts with words outside brackets that are no identifiers, and none of the *names* that data gave."""
    found = []
    for text in texts:
        rest = text
        while rest != (rest := _BRACKETED.sub(" ", rest)):
            pass
        words = [word for word in _WORD.findall(_IDENTIFIER.sub(" ", rest)) if word not in names]
        if words:
            found.append(text)
    return list(dict.fromkeys(found))


def pointed(texts: list[str]) -> list[str]:
    """Texts in which a number has a decimal point."""
    return [text for text in texts if _POINT.search(text)]
