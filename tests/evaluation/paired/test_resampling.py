"""Many resamples at once give what one at a time gives."""

import numpy as np
import pytest

from redlane.evaluation.measures import Ranked, Tally, measure, places, revenue_ceilings
from redlane.evaluation.order import inspection_order
from redlane.evaluation.paired.resampling import Along, measures
from redlane.evaluation.settings import Cut
from redlane.evaluation.truth import blocks
from tests.rivals import rivals

CUTS = [Cut(rate=0.01), Cut(rate=0.1), Cut(rate=1.0), Cut(inspections=37)]


@pytest.mark.parametrize("seed", range(5))
def test_they_are_the_measures_of_one_resample_each(seed):
    truth, (model, _) = rivals("ties", seed, 5, 60)
    block, _ = blocks(truth.registered_day, "week")
    drawn = np.random.default_rng(seed).multinomial(5, np.full(5, 0.2), size=30).astype(float)
    order = inspection_order(model.margin, truth.tie)
    paid = truth.paid()
    found = measures(Along.of(order, block, truth.irregular, paid), drawn, CUTS)
    ranked = Ranked(order, Tally(truth.irregular[order.rows]), Tally(paid[order.rows]))
    listed = [(place.measure, place.cut.label if place.cut else "") for place in places(ranked, CUTS)]
    dearest = np.argsort(-paid, kind="stable")
    for row, weeks in enumerate(drawn):
        ceilings = revenue_ceilings(Tally(paid[dearest]), weeks[block[dearest]], CUTS)
        one = dict(zip(listed, measure(ranked, weeks[block[order.rows]], CUTS, ceilings), strict=True))
        for key, values in found.items():
            assert values[row] == pytest.approx(one[key], rel=1e-12, nan_ok=True), key


def test_without_a_finding_measures_are_unknown_rather_than_zero():
    truth, (model, _) = rivals("equal", 0, 3, 20)
    block, _ = blocks(truth.registered_day, "week")
    order = inspection_order(model.margin, truth.tie)
    found = measures(Along.of(order, block, np.zeros(len(truth)), None), np.ones((2, 3)), CUTS)
    assert np.isnan(found["recall", "10 %"]).all() and np.isnan(found["average_precision", ""]).all()
    assert (found["precision", "10 %"] == 0).all()
