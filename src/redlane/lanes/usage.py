"""How much of the capacity was used, day by day and office by office: kept with the scores, for whoever asks later."""

from typing import Any

import numpy as np
import pandas as pd

from redlane.lanes.capacity import places
from redlane.lanes.groups import group_rows
from redlane.lanes.queue import LaneQueue, LaneResult
from redlane.lanes.settings import LaneSettings

MOST_ROWS = 1000
"""More rows are never listed: offices are then summed by day, and days beyond that left to the totals."""

_AMOUNTS = ["declared", "places", "used"]


def usage(queue: LaneQueue, result: LaneResult, settings: LaneSettings) -> dict[str, Any]:
    """Places planned and used, in all and for each group that shares a capacity.

    ``by`` names what the ``rows`` are listed by: ``day``, ``office``, both or nothing; a missing office is None.
    More are used than planned where mandatory rules exceed the capacity.

    >>> from redlane.hashing import hash64
    >>> from redlane.lanes.assignment import assign
    >>> queue = LaneQueue(np.arange(4.0), hash64(list("abcd")), np.array([19000, 19000, 19000, 19001]))
    >>> settings = LaneSettings(capacity=1, random_share=0)
    >>> used = usage(queue, assign(queue, settings), settings)
    >>> used["places"], used["used"], used["by"], used["rows"][0]
    (2, 2, ['day'], {'day': '2022-01-08', 'declared': 3, 'places': 1, 'used': 1})
    """
    groups = group_rows(queue, settings)
    sizes = groups.sizes
    table = pd.DataFrame(
        {
            "declared": sizes,
            "places": places(settings.capacity, sizes),
            "used": groups.count(groups.code[result.selected]),
        }
    )
    totals = {name: int(table[name].sum()) for name in ("places", "used")}
    by, rows = _listed(table.assign(**_names(queue, groups.code, settings)), settings)
    return {**totals, "groups": len(table), "by": by, "rows": rows}


def _names(queue: LaneQueue, code: Any, settings: LaneSettings) -> dict[str, Any]:
    """Day and office of each group, from the first of its rows."""
    _, first = np.unique(code, return_index=True)
    names: dict[str, Any] = {}
    if settings.per == "day":
        names["day"] = queue.day[first].astype("datetime64[D]").astype(str)
    if settings.by == "office" and queue.office is not None:
        offices = np.array(
            [*queue.office_names, None], dtype=object
        )  # the last, hence place -1, is the missing one
        names["office"] = offices[queue.office[first]]
    return names


def _listed(table: pd.DataFrame, settings: LaneSettings) -> tuple[list[str], list[dict[str, Any]]]:
    by = [name for name in ("day", "office") if name in table]
    if len(table) > MOST_ROWS and by == ["day", "office"]:
        by = ["day"]
        table = table.groupby("day", as_index=False)[_AMOUNTS].sum()
    if len(table) > MOST_ROWS:
        return [], []
    rows = table.sort_values(by, kind="stable") if by else table
    return by, [
        {name: _plain(value) for name, value in zip([*by, *_AMOUNTS], row, strict=True)}
        for row in rows[[*by, *_AMOUNTS]].itertuples(index=False)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return None if pd.isna(value) else int(value)
