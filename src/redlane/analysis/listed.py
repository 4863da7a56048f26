"""The table of analyses: one row each, in the order of the index page."""

import numpy as np
import pandas as pd

from redlane.analysis import plots
from redlane.analysis.analysis import Analysis, Drawing
from redlane.analysis.digits import digit_tests

SIGNIFICANT = 0.05
"""The false discovery rate at which a party is said to depart."""


def _digits_shown(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(
        columns=["p_value", *(name for name in frame.columns if str(name).startswith("digit_"))]
    )


def _digits_drawn(frame: pd.DataFrame) -> Drawing:
    found = (frame["q_value"] <= SIGNIFICANT).to_numpy()
    n, mad = frame["n"].to_numpy("float64"), frame["mad"].to_numpy("float64")
    floor = float(np.median(mad / frame["excess"] * np.sqrt(n)))
    alt = (
        f"Mean absolute deviation of digits against the number of values tested, {len(frame)} parties. The deviation "
        f"expected by chance falls from {floor / np.sqrt(n.min()):.3f} to {floor / np.sqrt(n.max()):.3f}; "
        f"{int(found.sum())} parties stand out."
    )
    return Drawing(plots.funnel(n, mad, found, floor), alt)


def _digits_found(frame: pd.DataFrame) -> str:
    found = int((frame["q_value"] <= SIGNIFICANT).sum())
    return f"{found:,} of {len(frame):,} parties tested depart from Benford's law (q at most {SIGNIFICANT})."


ANALYSES: dict[str, Analysis] = {
    analysis.name: analysis
    for analysis in (
        Analysis(
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
            table=lambda period: digit_tests(period.declarations, period.profiles),
            draw=_digits_drawn,
            finding=_digits_found,
            shown=_digits_shown,
            units={"value": "reference currency"},
        ),
    )
}
"""Every analysis by name. A new one is one row here and one function that returns a table."""
