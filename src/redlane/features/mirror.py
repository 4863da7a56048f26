"""Mirror statistics: the partner's record of its exports against what is declared here."""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np

from redlane.features.family import Computed, Family
from redlane.features.mirror_words import FACTS, described
from redlane.features.spec import Feature
from redlane.features.view import Numbers, View, ratio
from redlane.hashing import Hashes, hash64
from redlane.profiles.mirror_reference import MirrorReference
from redlane.profiles.needs import ProfileNeeds

Sides = dict[str, Numbers]


class Mirror(Family):
    """What the country of origin (and that of departure) recorded as exports to this country, against imports.

    Of the last calendar year whose statistics had been published before the day of registration, by HS subheading:
    yearly gaps in value, mass and price; this declaration's own price and size against the partner's record; the
    origin's share in all partners' exports of the good; what the country of departure recorded; re-exporters; the
    gap of the heading's other subheadings. All values are compared free on board (FOB). A country that published
    nothing gives missing values. ``hubs`` names countries to be taken for re-exporters whatever they record.

    Gaps have honest causes: voyages over the turn of the year, indirect trade, confidential and estimated flows,
    codes used differently. They say where to look, never who cheated. Sources: United Nations Comtrade on
    bilateral asymmetries; Fisman and Wei, Journal of Political Economy 112 (2004).
    """

    title: ClassVar[str] = "Mirror statistics"
    family: Literal["mirror"] = "mirror"
    reference: MirrorReference = MirrorReference()
    hubs: tuple[str, ...] = ()

    def columns(self) -> tuple[str, ...]:
        """Good, countries, value, mass, and mode of transport."""
        return self.reference.columns()

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Without the country of departure, or the mode of transport (one CIF/FOB factor then), where lacking."""
        changes: dict[str, object] = {}
        if "departure_country" not in columns:
            changes["departure"] = False
        if "transport_mode" not in columns:
            changes["cif_fob"] = ()
        part = self.model_copy(update={"reference": self.reference.model_copy(update=changes)})
        return part if all(name in columns for name in part.columns()) else None

    def needs(self) -> ProfileNeeds:
        """The recorded exports."""
        return ProfileNeeds(mirror=(self.reference,))

    def features(self) -> tuple[Feature, ...]:
        """Gaps, comparisons with this declaration, origin, departure, siblings."""
        return tuple(
            feature for feature in described() if self.reference.departure or "departure" not in feature.name
        )

    def compute(self, view: View) -> Computed:
        """NaN where a side is silent, or a ratio has nothing to be compared with."""
        both: Sides = view.profile("mirror", self.reference)
        return {
            **_gaps(both),
            **self._this_declaration(view, both),
            **self._origin(view, both),
            **(self._departure(view, both) if self.reference.departure else {}),
        }

    def _fob(self, view: View) -> Numbers:
        modes = view.column("transport_mode") if self.reference.cif_fob else None
        factors = self.reference.cif_fob_other if modes is None else self.reference.factors(modes)
        return view.number("customs_value") / factors

    def _this_declaration(self, view: View, both: Sides) -> Computed:
        fob, mass = self._fob(view), view.number("net_mass")
        theirs = ratio(both["exports"], both["exports_mass"])
        expected = np.where(mass > 0, mass, np.nan) * theirs
        return {
            "mirror_price_log_ratio": log_ratio(ratio(fob, mass), theirs),
            "mirror_value_missing": np.maximum(expected - fob, 0.0),
            "mirror_value_above": np.maximum(fob - expected, 0.0),
            "mirror_size": log_ratio(fob, both["exports"]),
        }

    def _origin(self, view: View, both: Sides) -> Computed:
        recorded, declared = both["exports"], both["imports"]
        return {
            "mirror_without_exports": _flag(recorded == 0, recorded),
            "mirror_orphan": _flag((recorded == 0) & (declared > 0), recorded + declared),
            "mirror_lost": _flag((recorded > 0) & (declared == 0), recorded + declared),
            "mirror_origin_share": ratio(recorded, both["all_exports"]),
            "mirror_pace": log_ratio(both["recent"], recorded),
            "mirror_origin_reexports": self._reexports(
                view.hashes(("origin_country",)), both["country_exports"], both["country_reexports"]
            ),
        }

    def _departure(self, view: View, both: Sides) -> Computed:
        origin, departure = (view.hashes((side,)) for side in ("origin_country", "departure_country"))
        elsewhere = (origin != departure) & (both["departure_exports"] > 0)
        share = ratio(both["departure_exports"], both["all_exports"])
        return {
            "mirror_departure_instead": _flag(
                elsewhere & (both["exports"] == 0), both["exports"] + both["departure_exports"]
            ),
            "mirror_departure_share": np.where(both["departure_year"] == both["year"], share, np.nan),
            "mirror_departure_reexports": self._reexports(
                departure, both["departure_total"], both["departure_reexports"]
            ),
        }

    def _reexports(self, country: Hashes, own: Numbers, again: Numbers) -> Numbers:
        share = ratio(again, own + again)
        return np.where(np.isin(country, hash64(self.hubs)), 1.0, share) if self.hubs else share

    def fact_names(self) -> tuple[str, ...]:
        """Year and amounts of both sides."""
        return tuple(name for name in FACTS if self.reference.departure or "departure" not in name)

    def facts(self, view: View) -> Computed:
        """The year, what was recorded and declared in it, and both prices per kg."""
        both: Sides = view.profile("mirror", self.reference)
        known = {
            "mirror_year": both["year"],
            "mirror_exports": both["exports"],
            "mirror_imports": both["imports"],
            "mirror_mass_exported": both["exports_mass"],
            "mirror_mass_declared": both["imports_mass"],
            "mirror_recent": both["recent"],
            "mirror_price_recorded": ratio(both["exports"], both["exports_mass"]),
            "mirror_price_imported": ratio(both["imports"], both["imports_mass"]),
            "mirror_price_declared": ratio(self._fob(view), view.number("net_mass")),
            "mirror_value_fob": self._fob(view),
            "mirror_siblings_exported": _others(both, "exports"),
            "mirror_siblings_declared": _others(both, "imports"),
            "mirror_departure_exports": both.get("departure_exports", np.full(len(view), np.nan)),
        }
        return {name: known[name] for name in self.fact_names()}


def _gaps(both: Sides) -> Computed:
    exported, declared = both["exports"], both["imports"]
    theirs, ours = ratio(exported, both["exports_mass"]), ratio(declared, both["imports_mass"])
    return {
        "mirror_log_gap": log_ratio(exported, declared),
        "mirror_relative_gap": relative_gap(exported, declared),
        "mirror_mass_log_gap": log_ratio(both["exports_mass"], both["imports_mass"]),
        "mirror_unit_value_gap": log_ratio(theirs, ours),
        "mirror_sibling_gap": relative_gap(_others(both, "exports"), _others(both, "imports")),
    }


def _others(both: Sides, side: str) -> Numbers:
    """Of the heading without this subheading; both sides are sums of whole cents, apart from the CIF/FOB factor."""
    left = both[f"heading_{side}"] - both[side]
    return np.where(left > 0.005, left, np.where(np.isfinite(left), 0.0, np.nan))


def log_ratio(above: Numbers, below: Numbers) -> Numbers:
    """Natural logarithm of a ratio; NaN unless both are above zero.

    >>> log_ratio(np.array([1.0, 0.0, 1.0]), np.array([1.0, 1.0, 0.0])).tolist()
    [0.0, nan, nan]
    """
    usable = (above > 0) & (below > 0)
    result: Numbers = np.log(np.where(usable, above, np.nan)) - np.log(np.where(usable, below, np.nan))
    return result


def relative_gap(exported: Numbers, declared: Numbers) -> Numbers:
    """Exports less imports, over their mean: -2 where only imports are known of, 2 where only exports.

    >>> relative_gap(np.array([3.0, 0.0, 0.0]), np.array([1.0, 5.0, 0.0])).tolist()
    [1.0, -2.0, nan]
    """
    return ratio(exported - declared, (exported + declared) / 2)


def _flag(holds: np.ndarray, known: Numbers) -> Numbers:
    return np.where(np.isfinite(known), holds.astype(np.float64), np.nan)
