"""Digit tests as a page."""

import numpy as np
import pandas as pd

from redlane.analysis import plots
from redlane.analysis.analysis import Analysis, Drawing, Tables
from redlane.analysis.digits import digit_tests
from redlane.words.saying import Say

SIGNIFICANT = 0.05
"""The false discovery rate at which a party is said to depart."""


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(
        columns=["p_value", *(name for name in frame.columns if str(name).startswith("digit_"))]
    )


def _drawn(tables: Tables, say: Say) -> Drawing:
    frame = tables["parties"]
    found = (frame["q_value"] <= SIGNIFICANT).to_numpy()
    n, mad = frame["n"].to_numpy("float64"), frame["mad"].to_numpy("float64")
    floor = float(np.median(mad / frame["excess"] * np.sqrt(n)))
    ends = {"most": floor / np.sqrt(n.min()), "least": floor / np.sqrt(n.max())}
    told = {name: say.fixed(float(end), 3) for name, end in ends.items()}
    return Drawing(
        plots.funnel(n, mad, found, floor, say), say("alt", n=len(frame), found=int(found.sum()), **told)
    )


def _found(tables: Tables, say: Say) -> str:
    frame = tables["parties"]
    found = int((frame["q_value"] <= SIGNIFICANT).sum())
    return say("finding", found=found, n=len(frame), q=say.fixed(SIGNIFICANT, 2))


ANALYSIS = Analysis(
    name="digits",
    columns=("hs_code", "customs_value"),
    tables=lambda period: {"parties": digit_tests(period.declarations, period.profiles)},
    draw=_drawn,
    finding=_found,
    shown=_shown,
    units={"value": "reference currency"},
)
