"""What moves the scores of a model altogether, from exact contributions to a sample of rows.

Importance is the mean absolute contribution to the margin (Lundberg and Lee, *A unified approach to interpreting model
predictions*, 2017); a swarm shows each sampled row's contribution with its value; a dependence the contribution along
the values of one feature. All of it says what the *model* does with the values it is given, not what causes what.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.explanations.contributions import Explainable
from redlane.explanations.reasons import group_contributions
from redlane.explanations.typology import CONTROLS, leading_groups, suggested_controls
from redlane.features.spec import GROUPS, Feature

Floats = npt.NDArray[np.float64]

SAMPLE = 5_000
"""Rows explained."""

SWARMS, DEPENDENCES, POINTS, CLASSES = 15, 8, 250, 5
"""Features shown as swarms and as dependences; rows drawn of each; classes of value, from low to high."""

LABELS = 10
"""Values of a category that are drawn; the others stand together."""


def overall(
    model: Explainable, features: pd.DataFrame, place: Floats, specs: Sequence[Feature]
) -> dict[str, Any]:
    """Explain the rows of *features* (those sampled, in any fixed order), as JSON-ready data.

    *place* is each row's place in the order of inspection as a share of all rows it was ranked among, from above 0 to
    1: controls are counted along it. The result holds ``rows``, ``base``, ``importance`` (of every feature that moves
    something), ``groups``, ``swarms``, ``dependences`` and ``controls``.
    """
    contributions = model.contributions(features)
    own, base = contributions[:, :-1], contributions[:, -1]
    strength = np.abs(own).mean(axis=0) if len(own) else np.zeros(len(specs))
    strongest = [int(at) for at in np.argsort(-strength, kind="stable") if strength[at] > 0]
    groups = group_contributions(contributions, specs)
    return {
        "rows": len(features),
        "base": _short(float(base.mean())) if len(base) else None,
        "importance": [
            {"feature": specs[at].name, "mean_absolute": _short(strength[at])} for at in strongest
        ],
        "groups": _groups(groups),
        "swarms": [_swarm(specs[at], features[specs[at].name], own[:, at]) for at in strongest[:SWARMS]],
        "dependences": [
            _dependence(specs[at], features[specs[at].name], own[:, at]) for at in strongest[:DEPENDENCES]
        ],
        "controls": _controls(groups, place),
    }


def _groups(groups: pd.DataFrame) -> list[dict[str, Any]]:
    """Each group's mean absolute sum, and in how many rows it raises the score most."""
    leading = pd.Series(leading_groups(groups), dtype="object")
    found = [
        {
            "group": group,
            "mean_absolute": _short(float(groups[group].abs().mean())) if len(groups) else 0.0,
            "leads": int((leading == group).sum()),
        }
        for group in GROUPS
    ]
    return sorted(found, key=lambda row: -row["mean_absolute"])


def _controls(groups: pd.DataFrame, place: Floats) -> dict[str, Any]:
    """How many of the sampled rows, first to last in the order of inspection, call for each control first."""
    order = np.argsort(place, kind="stable")
    control = pd.Series(suggested_controls(groups), dtype="object").to_numpy()[order]
    thin = np.unique(np.linspace(0, len(order) - 1, 200).astype(np.intp)) if len(order) else order
    running = {name: np.cumsum(control == name)[thin].tolist() for name in CONTROLS}
    return {
        "share": [_short(value, 5) for value in place[order][thin].tolist()],
        "rows": (thin + 1).tolist(),
        "count": running,
    }


def _swarm(spec: Feature, values: pd.Series, moved: Floats) -> dict[str, Any]:
    """Contributions of some rows, by class of value: 0 (lowest) to 4 (highest), -1 where missing or a category."""
    kept = _spread_out(moved)
    low, middle, high = (np.quantile(moved, share) for share in (0.05, 0.5, 0.95))
    return {
        "feature": spec.name,
        "moved": [_short(value) for value in moved[kept].tolist()],
        "value_class": _classes(spec, values)[kept].tolist(),
        "low": _short(float(low)),
        "middle": _short(float(middle)),
        "high": _short(float(high)),
    }


def _spread_out(moved: Floats) -> npt.NDArray[np.intp]:
    """Rows to draw: evenly along the order of their contributions, so that both tails are seen."""
    order = np.argsort(moved, kind="stable")
    return order[np.unique(np.linspace(0, len(order) - 1, POINTS).astype(np.intp))] if len(order) else order


def _classes(spec: Feature, values: pd.Series) -> npt.NDArray[np.intp]:
    if spec.kind == "category":
        return np.full(len(values), -1, dtype=np.intp)
    numbers = values.to_numpy("float64")
    known = ~np.isnan(numbers)
    classes = np.full(len(numbers), -1, dtype=np.intp)
    ranks = pd.Series(numbers[known]).rank(pct=True).to_numpy("float64")
    classes[known] = np.minimum((ranks * CLASSES).astype(np.intp), CLASSES - 1)
    return classes


def _dependence(spec: Feature, values: pd.Series, moved: Floats) -> dict[str, Any]:
    missing = values.isna().to_numpy()
    absent = {
        "share": _short(float(missing.mean())),
        "moved": _short(float(moved[missing].mean())) if missing.any() else None,
    }
    about = {"feature": spec.name, "kind": spec.kind, "missing": absent}
    if spec.kind == "category":
        return {**about, "labels": _labels(values[~missing].astype(str), moved[~missing])}
    return {**about, **_along(values.to_numpy("float64")[~missing], moved[~missing])}


def _labels(values: pd.Series, moved: Floats) -> list[dict[str, Any]]:
    """The most frequent values of a category: rows, and the middle half of what they moved."""
    common = values.value_counts().sort_index().sort_values(ascending=False, kind="stable").index[:LABELS]
    named = values.where(values.isin(common)).to_numpy("object")
    found = []
    for label in [*common, None]:
        rows = pd.isna(named) if label is None else named == label
        if rows.any():
            found.append({"label": label, "rows": int(rows.sum()), **_quartiles(moved[rows])})
    return found


def _along(values: Floats, moved: Floats) -> dict[str, Any]:
    """Rows to draw within the middle 98 % of the values, and quartiles of what was moved in ten classes of value."""
    if not len(values):
        return {"points": [], "line": []}
    low, high = np.quantile(values, [0.01, 0.99])
    inside = np.flatnonzero((values >= low) & (values <= high))
    kept = inside[np.unique(np.linspace(0, len(inside) - 1, POINTS).astype(np.intp))]
    edges = np.unique(np.quantile(values[inside], np.linspace(0, 1, 11)))
    code = np.searchsorted(edges[1:-1], values[inside], side="left")
    line = [
        {
            "value": _short(float(np.median(values[inside][code == one]))),
            "rows": int((code == one).sum()),
            **_quartiles(moved[inside][code == one]),
        }
        for one in np.unique(code)
    ]
    points = [
        [_short(v), _short(m)] for v, m in zip(values[kept].tolist(), moved[kept].tolist(), strict=True)
    ]
    return {"points": points, "line": line}


def _quartiles(moved: Floats) -> dict[str, float]:
    low, middle, high = np.quantile(moved, [0.25, 0.5, 0.75])
    return {"low": _short(float(low)), "middle": _short(float(middle)), "high": _short(float(high))}


def _short(value: float, digits: int = 4) -> float:
    return float(f"{value:.{digits}g}")
