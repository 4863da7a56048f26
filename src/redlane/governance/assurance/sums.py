"""Tests of what contributions are: they add up, give nothing to what tells nothing, and a few facts tell most."""

import numpy as np

from redlane.errors import RedlaneError
from redlane.evaluation.truth import Floats
from redlane.governance.assurance.trial import CONSTANT, Trial
from redlane.governance.check import Check, NotApplicableError, Verdict
from redlane.governance.checks.inputs import constant_among
from redlane.governance.finding import Outcome

ADDITIVITY = Check(
    "XA01",
    "Contributions sum to the score",
    "On every row looked at, base value and contributions are added and held against the margin.",
    "A sum that differs from the score explains another score than the one the row was given.",
    "Do not show reasons of this model; report the fault.",
    "The reasons explain exactly the score the row was given, and nothing is left over.",
)


def additivity(trial: Trial) -> Verdict:
    """The largest difference, as a share of the margin where that is above 1."""
    bound = trial.settings.additivity
    try:
        contributions = trial.study.fitted.contributions(trial.features)
    except NotImplementedError as reason:
        raise NotApplicableError(f"The model gives no contributions: {reason}.") from None
    except RedlaneError as reason:
        return Verdict("failed", f"{reason}.", bound=bound)
    apart = np.abs(contributions.sum(axis=1) - trial.margin) / np.maximum(1.0, np.abs(trial.margin))
    worst = float(apart.max())
    sentence = f"On {len(apart):,} rows the sum differs from the margin by at most {worst:.1e}."
    return Verdict("passed" if worst <= bound else "failed", sentence, worst, bound=bound)


NOTHING = Check(
    "XA02",
    "What tells nothing gets nothing",
    "A constant is put among the features of a model trained with another seed; it, and features that are "
    "constant on all rows learnt from, must have a contribution of exactly 0 on every row looked at.",
    "A contribution of a constant is made up: the method spreads what others did.",
    "Do not show reasons of this model; report the fault.",
    "A feature without information is never named as a reason.",
)


def nothing(trial: Trial) -> Verdict:
    """The largest contribution of a constant."""
    past = trial.study.past.features
    constant = [trial.study.fitted.features.index(name) for name in constant_among(past)]
    given = [trial.contributions[:, constant].ravel()]
    planted = 0
    if trial.settings.retrain:
        place = trial.reseeded.features.index(CONSTANT.name)
        given.append(trial.reseeded_contributions[:, place])
        planted = 1
    if not constant and not planted:
        raise NotApplicableError("No feature is constant, and nothing was trained again to plant one.")
    most = float(np.abs(np.concatenate(given)).max())
    sentence = (
        f"{len(constant) + planted} constant features ({planted} planted) have contributions of at most "
        f"{most:g}."
    )
    return Verdict("passed" if most == 0 else "failed", sentence, most, bound=0)


MASS = Check(
    "XA03",
    "The reasons given cover most of what raised the score",
    "For each row, the positive contributions of its top facts as a share of all positive ones; the mean is "
    "shown. Beside it the same of whole families of features, which tells whether the rest is more of the same.",
    "With many small causes the reasons shown leave out a good part of why the row was selected.",
    "Say so beside the reasons, or show more of them (`explanations.top`).",
    "The few reasons shown are most of why the row was selected.",
)


def mass(trial: Trial) -> Verdict:
    """The mean share of positive mass in the top facts."""
    if not (trial.facts.sums > 0).any():
        raise NotApplicableError("Nothing raised the score of any row looked at.")
    top = trial.settings.top
    shares = _in_top(trial.facts.sums, top)
    low, high = trial.interval(shares)
    value, families = float(shares.mean()), float(_in_top(_by_family(trial), top).mean())
    sentence = (
        f"The top {top} facts are {value:.0%} of all that raised the score ({low:.0%} to {high:.0%}); of whole "
        f"families of features, the top {top} are {families:.0%}."
    )
    outcome: Outcome = "passed" if value >= trial.settings.mass else "warning"
    return Verdict(outcome, sentence, value, low, high, trial.settings.mass)


def _in_top(sums: Floats, most: int) -> Floats:
    """Of what raised each row (its positive *sums*), the share of the *most* largest."""
    raised = np.maximum(sums, 0.0)
    total, top = raised.sum(axis=1), np.sort(raised, axis=1)[:, ::-1][:, :most].sum(axis=1)
    shares: Floats = np.divide(top, total, out=np.ones_like(top), where=total > 0)
    return shares


def _by_family(trial: Trial) -> Floats:
    families = [spec.family for spec in trial.study.specs]
    members = [[at for at, name in enumerate(families) if name == each] for each in dict.fromkeys(families)]
    return np.column_stack([trial.contributions[:, places].sum(axis=1) for places in members])
