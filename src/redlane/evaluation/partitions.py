"""Ways of dividing test rows into groups whose results are shown side by side: by office, origin, size of importer …

No group is a party: ids of importers serve to count their earlier declarations and are gone afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.truth import Booleans

Kind = Literal["value", "class", "pooled", "missing"]

SIZES = (0, 10, 100, 1_000)
SIZE_WORDS = ("0–9", "10–99", "100–999", "≥ 1000")
"""Classes of importers by their declarations before the test period."""


@dataclass(frozen=True)
class Group:
    """Rows that have something in common.

    ``label`` is a value as declared (kind *value*), a word of redlane's own (*class*: ``new``), or empty where
    small groups stand together (*pooled*) or nothing was declared (*missing*).
    """

    partition: str
    kind: Kind
    label: str = ""


@dataclass(frozen=True)
class Partition:
    """A name, its groups, and the group of each row (-1: in no group that is shown)."""

    name: str
    groups: tuple[Group, ...]
    code: npt.NDArray[np.intp]

    @property
    def left_out(self) -> int:
        """Rows in no group: too few even together."""
        return int((self.code < 0).sum())


def partitions(
    declarations: pd.DataFrame, earlier: pd.DataFrame, settings: EvaluationSettings
) -> list[Partition]:
    """The partitions of *settings* that the columns allow and that have at least two groups to show.

    Groups of fewer than ``subgroup_least`` rows, and those after the ``subgroup_most`` largest, are pooled; a pool
    that is itself too small is left out. *earlier* are all declarations from before the test period: importers are
    sized by them.

    >>> rows = pd.DataFrame({"office": ["A"] * 3 + ["B"] * 3 + ["C"]})
    >>> found, = partitions(rows, rows, EvaluationSettings(subgroup_least=2))
    >>> [group.label for group in found.groups], found.code.tolist(), found.left_out
    (['A', 'B'], [0, 0, 0, 1, 1, 1, -1], 1)
    """
    found = []
    for name in settings.subgroups:
        labels = _labels(name, declarations, earlier)
        if labels is None:
            continue
        made = _partition(name, labels, settings)
        if len(made.groups) > 1:
            found.append(made)
    return found


def _labels(name: str, declarations: pd.DataFrame, earlier: pd.DataFrame) -> pd.Series | None:
    if name in _DERIVED:
        return _DERIVED[name](declarations, earlier)
    return declarations[name].astype("object") if name in declarations else None


def _chapter(declarations: pd.DataFrame, earlier: pd.DataFrame) -> pd.Series | None:
    return declarations["hs_code"].str[:2].astype("object") if "hs_code" in declarations else None


def _seen_before(declarations: pd.DataFrame, earlier: pd.DataFrame) -> pd.Series | None:
    """How many declarations each row's importer had before the test period; NaN where no importer is stated."""
    if "importer_id" not in declarations or "importer_id" not in earlier or earlier.empty:
        return None
    importer = declarations["importer_id"]
    counted = importer.map(earlier["importer_id"].value_counts()).astype("float64").fillna(0)
    return counted.where(importer.notna())


def _size(declarations: pd.DataFrame, earlier: pd.DataFrame) -> pd.Series | None:
    seen = _seen_before(declarations, earlier)
    if seen is None:
        return None
    return pd.cut(seen, [*SIZES, np.inf], right=False, labels=SIZE_WORDS).astype("object")


def _known(declarations: pd.DataFrame, earlier: pd.DataFrame) -> pd.Series | None:
    seen = _seen_before(declarations, earlier)
    return None if seen is None else _two(seen > 0, seen.notna(), ("known", "new"))


def _preference(declarations: pd.DataFrame, earlier: pd.DataFrame) -> pd.Series | None:
    if "preference_claimed" not in declarations:
        return None
    claimed = declarations["preference_claimed"]
    return _two(claimed == 1, claimed.notna(), ("claimed", "not_claimed"))


def _two(holds: pd.Series, stated: pd.Series, words: tuple[str, str]) -> pd.Series:
    return pd.Series(np.where(holds, *words), index=holds.index, dtype="object").where(stated)


_DERIVED: dict[str, Callable[[pd.DataFrame, pd.DataFrame], "pd.Series | None"]] = {
    "hs_chapter": _chapter,
    "importer_size": _size,
    "importer_known": _known,
    "preference_claimed": _preference,
}
_CLASSES = ("importer_known", "preference_claimed")


def _partition(name: str, labels: pd.Series, settings: EvaluationSettings) -> Partition:
    sizes = labels.value_counts()
    sizes = sizes[sizes >= settings.subgroup_least].sort_index().sort_values(ascending=False, kind="stable")
    kept = [str(label) for label in sizes.index[: settings.subgroup_most]]
    if name == "importer_size":
        kept.sort(key=SIZE_WORDS.index)
    groups = [Group(name, "class" if name in _CLASSES else "value", label) for label in kept]
    places = {label: place for place, label in enumerate(kept)}
    code = np.array(labels.map(places).astype("float64").fillna(-1), dtype=np.intp)
    missing = labels.isna().to_numpy()
    others: dict[Kind, Booleans] = {"pooled": (code < 0) & ~missing, "missing": missing}
    for kind, rows in others.items():
        if rows.sum() >= settings.subgroup_least:
            code[rows] = len(groups)
            groups.append(Group(name, kind))
    return Partition(name, tuple(groups), code)
