"""Single prices beside their peers: schemes show on their own side, honest trade at the nominal rates of fences.

At the generator's own difficulty single prices of schemes overlap with honest ones (what the method as a whole finds
there is tried in ``test_alone.py``). Here prices spread less and schemes go further, so that each side must show.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from redlane.declarations.synthetic import SyntheticSettings, generate
from redlane.declarations.synthetic.settings import TypologyShares
from redlane.features.unit_price import UnitPrice
from redlane.features.view import View
from redlane.profiles.build import build
from redlane.profiles.needs import ProfileNeeds

FAMILIES = {"price": UnitPrice(parts=("z", "position", "fence", "far_fence", "level"))}
NEEDS = ProfileNeeds.union(family.needs() for family in FAMILIES.values())


@cache
def world(scheme, seed=3):
    """Half a year of trade with one scheme, or none at all and steady prices."""
    shares = {name: 0.03 if name == scheme else 0.0 for name in TypologyShares.model_fields}
    settings = SyntheticSettings(
        seed=seed,
        weeks=26,
        declarations_per_week=600,
        importers=300,
        sellers=200,
        goods=60,
        typologies=TypologyShares(**shares),
        honest_mistakes=0.0,
        severity=2.0,
        price_spread=0.2,
        seller_price_spread=0.1,
        **({"price_drift": 0.0, "inflation": 0.0} if scheme == "none" else {}),
    )
    return pd.concat(list(generate(settings)), ignore_index=True)


@cache
def measured(scheme):
    """Deviations of the last half of the world, when there is something to compare with; and its planted rows."""
    frame = world(scheme)
    view = View(frame, build(frame, NEEDS))
    found = pd.DataFrame(
        {name: v for family in FAMILIES.values() for name, v in family.compute(view).items()}
    )
    late = frame["registered_on"] > frame["registered_on"].min() + pd.Timedelta(days=90)
    return found[late], (frame["typology"] == scheme)[late].to_numpy()


SCORES = {
    "undervaluation": lambda found: -found["price_per_kg_z"],
    "over_invoicing": lambda found: found["price_per_kg_z"],
}


@pytest.mark.parametrize("scheme", SCORES)
def test_shuffled_plants_do_not(scheme):
    found, planted = measured(scheme)
    shuffled = np.random.default_rng(0).permutation(planted)
    assert planted.sum() > 100
    assert abs(roc_auc_score(shuffled, SCORES[scheme](found).fillna(0.0)) - 0.5) < 0.08


def test_schemes_show_on_their_own_side_only():
    """A low price is no sign of over-invoicing, and a high one none of undervaluation."""
    for scheme, other in (("undervaluation", "over_invoicing"), ("over_invoicing", "undervaluation")):
        found, planted = measured(scheme)
        assert roc_auc_score(planted, SCORES[other](found).fillna(0.0)) < 0.2


def honest():
    """Honest declarations compared in their own cells: in coarser ones a rare, dearer mode of transport looks high."""
    found, _ = measured("none")
    assert len(found["price_per_kg_position"].dropna()) > 0.9 * len(found)
    return found[found["price_per_kg_level"] == 0]


def test_honest_trade_lies_outside_the_quartiles_at_the_nominal_rate():
    """Half of honest prices, a quarter on each side, although the quartiles are those of the past."""
    position = honest()["price_per_kg_position"]
    assert (position < -1).mean() == pytest.approx(0.25, abs=0.035)
    assert (position > 1).mean() == pytest.approx(0.25, abs=0.035)


def test_honest_trade_seldom_lies_beyond_the_fences():
    """Honest noise, one price in ten twice as wide, has 1.9 % beyond 1.5 IQR and 0.1 % beyond 3 IQR."""
    for name, rate in (("fence", 0.018), ("far_fence", 0.002)):
        beyond = honest()[f"price_per_kg_{name}"]
        assert max((beyond < 0).mean(), (beyond > 0).mean()) < rate


def test_planted_rows_lie_beyond_the_fences_far_more_often():
    for scheme, sign in (("undervaluation", -1), ("over_invoicing", 1)):
        found, planted = measured(scheme)
        beyond = sign * found["price_per_kg_fence"] > 0
        assert beyond[planted].mean() > 0.4 > 0.05 > beyond[~planted].mean()
