"""Who trades with whom: how many, how many lately, and what was found with the others.

A party's neighbours are the parties it shares a seller, a declarant or a carrier with. Everything here is an exact
look-up as of the day before: links and outcomes of the same day, of the same file or of later days are invisible.
(IBM's graph feature preprocessor, often used for such features, sees later edges of the same batch, so that its
numbers depend on how a file was cut and cannot be had at the moment of decision.)
"""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from redlane.features.family import Computed, Family
from redlane.features.parties import base_rate, capital, days_of, group_of, suffix, window_words
from redlane.features.spec import Feature
from redlane.features.view import Numbers, View, ratio
from redlane.profiles.keys import Key, check_key, key_name, key_phrase, key_words, source_columns
from redlane.profiles.ledger import Amounts
from redlane.profiles.links import Link, LinksSeen
from redlane.profiles.needs import ProfileNeeds

IMPORTER: Key = ("importer_id",)


def plural(words: str) -> str:
    """Several of what *words* name.

    >>> plural("importer"), plural("HS heading")
    ('importers', 'HS headings')
    """
    return f"{words}s"


class Fan(Family):
    """Links from one key to another: how many so far, how many new in each window, and whether this one is new.

    >>> fan = Fan(key=("seller_id",), to=("importer_id",), windows=(90,))
    >>> [feature.name for feature in fan.features()]
    ['seller_to_importer_n', 'seller_to_importer_new_90d', 'seller_to_importer_is_new']
    """

    title: ClassVar[str] = "Links between parties"
    family: Literal["fan"] = "fan"
    key: Key
    to: Key
    windows: tuple[int, ...] = (30, 90, 365)
    newness: bool = True
    """Also a flag: 1 when this very link is new."""

    @field_validator("key", "to")
    @classmethod
    def _known(cls, key: Key) -> Key:
        check_key(key, "fan")
        return key

    @property
    def link(self) -> Link:
        """From what, to what."""
        return self.key, self.to

    @property
    def name(self) -> str:
        """What its features' names begin with."""
        return f"{key_name(self.key)}_to_{key_name(self.to)}"

    def columns(self) -> tuple[str, ...]:
        """The parts of both keys."""
        return tuple(dict.fromkeys(source_columns((*self.key, *self.to))))

    def needs(self) -> ProfileNeeds:
        """The links."""
        return ProfileNeeds(links=(self.link,))

    def features(self) -> tuple[Feature, ...]:
        """Degree, new links, newness."""
        new = [self._new(window) for window in self.windows]
        return (self._degree(), *new, *((self._flag(),) if self.newness else ()))

    def _degree(self) -> Feature:
        owner, members = key_words(self.key), plural(key_words(self.to))
        return Feature(
            f"{self.name}_n",
            f"{capital(owner)}: number of different {members} seen together with it so far",
            f"different {members} seen together with {key_phrase(self.key)} so far: {{value}}",
            group_of((*self.key, *self.to)),
            members,
            family="links between parties",
        )

    def _new(self, window: int) -> Feature:
        owner, members, tail = key_words(self.key), plural(key_words(self.to)), window_words(window)
        return Feature(
            f"{self.name}_new{suffix(window)}",
            f"{capital(owner)}: number of different {members} first seen together with it {tail}",
            f"different {members} first seen together with {key_phrase(self.key)} {tail}: {{value}}",
            group_of((*self.key, *self.to)),
            members,
            family="links between parties",
        )

    def _flag(self) -> Feature:
        phrase = f"{key_phrase(self.key)} and {key_phrase(self.to)}"
        return Feature(
            f"{self.name}_is_new",
            f"1 when {key_words(self.key)} and {key_words(self.to)} were never seen together before, else 0",
            f"{phrase} were never seen together before",
            group_of((*self.key, *self.to)),
            "0 or 1",
            family="links between parties",
            sentence_zero=f"{phrase} were seen together before",
        )

    def compute(self, view: View) -> Computed:
        """Counts of links first seen before the day; NaN where the owner (for the flag, either end) is missing."""
        seen: LinksSeen = view.profile("links", self.link)
        unknown = seen.owners == 0
        found: Computed = {f"{self.name}_n": np.where(unknown, np.nan, seen.degree())}
        for window in self.windows:
            found[f"{self.name}_new{suffix(window)}"] = np.where(unknown, np.nan, seen.degree(window))
        if self.newness:
            found[f"{self.name}_is_new"] = np.where(seen.stated(), seen.is_new(), np.nan)
        return found


class Neighbours(Family):
    """What inspections found with the *other* importers of a seller, a declarant, a carrier or a cross of them.

    Outcomes of the key less those of this importer with the key, both exact as of the day before. The rate is
    smoothed to the overall rate as in :class:`~redlane.features.parties.History`: (hits + m * prior) /
    (inspected + m).

    >>> Neighbours(key=("seller_id",)).features()[0].name
    'seller_others_hit_rate'
    """

    title: ClassVar[str] = "Neighbours"
    family: Literal["neighbours"] = "neighbours"
    key: Key
    windows: tuple[Literal["all"] | int, ...] = ("all",)
    prior_weight: float = Field(default=15.0, gt=0)

    @field_validator("key")
    @classmethod
    def _known(cls, key: Key) -> Key:
        check_key(key, "neighbours")
        return key

    @property
    def _with_importer(self) -> Key:
        """The cross in the order in which other families spell it, so that its ledger is kept once."""
        return (*IMPORTER, *self.key) if self.key == ("seller_id",) else (*self.key, *IMPORTER)

    def columns(self) -> tuple[str, ...]:
        """The key's parts and the importer."""
        return source_columns(self._with_importer)

    def needs(self) -> ProfileNeeds:
        """Outcomes of the key, of the importer with the key, and of everything."""
        return ProfileNeeds(outcomes=((), self.key, self._with_importer))

    def features(self) -> tuple[Feature, ...]:
        """One rate per window."""
        return tuple(self._feature(window) for window in self.windows)

    def _feature(self, window: Literal["all"] | int) -> Feature:
        name, tail = f"{key_name(self.key)}_others", window_words(window)
        return Feature(
            f"{name}_hit_rate{suffix(window)}",
            f"{capital(key_words(self.key))}: share of inspections of its other importers that found an "
            f"irregularity {tail}, smoothed with weight {self.prior_weight:g}",
            f"{{{name}_hits{suffix(window)}}} of {{{name}_inspected_n{suffix(window)}}} inspections of other "
            f"importers of {key_phrase(self.key)} found an irregularity {tail} (all declarations: "
            "{base_rate:share})",
            "behaviour",
            "share",
            direction=1,
            family="neighbours",
        )

    def compute(self, view: View) -> Computed:
        """Smoothed rates; NaN where the key or the importer is missing."""
        prior, weight = base_rate(view), self.prior_weight
        found: Computed = {}
        for window in self.windows:
            hits, inspected = (self._others(view, name, days_of(window)) for name in ("hits", "inspected"))
            rate = (hits + weight * prior) / (inspected + weight)
            found[f"{key_name(self.key)}_others_hit_rate{suffix(window)}"] = rate
        return found

    def _others(self, view: View, name: str, window: int | None) -> Numbers:
        everybody, own = view.outcomes(self.key), view.outcomes(self._with_importer)
        amounts: Amounts = everybody.total(name, window) - own.total(name, window)
        return np.where(own.keys == 0, np.nan, amounts)

    def fact_names(self) -> tuple[str, ...]:
        """Hits and inspections of the others."""
        name = f"{key_name(self.key)}_others"
        return tuple(f"{name}_{fact}{suffix(w)}" for w in self.windows for fact in ("hits", "inspected_n"))

    def facts(self, view: View) -> Computed:
        """Hits and inspections of the others."""
        name = f"{key_name(self.key)}_others"
        return {
            f"{name}_{fact}{suffix(window)}": self._others(view, amount, days_of(window))
            for window in self.windows
            for fact, amount in (("hits", "hits"), ("inspected_n", "inspected"))
        }


class Hub(Family):
    """A seller that lately serves many new importers, and whether one declarant brings them in.

    RF30 of the red flags: scatter and gather through one seller. ``hub_new`` counts importers first seen with
    this seller and declarant in the window; ``hub_share`` is their part of all the seller's new importers.
    """

    title: ClassVar[str] = "Hubs"
    family: Literal["hub"] = "hub"
    window: int = Field(default=90, ge=1)

    _seller: ClassVar[Link] = (("seller_id",), IMPORTER)
    _through: ClassVar[Link] = (("seller_id", "declarant_id"), IMPORTER)

    def columns(self) -> tuple[str, ...]:
        """The three parties."""
        return ("seller_id", "declarant_id", "importer_id")

    def needs(self) -> ProfileNeeds:
        """Importers by seller, and by seller and declarant."""
        return ProfileNeeds(links=(self._seller, self._through))

    def features(self) -> tuple[Feature, ...]:
        """Number and share."""
        tail, end = window_words(self.window), suffix(self.window)
        return (
            Feature(
                f"hub_new{end}",
                f"Importers first seen with this seller through this declarant {tail}",
                f"importers first seen with this seller through this declarant {tail}: {{value}}",
                "identity",
                "importers",
                family="hubs",
            ),
            Feature(
                f"hub_share{end}",
                f"Part of the seller's importers new {tail} that came through this declarant",
                f"of {{hub_seller_new}} importers new with this seller {tail}, {{hub_declarant_new}} came "
                "through this declarant",
                "identity",
                "share",
                family="hubs",
            ),
        )

    def compute(self, view: View) -> Computed:
        """NaN where a party is missing; the share also where the seller has no new importer."""
        through: LinksSeen = view.profile("links", self._through)
        new = np.where(through.owners == 0, np.nan, through.degree(self.window))
        end = suffix(self.window)
        return {f"hub_new{end}": new, f"hub_share{end}": ratio(new, self._seller_new(view))}

    def _seller_new(self, view: View) -> Numbers:
        seen: LinksSeen = view.profile("links", self._seller)
        return np.where(seen.owners == 0, np.nan, seen.degree(self.window))

    def fact_names(self) -> tuple[str, ...]:
        """New importers, of the seller and through the declarant."""
        return ("hub_seller_new", "hub_declarant_new")

    def facts(self, view: View) -> Computed:
        """New importers, of the seller and through the declarant."""
        new = self.compute(view)[f"hub_new{suffix(self.window)}"]
        return {"hub_seller_new": self._seller_new(view), "hub_declarant_new": new}
