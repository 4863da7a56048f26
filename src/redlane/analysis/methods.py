"""Each method's own score: one number per declaration in which nothing is learnt from outcomes.

A model weighs all features by what inspections found. Where nothing was inspected yet, or to see what a method can do
by itself, each method has one number that ranks declarations, made of its default features, and a cut beyond which it
raises one. How well they rank, and how often they raise honest trade, is in docs/methods.md ("Each method alone").
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.float64]
Score = Callable[[pd.DataFrame], Numbers]

_CHAIN = (
    "hs4_x_origin_share_in_hs4_365d",
    "hs4_x_origin_x_departure_share_in_hs4_x_origin_365d",
    "hs4_x_origin_x_transport_mode_share_in_hs4_x_origin_365d",
)
_UNKNOWN_SHARE = 0.5
"""The rule of succession where nothing was seen."""


@dataclass(frozen=True)
class Method:
    """A method that looks for ``scheme``: the families of features it reads, and its ``score`` (higher: more likely).

    Beyond ``cut`` it raises a declaration; of honest ones no more than ``nominal`` (a share).
    """

    scheme: str
    families: tuple[str, ...]
    words: str
    score: Score
    cut: float
    nominal: float

    def raises(self, features: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Which declarations it raises; a missing score raises nothing."""
        return np.asarray(self.score(features) > self.cut)


def changed_price(features: pd.DataFrame, side: str) -> Numbers:
    """Mean of the importer's and the narrower key's log odds that the price was changed: a logarithmic pool.

    An importer's history says how often it changes prices at all, that of its trade in a good how often there.

    >>> odds = {"importer_price_per_kg_low_odds": [1.0], "importer_x_hs6_price_per_kg_low_odds": [3.0]}
    >>> changed_price(pd.DataFrame(odds), "low").tolist()
    [2.0]
    """
    names = [f"{key}_price_per_kg_{side}_odds" for key in ("importer", "importer_x_hs6")]
    return np.asarray(features[names].mean(axis=1), np.float64)


def short_amount(features: pd.DataFrame) -> Numbers:
    """The larger log odds of the two that an understated quantity leaves: units too heavy, or packing too heavy."""
    heavy = _column(features, "importer_mass_per_unit_high_odds")
    return np.fmax(heavy, _column(features, "importer_net_to_gross_low_odds"))


def duty_left_through_a_hub(features: pd.DataFrame) -> Numbers:
    """Additional duty avoided (percentage points), times the share of foreign goods in what leaves that country.

    The share is that of the heading, or where it is too rare of all goods; 0 where the country is unknown.
    """
    own = _column(features, "hs4_x_departure_own_origin_share")
    own = np.where(np.isfinite(own), own, _column(features, "departure_own_origin_share"))
    return _column(features, "additional_duty_avoided") * (1.0 - np.nan_to_num(own, nan=1.0))


def surprise(features: pd.DataFrame) -> Numbers:
    """How unlikely origin, departure and mode are for the goods: minus the log of their probability, by the chain rule.

    >>> surprise(pd.DataFrame({name: [0.5, np.nan] for name in _CHAIN})).round(2).tolist()
    [2.08, 2.08]
    """
    shares = [np.nan_to_num(_column(features, name), nan=_UNKNOWN_SHARE) for name in _CHAIN]
    return np.asarray(-np.sum(np.log(shares), axis=0), np.float64)


def _column(features: pd.DataFrame, name: str) -> Numbers:
    return features[name].to_numpy("float64")


def _one(name: str) -> Score:
    return lambda features: _column(features, name)


METHODS = {
    method.scheme: method
    for method in (
        Method(
            "undervaluation",
            ("price_mixture",),
            "log odds of a lowered price, mean of the importer's and of its trade in the good",
            lambda features: changed_price(features, "low"),
            -1.0,
            0.01,
        ),
        Method(
            "over_invoicing",
            ("price_mixture",),
            "log odds of a raised price, mean of the importer's and of its trade in the good",
            lambda features: changed_price(features, "high"),
            -1.0,
            0.01,
        ),
        Method(
            "quantity_misdeclaration",
            ("price_mixture",),
            "larger of the log odds of a raised mass per unit and of a lowered net by gross mass",
            short_amount,
            1.0,
            0.01,
        ),
        Method(
            "misclassification",
            ("misclassification",),
            "`importer_x_seller_dearer_log_odds`",
            _one("importer_x_seller_dearer_log_odds"),
            2.0,
            0.015,
        ),
        Method(
            "false_origin",
            ("origin_incentive",),
            "`preference_margin_elsewhere`",
            _one("preference_margin_elsewhere"),
            0.0,
            0.06,
        ),
        Method(
            "transshipment",
            ("origin_incentive",),
            "`additional_duty_avoided` times the share of foreign goods in what leaves the country of departure",
            duty_left_through_a_hub,
            5.0,
            0.03,
        ),
        Method(
            "splitting",
            ("splitting",),
            "`importer_x_seller_x_hs4_pieces_value_14d`",
            _one("importer_x_seller_x_hs4_pieces_value_14d"),
            1.0,
            0.01,
        ),
        Method(
            "phoenix",
            ("successors",),
            "`successor_risk`",
            _one("successor_risk"),
            0.2,
            0.005,
        ),
        Method(
            "phantom_shipment",
            ("shares",),
            "minus the log probability of origin, departure and mode for the goods",
            surprise,
            8.0,
            0.01,
        ),
    )
}
"""By the planted scheme each is meant for (docs/synthetic.md); digits and mirror statistics have their own tests."""
