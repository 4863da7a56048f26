"""What an evaluation says, as tables for people and as plain data for programs."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from redlane.errors import RedlaneError

_COLUMNS = {
    "precision": "precision",
    "recall": "recall",
    "revenue": "revenue",
    "lift": "lift",
    "average_precision": "average precision",
    "roc_auc": "ROC-AUC",
}


class Measured(NamedTuple):
    """A value with its interval; NaN where it could not be computed."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Evaluation:
    """How good each ranking is, at which capacity, and how surely.

    Attributes:
        measures: one row per ranking, measure and cut: ranking, measure, rate (NaN for measures of the whole
            order), value, low, high, best_ties, worst_ties (NaN where ties do not matter), cut (in words), k.
        per_week: see :func:`redlane.evaluation.weeks.per_week`.
        per_typology: share of the rows of each planted scheme that a cut takes: ranking, typology, n,
            irregular (found so), rate, recall, low, high, cut, k. Empty where schemes are unknown.
        difference: main ranking minus each other, on the same resampled weeks: ranking, baseline, measure,
            rate, value, low, high, cut.
        n: labelled rows judged.
        blocks: weeks (or what ``block`` says) among them; with fewer than two there are no intervals.
        base_rate: share irregular, with its interval.
        main: the ranking the others are compared with (the first one given).
        confidence: level of all intervals.
        revenue_is_proxy: the revenue is a stand-in computed from other columns.
        notes: what a reader must know before quoting a number, in sentences.
    """

    measures: pd.DataFrame
    per_week: pd.DataFrame
    per_typology: pd.DataFrame
    difference: pd.DataFrame
    n: int
    blocks: int
    base_rate: Measured
    main: str
    confidence: float
    revenue_is_proxy: bool
    notes: tuple[str, ...]
    block: str = "week"

    def get(self, ranking: str, measure: str, cut: float | str | None = None) -> Measured:
        """One value with its interval; *cut* is a rate (0.05), a label ("200 inspections"), or None.

        Raises:
            RedlaneError: nothing of that name was measured.
        """
        rows = self.measures[(self.measures["ranking"] == ranking) & (self.measures["measure"] == measure)]
        rows = rows[_at(rows, cut)]
        if rows.empty:
            raise RedlaneError(f"evaluation has no '{measure}' of '{ranking}' at {cut}")
        first = rows.iloc[0]
        return Measured(float(first["value"]), float(first["low"]), float(first["high"]))

    def table(self, cut: float | str | None = None) -> pd.DataFrame:
        """One line per ranking, values as text with their intervals, for a person to read.

        *cut* is a rate or a label; None takes the stated number of inspections, else the highest rate.
        """
        label = self._label(cut)
        names = dict(_COLUMNS, revenue="revenue (proxy)") if self.revenue_is_proxy else _COLUMNS
        chosen = self.measures[
            self.measures["cut"].isin([label, ""]) & self.measures["measure"].isin(list(names))
        ]
        text = chosen.assign(text=[_text(*row) for row in chosen[["value", "low", "high"]].to_numpy()])
        wide = text.pivot_table(
            index="ranking", columns="measure", values="text", aggfunc="first", sort=False
        )
        wide = wide[[name for name in names if name in wide.columns]].rename(columns=names)
        return wide.rename_axis(columns=None).reset_index()

    def plain(self) -> dict[str, Any]:
        """Everything as JSON-ready data: NaN becomes None, dates become text."""
        tables = ("measures", "difference", "per_typology", "per_week")
        return {
            "n": self.n,
            "blocks": self.blocks,
            "base_rate": {name: _plain(value) for name, value in self.base_rate._asdict().items()},
            "main": self.main,
            "confidence": self.confidence,
            "revenue_is_proxy": self.revenue_is_proxy,
            "notes": list(self.notes),
            **{name: plain_records(getattr(self, name)) for name in tables},
        }

    def _label(self, cut: float | str | None) -> str:
        cuts = self.measures[self.measures["cut"] != ""]
        found = cuts.tail(1) if cut is None else cuts[_at(cuts, cut)]
        if found.empty:
            raise RedlaneError(f"evaluation was not done at {cut}; it has {', '.join(cuts['cut'].unique())}")
        return str(found["cut"].iloc[0])


def _at(rows: pd.DataFrame, cut: float | str | None) -> "pd.Series[bool]":
    if cut is None:
        return rows["cut"] == ""
    return rows["cut"] == cut if isinstance(cut, str) else (rows["rate"] - cut).abs() < 1e-12


def _text(value: float, low: float, high: float) -> str:
    if value != value:
        return "–"
    digits = 3 if abs(value) < 10 else 1
    around = "" if low != low else f" ({low:.{digits}f}–{high:.{digits}f})"
    return f"{value:.{digits}f}{around}"


def plain_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as JSON-ready data: NaN becomes None, dates become text.

    >>> plain_records(pd.DataFrame({"value": [0.5, float("nan")]}))
    [{'value': 0.5}, {'value': None}]
    """
    return [{str(key): _plain(value) for key, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if value is None or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value
