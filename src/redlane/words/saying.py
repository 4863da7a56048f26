"""One page's phrases, filled: what a page that is written in Python asks for its words and numbers."""

from dataclasses import dataclass

from redlane.explanations.wording import number, share
from redlane.words.catalogue import catalogue
from redlane.words.kept import retold
from redlane.words.numbers import count, decimals, number_in
from redlane.words.phrasebook import phrasebook


@dataclass(frozen=True)
class Say:
    """The phrases of *page*, a section of a *part* of the words of a *language*.

    >>> say = Say("fr", "analysis", "digits")
    >>> say("title"), say("finding", found=3, n=12000, q=say.fixed(0.05, 2))
    ('Tests des chiffres', "3 des 12\u202f000 opérateurs testés s'écartent de la loi de Benford (q d'au plus 0,05).")
    """

    language: str
    part: str
    page: str

    def __call__(self, key: str, **values: object) -> str:
        """The phrase *key* of the page, filled; whole numbers are written as counts."""
        return self.on(self.page, key, **values)

    def on(self, page: str, key: str, **values: object) -> str:
        """The same of another section of the part."""
        told = {name: count(value) if isinstance(value, int) else value for name, value in values.items()}
        return catalogue(self.language, self.part)[f"{page}.{key}"].format(**told)

    def several(self, key: str, page: str = "") -> list[str]:
        """The phrases of a list."""
        begin = f"{page or self.page}.{key}."
        return [
            phrase for name, phrase in catalogue(self.language, self.part).items() if name.startswith(begin)
        ]

    def known(self, key: str, other: str) -> str:
        """The phrase of a dotted *key* of the part, else of the reports, else *other*."""
        phrases = (catalogue(self.language, self.part), catalogue(self.language))
        return next((words[key] for words in phrases if key in words), other)

    def title(self, text: str) -> str:
        """The title of a red flag; one of one's own stays."""
        book = phrasebook(self.language)
        return (book and book.words("title", text)) or text

    def kept(self, sentence: str) -> str | None:
        """A sentence that was made in English; None where the language has none for it."""
        return retold(sentence, self.language)

    def number(self, value: float) -> str:
        """A number with the digits a person wants."""
        return self._told(number(value))

    def share(self, value: float) -> str:
        """A share as a percentage of three digits."""
        return self._told(share(float(f"{value:.3g}")))

    def fixed(self, value: float, digits: int) -> str:
        """A number with so many decimals."""
        return decimals(f"{value:.{digits}f}".replace("-", "−"), self.language)

    def amount(self, value: float) -> str:
        """An amount in few characters.

        >>> [Say("fr", "analysis", "plot").amount(value) for value in (0, 250, 12_000, 3.5e6, 2e9, 0.25)]
        ['0', '250', '12 k', '3,5 M', '2 Md', '0,25']
        """
        for unit, least, name in ((1e9, 1e9, "billion"), (1e6, 1e6, "million"), (1e3, 1e4, "thousand")):
            if value >= least:
                return f"{decimals(f'{value / unit:.3g}', self.language)} {self.on('plot', name)}"
        return count(round(value)) if value >= 1000 else decimals(f"{value:.3g}", self.language)

    def _told(self, text: str) -> str:
        made = number_in(text, self.language)
        return catalogue(self.language)["number.unknown"] if made is None else made
