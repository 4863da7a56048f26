"""Checks for leaks: what ranks too well to be true, and what ranks well though there is nothing to find."""

import numpy as np
import pandas as pd

from redlane.declarations.periods import day_number, days
from redlane.evaluation.baselines import lookup_table, repeat_columns, unseen_tuple
from redlane.evaluation.bootstrap import interval
from redlane.evaluation.judging import Judged
from redlane.evaluation.probe import shuffle_outcomes, shuffled_within_weeks
from redlane.evaluation.truth import Floats, Integers
from redlane.features.catalogue import build
from redlane.governance.check import Check, NotApplicableError, Verdict
from redlane.governance.finding import Outcome
from redlane.governance.settings import CheckSettings
from redlane.governance.study import Study
from redlane.model.fitting import fit_model
from redlane.model.settings import ModelSettings
from redlane.pipeline import training_data
from redlane.profiles.build import build as build_profiles

ALONE = Check(
    "RL12",
    "No feature ranks as well as the model",
    "Each feature ranks the test rows by itself, in the direction (a category by the rates) seen in the "
    "rows learnt from; its ROC-AUC above a half is held against the model's, judged on the same weeks.",
    "One column that finds what it takes a whole model to find has mostly seen the outcome: a code set "
    "after the inspection, or a value corrected by it.",
    "Find out who fills the column, and when. If that is after the inspection, give it the role it has.",
    "It takes more than one column to find what the model finds.",
)

_LEAST_SKILL = 0.05


def alone(study: Study, settings: CheckSettings) -> Verdict:
    """The best single feature beside the model; without a model, by itself."""
    areas = {spec.name: _area(study.truth.irregular, single(study, spec.name)) for spec in study.specs}
    name = max(areas, key=lambda each: areas[each])
    one = study.judge.judge(single(study, name))
    if study.model is None:
        low, high = _ends(_at(one, "roc_auc")[1], study)
        sentence = f"The feature that ranks best alone is {name}, with a ROC-AUC of {areas[name]:.3f}."
        outcome: Outcome = "failed" if areas[name] >= settings.alone_auc else "passed"
        return Verdict(outcome, sentence, areas[name], low, high, settings.alone_auc)
    value, draws = _at(study.judge.judge(study.margin), "roc_auc")
    if value - 0.5 < _LEAST_SKILL:
        raise NotApplicableError(
            f"The model's own ROC-AUC is {value:.3f}: it hardly ranks better than chance."
        )
    part = (areas[name] - 0.5) / (value - 0.5)
    low, high = _ends((_at(one, "roc_auc")[1] - 0.5) / (draws - 0.5), study)
    sentence = (
        f"The feature that ranks best alone is {name}, with a ROC-AUC of {areas[name]:.3f}; the model has "
        f"{value:.3f}."
    )
    return Verdict(_alone(part, areas[name], settings), sentence, part, low, high, settings.alone_share)


def _alone(part: float, area: float, settings: CheckSettings) -> Outcome:
    if part < settings.alone_share:
        return "passed"
    return "failed" if area >= settings.alone_least else "warning"


def single(study: Study, name: str) -> Floats:
    """The ranking of the test rows by one feature, its direction (or the rates of its levels) from the past."""
    past, test, irregular = study.past.features[name], study.test.features[name], study.past.irregular
    if not pd.api.types.is_numeric_dtype(past.dtype):
        return _level_rates(past, irregular, test)
    filled = [values.to_numpy("float64", na_value=np.nan) for values in (past, test)]
    numbers = [np.where(np.isnan(values), -np.inf, values) for values in filled]
    return numbers[1] if _area(irregular, numbers[0]) >= 0.5 else -numbers[1]


def _level_rates(past: pd.Series, irregular: Floats, test: pd.Series) -> Floats:
    """The rate of each row's level among *past* rows, drawn to the overall rate by ten rows' worth."""
    base = float(irregular.mean())
    level = pd.Series(irregular).groupby(past.astype(object).to_numpy()).agg(["sum", "count"])
    rates = (level["sum"] + 10 * base) / (level["count"] + 10)
    return test.astype(object).map(rates).fillna(base).to_numpy("float64")


REPEATS = Check(
    "RL13",
    "Test rows are no copies of earlier ones",
    "Counted are test rows whose exact goods (HS6, departure, origin, duty rate, tax type, net mass) an "
    "earlier declaration has. On those, a look-up table of earlier outcomes ranks; on all, the model is "
    "held against that table.",
    "A table cannot generalise. Where it ranks those rows almost without error, or the model is no better "
    "than it, rows were copied together with their outcome, and good numbers are numbers of memory.",
    "Quote the rows with an unseen goods tuple only, and find out how the copies arose.",
    "What the model finds, it does not find by remembering goods.",
)


def repeats(study: Study, settings: CheckSettings) -> Verdict:
    """How many test rows repeat earlier goods, and how well a look-up table does on them."""
    test = study.test.declarations
    earlier = study.declarations[
        days(study.declarations["registered_on"]) < day_number(study.split.test_from)
    ]
    goods = repeat_columns(test.columns, study.evaluation.repeats)
    if not goods:
        raise NotApplicableError("The declarations have none of the columns that goods are told by.")
    seen = ~unseen_tuple(earlier, test, goods)
    share = float(seen.mean())
    table = lookup_table(study.past.declarations, study.past.irregular, test, columns=goods)
    area = _area(study.truth.irregular[seen], table[seen])
    worse, versus = _against_table(study, table)
    sentence = f"{share:.1%} of the test rows repeat the exact goods of an earlier one" + (
        "" if np.isnan(area) else f"; on those a look-up table has a ROC-AUC of {area:.3f}"
    )
    copied = share > settings.repeated_share and (area >= settings.lookup_auc or worse)
    outcome: Outcome = "failed" if copied else "warning" if share > settings.repeated_share else "passed"
    return Verdict(outcome, f"{sentence}{versus}.", share, bound=settings.repeated_share)


def _against_table(study: Study, table: Floats) -> tuple[bool, str]:
    """Whether the model is not better than the table, and both average precisions in words."""
    if study.model is None:
        return False, ""
    value, draws = _at(study.judge.judge(study.margin), "average_precision")
    other, others = _at(study.judge.judge(table), "average_precision")
    low, high = _ends(draws - others, study)
    words = (
        f". On all test rows the table has an average precision of {other:.3f}, the model {value:.3f} "
        f"(difference {value - other:+.3f}, {low:+.3f} to {high:+.3f})"
    )
    return not low > 0, words


PROBE = Check(
    "RL14",
    "With outcomes dealt anew nothing is found",
    "The outcomes of each week are dealt anew among its labelled rows; profiles, features and a small model "
    "are made from them as from real ones. Its ROC-AUC on the test rows is held against what chance gives "
    "(outcomes dealt 200 times more).",
    "There is nothing to find. A model that finds something has a feature that has seen its own row's "
    "outcome.",
    "Look which feature that model uses most, and on which day what it reads became known.",
    "No feature knows the outcome of its own declaration.",
)


_DEALS = 200


def probe(study: Study, settings: CheckSettings) -> Verdict:
    """The ROC-AUC of a model of nothing, in standard deviations of chance."""
    if not settings.probe:
        raise NotApplicableError("The probe is switched off (governance.checks.probe).")
    margin, irregular, day = _nothing(study, settings)
    chance = np.array(
        [
            _area(irregular[shuffled_within_weeks(day, settings.seed + 1 + draw)], margin)
            for draw in range(_DEALS)
        ]
    )
    area, middle, spread = _area(irregular, margin), float(chance.mean()), float(chance.std())
    bound = middle + settings.probe_deviations * spread
    low, high = (float(end) for end in np.quantile(chance, [0.025, 0.975]))
    sentence = (
        f"A model of dealt outcomes has a ROC-AUC of {area:.3f}; chance gives {low:.3f} to {high:.3f} in 95 "
        "of 100 deals."
    )
    return Verdict("failed" if area > bound else "passed", sentence, area, bound=bound)


def _nothing(study: Study, settings: CheckSettings) -> tuple[Floats, Floats, Integers]:
    """Margins of a model learnt from dealt outcomes on the test rows; their dealt outcomes and days."""
    dealt = shuffle_outcomes(study.declarations, settings.seed)
    split, features = study.split, study.recipe.features
    profiles = build_profiles(dealt, features.needs(), references=study.references)
    known = days(dealt["outcome_known_on"]) < day_number(split.test_from)
    learnt = [training_data(dealt, profiles, features, rows & known) for rows in (split.train, split.tune)]
    model = fit_model(learnt[0], learnt[1], study.specs, _small(study.recipe.model, settings))
    test = dealt[split.test].reset_index(drop=True)
    margin = model.margin(build(test, profiles, features))
    return margin, test["irregular"].to_numpy("float64"), days(test["registered_on"])


def _small(model: ModelSettings, settings: CheckSettings) -> ModelSettings:
    """The recipe's model without a revenue head, cut short where it grows by rounds."""
    most = min(getattr(model, "rounds", settings.probe_rounds), settings.probe_rounds)
    changes = {"revenue": None, "refit": False, "early_stopping_rounds": 0, "rounds": most}
    return model.model_copy(update={k: v for k, v in changes.items() if k in type(model).model_fields})


def _area(irregular: Floats, score: Floats) -> float:
    """ROC-AUC by ranks (Mann and Whitney 1947); NaN where only one outcome occurs."""
    found = float(irregular.sum())
    regular = len(irregular) - found
    if not found or not regular:
        return float("nan")
    ranks = pd.Series(score).rank().to_numpy()
    return float((ranks @ irregular - found * (found + 1) / 2) / (found * regular))


def _at(judged: Judged, measure: str) -> tuple[float, Floats]:
    """One measure of the whole order: its value and its draws."""
    place = next(i for i, place in enumerate(judged.places) if place.measure == measure and place.cut is None)
    return float(judged.value[place]), judged.draws[:, place]


def _ends(draws: Floats, study: Study) -> tuple[float, float]:
    low, high = interval(draws[:, None], study.evaluation.confidence)
    return float(low[0]), float(high[0])
