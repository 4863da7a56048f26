"""Numbers as a language writes them: its decimal sign, groups that no language misreads, words for millions."""

import re

from redlane.words.catalogue import catalogue

_THIN_SPACE = "\u202f"
_NUMBER = re.compile(
    r"([+\-−]?)(\d{1,3}(?:[,\u202f]\d{3})+|\d+)((?:\.\d+)?)((?:e[+-]?\d+)?)( million| billion|)( ?%|)\Z"
)


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


def number_in(text: str, language: str) -> str | None:
    """A number that stands in an English sentence, as *language* writes it; None where it is no number.

    Digits that are not set apart stay so: they may be a code.

    >>> [number_in(text, "fr") for text in ("0.35", "12.5%", "1.2 million", "2 billion", "-3", "CN", "nan")]
    ['0,35', '12,5 %', '1,2 million', '2 milliards', '−3', None, '–']
    >>> number_in("12,345", "fr"), number_in("1,234", "fr"), number_in("+2.0e-15", "fr")
    ('12\u202f345', '1234', '+2,0e-15')
    """
    if text in ("nan", "–"):
        return "–"
    found = _NUMBER.match(text)
    if not found:
        return None
    sign, whole, part, power, large, share = found.groups()
    digits = whole.replace(",", "").replace(_THIN_SPACE, "")
    said = whole if whole == digits else count(int(digits))
    words = catalogue(language)
    name = large.strip() + ("s" if large and abs(float(digits + part)) >= 2 else "")
    return (
        sign.replace("-", "−")
        + said
        + part.replace(".", words["ui.point"])
        + power
        + (f" {words[f'number.{name}']}" if large else "")
        + (" %" if share else "")
    )
