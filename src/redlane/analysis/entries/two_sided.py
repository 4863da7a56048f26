"""The picture of what lies too low and too high: both sides on one scale, in the words of an analysis."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from redlane.analysis import plots
from redlane.analysis.analysis import Drawing, both_sides
from redlane.words.saying import Say

BARS = 16


@dataclass(frozen=True)
class TwoSided:
    """What is drawn: the columns that hold the amounts of either side, by goods and origin."""

    low: str
    high: str

    def shown(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of either side by turns, the largest first."""
        return both_sides(frame, self.low, self.high)

    def drawn(self, frame: pd.DataFrame, say: Say) -> Drawing:
        """The first of these as bars, with their content in words; *frame* has ``hs6`` and ``origin_country``."""
        top = self.shown(frame).head(BARS)
        goods = zip(top["hs6"], top["origin_country"], strict=True)
        names = [say("cell", hs6=hs6, origin=origin) for hs6, origin in goods]
        return bars(names, top[self.low].to_numpy(), top[self.high].to_numpy(), say)


def bars(
    names: Sequence[str], low: NDArray[np.float64], high: NDArray[np.float64], say: Say, **values: str
) -> Drawing:
    """Bars to the left for *low* and to the right for *high*; *values* fill the title."""
    sides, title = (say("low"), say("high")), say("drawn", **values)
    figure = plots.diverging(names, low, high, sides=sides, title=title, unit=say("unit"), say=say)
    ends = {"lowest": names[int(low.argmax())], "highest": names[int(high.argmax())]}
    amounts = {"low": say.amount(float(low.max())), "high": say.amount(float(high.max()))}
    return Drawing(figure, say("alt", n=len(names), **ends, **amounts), say("caption"))
