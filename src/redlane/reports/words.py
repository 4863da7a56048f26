"""The words of a report: one catalogue per language, the same keys and placeholders in each."""

from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from redlane.errors import RedlaneError

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")

_THIN_SPACE = "\u202f"

IN_PAGE = (
    "ui", "plot", "lane", "lane_reason", "group", "meaning", "control", "why", "column", "unit", "part", "measure",
    "link", "several",
)  # fmt: skip
"""The sections whose words the page itself needs, for what it writes when a case is opened."""


@cache
def catalogue(language: str, page: str = "") -> dict[str, str]:
    """Every phrase of a report by dotted key; another *page* than the batch report has a catalogue of its own.

    Raises:
        RedlaneError: there is no catalogue of *language*.

    >>> catalogue("fr")["lane.red"]
    'rouge'
    """
    if language not in LANGUAGES:
        raise RedlaneError(f"there is no catalogue '{language}'; languages are {', '.join(LANGUAGES)}")
    text = (
        files("redlane.reports")
        .joinpath("catalogue", f"{page and page + '.'}{language}.yaml")
        .read_text(encoding="utf-8")
    )
    sections = yaml.safe_load(text)
    return {f"{name}.{key}": str(phrase) for name, words in sections.items() for key, phrase in words.items()}


def page_words(language: str) -> dict[str, str]:
    """The phrases that travel inside the page."""
    return {key: phrase for key, phrase in catalogue(language).items() if key.split(".")[0] in IN_PAGE}


def count(value: int) -> str:
    """A count in full, from five digits on set apart by a narrow no-break space.

    >>> count(4321), count(1234567)
    ('4321', '1\u202f234\u202f567')
    """
    return f"{value:,}".replace(",", _THIN_SPACE) if abs(value) >= 10_000 else str(value)


def decimals(number: str, language: str) -> str:
    """A number with the decimal sign of *language*.

    >>> decimals("6.61 %", "fr"), decimals("6.61 %", "en")
    ('6,61 %', '6.61 %')
    """
    return number.replace(".", catalogue(language)["ui.point"])
