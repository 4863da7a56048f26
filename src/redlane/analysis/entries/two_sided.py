"""The picture of what lies too low and too high: cells of goods and origin, both sides on one scale."""

from dataclasses import dataclass

import pandas as pd

from redlane.analysis import plots
from redlane.analysis.analysis import Drawing, both_sides

_BARS = 16


@dataclass(frozen=True)
class TwoSided:
    """What is drawn: the columns that hold the amounts of either ``side``, and the words beside them.

    ``cells`` is what a row is called, in the plural; ``left`` and ``right`` say what the amounts are.
    """

    low: str
    high: str
    sides: tuple[str, str]
    title: str
    cells: str
    left: str
    right: str

    def shown(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of either side by turns, the largest first."""
        return both_sides(frame, self.low, self.high)

    def drawn(self, frame: pd.DataFrame) -> Drawing:
        """The first of these as bars, with their content in words; *frame* has ``hs6`` and ``origin_country``."""
        top = self.shown(frame).head(_BARS)
        names = (top["hs6"] + " from " + top["origin_country"]).tolist()
        low, high = top[self.low].to_numpy(), top[self.high].to_numpy()
        alt = (
            f"Bars for {len(top)} {self.cells}: to the left {self.left}, to the right {self.right}. "
            f"Furthest left {names[int(low.argmax())]} with {plots.amount(low.max())}, "
            f"furthest right {names[int(high.argmax())]} with {plots.amount(high.max())}."
        )
        unit = "Reference currency"
        figure = plots.diverging(names, low, high, sides=self.sides, title=self.title, unit=unit)
        return Drawing(figure, alt, f"The largest {self.cells.split(' ')[0]} of either side, by turns.")
