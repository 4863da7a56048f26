"""Hit rates of red flags as a page."""

import numpy as np
import pandas as pd

from redlane.analysis import plots
from redlane.analysis.analysis import Analysis, Drawing, Period, Tables
from redlane.errors import RedlaneError
from redlane.evaluation.flags import flag_table
from redlane.features.availability import available
from redlane.features.catalogue import build
from redlane.words.saying import Say

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


def _drawn(tables: Tables, say: Say) -> Drawing:
    frame = tables["flags"]
    judged = _judged(frame)
    if judged.empty:
        top = frame[frame["raised"] > 0].sort_values("raised", ascending=False).head(_BARS)
        figure = plots.bars(
            _names(top, say),
            top["raised"].to_numpy("float64"),
            title=say("drawn_raised"),
            unit=say("unit_raised"),
            say=say,
        )
        return Drawing(figure, say("alt_raised", n=len(top)))
    top = judged.head(_BARS)
    base = float(frame["base_rate"].iloc[0])
    rates = (top[name].to_numpy("float64") for name in ("precision", "low", "high"))
    told = {"most": say.share(top["precision"].max()), "least": say.share(top["precision"].min())}
    better = int((judged["low"] > base).sum())
    return Drawing(
        plots.intervals(_names(top, say), *rates, base=base, title=say("drawn"), unit=say("unit"), say=say),
        say("alt", n=len(top), better=better, base=say.share(base), **told),
    )


def _names(frame: pd.DataFrame, say: Say) -> list[str]:
    return [f"{flag}  {say.title(title)}" for flag, title in zip(frame["flag"], frame["title"], strict=True)]


def _found(tables: Tables, say: Say) -> str:
    frame = tables["flags"]
    told, judged = {"raised": int((frame["raised"] > 0).sum()), "n": len(frame)}, _judged(frame)
    if judged.empty:
        return say("finding_raised", **told)
    base = float(frame["base_rate"].iloc[0])
    better = int((judged["low"] > base).sum())
    return say("finding", better=better, judged=len(judged), base=say.share(base), **told)


ANALYSIS = Analysis(
    name="flags",
    columns=(),
    tables=_tables,
    draw=_drawn,
    finding=_found,
    shown=lambda frame: frame[list(_SHOWN)],
)
