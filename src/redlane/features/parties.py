"""History: what was known of an importer, a seller, a good, or any cross of them."""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, field_validator

from redlane.features.family import Computed, Family
from redlane.features.spec import Feature, Group
from redlane.features.view import Numbers, View, ratio
from redlane.profiles.keys import Key, check_key, key_name, key_phrase, key_words, source_columns
from redlane.profiles.ledger import Seen
from redlane.profiles.needs import ProfileNeeds

Window = Literal["all"] | int
Measure = Literal[
    "count",
    "value",
    "mean_value",
    "value_to_mean",
    "hit_rate",
    "inspected",
    "days_since_first",
    "days_since_last",
]

_PARTIES = {"importer_id", "seller_id", "declarant_id", "carrier_id", "office"}
_ORIGINS = {"origin_country", "departure_country", "tax_type", "origin_indicator", "preference_claimed"}


def group_of(key: Key) -> Group:
    """The typology group a key's history speaks of.

    >>> group_of(("importer_id", "hs6")), group_of(("hs6", "origin_country")), group_of(("hs4",))
    ('behaviour', 'origin', 'classification')
    """
    if _PARTIES & set(key):
        return "behaviour"
    return "origin" if _ORIGINS & set(key) else "classification"


def suffix(window: Window) -> str:
    """The ending of a feature's name that tells its window.

    >>> suffix("all"), suffix(90)
    ('', '_90d')
    """
    return "" if window == "all" else f"_{window}d"


def days_of(window: Window) -> int | None:
    """The window in days; None for all history."""
    return None if window == "all" else window


def window_words(window: Window) -> str:
    """The window as an officer would say it.

    >>> window_words("all"), window_words(365), window_words(90)
    ('so far', 'in the past year', 'in the past 90 days')
    """
    return {"all": "so far", 1: "on the day before", 365: "in the past year"}.get(
        window, f"in the past {window} days"
    )


def capital(words: str) -> str:
    """With a capital first letter, the rest as it is.

    >>> capital("HS chapter"), capital("seller")
    ('HS chapter', 'Seller')
    """
    return words[:1].upper() + words[1:]


class History(Family):
    """Risk profile of a key: activity, and the hit rate smoothed to a prior.

    The hit rate is (hits + m * prior) / (inspected + m), with m = ``prior_weight`` and as prior the rate of
    ``parent`` (itself smoothed to the overall rate) or the overall rate. An entity never inspected has the
    prior, not zero. Only outcomes known before the day count. ``value_to_mean`` is this declaration's value divided by
    the average of the earlier ones; missing where there are none.
    """

    title: ClassVar[str] = "History"
    family: Literal["history"] = "history"
    key: Key
    windows: tuple[Window, ...] = ("all",)
    measures: tuple[Measure, ...] = ("count", "hit_rate")
    prior_weight: float = Field(default=15.0, gt=0)
    parent: Key = ()

    @field_validator("key", "parent")
    @classmethod
    def _known(cls, key: Key) -> Key:
        check_key(key, "history")
        return key

    def columns(self) -> tuple[str, ...]:
        """The key's own columns and its parent's; the value where it is compared."""
        value = ("customs_value",) if "value_to_mean" in self.measures else ()
        return tuple(dict.fromkeys([*source_columns((*self.key, *self.parent)), *value]))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Without a comparison of values where none are declared."""
        if "customs_value" in columns:
            return super().reduced_to(columns)
        kept = tuple(measure for measure in self.measures if measure != "value_to_mean")
        rest = self if kept == self.measures else self.model_copy(update={"measures": kept})
        return Family.reduced_to(rest, columns) if kept else None

    def needs(self) -> ProfileNeeds:
        """Activity and outcomes of the key; outcomes of the parent and of everything for the prior."""
        outcomes = ((), self.parent, self.key) if "hit_rate" in self.measures else (self.key,)
        reads_outcomes = {"hit_rate", "inspected"} & set(self.measures)
        reads_activity = set(self.measures) - {"hit_rate", "inspected"}
        return ProfileNeeds(
            activity=(self.key,) if reads_activity else (),
            outcomes=tuple(dict.fromkeys(outcomes)) if reads_outcomes else (),
        )

    def features(self) -> tuple[Feature, ...]:
        """One per measure and window; first and last day only once."""
        return tuple(self._feature(measure, window) for measure, window in self._columns())

    def _columns(self) -> list[tuple[Measure, Window]]:
        once = ("days_since_first", "days_since_last")
        return [
            (measure, window)
            for measure in self.measures
            for window in (("all",) if measure in once else self.windows)
        ]

    def _feature(self, measure: Measure, window: Window) -> Feature:
        name, words, phrase, tail = (
            key_name(self.key),
            key_words(self.key),
            key_phrase(self.key),
            window_words(window),
        )
        meaning, unit, sentence = {
            "count": ("declarations", "declarations", f"earlier declarations of {phrase} {tail}: {{value}}"),
            "value": (
                "customs value declared",
                "reference currency",
                f"customs value declared by {phrase} {tail}: {{value}}",
            ),
            "mean_value": (
                "average customs value",
                "reference currency",
                f"average customs value of {phrase} {tail}: {{value}}",
            ),
            "value_to_mean": (
                "customs value of this declaration divided by the average",
                "times",
                f"the customs value is {{value}} times the average of {phrase} {tail} "
                f"({{{name}_average{suffix(window)}}})",
            ),
            "hit_rate": (
                f"share of inspections that found an irregularity, smoothed with weight {self.prior_weight:g}",
                "share",
                f"{{{name}_hits{suffix(window)}}} of {{{name}_inspected_n{suffix(window)}}} inspections of "
                f"{phrase} found an irregularity {tail} (all declarations: {{base_rate:share}})",
            ),
            "inspected": ("inspections", "inspections", f"inspections of {phrase} {tail}: {{value}}"),
            "days_since_first": (
                "days since first seen",
                "days",
                f"days since {phrase} was first seen: {{value}}",
            ),
            "days_since_last": (
                "days since last seen",
                "days",
                f"days since {phrase} was last seen: {{value}}",
            ),
        }[measure]
        return Feature(
            name=f"{name}_{measure}{suffix(window)}",
            meaning=f"{capital(words)}: {meaning} {tail if 'days' not in measure else ''}".strip(),
            sentence=sentence,
            group=group_of(self.key),
            unit=unit,
            direction=1 if measure == "hit_rate" else 0,
            counts=f"{name}_inspected_n{suffix(window)}" if measure == "hit_rate" else "",
            sentence_none=f"no inspection of {phrase} is known {tail}" if measure == "hit_rate" else "",
            family=f"history of {words}",
        )

    def compute(self, view: View) -> Computed:
        """See :meth:`features`."""
        return {
            f"{key_name(self.key)}_{measure}{suffix(window)}": self._measure(view, measure, window)
            for measure, window in self._columns()
        }

    def _measure(self, view: View, measure: Measure, window: Window) -> Numbers:
        if measure == "hit_rate":
            return self._hit_rate(view, window)
        if measure == "inspected":
            return view.outcomes(self.key).total("inspected", days_of(window)).astype(np.float64)
        seen = view.activity(self.key)
        if measure == "count":
            return seen.total("count", days_of(window)).astype(np.float64)
        if measure == "value":
            return seen.total("value_cents", days_of(window)) / 100
        if measure in ("mean_value", "value_to_mean"):
            mean = _average(seen, window)
            return mean if measure == "mean_value" else ratio(view.number("customs_value"), mean)
        return view.days - (seen.first_day() if measure == "days_since_first" else seen.last_day())

    def _hit_rate(self, view: View, window: Window) -> Numbers:
        prior = base_rate(view)
        if self.parent:
            prior = smoothed_rate(view, self.parent, "all", self.prior_weight, prior)
        return smoothed_rate(view, self.key, window, self.prior_weight, prior)

    def fact_names(self) -> tuple[str, ...]:
        """Hits and inspections behind each hit rate, the average behind each comparison."""
        name = key_name(self.key)
        rates = ("hits", "inspected_n") if "hit_rate" in self.measures else ()
        averages = ("average",) if "value_to_mean" in self.measures else ()
        return tuple(f"{name}_{fact}{suffix(w)}" for w in self.windows for fact in (*rates, *averages))

    def facts(self, view: View) -> Computed:
        """Hits and inspections behind each hit rate, the average behind each comparison."""
        name = key_name(self.key)
        facts: Computed = {}
        for window in self.windows:
            if "hit_rate" in self.measures:
                seen = view.outcomes(self.key)
                facts[f"{name}_hits{suffix(window)}"] = seen.total("hits", days_of(window)).astype(np.float64)
                inspected = seen.total("inspected", days_of(window))
                facts[f"{name}_inspected_n{suffix(window)}"] = inspected.astype(np.float64)
            if "value_to_mean" in self.measures:
                facts[f"{name}_average{suffix(window)}"] = _average(view.activity(self.key), window)
        return facts


def _average(seen: Seen, window: Window) -> Numbers:
    """Customs value per declaration; NaN where there is none."""
    days = days_of(window)
    return ratio(seen.total("value_cents", days) / 100, seen.total("count", days))


def base_rate(view: View) -> Numbers:
    """The share of all inspections known before each row's day that found an irregularity; NaN before any."""
    seen = view.outcomes(())
    return ratio(seen.total("hits"), seen.total("inspected"))


def smoothed_rate(view: View, key: Key, window: Window, weight: float, prior: Numbers) -> Numbers:
    """Hit rate of *key* shrunk towards *prior*: the posterior mean of a beta distribution of that weight."""
    seen = view.outcomes(key)
    hits, inspected = seen.total("hits", days_of(window)), seen.total("inspected", days_of(window))
    return (hits + weight * prior) / (inspected + weight)
