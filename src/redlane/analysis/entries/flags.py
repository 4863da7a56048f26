"""Hit rates of red flags as a page."""

import numpy as np
import pandas as pd

from redlane.analysis import plots
from redlane.analysis.analysis import Analysis, Drawing, Period, Tables
from redlane.errors import RedlaneError
from redlane.evaluation.flags import flag_table
from redlane.features.availability import available
from redlane.features.catalogue import build

_BARS = 24
_SHOWN = (
    "flag",
    "title",
    "group",
    "raised",
    "raised_share",
    "not_computed_share",
    "inspected",
    "hits",
    "precision",
    "low",
    "high",
    "lift",
)


def _tables(period: Period) -> Tables:
    frame = period.declarations
    lenient = period.features.model_copy(update={"unavailable": "leave_out"})
    settings, _ = available(lenient, frame.columns, period.profiles.needs.references())
    if not settings.flags():
        raise RedlaneError("the features hold no red flags that these declarations can feed")
    outcomes = frame if "irregular" in frame else frame.assign(irregular=np.nan)
    table = flag_table(build(frame, period.profiles, settings), outcomes, settings.flags(), period.evaluation)
    if (table["not_computed_share"] == 1).all():
        raise RedlaneError("these declarations lack what the red flags read: none can be decided")
    order = np.lexsort((table["flag"], -table["raised"], -table["lift"].fillna(-1)))
    return {"flags": table.iloc[order].reset_index(drop=True)}


def _judged(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["inspected"] > 0]


def _drawn(tables: Tables) -> Drawing:
    frame = tables["flags"]
    judged = _judged(frame)
    if judged.empty:
        top = frame[frame["raised"] > 0].sort_values("raised", ascending=False).head(_BARS)
        names = (top["flag"] + "  " + top["title"]).tolist()
        raised = top["raised"].to_numpy("float64")
        figure = plots.bars(names, raised, title="How often flags were raised", unit="Declarations")
        return Drawing(
            figure, f"Bars: declarations on which each of {len(top)} flags was raised. No outcome is known."
        )
    top = judged.head(_BARS)
    base = float(frame["base_rate"].iloc[0])
    figure = plots.intervals(
        (top["flag"] + "  " + top["title"]).tolist(),
        top["precision"].to_numpy("float64"),
        top["low"].to_numpy("float64"),
        top["high"].to_numpy("float64"),
        base=base,
        title="What inspections found where a flag was raised",
        unit="Share found irregular",
    )
    better = int((judged["low"] > base).sum())
    alt = (
        f"Hit rate with its 95 % interval for {len(top)} flags, highest lift first, from "
        f"{top['precision'].max():.0%} down to {top['precision'].min():.0%}; {better} lie wholly above the {base:.1%} "
        "of all inspected declarations."
    )
    return Drawing(figure, alt)


def _found(tables: Tables) -> str:
    frame = tables["flags"]
    raised, judged = int((frame["raised"] > 0).sum()), _judged(frame)
    if judged.empty:
        return f"{raised} of {len(frame)} flags were raised; no outcome of such declarations is known."
    base = float(frame["base_rate"].iloc[0])
    better = int((judged["low"] > base).sum())
    return (
        f"{raised} of {len(frame)} flags were raised; {better} of {len(judged)} with known outcomes lie with "
        f"their whole interval above the {base:.1%} of all inspections."
    )


ANALYSIS = Analysis(
    name="flags",
    title="Red flags",
    lead="How often each red flag was raised, and how often an inspection then found something.",
    reading=(
        "raised share: of all declarations of the period. not computed share: those on which the flag could not be "
        "decided for want of data.",
        "precision: share found irregular among the inspected declarations on which it was raised, low and high its "
        "95 % interval; lift: that over the rate of all inspected ones.",
        "Highest lift first; intervals are for each flag by itself, so that of twenty flags about one looks better or "
        "worse by luck.",
    ),
    cautions=(
        "What was inspected was chosen, perhaps by flags like these: precision among the inspected is no "
        "precision among all.",
    ),
    columns=(),
    tables=_tables,
    draw=_drawn,
    finding=_found,
    shown=lambda frame: frame[list(_SHOWN)],
)
