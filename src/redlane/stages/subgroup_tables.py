"""What the stages say about subgroups: the differences that luck does not explain."""

import pandas as pd

from redlane.evaluation.subgroups import Subgroups
from redlane.stages.result import ResultTable

MOST_GROUPS = 8
"""Differences of subgroups shown in a terminal; the evaluation's files hold them all."""

_UNNAMED = {"pooled": "the smaller ones", "missing": "not stated"}


def subgroup_tables(found: Subgroups | None) -> list[ResultTable]:
    """The differences between a group and all rows that luck does not explain, the largest first."""
    if found is None or found.table.empty:
        return []
    table = found.table
    told = table[table["verdict"].isin(["higher", "lower"]) & (table["measure"] != "base_rate")]
    if told.empty:
        return []
    told = told.loc[told["difference"].abs().sort_values(ascending=False, kind="stable").index]
    label = told["group"].where(~told["kind"].isin(_UNNAMED), told["kind"].map(_UNNAMED))
    shown = pd.DataFrame(
        {
            "group": told["partition"] + ": " + label,
            "declarations": told["n"],
            "measure": told["measure"].str.replace("_", " "),
            "value": told["value"].map("{:.3f}".format),
            "all rows": [f"{found.overall[name].value:.3f}" for name in told["measure"]],
            "difference": [
                f"{value:+.3f} ({low:+.3f} to {high:+.3f})"
                for value, low, high in told[["difference", "difference_low", "difference_high"]].to_numpy()
            ],
        }
    )
    note = (
        f"the {MOST_GROUPS} largest of {len(told)} differences, of {len(table)} looked at, that are told from luck; a "
        "difference is a question, not an answer"
    )
    return [ResultTable(f"Subgroups, inspecting {found.cut}", shown.head(MOST_GROUPS), note)]
