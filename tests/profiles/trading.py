"""A few importers trading with a few sellers, as hypothesis draws them."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

START = pd.Timestamp("2024-01-01")


def trades(importers, sellers, days):
    """Rows of (importer, seller, day, outcome or None, days until it is known); numbers up to those given."""
    row = st.tuples(
        st.integers(0, importers),
        st.integers(0, sellers),
        st.integers(0, days),
        st.sampled_from([None, 0, 1]),
        st.integers(1, 20),
    )
    return st.lists(row, min_size=1, max_size=40)


def frame(rows):
    importer, seller, day, irregular, delay = zip(*rows, strict=True)
    registered = START + pd.to_timedelta(list(day), unit="D")
    return pd.DataFrame(
        {
            "importer_id": [f"I{i}" for i in importer],
            "seller_id": [f"S{i}" for i in seller],
            "registered_on": registered,
            "irregular": [np.nan if y is None else float(y) for y in irregular],
            "outcome_known_on": registered + pd.to_timedelta(list(delay), unit="D"),
        }
    )
