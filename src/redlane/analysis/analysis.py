"""What an analysis is: a table, one picture, and the sentences that go with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from redlane.analysis.page import Picture
from redlane.analysis.plots import png
from redlane.evaluation.settings import EvaluationSettings
from redlane.features.catalogue import FeatureSettings
from redlane.profiles.build import Profiles
from redlane.words.saying import Say

Tables = Mapping[str, pd.DataFrame]
"""What an analysis computes: the table its page is about first, others beside it by name."""


@dataclass(frozen=True)
class Period:
    """The declarations looked at, the profiles they are compared with, and how many rows a page shows.

    ``features`` (with the red flags among them) and ``evaluation`` are for analyses of features.
    """

    declarations: pd.DataFrame
    profiles: Profiles
    since: date
    until: date
    features: FeatureSettings
    evaluation: EvaluationSettings
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

    Its words are the section of its name in the part *analysis* of a language's file: ``title``, ``lead``,
    ``reading``, ``cautions`` and what ``draw`` and ``finding`` say.

    ``tables`` computes all rows: the first table is the one the page is about, others become files beside it.
    ``shown`` puts the columns and rows of the page first; ``draw`` and ``finding`` are asked only where the first
    table has rows. ``columns`` are the declared columns it cannot do without. Where ``tables`` raises a
    :class:`~redlane.errors.RedlaneError`, the analysis is left out and its sentence given as the reason.
    """

    name: str
    columns: Sequence[str]
    tables: Callable[[Period], Tables]
    draw: Callable[[Tables, Say], Drawing]
    finding: Callable[[Tables, Say], str]
    shown: Callable[[pd.DataFrame], pd.DataFrame] = field(default=lambda frame: frame)
    units: Mapping[str, str] = field(default_factory=dict)

    def say(self, language: str) -> Say:
        """Its words in *language*."""
        return Say(language, "analysis", self.name)

    @property
    def title(self) -> str:
        """What it is called in English, as on the command line."""
        return self.say("en")("title")


def both_sides(frame: pd.DataFrame, low: str, high: str) -> pd.DataFrame:
    """The rows in an order that gives both sides the same room: the largest of *low* and of *high* by turns.

    Rows with nothing on either side come last.

    >>> frame = pd.DataFrame({"under": [9.0, 8.0, 7.0, 0.0], "over": [0.0, 0.0, 1.0, 2.0]})
    >>> both_sides(frame, "under", "over").index.tolist()
    [0, 3, 1, 2]
    """
    amounts = frame[[low, high]].where(frame[[low, high]] > 0)
    ranks = amounts.rank(ascending=False, method="first").fillna(len(frame) + 1)
    best = ranks.min(axis=1) + 0.5 * (ranks[high] < ranks[low])
    return frame.loc[best.sort_values(kind="stable").index]
