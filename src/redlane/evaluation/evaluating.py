"""Judge rankings of labelled declarations at the capacities that exist, with their luck shown beside them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from redlane.errors import RedlaneError
from redlane.evaluation.bootstrap import mean_draws
from redlane.evaluation.judging import Judge, measured
from redlane.evaluation.result import Evaluation
from redlane.evaluation.settings import EvaluationSettings
from redlane.evaluation.tables import difference_table, measure_table, typology_table
from redlane.evaluation.truth import Booleans, Floats, Truth, require_lengths
from redlane.evaluation.weeks import per_week


def evaluate(
    rankings: Mapping[str, Floats],
    truth: Truth,
    settings: EvaluationSettings,
    *,
    probability: Floats | None = None,
) -> Evaluation:
    """Judge each ranking (name -> one score per labelled row, higher is inspected first) on the same rows.

    The first ranking is the main one: the others are what it is compared with, and *probability*, if given,
    is its probability. A score of -inf is simply the lowest; NaN means "no score" and ranks after it. Tied
    rows are inspected in ascending order of their tie hash. Measures that cannot be computed (nothing
    irregular, say) are NaN.

    Raises:
        RedlaneError: there is no ranking, lengths differ, or a probability lies outside [0, 1].
    """
    if not rankings:
        raise RedlaneError("evaluation needs at least one ranking, found none")
    require_lengths({**rankings, **({} if probability is None else {"probability": probability})}, len(truth))
    judge = Judge(truth, settings)
    judged = {name: judge.judge(np.asarray(score, dtype=np.float64)) for name, score in rankings.items()}
    main = next(iter(rankings))
    measures = pd.concat([measure_table(name, one, settings, len(truth)) for name, one in judged.items()])
    if probability is not None:
        measures = pd.concat([measures, judge.calibration(main, np.asarray(probability, dtype=np.float64))])
    orders = {name: one.order for name, one in judged.items()}
    base = measured(
        float(truth.irregular.mean()), mean_draws(truth.irregular, judge.block, judge.drawn), settings
    )
    return Evaluation(
        measures=measures.reset_index(drop=True),
        per_week=per_week(orders, truth, settings.cuts, settings.block),
        per_typology=typology_table(judged, judge, settings),
        difference=difference_table(judged, main, settings),
        n=len(truth),
        blocks=judge.drawn.shape[1],
        block=settings.block,
        base_rate=base,
        main=main,
        confidence=settings.confidence,
        revenue_is_proxy=truth.revenue_is_proxy and truth.revenue is not None,
        notes=_notes(truth, judge.drawn.shape[1], settings),
    )


def _notes(truth: Truth, weeks: int, settings: EvaluationSettings) -> tuple[str, ...]:
    notes = []
    if weeks < 2:
        notes.append(f"All rows fall into one {settings.block}: no interval can be given.")
    elif weeks < 10:
        notes.append(f"Only {weeks} {settings.block}s were resampled: read the intervals as too narrow.")
    if truth.revenue is not None and truth.revenue_is_proxy:
        notes.append("Revenue is a proxy computed from other columns, not money recovered.")
    unknown = _missing(truth.revenue, truth.irregular == 1)
    if unknown:
        notes.append(f"Recovered revenue is missing for {unknown} irregular rows and counted as zero.")
    if truth.propensity is not None and (
        unknown := _missing(truth.propensity, np.ones(len(truth), dtype=np.bool_))
    ):
        notes.append(
            f"Selection propensity is missing for {unknown} rows; corrected precision leaves them out."
        )
    return tuple(notes)


def _missing(values: Floats | None, among: Booleans) -> int:
    return 0 if values is None else int(np.isnan(values[among]).sum())
