"""Worlds of one heading made by hand: sibling subheadings with duties and prices of their own, and single late rows."""

import numpy as np
import pandas as pd

from tests.worlds import small_world

FIRST = pd.Timestamp("2024-01-01")


def trade(n, start, days, seed=0, **values):
    """n declarations of goods at full rate spread over *days* from *start* on, prices about 10 per kg."""
    rng = np.random.default_rng(seed)
    mass = rng.lognormal(4, 1, n)
    plain = {
        "registered_on": FIRST + pd.to_timedelta(np.sort(rng.integers(start, start + days, n)), unit="D"),
        "tax_type": "MFN",
        "preference_claimed": 0.0,
        "origin_country": "CN",
        "departure_country": "CN",
        "net_mass": mass,
        "customs_value": mass * 10 * np.exp(rng.normal(0, 0.2, n)),
        "importer_id": [f"I{i % 15}" for i in range(n)],
    }
    return small_world(n, seed).assign(**{**plain, **values})


def together(*parts):
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(declaration_id=[f"D{i}" for i in range(len(frame))])


def heading(seed=0):
    """Heading 6203: 620342 at 5 % costs 10 per kg, 620343 at 25 % costs 40, 620390 at 12 % costs 10 per kg."""
    one, two, three = (trade(80, 0, 60, seed + i) for i in range(3))
    return together(
        one.assign(hs_code="620342", duty_rate=5.0),
        two.assign(hs_code="620343", duty_rate=25.0, customs_value=two.customs_value * 4),
        three.assign(hs_code="620390", duty_rate=12.0),
    )


def late(**values):
    plain = {"hs_code": "620342", "duty_rate": 5.0, "importer_id": "Z", "seller_id": "S", "net_mass": 100.0}
    return trade(1, 80, 1, **{**plain, "customs_value": 1000.0, **values})
