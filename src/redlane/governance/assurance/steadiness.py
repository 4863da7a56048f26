"""Tests of whether reasons stay the same where nothing that matters changed, and change where everything did."""

import numpy as np
import pandas as pd

from redlane.evaluation.truth import Floats
from redlane.governance.assurance.facts import Facts, agreement
from redlane.governance.assurance.trial import CONSTANT, Trial, contributions_of, with_constant
from redlane.governance.check import Check, NotApplicableError, Verdict
from redlane.governance.finding import Outcome

SEEDS = Check(
    "XA08",
    "Another seed gives much the same reasons",
    "The recipe is trained again with another seed; the overlap (Jaccard) of the top reasons of each row is "
    "averaged.",
    "Reasons that hang on a random number are reasons of the training, not of the declaration.",
    "Grow more trees, leave out features that repeat others (RL06), or learn from more rows.",
    "The reasons hang on the data, not on the luck of one training.",
)


def seeds(trial: Trial) -> Verdict:
    """Overlap of top reasons with those of the model of another seed."""
    shared = agreement(trial.facts.top(trial.settings.top), _reseeded(trial).top(trial.settings.top))
    return _overlap(trial, shared, "a model of another seed", trial.settings.seed_jaccard)


SEED_FIRST = Check(
    "XA09",
    "Another seed gives mostly the same first reason",
    "The share of rows looked at whose first reason is the same under both seeds. It fails where that is no more "
    "than with a model of shuffled labels (the interval of the difference holds 0), and is looked at below a bound.",
    "The first reason is the one that is acted on; by another seed the officer would have looked elsewhere.",
    "As for the overlap of the top reasons; say in training of officers that the order of close reasons is "
    "not sure.",
    "The first reason is mostly no matter of luck.",
)


def seed_first(trial: Trial) -> Verdict:
    """Share of rows whose first reason stays the same."""
    same, luck = _same_first(trial.facts, _reseeded(trial)), _same_first(trial.facts, _permuted(trial))
    low, high = trial.interval(same)
    more = trial.interval(same - luck)[0]
    value, bound = float(same.mean()), trial.settings.seed_first_warning
    none = (more if np.isfinite(more) else value - float(luck.mean())) <= 0
    outcome: Outcome = "failed" if none else "passed" if value >= bound else "warning"
    sentence = (
        f"In {value:.0%} of {len(same):,} rows the first reason stays the same ({low:.0%} to {high:.0%}); with a "
        f"model of shuffled labels it would in {luck.mean():.0%}."
    )
    return Verdict(outcome, sentence, value, low, high, bound)


def _same_first(one: Facts, other: Facts) -> Floats:
    pairs = zip(one.top(1), other.top(1), strict=True)
    return np.array([a == b for a, b in pairs], dtype=np.float64)


SEED_SCORES = Check(
    "XA10",
    "Another seed gives much the same ranking",
    "Spearman's rank correlation of the margins of all test rows under both seeds.",
    "Who is selected then depends on a random number, and so does every explanation of it.",
    "Grow more trees, or learn from more rows.",
    "The ranking hangs on the data, not on the luck of one training.",
)


def seed_scores(trial: Trial) -> Verdict:
    """Rank correlation of the scores under both seeds."""
    other = trial.reseeded.margin(with_constant(trial.study.test.features))
    value, bound = spearman(trial.study.margin, other), trial.settings.seed_spearman
    sentence = f"The rank correlation of {len(other):,} scores under two seeds is {value:.3f}."
    return Verdict("passed" if value >= bound else "failed", sentence, value, bound=bound)


PREVIOUS = Check(
    "XA11",
    "The reasons are much like those of the previous bundle",
    "The previous bundle explains the same rows; the overlap (Jaccard) of the top reasons is averaged, and "
    "the ranks of both are correlated.",
    "Officers will be given other reasons for the same declarations than last month: they should be told "
    "why.",
    "Compare both bundles (data, features, recipe) before this one takes over, and tell the officers.",
    "Officers will be given much the same reasons as before.",
)


def previous(trial: Trial) -> Verdict:
    """Overlap of top reasons with those of the previous bundle; a small one is a warning, for data do change."""
    earlier = trial.previous
    if earlier is None:
        raise NotApplicableError(trial.no_previous)
    rows = trial.study.test.declarations.iloc[trial.rows].reset_index(drop=True)
    features = earlier.compute(rows)
    theirs = Facts.of(contributions_of(earlier.model, features), earlier.specs)
    shared = agreement(trial.facts.top(trial.settings.top), theirs.top(trial.settings.top))
    rank = spearman(trial.margin, earlier.model.margin(features))
    verdict = _overlap(
        trial, shared, f"the previous bundle ({earlier.name})", trial.settings.previous_jaccard
    )
    words = f"{verdict.sentence} The rank correlation of the scores of these rows is {rank:.2f}."
    return verdict._replace(
        outcome="warning" if verdict.outcome == "failed" else verdict.outcome, sentence=words
    )


PERMUTED = Check(
    "XA12",
    "A model of shuffled labels gives other reasons",
    "The recipe is trained on outcomes dealt anew within each week (J. Adebayo et al.: Sanity Checks for "
    "Saliency Maps, 2018); the overlap (Jaccard) of the top reasons with the model's own must be small. "
    "RL14 tests that such a model finds nothing.",
    "Reasons that stay the same though nothing could be learnt describe the data, not what the model learnt.",
    "Do not show reasons of this model; see which features dominate whatever the labels are.",
    "The reasons show what was learnt from outcomes, not merely what the data look like.",
)


def permuted(trial: Trial) -> Verdict:
    """Overlap of top reasons with those of a model of luck; must be small."""
    shared = agreement(trial.facts.top(trial.settings.top), _permuted(trial).top(trial.settings.top))
    verdict = _overlap(trial, shared, "a model of shuffled labels", 0.0)
    bound = trial.settings.permuted_jaccard
    outcome: Outcome = "passed" if float(shared.mean()) <= bound else "failed"
    return verdict._replace(outcome=outcome, bound=bound)


NOISE = Check(
    "XA13",
    "A little noise leaves the reasons as they are",
    "Every number among the features is multiplied by 1 plus normal noise of a hundredth (`noise`); the "
    "overlap (Jaccard) of the top reasons before and after is averaged.",
    "Two declarations that hardly differ would be given different reasons.",
    "Allow fewer leaves or more rows in each, so that steps of the score are less sharp.",
    "Declarations that hardly differ are given the same reasons.",
)


def noise(trial: Trial) -> Verdict:
    """Overlap of top reasons before and after noise."""
    rng, size = trial.rng(2), trial.settings.noise
    numbers = {
        spec.name: trial.features[spec.name] * (1 + size * rng.standard_normal(len(trial.features)))
        for spec in trial.study.specs
        if spec.kind == "number"
    }
    shaken = Facts.of(
        contributions_of(trial.study.fitted, trial.features.assign(**numbers)), trial.study.specs
    )
    shared = agreement(trial.facts.top(trial.settings.top), shaken.top(trial.settings.top))
    return _overlap(trial, shared, f"the same rows with {size:.0%} noise", trial.settings.noise_jaccard)


def spearman(first: Floats, second: Floats) -> float:
    """Rank correlation; ties share their mean rank, a constant gives 0.

    >>> round(spearman(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0])), 3)
    0.5
    """
    ranks = [pd.Series(values).rank().to_numpy() for values in (first, second)]
    if min(rank.std() for rank in ranks) == 0:
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _reseeded(trial: Trial) -> Facts:
    return Facts.of(trial.reseeded_contributions, (*trial.study.specs, CONSTANT))


def _permuted(trial: Trial) -> Facts:
    return Facts.of(trial.permuted_contributions, trial.study.specs)


def _overlap(trial: Trial, shared: Floats, whom: str, bound: float) -> Verdict:
    low, high = trial.interval(shared)
    value = float(shared.mean())
    sentence = (
        f"The top {trial.settings.top} reasons of {len(shared):,} rows overlap by {value:.2f} ({low:.2f} to "
        f"{high:.2f}) with those of {whom}."
    )
    return Verdict("passed" if value >= bound else "failed", sentence, value, low, high, bound)
