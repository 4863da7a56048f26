"""Shares: how usual this declaration's office, broker, route or line of business is for those it belongs to."""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from redlane.errors import RedlaneError
from redlane.features.family import Computed, Family
from redlane.features.parties import Window, days_of, group_of, suffix, window_words
from redlane.features.spec import Feature, Group
from redlane.features.view import Numbers, View
from redlane.profiles.keys import Key, check_key, key_name, key_phrase, key_words, source_columns
from redlane.profiles.needs import ProfileNeeds
from redlane.settings import Settings


class Share(Settings):
    """The part of *within*'s declarations that also agree with this one in the other parts of *key*."""

    key: Key
    within: Key
    minimum: int = Field(default=5, ge=1)
    """With fewer earlier declarations of *within* there is no share."""

    @model_validator(mode="after")
    def _nested(self) -> "Share":
        for key in (self.key, self.within):
            check_key(key, "shares")
        if not self.within or not set(self.within) < set(self.key):
            raise RedlaneError(
                f"shares: '{'+'.join(self.within)}' must be a part of '{'+'.join(self.key)}', and not all of it"
            )
        return self

    @property
    def name(self) -> str:
        """The stem of the feature's name and of its facts."""
        return f"{key_name(self.key)}_share_in_{key_name(self.within)}"

    @property
    def rest(self) -> Key:
        """What is counted: the parts of the key that are not in its parent."""
        return tuple(part for part in self.key if part not in self.within)

    @property
    def group(self) -> Group:
        """An unusual origin or route speaks of the origin, whoever's it is; else the key says what it speaks of.

        >>> Share(key=("importer_id", "hs4", "origin_country"), within=("importer_id", "hs4")).group
        'origin'
        """
        return "origin" if {"origin_country", "departure_country"} & set(self.rest) else group_of(self.key)

    def columns(self) -> tuple[str, ...]:
        """The declared columns of both keys."""
        return source_columns((*self.key, *self.within))


class Shares(Family):
    """Share of a cross within its parent: an importer's line of business, office or broker; the usual routes,
    modes, payments and currencies of goods from an origin.

    With n earlier declarations of the parent in the window, k of them of the whole cross, the share is
    (k + 1) / (n + 2), Laplace's rule of succession: "never in 300" is rarer than "never in 10". Below ``minimum``
    it is missing. Red flags: line-of-business break, office shopping, broker hopping, implausible route or mode,
    unusual payment or procedure.
    """

    title: ClassVar[str] = "Shares"
    family: Literal["shares"] = "shares"
    window: Window = 365
    shares: tuple[Share, ...] = Field(min_length=1)

    def columns(self) -> tuple[str, ...]:
        """The columns of all keys."""
        return tuple(dict.fromkeys(name for share in self.shares for name in share.columns()))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Only the shares whose columns are there."""
        kept = tuple(s for s in self.shares if all(name in columns for name in s.columns()))
        return self.model_copy(update={"shares": kept}) if kept else None

    def needs(self) -> ProfileNeeds:
        """Activity of the crosses and of their parents."""
        keys = [key for share in self.shares for key in (share.key, share.within)]
        return ProfileNeeds(activity=tuple(dict.fromkeys(keys)))

    def features(self) -> tuple[Feature, ...]:
        """One per share."""
        return tuple(self._feature(share) for share in self.shares)

    def _feature(self, share: Share) -> Feature:
        tail, stem = window_words(self.window), f"{share.name}{{}}{suffix(self.window)}"
        least = f" (at least {share.minimum} are needed)" if share.minimum > 1 else ""
        return Feature(
            name=f"{share.name}{suffix(self.window)}",
            meaning=f"Share of the declarations of {key_words(share.within)} {tail} that were of this "
            f"{key_words(share.rest)}, by the rule of succession{least}",
            sentence=f"{{{stem.format('_k')}}} of {{{stem.format('_n')}}} declarations of "
            f"{key_phrase(share.within)} {tail} were of {key_phrase(share.rest)}",
            group=share.group,
            unit="share",
            family="shares",
        )

    def compute(self, view: View) -> Computed:
        """NaN where the parent was seen too seldom, or where a part of the key is missing."""
        return {f"{share.name}{suffix(self.window)}": self._share(view, share) for share in self.shares}

    def _share(self, view: View, share: Share) -> Numbers:
        k, n = self._counts(view, share)
        known = (n >= share.minimum) & (view.hashes(share.key) != 0)
        return np.where(known, (k + 1.0) / (n + 2.0), np.nan)

    def _counts(self, view: View, share: Share) -> tuple[Numbers, Numbers]:
        window = days_of(self.window)
        k = view.activity(share.key).total("count", window).astype(np.float64)
        return k, view.activity(share.within).total("count", window).astype(np.float64)

    def fact_names(self) -> tuple[str, ...]:
        """Both counts of each share."""
        tail = suffix(self.window)
        return tuple(f"{share.name}{end}{tail}" for share in self.shares for end in ("_k", "_n"))

    def facts(self, view: View) -> Computed:
        """Both counts of each share."""
        counts = [number for share in self.shares for number in self._counts(view, share)]
        return dict(zip(self.fact_names(), counts, strict=True))
