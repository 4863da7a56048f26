"""The batch in numbers: what was read, where it went, what moved the selection; every table of the first pages."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from redlane.declarations.periods import days
from redlane.features.spec import GROUPS
from redlane.lanes.capacity import places
from redlane.lanes.queue import LANE_REASONS, LANES
from redlane.lanes.settings import LaneSettings
from redlane.reports.declared import Declared
from redlane.reports.scored import Scored

EDGES = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
"""Classes of probability, each with its upper end: fixed, so that batches can be compared."""

Table = list[dict[str, Any]]


def lane_table(scored: Scored) -> Table:
    """Rows per lane and reason, those that occur, with their share of the accepted.

    Their counts add up to ``accepted``.
    """
    counts = Counter(zip(scored.every["lane"], scored.every["lane_reason"], strict=True))
    total = max(1, len(scored.every))
    return [
        {"lane": lane, "reason": reason, "count": counts[lane, reason], "share": counts[lane, reason] / total}
        for lane in LANES
        for reason in LANE_REASONS
        if counts[lane, reason]
    ]


def capacity(scored: Scored, declared: Declared | None) -> dict[str, Any]:
    """What was planned and what was used, as the manifest says; ``rows`` lists it by what ``listed_by`` names.

    Manifests of earlier versions are silent: ``places`` are then counted from the declarations, None without.
    """
    settings = LaneSettings.parse(scored.configuration["lanes"], "the manifest's lanes")
    told = scored.manifest.get("capacity")
    if told is None:
        sizes = _group_sizes(scored, settings, declared)
        planned = None if sizes is None else int(places(settings.capacity, sizes).sum())
        told = {"places": planned, "by": [], "rows": [], "groups": 0}
    used = scored.counts["red"]
    return {
        "capacity": settings.capacity,
        "per": settings.per,
        "by": settings.by,
        "rank_by": settings.rank_by,
        "random_share": settings.random_share,
        "places": told["places"],
        "used": used,
        "groups": told["groups"],
        "listed_by": told["by"],
        "rows": told["rows"],
        "share": used / max(1, len(scored.every)),
        "rules": [(rule.id, rule.why) for rule in settings.mandatory],
    }


def _group_sizes(scored: Scored, settings: LaneSettings, declared: Declared | None) -> Any:
    """Declarations per group that shares a capacity; None where days or offices are not known."""
    if settings.per == "file" and settings.by == "overall":
        return np.array([len(scored.every)])
    if declared is None or declared.registered_on.isna().any():
        return None
    parts: list[Any] = []
    if settings.per == "day":
        parts.append(days(declared.registered_on))
    if settings.by == "office":
        if declared.office is None:
            return None
        parts.append(declared.office.astype("object").fillna("").to_numpy())
    return pd.DataFrame(dict(enumerate(parts))).groupby(list(range(len(parts)))).size().to_numpy()


def reason_table(chosen: pa.Table, top: int) -> Table:
    """The facts that were given as reasons, most often first: in how many rows, and what they added on average."""
    flat = pc.list_flatten(chosen["reasons"].combine_chunks())
    if not len(flat):
        return []
    frame = pa.table({"code": flat.field("code"), "added": flat.field("contribution")}).to_pandas()
    grouped = frame.groupby("code")["added"].agg(["size", "mean"]).reset_index()
    grouped = grouped.sort_values(["size", "mean", "code"], ascending=[False, False, True]).head(top)
    rows = max(1, len(chosen))
    return [
        {"code": code, "count": int(count), "share": count / rows, "mean": float(mean)}
        for code, count, mean in grouped.itertuples(index=False)
    ]


def flag_table(chosen: pa.Table) -> Table:
    """The red flags raised in the rows of the report, most often first."""
    flat = pc.list_flatten(chosen["flags"].combine_chunks())
    if not len(flat):
        return []
    frame = pa.table({name: flat.field(name) for name in ("id", "version", "group")}).to_pandas()
    grouped = frame.groupby(["id", "version", "group"], dropna=False).size().reset_index(name="count")
    rows = max(1, len(chosen))
    listed = grouped.sort_values(["count", "id"], ascending=[False, True]).to_dict("records")
    return [{**row, "share": row["count"] / rows} for row in listed]


def group_table(chosen: pa.Table) -> Table:
    """What each typology group adds to the margin over the rows of the report, and how many rows it leads.

    ``added`` is the mean contribution over the explained rows.
    """
    explained = chosen.filter(pc.is_valid(chosen[f"contribution_{GROUPS[0]}"]))
    leading = Counter(explained["leading_group"].to_pylist())
    rows = max(1, len(explained))
    table = []
    for group in GROUPS:
        sums = explained[f"contribution_{group}"].to_numpy()
        table.append(
            {
                "group": group,
                "leads": leading[group],
                "share": leading[group] / rows,
                "added": float(sums.mean()) if len(sums) else 0.0,
                "raised": int((sums > 0).sum()),
            }
        )
    return table


def control_table(chosen: pa.Table) -> Table:
    """How many rows of the report each suggested control stands for, most often first."""
    counts = Counter(word for word in chosen["suggested_control"].to_pylist() if word)
    return [{"control": word, "count": count} for word, count in counts.most_common()]


def office_table(scored: Scored, declared: Declared | None) -> Table:
    """Rows per office and lane; empty where offices are not known. A missing office is ''."""
    if declared is None or declared.office is None:
        return []
    office = declared.office.astype("object").where(declared.office.notna(), "").reset_index(drop=True)
    counts = pd.crosstab(office, scored.every["lane"].reset_index(drop=True))
    counts = counts.reindex(columns=list(LANES), fill_value=0).sort_index()
    total = counts.sum(axis=1)
    listed = counts.assign(office=counts.index.astype(str), count=total, share=counts["red"] / total)
    return [{str(name): value for name, value in row.items()} for row in listed.to_dict("records")]


def reject_table(rejects: pd.DataFrame) -> Table:
    """Reject lines by code, most often first, with the first of each; values found are left out: some are names."""
    if rejects.empty:
        return []
    counts = rejects["code"].value_counts()
    first = {code: rest for code, *rest in _firsts(rejects)}
    return [
        {
            "code": str(code),
            "count": int(count),
            "record": int(record),
            "column": str(column or ""),
        }
        for code, count in counts.sort_index().sort_values(ascending=False, kind="stable").items()
        for record, column in [first[str(code)]]
    ]


def _firsts(rejects: pd.DataFrame) -> list[tuple[str, Any, Any]]:
    """Code, record number and column of the first line of each code."""
    firsts = rejects.drop_duplicates("code")
    return list(zip(firsts["code"], firsts["record_number"], firsts["column"], strict=True))


def distribution(batches: Sequence[tuple[str, pd.DataFrame]]) -> dict[str, Any]:
    """Classes of probability of several batches: name, counts and shares by class, rows, selected, mean, median."""
    return {"edges": EDGES, "batches": [_classes(name, frame) for name, frame in batches]}


def _classes(name: str, frame: pd.DataFrame) -> Mapping[str, Any]:
    probability = frame["probability"].to_numpy(dtype="float64", na_value=np.nan)
    known = probability[np.isfinite(probability)]
    counts = np.histogram(known, bins=np.array(EDGES))[0]
    return {
        "name": name,
        "rows": len(frame),
        "selected": int((frame["lane"] == "red").sum()),
        "counts": counts.tolist(),
        "shares": (counts / max(1, len(known))).tolist(),
        "mean": float(known.mean()) if len(known) else float("nan"),
        "median": float(np.median(known)) if len(known) else float("nan"),
    }
