"""LightGBM: on the outcome, on the order within a day or week, or on the outcome weighed by what was recovered."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from redlane.errors import RedlaneError
from redlane.model.averaging import averaged
from redlane.model.growing import Grower, Table
from redlane.model.learners.lesson import Learnt, Lesson
from redlane.model.settings import BoostedSettings, Count, LightGBMSettings, NotNegative
from redlane.model.training_data import TrainingData
from redlane.model.trees import Trees

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_Prepare = Callable[[TrainingData, Table], Table]

_LARGEST_GROUP = 10_000
"""LightGBM ranks no more rows against each other than this."""


class LightGBMRankerSettings(BoostedSettings):
    """Everything of ``conf/model/lightgbm_ranker.yaml``."""

    about: ClassVar[str] = "gradient boosted trees (LightGBM) on the order within each period (LambdaRank)"

    name: Literal["lightgbm_ranker"] = "lightgbm_ranker"
    metric: Literal["average_precision", "auc"] = "average_precision"
    """What early stopping watches on the tuning period; a ranker knows no log-odds."""
    group: Literal["day", "week"] = "week"
    """Declarations registered in the same day or week (from Monday) are ranked against each other."""
    truncation_level: Count = 200
    """Pairs count when one of the two stands within so many places from the top of its group."""


class LightGBMRevenueSettings(BoostedSettings):
    """Everything of ``conf/model/lightgbm_revenue.yaml``."""

    about: ClassVar[str] = (
        "gradient boosted trees (LightGBM) on the log-odds, findings weighed by what was recovered"
    )

    name: Literal["lightgbm_revenue"] = "lightgbm_revenue"
    revenue_strength: NotNegative = 1.0
    """A finding counts 1 + strength x log(1 + recovered / median recovered); everything else counts 1."""
    revenue_most: float = 5.0
    """No finding counts more than this, however much was recovered."""


def learn(lesson: Lesson, settings: LightGBMSettings) -> Learnt:
    """Trees on the outcome."""
    return _grown(lesson, settings, {"objective": "binary"}, lambda data, table: table)


def learn_order(lesson: Lesson, settings: LightGBMRankerSettings) -> Learnt:
    """Trees on the order within each period (Burges: From RankNet to LambdaRank to LambdaMART, 2010).

    Raises:
        RedlaneError: the rows do not say when they were registered.
    """
    objective = {"objective": "lambdarank", "lambdarank_truncation_level": settings.truncation_level}

    def ranked(data: TrainingData, table: Table) -> Table:
        return replace(table, groups=group_sizes(_periods(data, settings)))

    by_period = replace(
        lesson,
        rows=_in_periods(lesson.rows, settings),
        watch=None if lesson.watch is None else _in_periods(lesson.watch, settings),
    )
    return _grown(by_period, settings, objective, ranked)


def learn_by_revenue(lesson: Lesson, settings: LightGBMRevenueSettings) -> Learnt:
    """Trees on the outcome, findings that recovered more counting more.

    Raises:
        RedlaneError: no finding says what was recovered.
    """
    median = _median_recovered(lesson.rows)

    def weighed(data: TrainingData, table: Table) -> Table:
        weight = revenue_weights(data, median, settings)
        return replace(table, weight=weight if table.weight is None else weight * table.weight)

    return _grown(lesson, settings, {"objective": "binary"}, weighed)


def revenue_weights(data: TrainingData, median: float, settings: LightGBMRevenueSettings) -> Floats:
    """How much each row counts: findings more, the more was recovered; never more than ``revenue_most``."""
    known = np.nan_to_num(data.revenue) if data.revenue is not None else np.zeros(len(data))
    recovered = np.where(data.irregular > 0, np.maximum(known, 0.0), 0.0)
    weight = 1.0 + settings.revenue_strength * np.log1p(recovered / median)
    return np.asarray(np.minimum(weight, max(settings.revenue_most, 1.0)), dtype=np.float64)


def group_sizes(periods: Ints) -> Ints:
    """Sizes of runs of equal *periods*; a run that LightGBM would refuse is cut into equal parts.

    >>> group_sizes(np.array([3, 3, 4])).tolist()
    [2, 1]
    >>> group_sizes(np.zeros(25_000, dtype=np.int64)).tolist()
    [8334, 8333, 8333]
    """
    ends = np.append(np.flatnonzero(np.diff(periods)) + 1, len(periods))
    sizes: list[int] = []
    for size in np.diff(ends, prepend=0).tolist():
        parts = -(-size // _LARGEST_GROUP)
        sizes += [size // parts + (part < size % parts) for part in range(parts)]
    return np.array(sizes, dtype=np.int64)


def _grown(lesson: Lesson, settings: BoostedSettings, objective: dict[str, Any], prepare: _Prepare) -> Learnt:
    grower = Grower(lesson.specs, lesson.levels, settings)
    parameters = {**settings.parameters(), **objective, "metric": settings.metric}
    if settings.monotone:
        parameters["monotone_constraints"] = [spec.direction for spec in lesson.specs]
    table, *later = (
        prepare(data, grower.table(data, data.irregular))
        for data in (lesson.rows, lesson.watch)
        if data is not None
    )
    limits = settings.model_copy(update={} if lesson.rounds is None else {"rounds": lesson.rounds})
    members = [
        replace(grower, settings=_of_member(settings, place)).grow(
            parameters, limits, table, later[0] if later else None
        )
        for place in range(settings.members)
    ]
    return Learnt(averaged(members), _usual_rounds(members))


def _of_member(settings: BoostedSettings, place: int) -> BoostedSettings:
    """The settings with the seed of the member at *place*: their own, then those after it."""
    return settings.model_copy(update={"seed": (settings.seed + place) % 2**31})


def _usual_rounds(members: Sequence[Trees]) -> int:
    """The median of what early stopping kept: all members are grown so long when nothing stops them."""
    return max(1, round(float(np.median([member.count for member in members]))))


def _in_periods(data: TrainingData, settings: LightGBMRankerSettings) -> TrainingData:
    """The rows by period, from the earliest on; within a period they keep their order, which is a hash's."""
    return data.take(np.argsort(_periods(data, settings), kind="stable"))


def _periods(data: TrainingData, settings: LightGBMRankerSettings) -> Ints:
    if data.day is None:
        raise RedlaneError("a ranker needs the day of registration of every row")
    # 1970-01-01 was a Thursday: three days on, weeks begin on Monday.
    return data.day if settings.group == "day" else np.asarray((data.day + 3) // 7, dtype=np.int64)


def _median_recovered(data: TrainingData) -> float:
    amounts = np.empty(0) if data.revenue is None else data.revenue[(data.irregular > 0) & (data.revenue > 0)]
    if len(amounts) == 0:
        raise RedlaneError(
            "model=lightgbm_revenue weighs findings by what was recovered, but no training row says it; map "
            "'recovered_revenue' in the declarations format, or train model=lightgbm"
        )
    return float(np.median(amounts))
