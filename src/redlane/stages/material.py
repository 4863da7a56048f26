"""What every stage that learns begins with: declarations with outcomes, the features they can feed, the periods."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import Periods, Split, days
from redlane.declarations.reading import Accepted, read_declarations
from redlane.features.availability import available
from redlane.features.catalogue import FeatureSettings
from redlane.features.flags.availability import availability_note
from redlane.features.flags.flag import FlagSettings
from redlane.profiles.partner_exports import PartnerExportsFormat
from redlane.progress import step
from redlane.stages import learning
from redlane.stages.references import ReferenceTables, read_references
from redlane.stages.result import ResultTable, reject_tables


@dataclass(frozen=True)
class Source:
    """Where the material comes from and how it is read: files and formats, features and red flags."""

    files: list[Path]
    partner_table: Path | None
    declarations: DeclarationFormat
    partner_exports: PartnerExportsFormat
    features: FeatureSettings
    flags: FlagSettings
    as_of: date | None = None


@dataclass(frozen=True)
class Material:
    """Accepted declarations, reference tables and the features that these can feed.

    ``left_out`` are sentences about features that they cannot.
    """

    source: Source
    accepted: Accepted
    references: ReferenceTables
    features: FeatureSettings
    left_out: list[str]

    @property
    def frame(self) -> pd.DataFrame:
        """The accepted declarations."""
        return self.accepted.frame

    @property
    def inputs(self) -> dict[str, str]:
        """SHA-256 of every file that was read, by name."""
        return learning.by_name({**self.accepted.hashes, **self.references.hashes})

    def split(self, periods: Periods) -> Split:
        """The rows of each period.

        Raises:
            RedlaneError: the borders are out of order, or a period holds no labelled row.
        """
        frame = self.frame
        return periods.split(
            days(frame["registered_on"]), days(frame["outcome_known_on"]), learning.labelled(frame)
        )

    def configuration(self) -> dict[str, Any]:
        """The settings it was read with, as plain data."""
        return {
            "declarations": self.source.declarations.plain(),
            "partner_exports": self.source.partner_exports.plain(),
            "features": self.features.plain(),
        }

    def counts(self) -> dict[str, int]:
        """read = accepted + rejected."""
        return {
            "read": self.accepted.read,
            "accepted": len(self.frame),
            "rejected": self.accepted.rejected,
        }

    def tables(self) -> list[ResultTable]:
        """What was rejected, for people."""
        return [*reject_tables(self.accepted.rejects), *self.references.shown]

    def notes(self) -> list[str]:
        """Sentences about what was read that a person should not miss."""
        features = self.features
        return [
            *self.left_out,
            *availability_note(features.flags(), features.names(), self.frame.columns),
            *self.accepted.notes,
            *self.references.notes,
        ]


def gather(source: Source) -> Material:
    """Read the declarations and reference tables of *source*; see which features they can feed.

    Raises:
        RedlaneError: a file cannot be used, no outcome is recorded, or a feature lacks its column and the
            settings do not say that it may be left out.
    """
    step("reading declarations")
    accepted = read_declarations(source.files, source.declarations, source.as_of)
    learning.require_outcomes(accepted)
    references = read_references(source.partner_table, source.partner_exports)
    features, left_out = available(
        source.features.with_flags(source.flags),
        accepted.frame.columns,
        references.tables,
        source.declarations.labels(),
    )
    return Material(source, accepted, references, features, list(left_out))


def plain(**settings: Any) -> Mapping[str, Any]:
    """Settings objects as plain data, by name.

    >>> plain(periods=Periods(tune_days=30))["periods"]["tune_days"]
    30
    """
    return {name: value.plain() for name, value in settings.items()}
