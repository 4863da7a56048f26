"""The tables of an evaluation, built from what was judged."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from redlane.evaluation.bootstrap import interval
from redlane.evaluation.judging import Judge, Judged
from redlane.evaluation.settings import Cut, EvaluationSettings

COMPARED = ("average_precision", "precision", "revenue")
"""Measures in which the main ranking is compared with each other one."""


def measure_table(name: str, judged: Judged, settings: EvaluationSettings, n: int) -> pd.DataFrame:
    """The measures of one ranking (columns: see :class:`~redlane.evaluation.result.Evaluation`)."""
    low, high = interval(judged.draws, settings.confidence)
    frame = _placed(judged, n).assign(
        ranking=name, value=judged.value, low=low, high=high, best_ties=judged.best, worst_ties=judged.worst
    )
    frame.loc[frame["measure"] == "effective_sample_size", ["low", "high"]] = np.nan
    columns = ["ranking", "measure", "rate", "value", "low", "high", "best_ties", "worst_ties", "cut", "k"]
    return frame.loc[frame["kind"].isna(), columns]


def _placed(judged: Judged, n: int) -> pd.DataFrame:
    def at(cut: Cut | None) -> tuple[float, str, int]:
        return (np.nan, "", n) if cut is None else (cut.share(n), cut.label, cut.size(n))

    rows = [(place.measure, place.kind, *at(place.cut)) for place in judged.places]
    frame = pd.DataFrame(rows, columns=["measure", "kind", "rate", "cut", "k"])
    return frame.astype({"kind": "float64"})


def typology_table(judged: Mapping[str, Judged], judge: Judge, settings: EvaluationSettings) -> pd.DataFrame:
    """Share of the rows of each planted scheme that each cut takes, found irregular or not."""
    columns = ["ranking", "typology", "n", "irregular", "rate", "recall", "low", "high", "cut", "k"]
    tables = []
    for name, one in judged.items():
        low, high = interval(one.draws, settings.confidence)
        frame = _placed(one, len(judge.truth)).assign(ranking=name, recall=one.value, low=low, high=high)
        frame = frame[frame["kind"].notna()]
        kinds = frame["kind"].astype(int)
        frame["typology"] = [judge.typologies[kind] for kind in kinds]
        frame["n"] = [int(judge.members[kind].sum()) for kind in kinds]
        frame["irregular"] = [int(judge.members[kind] @ judge.truth.irregular) for kind in kinds]
        tables.append(frame[columns])
    return pd.concat(tables, ignore_index=True)


def difference_table(judged: Mapping[str, Judged], main: str, settings: EvaluationSettings) -> pd.DataFrame:
    """The main ranking minus each other one, both judged on the same resampled weeks."""
    columns = ["ranking", "baseline", "measure", "rate", "value", "low", "high", "cut"]
    tables = [pd.DataFrame(columns=columns)] if len(judged) == 1 else []
    for name, other in judged.items():
        if name == main:
            continue
        low, high = interval(judged[main].draws - other.draws, settings.confidence)
        frame = _placed(other, len(other.order.rows)).assign(ranking=main, baseline=name, low=low, high=high)
        frame["value"] = judged[main].value - other.value
        tables.append(frame.loc[frame["measure"].isin(COMPARED) & frame["kind"].isna(), columns])
    return pd.concat(tables, ignore_index=True)
