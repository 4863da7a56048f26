"""Bundles that are held against each other: read, named, each with its own profiles, on rows none has learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from redlane.declarations.format import DeclarationFormat
from redlane.declarations.periods import Mask, day_number, days
from redlane.declarations.reading import Accepted, read_declarations
from redlane.errors import RedlaneError
from redlane.evaluation.paired.duel import Side
from redlane.features.catalogue import FeatureSettings
from redlane.model.bundle import Bundle, read_bundle
from redlane.pipeline import score
from redlane.profiles.build import Profiles
from redlane.profiles.store import last_day, open_store, read_manifest
from redlane.progress import step
from redlane.stages import learning
from redlane.stages.score import beside
from redlane.tracking.resolving import bundle_at, is_address
from redlane.tracking.settings import TrackingSettings


@dataclass(frozen=True)
class Entrant:
    """A bundle under the name it is shown by, with the profiles it reads."""

    name: str
    learnt: Bundle
    store: Profiles
    store_folder: Path
    features: FeatureSettings

    @property
    def fitted_on(self) -> date:
        """The morning it was fitted: earlier rows it may have learnt from."""
        return date.fromisoformat(self.learnt.manifest["facts"]["fitted_on"])

    def score(self, rows: pd.DataFrame) -> Side:
        """Its scores of *rows*, with all that explains them."""
        scores = score(rows, self.store, self.features, self.learnt.model)
        return Side(self.name, self.learnt.model, self.features, self.store, scores)


@dataclass(frozen=True)
class Field:
    """Declarations to compare on: *rows* that no entrant can have learnt from, outcome known; all *earlier* ones."""

    accepted: Accepted
    since: date
    mask: Mask

    @property
    def rows(self) -> pd.DataFrame:
        """The rows compared."""
        return self.accepted.frame[self.mask].reset_index(drop=True)

    @property
    def earlier(self) -> pd.DataFrame:
        """Declarations from before, outcome known or not."""
        registered = days(self.accepted.frame["registered_on"])
        return self.accepted.frame[registered < day_number(self.since)]


def read_entrants(
    addresses: Sequence[Path], profiles: Sequence[Path], tracking: TrackingSettings
) -> list[Entrant]:
    """Read every bundle and its profiles: one store for all, one for each in order, or those beside the bundles.

    Raises:
        RedlaneError: a bundle or store cannot be used, or the numbers of both do not fit.
    """
    if len(profiles) not in (0, 1, len(addresses)):
        raise RedlaneError(
            f"{len(profiles)} profiles stores were given for {len(addresses)} bundles; give one for all, or one each"
        )
    step("checking bundles and profiles")
    learnt = []
    for address in addresses:
        with bundle_at(str(address), tracking) as folder:
            learnt.append(read_bundle(folder))
    places = list(profiles) or [
        _usual_store(address, each) for address, each in zip(addresses, learnt, strict=True)
    ]
    if len(places) == 1:
        places *= len(addresses)
    stores = {place: open_store(place) for place in dict.fromkeys(places)}
    return [
        Entrant(
            name,
            each,
            stores[place],
            place,
            FeatureSettings.parse(each.configured("features"), f"the features of {name}"),
        )
        for name, each, place in zip(_names(addresses), learnt, places, strict=True)
    ]


def read_field(
    files: list[Path], entrants: Sequence[Entrant], rules: DeclarationFormat | None, as_of: date | None
) -> Field:
    """Read the declarations; without *rules*, as the first entrant's were written.

    Raises:
        RedlaneError: no row is young enough, or a store ends before the rows compared do.
    """
    step("reading declarations")
    written = entrants[0].learnt.configured("declarations")
    accepted = read_declarations(
        files, rules or DeclarationFormat.parse(written, "the bundle's format"), as_of
    )
    learning.require_outcomes(accepted)
    since = max(entrant.fitted_on for entrant in entrants)
    mask = learning.labelled(accepted.frame) & (days(accepted.frame["registered_on"]) >= day_number(since))
    if not mask.any():
        raise RedlaneError(
            f"no declaration with an outcome was registered on {since} or later, when the latest of the bundles was "
            f"fitted: models are never compared on rows that one of them may have learnt from"
        )
    field = Field(accepted, since, mask)
    for entrant in entrants:
        _require_reach(entrant, field)
    return field


def _require_reach(entrant: Entrant, field: Field) -> None:
    """Who knows less of the days just before a declaration would be judged by its store, not by its model."""
    registered = field.accepted.frame["registered_on"]
    last = field.rows["registered_on"].max()
    needed = registered[registered < last].max()
    known_to = last_day(read_manifest(entrant.store_folder))
    if pd.notna(needed) and known_to < str(needed.date()):
        raise RedlaneError(
            f"the profiles {entrant.store_folder} of {entrant.name} end on {known_to}, but the rows compared need "
            f"what was known by {needed.date()}; append the declarations since ('redlane profile FILE --append --out "
            f"{entrant.store_folder}') or give one store for all with --profiles"
        )


def _usual_store(address: Path, learnt: Bundle) -> Path:
    return (
        Path("profiles") / str(learnt.manifest["facts"]["name"])
        if is_address(str(address))
        else beside(address)
    )


def _names(addresses: Sequence[Path]) -> list[str]:
    """Last parts of the paths, or the paths in full where those are not distinct.

    >>> _names([Path("models/a"), Path("models/b")]), _names([Path("old/a"), Path("new/a")])
    (['a', 'b'], ['old/a', 'new/a'])
    """
    whole = [address.as_posix() for address in addresses]
    short = [text if is_address(text) else Path(text).resolve().name for text in whole]
    return short if len(set(short)) == len(short) else whole
