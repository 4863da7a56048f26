"""The incentive to declare another origin: preferences claimed, additional duties avoided, goods sent through hubs."""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np

from redlane.features.additional_duty import (
    BY_ORIGIN,
    BY_TREATMENT,
    IMPORTED,
    ORIGIN,
    ORIGINS,
    AdditionalDuty,
    share_shift,
)
from redlane.features.family import Computed, Family
from redlane.features.origin_sentences import ADDITIONAL, PREFERENCE, ROUTES
from redlane.features.siblings import HS4
from redlane.features.spec import Feature
from redlane.features.usual_rates import own_usual_rate, rate_keys
from redlane.features.view import Numbers, View
from redlane.hashing import MISSING, combine
from redlane.profiles.keys import Key
from redlane.profiles.needs import ProfileNeeds

_ROUTE: Key = ("origin_country", "departure_country")
_HEADING_ROUTE: Key = (*HS4, *_ROUTE)
_DEPARTURE: Key = ("departure_country",)
_HEADING_DEPARTURE: Key = (*HS4, *_DEPARTURE)
_IMPORTER_HEADING: Key = ("importer_id", *HS4)


class OriginIncentive(Family):
    """What the declared origin saves, and whether it took the place of a dearer one.

    * preference margin: usual rate of the subheading (see ``full_rates``) minus the rate applied where a preference
      is claimed, else 0; the same only where the goods departed elsewhere; and in money;
    * new origin: the importer declared goods of the heading before, but never of this origin;
    * additional duty avoided: mean rate, in the past year, of another origin of the heading that bears an additional
      duty (``additional_rates``, as anti-dumping) minus the rate applied, at least 0 and 0 where there is none; the
      same only where this importer brought the heading from that origin before; in money; and how long ago that
      duty was first seen;
    * shifts: share of this origin, and of the one with the additional duty, in the heading's declarations of the last
      ``recent`` days, minus the share in the ``earlier`` days before those;
    * transit: share of goods of the departure country's own origin among what departs from it, in the heading and
      overall, by the rule of succession (k + 1) / (n + 2): low at hubs that produce no such goods.

    Red flags: origin mismatch, transshipment hub, origin switch after a duty change.
    """

    title: ClassVar[str] = "Origin incentive"
    family: Literal["origin_incentive"] = "origin_incentive"
    full_rates: tuple[str, ...] = ("MFN",)
    additional_rates: tuple[str, ...] = ("ADD",)
    """Codes of ``tax_type`` for additional duties on goods of one origin."""
    recent: int = 180
    earlier: int = 365

    def columns(self) -> tuple[str, ...]:
        """Rates, treatment, claim, countries, goods, importer and value."""
        treatment = ("tax_type",) if self.full_rates or self.additional_rates else ()
        return (
            *(
                "duty_rate",
                *treatment,
                "preference_claimed",
                "hs_code",
                "origin_country",
                "departure_country",
            ),
            *("importer_id", "customs_value"),
        )

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Without additional duties, and with rates of all treatments, where no treatment is declared."""
        if "tax_type" not in columns and (self.full_rates or self.additional_rates):
            return self.model_copy(update={"full_rates": (), "additional_rates": ()}).reduced_to(columns)
        return super().reduced_to(columns)

    def needs(self) -> ProfileNeeds:
        """Rates, routes and origins of the heading."""
        routes = (HS4, BY_ORIGIN, _ROUTE, _HEADING_ROUTE, _DEPARTURE, _HEADING_DEPARTURE)
        additional = (BY_TREATMENT,) if self.additional_rates else ()
        return ProfileNeeds(
            activity=(*rate_keys(self.full_rates), *routes, _IMPORTER_HEADING, IMPORTED, *additional),
            links=(ORIGINS,) if self.additional_rates else (),
        )

    def features(self) -> tuple[Feature, ...]:
        """Preference, additional duty, shifts, transit."""
        texts = [*PREFERENCE, *(ADDITIONAL if self.additional_rates else ()), *ROUTES]
        days = {"RECENT": f"{self.recent} days", "EARLIER": f"{self.earlier} days"}
        return tuple(text.feature("origin", "origin incentive", days) for text in texts)

    def compute(self, view: View) -> Computed:
        """See :meth:`features`; NaN where a rate, country or claim is not stated, or history is too thin."""
        value = view.number("customs_value")
        margin = self._margin(view)
        computed: Computed = {
            "preference_margin": margin,
            "preference_margin_elsewhere": margin * _differs(view),
            "preference_margin_value": margin / 100 * value,
            "importer_x_hs4_new_origin": _new_origin(view),
        }
        if self.additional_rates:
            computed |= self._additional(view, value)
        windows = (self.recent, self.earlier)
        shift = share_shift(view, view.hashes(HS4), view.hashes(ORIGIN), view.days, windows)
        return computed | {
            "origin_share_shift": np.where(view.hashes(BY_ORIGIN) != MISSING, shift, np.nan),
            "hs4_x_departure_own_origin_share": _own_share(view, HS4),
            "departure_own_origin_share": _own_share(view, ()),
        }

    def _margin(self, view: View) -> Numbers:
        saved = np.maximum(own_usual_rate(view, self.full_rates) - view.number("duty_rate"), 0.0)
        claimed = view.number("preference_claimed")
        return np.where(claimed == 1.0, saved, np.where(np.isnan(claimed), np.nan, 0.0))

    def _additional(self, view: View, value: Numbers) -> Computed:
        duty = AdditionalDuty.of(view, self.additional_rates)
        rate = view.number("duty_rate")
        stated = np.isfinite(rate) & (view.hashes(BY_ORIGIN) != MISSING)
        avoided = np.where(duty.found, np.maximum(np.nan_to_num(duty.rate) - rate, 0.0), 0.0)
        avoided = np.where(stated, avoided, np.nan)
        left, rows = np.where(duty.imported_before(view), avoided, 0.0), np.flatnonzero(duty.found)
        shift = np.full(len(view), np.nan)
        heading, windows = view.hashes(HS4)[rows], (self.recent, self.earlier)
        shift[rows] = share_shift(view, heading, duty.origin[rows], view.days[rows], windows)
        return {
            "additional_duty_avoided": avoided,
            "additional_duty_left": np.where(stated, left, np.nan),
            "additional_duty_value": avoided / 100 * value,
            "additional_duty_days": np.where(duty.found, view.days - duty.since, np.nan),
            "additional_origin_share_shift": shift,
        }

    def fact_names(self) -> tuple[str, ...]:
        """Usual rate, and the other origin with its rate."""
        return ("ordinary_rate", *(("additional_origin", "additional_rate") if self.additional_rates else ()))

    def facts(self, view: View) -> Computed:
        """Rates in percent; the origin as a country code."""
        facts: Computed = {"ordinary_rate": own_usual_rate(view, self.full_rates)}
        if self.additional_rates:
            duty = AdditionalDuty.of(view, self.additional_rates)
            facts |= {"additional_origin": duty.names(), "additional_rate": duty.rate}
        return facts


def _differs(view: View) -> Numbers:
    origin, departure = view.hashes(ORIGIN), view.hashes(_DEPARTURE)
    return np.where((origin != MISSING) & (departure != MISSING), origin != departure, np.nan)


def _new_origin(view: View) -> Numbers:
    """1 where the importer's heading is known and this origin is not; NaN without earlier declarations."""
    known = (view.activity(_IMPORTER_HEADING).total("count") > 0) & (view.hashes(IMPORTED) != MISSING)
    return np.where(known, view.activity(IMPORTED).total("count") == 0, np.nan)


def _own_share(view: View, goods: Key) -> Numbers:
    """Share of the departure country's own goods in what departs from it, in the past year; NaN below 5."""
    country = view.hashes(_DEPARTURE)
    own = combine([*(view.hashes((part,)) for part in goods), country, country])
    k = view.table("activity", (*goods, *_ROUTE)).before(own, view.days).total("count", 365)
    n = view.activity((*goods, *_DEPARTURE)).total("count", 365)
    return np.where(n >= 5, (k + 1.0) / (n + 2.0), np.nan)
