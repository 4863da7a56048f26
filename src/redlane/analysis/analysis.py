"""What an analysis is: a table, one picture, and the sentences that go with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from redlane.analysis.page import Picture
from redlane.analysis.plots import png
from redlane.profiles.build import Profiles

INDICATORS = (
    "Risk indicators, not proof: each row says where to look, and may have an honest cause.",
    "Not a customs value: a price that departs from others is no ground by itself for another valuation (WTO "
    "Agreement on Customs Valuation).",
)
"""Said on every page."""


@dataclass(frozen=True)
class Period:
    """The declarations looked at, the profiles they are compared with, and how many rows a page shows."""

    declarations: pd.DataFrame
    profiles: Profiles
    since: date
    until: date
    top_rows: int = 20


@dataclass(frozen=True)
class Drawing:
    """A matplotlib figure and what it shows in words."""

    figure: Any
    alt: str
    caption: str = ""

    def picture(self) -> Picture:
        """The figure as PNG."""
        return Picture(png(self.figure), self.alt, self.caption)


@dataclass(frozen=True)
class Analysis:
    """One row of the table of analyses.

    ``table`` computes all rows, the most telling first; ``shown`` takes those of the page from it. ``columns`` are
    the declared columns it cannot do without. Where ``table`` raises a :class:`~redlane.errors.RedlaneError`, the
    analysis is left out and its sentence given as the reason.
    """

    name: str
    title: str
    lead: str
    reading: Sequence[str]
    columns: Sequence[str]
    table: Callable[[Period], pd.DataFrame]
    draw: Callable[[pd.DataFrame], Drawing]
    finding: Callable[[pd.DataFrame], str]
    shown: Callable[[pd.DataFrame], pd.DataFrame] = field(default=lambda frame: frame)
    units: Mapping[str, str] = field(default_factory=dict)
    cautions: Sequence[str] = ()
