"""What an importer and a seller declared before in the same heading, and under which of its subheadings."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redlane.features.price_fit import PriceFit
from redlane.features.siblings import HS4, Siblings
from redlane.features.usual_rates import HS6
from redlane.features.view import Numbers, View, ratio
from redlane.hashing import MISSING, combine
from redlane.profiles.keys import Key
from redlane.profiles.ledger import Seen

RESIDUAL = ("90", "99")
"""Last two digits of the subheadings "other"."""
_WEIGHT = 2.0
_RARE = 0.3


@dataclass(frozen=True)
class PairHistory:
    """Earlier declarations of a pair: in the heading and under the declared subheading (one number per declaration),
    and under each dearer sibling (one per entry of ``siblings``), with the mean log price there."""

    view: View
    siblings: Siblings
    pair: Key
    heading: Numbers
    own: Numbers
    under: Numbers
    price: Numbers

    @classmethod
    def of(cls, view: View, siblings: Siblings, pair: Key) -> "PairHistory":
        """Siblings are looked up only where the pair declared the heading under other subheadings at all."""
        heading = view.activity((*pair, *HS4)).total("count").astype(np.float64)
        own = view.activity((*pair, *HS6)).total("count").astype(np.float64)
        under, price = np.zeros(len(siblings.rows)), np.full(len(siblings.rows), np.nan)
        asked = np.flatnonzero((heading > own)[siblings.rows])
        rows = siblings.rows[asked]
        ledger = view.table("activity", (*pair, *HS6))
        seen = ledger.before(combine([view.hashes(pair)[rows], siblings.hs6[asked]]), view.days[rows])
        under[asked], price[asked] = seen.total("count"), _log_price(seen)
        return cls(view, siblings, pair, heading, own, under, price)

    def dearer_share(self) -> Numbers:
        """Share under dearer siblings, smoothed to the share of everybody's trade in the past year."""
        trade = self.view.table("activity", HS6).before(self.siblings.hs6, self.view.days[self.siblings.rows])
        everybody = self.siblings.total(trade.total("count", 365).astype(np.float64))
        usual = np.nan_to_num(ratio(everybody, everybody + self.view.activity(HS6).total("count", 365)))
        mine = self.siblings.total(self.under)
        return self._where_stated((mine + _WEIGHT * usual) / (mine + self.own + _WEIGHT))

    def price_fit(self, prices: PriceFit) -> Numbers:
        """Distance of the price to the pair's under the declared subheading (everybody's where it has none), minus
        the smallest one to its price under a dearer sibling."""
        own = _log_price(self.view.activity((*self.pair, *HS6)))
        own = np.where(np.isfinite(own), own, prices.own.level)
        rows = self.siblings.rows
        nearest = -self.siblings.highest(-np.abs(prices.log_price[rows] - self.price))
        return np.abs(prices.log_price - own) - nearest

    def log_odds(self, fit: Numbers) -> Numbers:
        """The highest over dearer siblings of price fit (0 where unknown) and history together."""
        rows = self.siblings.rows
        history = np.log((self.under + _RARE) / (self.own[rows] + 1.0))
        return self._where_stated(self.siblings.highest(np.nan_to_num(fit) + history))

    def residual(self) -> Numbers:
        """Share under other subheadings where the declared code is a residual one, else 0; NaN without history."""
        code = self.view.column("hs_code")
        residual = code.str.slice(4, 6).isin(RESIDUAL).to_numpy(bool)
        other = ratio(self.heading - self.own, self.heading)
        return self._where_stated(np.where(residual, other, np.where(np.isfinite(other), 0.0, np.nan)))

    def _where_stated(self, values: Numbers) -> Numbers:
        stated: npt.NDArray[np.bool_] = self.view.hashes((*self.pair, *HS6)) != MISSING
        return np.where(stated, values, np.nan)


def _log_price(seen: Seen) -> Numbers:
    """Logarithm of all value by all mass; NaN where either is nothing."""
    value, mass = seen.total("value_cents") / 100, seen.total("mass_grams") / 1000
    price = ratio(value, mass)
    return np.log(price, out=np.full(len(price), np.nan), where=price > 0)
