"""The community an importer belongs to, and what was found two hops away."""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from redlane.features.family import Computed, Family
from redlane.features.parties import base_rate, window_words
from redlane.features.spec import Feature
from redlane.features.view import Numbers, View
from redlane.profiles.keys import key_name, key_words, source_columns
from redlane.profiles.needs import ProfileNeeds
from redlane.profiles.networks import NetworkReference


class Community(Family):
    """Size, age and hit rate of an importer's community, and hit rates of importers that share its partners.

    As last published before the day; the importer's own outcomes are left out, rates are smoothed to the overall
    rate. Everything is NaN for an importer without a link at the last publication.

    >>> [feature.name for feature in Community().features()][:3]
    ['community_importers', 'community_age', 'community_hit_rate']
    """

    title: ClassVar[str] = "Communities"
    family: Literal["community"] = "community"
    reference: NetworkReference = NetworkReference()
    prior_weight: float = Field(default=15.0, gt=0)

    def columns(self) -> tuple[str, ...]:
        """The importer and its partners."""
        return self.reference.columns()

    def needs(self) -> ProfileNeeds:
        """The network, and the overall hit rate."""
        return ProfileNeeds(networks=(self.reference,), outcomes=((),))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Without the partners that *columns* lack."""
        partners = tuple(
            k for k in self.reference.partners if all(name in columns for name in source_columns(k))
        )
        if not partners or "importer_id" not in columns:
            return None
        if partners == self.reference.partners:
            return self
        return self.model_copy(update={"reference": self.reference.model_copy(update={"partners": partners})})

    def features(self) -> tuple[Feature, ...]:
        """Three of the community, one for each kind of partner."""
        tail = window_words(self.reference.window_days)
        size = Feature(
            "community_importers",
            f"Importers connected with this one through sellers and declarants that are no hubs, {tail}",
            f"importers connected with this one through small sellers and declarants {tail}: {{value}}",
            "identity",
            "importers",
            family="communities",
        )
        age = Feature(
            "community_age",
            "Days since the oldest link of the importer's community",
            "days since the oldest link of this importer's community: {value}",
            "identity",
            "days",
            family="communities",
        )
        return (
            size,
            age,
            self._rate("community"),
            *(self._rate(key_name(k)) for k in self.reference.partners),
        )

    def _rate(self, part: str) -> Feature:
        words = {key_name(key): key_words(key) for key in self.reference.partners}
        whose = f"that share a {words[part]} with it" if part in words else "of its community"
        return Feature(
            _rate_name(part),
            f"Importer: share of inspections of other importers {whose} that found an irregularity, smoothed with "
            f"weight {self.prior_weight:g}"
            + (", each partner weighted by one over its importers" if words.get(part) else ""),
            f"the smoothed hit rate of other importers {whose} is {{value:share}} (all declarations: "
            "{base_rate:share})",
            "behaviour",
            "share",
            direction=1,
            family="communities",
        )

    def compute(self, view: View) -> Computed:
        """See :meth:`features`."""
        seen: dict[str, Numbers] = view.profile("networks", self.reference)
        prior, weight = base_rate(view), self.prior_weight
        found: Computed = {
            "community_importers": seen["community_importers"],
            "community_age": view.days - seen["community_first_day"],
        }
        for part in ("community", *(key_name(key) for key in self.reference.partners)):
            hits, inspected = seen[f"{part}_hits"], seen[f"{part}_inspected"]
            found[_rate_name(part)] = np.asarray((hits + weight * prior) / (inspected + weight))
        return found


def _rate_name(part: str) -> str:
    return "community_hit_rate" if part == "community" else f"{part}_two_hop_hit_rate"
