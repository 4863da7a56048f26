"""The incentive to misclassify: what a sibling subheading would pay more, and whether the goods look like it."""

from collections.abc import Container
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from redlane.features.family import Computed, Family
from redlane.features.pair_history import PairHistory
from redlane.features.price_fit import PriceFit
from redlane.features.siblings import HS4, SUBHEADINGS, Siblings
from redlane.features.spec import Feature
from redlane.features.text import Text
from redlane.features.usual_rates import HS6, due_part, rate_keys
from redlane.features.view import View
from redlane.profiles.expected import ExpectedReference
from redlane.profiles.keys import Key, key_name, key_phrase, source_columns
from redlane.profiles.needs import ProfileNeeds


class Misclassification(Family):
    """What sibling subheadings of the same heading would pay, and what speaks for one of them.

    A sibling is dearer when its usual rate (see ``full_rates``) is higher by at least ``least_gap`` points.

    * rate gap: usual rate of the dearest sibling minus that of the declared subheading, 0 where none is dearer;
    * price fit: ln of how much likelier the price per kg is under the best-fitting dearer sibling than under the
      declared subheading (t-densities with 4 degrees of freedom about the expected prices of both);
    * fitting gap: the rate gap to that sibling; duty at stake: value times that gap, times the part of the duty
      that is due at all, times the probability of the sibling when both were equally likely before;
    * dearer share: of the pair's earlier declarations under this subheading or a dearer sibling, the share under
      dearer ones, smoothed with weight 2 to the same share of everybody's; 0 where there is no dearer sibling;
    * pair price fit: how much nearer (in logs) the price is to the pair's own under a dearer sibling than to its
      own, or everybody's, under the declared subheading;
    * log-odds: the highest price fit of a dearer sibling plus ln((k + 0.3) / (n + 1)), for k earlier declarations of
      the pair under that sibling and n under the declared subheading;
    * residual code: where the code ends in 90 or 99, the share of the pair's declarations in the heading that named
      another subheading; 0 where it ends otherwise.

    Red flags: misclassification incentive, HS switching, residual "other" code.
    """

    title: ClassVar[str] = "Misclassification"
    family: Literal["misclassification"] = "misclassification"
    full_rates: tuple[str, ...] = ("MFN",)
    """Codes of ``tax_type`` under which the ordinary rate is paid."""
    least_gap: float = Field(default=1.0, gt=0)
    pair: Key = ("importer_id", "seller_id")
    reference: ExpectedReference = ExpectedReference()

    def columns(self) -> tuple[str, ...]:
        """Rate, treatment, price and the parts of all keys."""
        treatment = ("tax_type",) if self.full_rates else ()
        named = ("duty_rate", *treatment, *self.reference.columns(), *source_columns((*self.pair, *HS6)))
        return tuple(dict.fromkeys(named))

    def reduced_to(self, columns: Container[str]) -> Self | None:
        """Rates of all treatments together, fewer effects on prices, or no pair, where columns are not declared."""
        reference = self.reference.reduced_to(columns)
        if reference is None or "duty_rate" not in columns or "hs_code" not in columns:
            return None
        return self.model_copy(
            update={
                "reference": reference,
                "full_rates": self.full_rates if "tax_type" in columns else (),
                "pair": self.pair if all(name in columns for name in source_columns(self.pair)) else (),
            }
        )

    def needs(self) -> ProfileNeeds:
        """Subheadings by heading, rates, prices and the pair's activity."""
        pair = ((*self.pair, *HS4), (*self.pair, *HS6)) if self.pair else ()
        return ProfileNeeds(
            activity=(*rate_keys(self.full_rates), *pair), expected=(self.reference,), links=(SUBHEADINGS,)
        )

    def features(self) -> tuple[Feature, ...]:
        """Four of the goods, four of the pair."""
        words = {"PAIR": key_name(self.pair), "WHO": key_phrase(self.pair)}
        texts = (*_GOODS, *(_PAIR if self.pair else ()))
        return tuple(text.feature("classification", "misclassification", words) for text in texts)

    def compute(self, view: View) -> Computed:
        """See :meth:`features`; NaN without a usual rate or price, or where the heading has no other subheading."""
        siblings = Siblings.of(view, self.full_rates)
        dearer = siblings.dearer(self.least_gap)
        prices = PriceFit(view, self.reference)
        gap, fit = siblings.highest(siblings.gap), prices.of(dearer)
        best = dearer.best(fit)
        fitting, likely = dearer.at(best, dearer.gap), dearer.at(best, 1.0 / (1.0 + np.exp(-fit)))
        due = due_part(view, siblings.own_rate) * view.number("customs_value") / 100
        none = gap < self.least_gap
        computed: Computed = {
            "sibling_rate_gap": np.maximum(gap, 0.0),
            "sibling_price_fit": dearer.at(best, fit),
            "sibling_fitting_gap": np.where(none, 0.0, fitting),
            "sibling_duty_at_stake": np.where(none, 0.0, due * fitting * likely),
        }
        if not self.pair:
            return computed
        history, name = PairHistory.of(view, dearer, self.pair), key_name(self.pair)
        return computed | {
            f"{name}_dearer_share": np.where(np.isfinite(gap), history.dearer_share(), np.nan),
            f"{name}_dearer_price_fit": history.price_fit(prices),
            f"{name}_dearer_log_odds": history.log_odds(fit),
            f"{name}_residual_code": history.residual(),
        }

    def fact_names(self) -> tuple[str, ...]:
        """The usual rates compared."""
        return ("own_usual_rate", "dearest_sibling_rate", "fitting_sibling_rate")

    def facts(self, view: View) -> Computed:
        """The usual rates compared, in percent."""
        siblings = Siblings.of(view, self.full_rates)
        dearer = siblings.dearer(self.least_gap)
        best = dearer.best(PriceFit(view, self.reference).of(dearer))
        return {
            "own_usual_rate": siblings.own_rate,
            "dearest_sibling_rate": siblings.own_rate + siblings.highest(siblings.gap),
            "fitting_sibling_rate": siblings.own_rate + dearer.at(best, dearer.gap),
        }


_FITS = (
    "the price per kg fits a sibling subheading of heading {hs4} that usually pays {fitting_sibling_rate} %, compared "
    "with HS {hs6}, which usually pays {own_usual_rate} %"
)
_NOT_DEARER = "no other subheading of heading {hs4} usually pays more than HS {hs6}"

_GOODS = [
    Text(
        "sibling_rate_gap",
        "Usual duty rate of the dearest other subheading of the heading minus that of the declared one, at least 0",
        "percentage points",
        "another subheading of heading {hs4} usually pays {dearest_sibling_rate} %, HS {hs6} pays {own_usual_rate} %",
        _NOT_DEARER,
    ),
    Text(
        "sibling_price_fit",
        "How much likelier the price per kg is under the best-fitting dearer subheading of the heading (logarithm)",
        "log",
        f"{_FITS} (logarithm of how much likelier: {{value}})",
    ),
    Text(
        "sibling_fitting_gap",
        "Usual duty rate of the dearer subheading that the price fits best minus that of the declared one",
        "percentage points",
        "the dearer subheading of heading {hs4} that the price fits best usually pays {fitting_sibling_rate} %, HS "
        "{hs6} pays {own_usual_rate} %",
        _NOT_DEARER,
    ),
    Text(
        "sibling_duty_at_stake",
        "Duty that the best-fitting dearer subheading would bring, times its probability by the price alone",
        "reference currency",
        "duty of about {value} would be due in addition if the goods belong to the subheading of heading {hs4} that "
        "usually pays {fitting_sibling_rate} %",
        "no duty is at stake between the subheadings of heading {hs4}",
    ),
]
_PAIR = [
    Text(
        "PAIR_dearer_share",
        "Share of dearer subheadings among the pair's earlier declarations under this subheading or a dearer one, "
        "smoothed to everybody's share",
        "share",
        "WHO declared goods of heading {hs4} under subheadings with a higher duty before (smoothed share: "
        "{value:share})",
        _NOT_DEARER,
    ),
    Text(
        "PAIR_dearer_price_fit",
        "How much nearer the price per kg is to the pair's own price under a dearer subheading than to that of the "
        "declared one (difference of logarithms)",
        "log",
        "compared with the prices of WHO, this one lies nearer to that of a subheading of heading {hs4} with a higher "
        "duty (above 0) or further from it (below 0): {value}",
    ),
    Text(
        "PAIR_dearer_log_odds",
        "Logarithm of the odds that the goods belong to a dearer subheading, by their price and the pair's earlier "
        "declarations",
        "log-odds",
        "price and earlier declarations of WHO speak for a subheading of heading {hs4} with a higher duty with "
        "log-odds of {value}",
    ),
    Text(
        "PAIR_residual_code",
        "Where the code is a residual one (90 or 99): share of the pair's earlier declarations in the heading under "
        "other subheadings; else 0",
        "share",
        "HS {hs6} is a residual code; {value:share} of the earlier declarations of WHO in heading {hs4} named another "
        "subheading",
        "HS {hs6} is not a residual code, or WHO named no other subheading of heading {hs4} before",
    ),
]
