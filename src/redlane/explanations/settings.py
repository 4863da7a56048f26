"""Settings of the explanations."""

from typing import Annotated, Literal

from pydantic import Field

from redlane.settings import Settings


class ExplanationSettings(Settings):
    """Which rows are explained and how many reasons they get.

    >>> ExplanationSettings.parse({"top": 0}, where="explanations")
    Traceback (most recent call last):
    ...
    redlane.errors.RedlaneError: explanations: key 'top' is 0: Input should be greater than or equal to 1
    """

    rows: Literal["selected", "all", "none"] = "selected"
    """Explain the red lane, every row, or none; contributions cost several times a score."""
    top: Annotated[int, Field(ge=1)] = 4
    """At most this many reasons for a row."""
    minimum_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    """A reason below this share of all that raised the score is left out."""
    chunk_rows: Annotated[int, Field(ge=1)] = 10_000
    """Rows explained at a time; changes memory, never a value."""
