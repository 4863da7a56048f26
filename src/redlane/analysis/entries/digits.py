"""Digit tests as a page."""

import numpy as np
import pandas as pd

from redlane.analysis import plots
from redlane.analysis.analysis import Analysis, Drawing, Tables
from redlane.analysis.digits import digit_tests

SIGNIFICANT = 0.05
"""The false discovery rate at which a party is said to depart."""


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(
        columns=["p_value", *(name for name in frame.columns if str(name).startswith("digit_"))]
    )


def _drawn(tables: Tables) -> Drawing:
    frame = tables["parties"]
    found = (frame["q_value"] <= SIGNIFICANT).to_numpy()
    n, mad = frame["n"].to_numpy("float64"), frame["mad"].to_numpy("float64")
    floor = float(np.median(mad / frame["excess"] * np.sqrt(n)))
    alt = (
        f"Mean absolute deviation of digits against the number of values tested, {len(frame)} parties. The deviation "
        f"expected by chance falls from {floor / np.sqrt(n.min()):.3f} to {floor / np.sqrt(n.max()):.3f}; "
        f"{int(found.sum())} parties stand out."
    )
    return Drawing(plots.funnel(n, mad, found, floor), alt)


def _found(tables: Tables) -> str:
    frame = tables["parties"]
    found = int((frame["q_value"] <= SIGNIFICANT).sum())
    return f"{found:,} of {len(frame):,} parties tested depart from Benford's law (q at most {SIGNIFICANT})."


ANALYSIS = Analysis(
    name="digits",
    title="Digit tests",
    lead="Whose declared values have digits that values of mixed origin do not have (Benford's law).",
    reading=(
        "n: values tested, of the window that the profiles publish. mad: mean absolute deviation of the "
        "shares of digits from Benford's law. excess: that over what chance alone gives for so many values; "
        "1 is usual.",
        "q value: Monte-Carlo p-value adjusted for the number of parties tested (Benjamini and Hochberg). "
        "Among parties with q at most 0.05, about one in twenty is there by chance.",
        "The whole table also holds the p-value and the share of every digit.",
    ),
    cautions=(
        "A pattern of the party, never of one declaration. Traders of few kinds of goods, with list prices or "
        "with contracts of one size, depart from the law in all honesty.",
    ),
    columns=("hs_code", "customs_value"),
    tables=lambda period: {"parties": digit_tests(period.declarations, period.profiles)},
    draw=_drawn,
    finding=_found,
    shown=_shown,
    units={"value": "reference currency"},
)
