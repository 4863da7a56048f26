"""Ablation: what is lost without a part of the features, and what that part finds alone.

Features are computed once; each variant is the same recipe on fewer of them, fitted on the training period (tuning
stops it, as ever) and judged on the test period. Nothing is chosen by these numbers, so that it stays one.

Intervals speak of the luck of the weeks, not of that of a training: where each tree draws few of the features, some
of a small difference is the draw. Flags computed from the features of another part keep telling what that part told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from redlane.errors import RedlaneError
from redlane.evaluation.paired import ComparisonSettings, Contender, contest
from redlane.evaluation.paired.differences import BETTER, LUCK, SAME, TOO_FEW, WORSE
from redlane.features.spec import Feature
from redlane.governance.checks.inputs import constant_among
from redlane.governance.settings import AblationSettings
from redlane.governance.study import Study
from redlane.progress import track

FULL = "all features"
MEASURES = ("average_precision", "precision", "recall", "revenue")
"""What the variants are compared in, the last three at the capacity."""

WORDS = {
    WORSE: "worse than all features",
    BETTER: "better than all features",
    LUCK: "not distinguishable from luck",
    SAME: "the same",
    TOO_FEW: "too few weeks to tell",
}
"""What can be said of a variant, by the verdict of the comparison."""


@dataclass(frozen=True)
class Variant:
    """The recipe without a *part* of the features, or with that part alone."""

    how: Literal["without", "alone"]
    part: str
    features: tuple[Feature, ...]

    @property
    def name(self) -> str:
        """As tables name it.

        >>> Variant("without", "history", ()).name
        'without history'
        """
        return f"{self.how} {self.part}"


def variants(study: Study, settings: AblationSettings) -> list[Variant]:
    """Every part left out, then every part alone; parts in the order of the catalogue.

    A part that is constant on all rows learnt from has nothing to learn alone, and is not tried so.

    Raises:
        RedlaneError: the settings name a part that no feature belongs to.
    """
    specs = study.specs
    parts = list(dict.fromkeys(_part(spec, settings) for spec in specs))
    if unknown := [part for part in settings.only if part not in parts]:
        raise RedlaneError(f"ablation: there is no part '{unknown[0]}'; known are {', '.join(parts)}")
    chosen = [part for part in parts if not settings.only or part in settings.only]
    without = [
        Variant("without", part, tuple(spec for spec in specs if _part(spec, settings) != part))
        for part in chosen
        if len(parts) > 1
    ]
    dull = set(constant_among(study.past.features))
    alone = [
        Variant("alone", part, tuple(spec for spec in specs if _part(spec, settings) == part))
        for part in chosen
        if settings.alone
    ]
    return [*without, *(each for each in alone if any(spec.name not in dull for spec in each.features))]


def ablate(study: Study, settings: AblationSettings) -> pd.DataFrame:
    """One row per variant and measure, each variant held against all features on the same resampled weeks.

    Columns: variant, how, part, features (number of them), measure, cut, all_features (the value with all), value,
    difference (value - all_features) with low and high, verdict (in words), decides. The intervals of the measure that
    decides (average precision) are widened for the number of variants of the same kind (Bonferroni).
    """
    listed = variants(study, settings)
    full, *others = _contenders(study, listed)
    tables = [
        _held(study, settings, [each for each in listed if each.how == how], [full, *others])
        for how in dict.fromkeys(each.how for each in listed)
    ]
    return pd.concat(tables, ignore_index=True)


def _held(
    study: Study, settings: AblationSettings, listed: Sequence[Variant], contenders: Sequence[Contender]
) -> pd.DataFrame:
    """The rows of some variants, held against all features."""
    by_name = {each.name: each for each in listed}
    chosen = [each for each in contenders if each.name == FULL or each.name in by_name]
    how = ComparisonSettings(primary="average_precision", rate=settings.rate)
    held = contest(chosen, study.truth, study.evaluation, how)
    values = held.values.set_index(["ranking", "measure", "cut"])["value"]
    rows = held.differences
    rows = rows[rows["measure"].isin(MEASURES) & rows["cut"].isin(["", how.cut.label])]
    places = list(zip(rows["measure"], rows["cut"], strict=True))
    names = rows["bundle"].tolist()
    return pd.DataFrame(
        {
            "variant": names,
            "how": [by_name[name].how for name in names],
            "part": [by_name[name].part for name in names],
            "features": [len(by_name[name].features) for name in names],
            "measure": rows["measure"],
            "cut": rows["cut"],
            "all_features": [values[FULL, *place] for place in places],
            "value": [values[name, *place] for name, place in zip(names, places, strict=True)],
            "difference": rows["value"],
            "low": rows["low"],
            "high": rows["high"],
            "verdict": [WORDS[verdict] for verdict in rows["verdict"]],
            "decides": rows["decides"],
        }
    )


def _contenders(study: Study, listed: Sequence[Variant]) -> Iterator[Contender]:
    full = Variant("without", FULL, study.specs)
    for each in track([full, *listed], "leaving out"):
        model = study.retrained(each.features)
        margin = model.margin(study.test.features[list(model.features)])
        yield Contender(FULL if each is full else each.name, margin, model.probability(margin))


def _part(spec: Feature, settings: AblationSettings) -> str:
    return spec.family if settings.by == "family" else spec.group
